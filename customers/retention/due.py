"""Who is due to leave, when and by which policy: counted from replicated facts, so that every
location comes to the same list."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from customers.retention.policy import DAY_US, Policy
from entities.models import DetailType
from events import sql
from events.clock import MIN_INSTANT_US

# What is counted from, by policy; the index on updated_hlc or created_hlc bounds the look. A date
# field says a day: the current value, and of somebody who was deleted the last one. Years before
# 1000 and what is no date make nobody due (UNJUDGED_SQL lists them). The day is added to the month,
# so that no 31 February of a peer fails the query.
DUE_SQL = """
WITH policy AS (
    SELECT place::int, basis, span_us, field, scope::text[] AS scope
    FROM unnest(%(bases)s::text[], %(spans)s::bigint[], %(fields)s::text[], %(scopes)s::text[])
        WITH ORDINALITY AS given (basis, span_us, field, scope, place)
), due AS (
    SELECT DISTINCT ON (counted.entity_uid) counted.entity_uid, policy.place,
        counted.since_us, counted.since_us + policy.span_us AS due_us
    FROM policy CROSS JOIN LATERAL (
        SELECT entity_uid, updated_hlc AS since_us FROM customers_customer
        WHERE policy.basis = 'changed' AND updated_hlc <= %(until)s - policy.span_us
            AND state IN ('listed', 'deleted', 'restricted') AND ONLY_THESE
        UNION ALL
        SELECT entity_uid, created_hlc FROM customers_customer
        WHERE policy.basis = 'created' AND created_hlc <= %(until)s - policy.span_us
            AND state IN ('listed', 'deleted', 'restricted') AND ONLY_THESE
        UNION ALL
        SELECT entity_uid, day_us FROM (
            SELECT DISTINCT ON (entity_uid) entity_uid, valid_to, DAY_OF_VALUE AS day_us
            FROM entities_entitydetail
            WHERE policy.basis = 'date' AND detail_code = policy.field AND ONLY_THESE
            ORDER BY entity_uid, valid_from DESC
        ) AS said
        JOIN customers_customer AS person USING (entity_uid)
        WHERE day_us <= %(until)s - policy.span_us
            AND person.state IN ('listed', 'deleted', 'restricted')
            AND (said.valid_to IS NULL OR person.state = 'deleted')
    ) AS counted
    WHERE policy.scope = '{}' OR EXISTS (
        SELECT FROM entities_entitydetail AS held WHERE held.entity_uid = counted.entity_uid
            AND held.detail_code = ANY(policy.scope))
    ORDER BY counted.entity_uid, due_us, place
)
"""
DAY_OF_VALUE = """
    CASE WHEN value #>> '{}' ~ '^[1-9][0-9]{3}-(0[1-9]|1[0-2])-[0-3][0-9]$' THEN
        (extract(epoch FROM (left(value #>> '{}', 7) || '-01')::date)::bigint
            + (right(value #>> '{}', 2)::bigint - 1) * 86400) * 1000000
    END
"""
ALL = "true"
THESE = "entity_uid = ANY(%(uids)s::uuid[])"

# Beside those who are due by a policy: whose erasure somebody asked for.
LIST_SQL = """
SELECT person.entity_uid, person.display_name, person.state, person.updated_hlc,
    person.location_id, person.created_location, person.is_held, found.place, found.due_us,
    (said.value ->> 'execute_after')::bigint, said.value ->> 'basis'
FROM (
    SELECT entity_uid, place, due_us FROM due
    UNION ALL
    SELECT entity_uid, NULL, execute_after_us FROM entities_erasure AS planned
    WHERE erased_event IS NULL AND execute_after_us <= %(until)s
        AND NOT EXISTS (SELECT FROM due WHERE due.entity_uid = planned.entity_uid)
) AS found
JOIN customers_customer AS person USING (entity_uid)
LEFT JOIN entities_state AS said
    ON said.entity_uid = found.entity_uid AND said.attribute = 'erasure'
WHERE (found.due_us, found.entity_uid) > (%(after_us)s, %(after_uid)s::uuid)
    AND (%(place)s::int IS NULL OR found.place = %(place)s)
    AND person.state IN ('listed', 'deleted', 'restricted')
ORDER BY found.due_us, found.entity_uid LIMIT %(limit)s
"""

# Days from `now`; all that is due already counts as day 0.
PER_DAY_SQL = """
SELECT greatest((due.due_us - %(now)s + %(day)s - 1) / %(day)s, 0)::int AS day,
    count(*) FILTER (WHERE NOT is_held), count(*) FILTER (WHERE is_held),
    count(*) FILTER (WHERE NOT is_held AND created_location = ANY(%(here)s::text[]))
FROM due JOIN customers_customer AS person USING (entity_uid)
GROUP BY 1 ORDER BY 1
"""

# Whoever has no day in the field that a policy counts from: never due by it, so listed.
UNJUDGED_SQL = """
SELECT person.entity_uid, person.display_name FROM customers_customer AS person
WHERE person.state = 'listed' AND person.entity_uid > %(after_uid)s::uuid
    AND (%(scope)s::text[] = '{}' OR EXISTS (
        SELECT FROM entities_entitydetail AS held WHERE held.entity_uid = person.entity_uid
            AND held.detail_code = ANY(%(scope)s::text[])))
    AND NOT EXISTS (
        SELECT FROM entities_entitydetail WHERE entities_entitydetail.entity_uid = person.entity_uid
            AND detail_code = %(field)s AND valid_to IS NULL AND DAY_OF_VALUE IS NOT NULL)
ORDER BY person.entity_uid LIMIT %(limit)s
""".replace("DAY_OF_VALUE", DAY_OF_VALUE)

NO_UID = UUID(int=0)


class DueKey(NamedTuple):
    """The place of somebody in the list, which is by day."""

    due_us: int
    entity_uid: UUID


# A day that a field holds may lie before 1970.
BEFORE_ALL = DueKey(MIN_INSTANT_US, NO_UID)


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody who is due; `policy` None: their erasure was asked for. Instants in µs."""

    entity_uid: UUID
    display_name: str | None
    state: str
    updated_us: int
    location_id: str  # of the last change
    created_location: str  # who erases
    is_held: bool
    policy: Policy | None
    due_us: int
    execute_after_us: int | None  # when scheduled
    basis: str | None

    @property
    def key(self) -> DueKey:
        return DueKey(self.due_us, self.entity_uid)


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many become due `day` days from now (0: are due)."""

    day: int
    free: int
    held: int
    here: int  # of the free ones, those that this location erases


def list_due(
    policies: Sequence[Policy],
    *,
    until_us: int,
    limit: int,
    after: DueKey = BEFORE_ALL,
    of_policy: str | None = None,
) -> list[Due]:
    """Whoever is due by `until_us`, the first first. One statement and one for field classes."""
    place = next((n for n, one in enumerate(policies, 1) if one.code == of_policy), None)
    if of_policy is not None and place is None:
        return []
    params = {
        "until": until_us,
        "after_us": after.due_us,
        "after_uid": after.entity_uid,
        "place": place,
        "limit": limit,
    }
    rows = sql.fetch(due_sql() + LIST_SQL, with_policies(policies) | params)
    return [_due(row, policies) for row in rows]


def count_per_day(
    policies: Sequence[Policy], *, now_us: int, days: int, here: Collection[str]
) -> list[DayCount]:
    """Of the next `days` days those on which somebody becomes due."""
    params = {
        "until": now_us + days * DAY_US,
        "now": now_us,
        "day": DAY_US,
        "here": sorted(here),
    }
    rows = sql.fetch(due_sql() + PER_DAY_SQL, with_policies(policies) | params)
    return [DayCount(*row) for row in rows]


def list_unjudged(
    policy: Policy, *, limit: int, after: UUID = NO_UID
) -> list[tuple[UUID, str | None]]:
    """Listed customers about whom the policy cannot say when they are due, by id; [] for policies
    that count from a creation or a change, which everybody has."""
    if policy.field is None:
        return []
    scope = scopes_of([policy])[0]
    params = {"field": policy.field, "scope": list(scope), "limit": limit, "after_uid": after}
    return [(uid, name) for uid, name in sql.fetch(UNJUDGED_SQL, params)]


def due_sql(*, only: str = ALL) -> str:
    """The head of a statement that reads from `due (entity_uid, place, since_us, due_us)`; `only`
    THESE asks of `uids` alone."""
    return DUE_SQL.replace("DAY_OF_VALUE", DAY_OF_VALUE).replace("ONLY_THESE", only)


def with_policies(policies: Sequence[Policy]) -> dict[str, Any]:
    """The parameters of `due_sql`. A policy of a class that no field is of concerns nobody."""
    scopes = scopes_of(policies)
    return {
        "bases": [policy.basis for policy in policies],
        "spans": [policy.span_us for policy in policies],
        "fields": [policy.field for policy in policies],
        "scopes": [sql.array_literal(scope) for scope in scopes],
    }


def scopes_of(policies: Sequence[Policy]) -> list[tuple[str, ...]]:
    """The detail codes one of which a policy's people hold or held; () = everybody."""
    by_class: Mapping[str, tuple[str, ...]] = {}
    if any(policy.data_class for policy in policies):
        by_class = _codes_by_class()
    return [
        by_class.get(policy.data_class, ("",)) if policy.data_class else () for policy in policies
    ]


def _codes_by_class() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code, data_class in DetailType.objects.order_by("code").values_list("code", "data_class"):
        found.setdefault(data_class, []).append(code)
    return {data_class: tuple(codes) for data_class, codes in found.items()}


def _due(row: tuple[Any, ...], policies: Sequence[Policy]) -> Due:
    uid, display_name, state, updated_us, location_id, created, is_held, place, due_us, *rest = row
    return Due(
        entity_uid=uid,
        display_name=display_name,
        state=state,
        updated_us=updated_us,
        location_id=location_id,
        created_location=created,
        is_held=is_held,
        policy=None if place is None else policies[place - 1],
        due_us=due_us,
        execute_after_us=rest[0],
        basis=rest[1],
    )
