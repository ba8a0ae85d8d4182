"""The customer's own question, "am I listed?": yes, similar or no, and nothing else.

The same work is done for each answer, one network may not ask often, and for customers numbers and
dates count only whole: otherwise the list could be read by trying.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from audit.actions import Kind
from audit.entries import add_entry, network_of
from customers.query_reading import SHORTEST_OPEN_WORD
from customers.search import Hit, search
from customers.text_forms import plain
from entities.roles import sees_all
from events import sql
from events.clock import instant_of
from events.errors import Refused
from events.principal import Act

Listed = Literal["yes", "similar", "no"]

MAX_CHECKS = 60
WINDOW_S = 60
# People looked at: as many as can share a birth date and have names of one or two letters.
MAX_PEOPLE = 100
ACTION = "customer.checked"

# The audit knows who asked when, so no counter of its own is needed.
RECENT_SQL = """
SELECT count(*) FROM audit_entry
WHERE at > %(since)s AND action = %(action)s AND outcome = 'ok' AND address = %(address)s
"""


class TooManyChecks(Refused):
    """This network asked too often."""

    code = "too_many_requests"
    status = 429
    retry_after_s = WINDOW_S

    def __init__(self) -> None:
        super().__init__(f"At most {MAX_CHECKS} questions in {WINDOW_S} seconds. Try again later.")


def is_listed(act: Act, *, asked: Mapping[str, str]) -> Listed:
    """`asked`: a document number or both names, and the birth date. Raises TooManyChecks."""
    _check_rate(act)
    is_whole_only = not sees_all(act.principal)
    hits = search(
        mode="fuzzy",
        limit=MAX_PEOPLE,
        today=instant_of(act.now_us).date(),
        surname=asked.get("surname"),
        name=asked.get("name"),
        dob=asked["dob"],
        document_number=asked.get("document_number"),
        is_whole_only=is_whole_only,
    )
    hits = [hit for hit in hits if _fits_short_words(hit, asked)][:1]
    add_entry(
        act,
        action=ACTION,
        kind=Kind.SEARCH,
        query=" ".join(asked[key] for key in sorted(asked)),
        hit_ids=[hit.customer.entity_uid for hit in hits],
        result_count=len(hits),
    )
    return _answer(hits)


def _fits_short_words(hit: Hit, asked: Mapping[str, str]) -> bool:
    """Names of one or two letters are no evidence for the search; here they count, as they are.
    What has neither letter nor digit fits nobody."""
    held = f"{plain(hit.customer.surname)} {plain(hit.customer.name)}".split()
    for key in asked.keys() - {"dob"}:
        words = plain(asked[key]).split()
        short = {word for word in words if len(word) < SHORTEST_OPEN_WORD}
        if not words or (key != "document_number" and not short <= set(held)):
            return False
    return True


def _answer(hits: list[Hit]) -> Listed:
    verdicts = {why.verdict for hit in hits for why in hit.why}
    if not verdicts or "differs" in verdicts:
        return "no"
    return "yes" if verdicts == {"same"} else "similar"


def _check_rate(act: Act) -> None:
    since = instant_of(act.now_us) - timedelta(seconds=WINDOW_S)
    params = {"since": since, "action": ACTION, "address": network_of(act.address)}
    if sql.fetch(RECENT_SQL, params)[0][0] >= MAX_CHECKS:
        raise TooManyChecks
