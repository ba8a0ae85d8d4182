"""What people said of pairs, here and elsewhere → the weights under which that is likeliest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from audit.entries import add_entry
from customers.duplicates.comparing import Values, fit_of, known_of, record_of, words_in
from customers.duplicates.pairs import BEARERS_SQL
from customers.duplicates.weight_fit import Decision, Estimate, estimate, estimated
from customers.rules import date_of
from customers.search.index import people
from customers.search.weights import Weights
from customers.search.weights_file import weights_in_use
from customers.text_forms import document_key, search_text
from events import sql
from events.clock import instant_of
from events.errors import Refused
from events.principal import Act

LEAST_PAIRS = 50
# The newest of each kind: enough for two digits, and some seconds of work.
MOST_PAIRS = 5_000

# Those who were merged are taken as they were right before that request: the merge may have given
# one the values of the other. Those who were told apart, as they were then: a form may have written
# one of them by the same request.
DECISIONS_SQL = """
SELECT merged.entity_uid, merged.other, true, (
    SELECT min(written.hlc) - 1 FROM events_event written
    WHERE written.entity_uid IN (merged.entity_uid, merged.other)
    AND written.request_id = merged.request_id)
FROM (
    SELECT state.entity_uid, (state.value #>> '{}')::uuid AS other, event.request_id
    FROM entities_state state JOIN events_event event USING (event_id)
    WHERE state.attribute = 'merged_into' ORDER BY event.hlc DESC LIMIT %(most)s
) AS merged
UNION ALL
(SELECT state.entity_uid, substr(state.attribute, 10)::uuid, false, event.hlc
FROM entities_state state JOIN events_event event USING (event_id)
WHERE state.attribute LIKE 'distinct:%%' AND state.value = 'true'
ORDER BY event.hlc DESC LIMIT %(most)s)
"""

VALUES_SQL = """
SELECT jsonb_object_agg(detail.detail_code, detail.value)
    FILTER (WHERE detail.detail_code IS NOT NULL)::text
FROM unnest(%(uids)b::uuid[], %(ats)b::timestamptz[]) WITH ORDINALITY AS wanted (uid, at, place)
LEFT JOIN entities_entitydetail detail ON detail.entity_uid = wanted.uid
    AND detail.detail_code IN ('SURNAME', 'NAME', 'DOB', 'DOCUMENT_NUMBER')
    AND detail.valid_from <= wanted.at
    AND (detail.valid_to IS NULL OR detail.valid_to > wanted.at)
GROUP BY wanted.place ORDER BY wanted.place
"""


class TooFewPairs(Refused):
    """Too little was decided to learn from."""

    code = "too_few_pairs"
    status = 409

    def __init__(self, *, confirmed: int, rejected: int, least: int) -> None:
        super().__init__(
            f"There are {confirmed} pairs that are merged and {rejected} that were told apart, "
            f"and {least} of each are needed. Decide more pairs of the work list first, or ask for "
            "fewer with --least-pairs."
        )


@dataclass(frozen=True, slots=True)
class Estimated:
    """`weights` are the new ones."""

    estimates: Sequence[Estimate]
    weights: Weights
    confirmed: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Decided:
    """Two records, what was said of them, and the instant whose values it was said of."""

    one: UUID
    other: UUID
    is_same: bool
    at: datetime


def estimate_weights(act: Act, *, least_pairs: int = LEAST_PAIRS) -> Estimated:
    """Writes nothing but its audit entry. Raises TooFewPairs."""
    weights = weights_in_use()
    decisions = _decisions(weights)
    confirmed = sum(decision.is_same for decision in decisions)
    rejected = len(decisions) - confirmed
    if min(confirmed, rejected) < max(least_pairs, 1):
        raise TooFewPairs(confirmed=confirmed, rejected=rejected, least=max(least_pairs, 1))
    estimates = estimate(decisions, weights)
    add_entry(
        act,
        action="weights.estimated",
        codes=[one.name for one in estimates],
        result_count=len(decisions),
    )
    return Estimated(estimates, estimated(weights, estimates), confirmed, rejected)


def _decisions(weights: Weights) -> list[Decision]:
    decided = [
        Decided(one, other, is_same, instant_of(hlc))
        for one, other, is_same, hlc in sql.fetch(DECISIONS_SQL, {"most": MOST_PAIRS})
        if hlc is not None
    ]
    ones = _values([(pair.one, pair.at) for pair in decided])
    others = _values([(pair.other, pair.at) for pair in decided])
    words = sorted(words_in(values for values in (*ones, *others) if values))
    known = known_of(
        people=people(),
        bearers=dict(sql.fetch_bound(BEARERS_SQL, {"words": words})),
        weights=weights,
    )
    return [
        Decision(fit_of(record_of(one), record_of(other), known).evidence, pair.is_same)
        for pair, one, other in zip(decided, ones, others, strict=True)
        if one and other
    ]


def _values(wanted: Sequence[tuple[UUID, datetime]]) -> list[Values | None]:
    """In the same order; None for who had no values then, or was erased since."""
    rows = sql.fetch_bound(
        VALUES_SQL, {"uids": [uid for uid, _ in wanted], "ats": [at for _, at in wanted]}
    )
    return [_values_of(orjson.loads(text)) if text else None for (text,) in rows]


def _values_of(details: dict[str, Any]) -> Values:
    surname, name, number = (
        None if (value := details.get(code)) is None else str(value)
        for code in ("SURNAME", "NAME", "DOCUMENT_NUMBER")
    )
    return Values(
        surname=surname,
        name=name,
        display_name=None,
        dob=date_of(details.get("DOB")),
        document_number=number,
        document_key=document_key(number),
        search_text=search_text(
            surname=surname, name=name, display_name=None, document_number=number
        ),
    )
