"""The values there are of a field: how many, and those that it would refuse today. What a new rule
makes invalid is listed, never dropped; whoever knows better corrects it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from entities import counts, values
from entities.built_in import BUILT_IN_CODES
from entities.fields import Field
from events import sql
from events.event import InvalidValue

# As the index of these details has it (entities/models.py).
_DEFINED = "NOT (detail_code IN ({}))".format(
    ", ".join(f"'{code}'" for code in sorted(BUILT_IN_CODES))
)

HELD_SQL = f"""
SELECT entity_uid, value::text FROM entities_entitydetail
WHERE detail_code = %(code)s AND valid_to IS NULL AND {_DEFINED} AND entity_uid > %(after)s
ORDER BY entity_uid LIMIT %(limit)s
"""  # noqa: S608

COUNT_SQL = f"""
SELECT code, (
    SELECT count(*) FROM (
        SELECT FROM entities_entitydetail
        WHERE detail_code = code AND valid_to IS NULL AND {_DEFINED} LIMIT %(most)s
    ) AS counted)
FROM unnest(%(codes)s::text[]) AS code
"""  # noqa: S608

ROWS_SQL = """
SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'entities_entitydetail'::regclass
"""

# A part of the table's pages, the same ones each time.
SAMPLE_SQL = """
SELECT detail_code, count(*) FROM entities_entitydetail TABLESAMPLE SYSTEM ({share}) REPEATABLE (1)
WHERE valid_to IS NULL AND detail_code = ANY(%(codes)s) GROUP BY detail_code
"""
# Rows looked at for an estimate: 30 ms, whatever the table.
SAMPLED = 100_000

# Values of a field that one call looks at.
MOST_EXAMINED = 20_000
BEFORE_ALL = UUID(int=0)


class InvalidValueHeld(NamedTuple):
    """`problem`: what the field says of it today."""

    entity_uid: UUID
    value: Any
    problem: str


@dataclass(frozen=True, slots=True)
class Examined:
    """The invalid ones among `count` values; `next` = where to look on, None = that was all."""

    rows: tuple[InvalidValueHeld, ...]
    count: int
    next: UUID | None


class Count(NamedTuple):
    number: int
    is_estimated: bool


def invalid_values(
    field: Field,
    *,
    limit: int,
    after: UUID = BEFORE_ALL,
    most: int = MOST_EXAMINED,
    hidden: Collection[UUID] = (),
) -> Examined:
    """By entity, without those who are `hidden` from this caller. Built-in fields have no rules
    that change: of them there are none."""
    held = sql.fetch(HELD_SQL, {"code": field.code, "after": after, "limit": most + 1})
    rows: list[InvalidValueHeld] = []
    left_out = frozenset(hidden)
    for number, (uid, raw) in enumerate(held[:most]):
        value = orjson.loads(raw)
        problem = problem_of(field, value)
        if problem and uid not in left_out:
            rows.append(InvalidValueHeld(uid, value, problem))
        if len(rows) == limit and number + 1 < len(held):
            return Examined(tuple(rows), number + 1, uid)
    is_more = len(held) > most
    return Examined(tuple(rows), min(len(held), most), held[most - 1][0] if is_more else None)


def problem_of(field: Field, value: Any) -> str:
    """Why the local door would refuse this value today; "" when it would not."""
    try:
        checked = values.checked(
            value, value_type=field.type, options=field.options, rules=field.rules
        )
    except InvalidValue as error:
        return str(error)
    return "" if checked == value else f"Would be written {checked} today."


def value_counts(fields: Iterable[Field]) -> dict[str, Count]:
    """By key: how many entities hold a value. Exact up to 10,000, then about."""
    asked = list(fields)
    defined = [field.code for field in asked if not field.is_built_in]
    most = counts.EXACT + 1
    found = dict(sql.fetch(COUNT_SQL, {"codes": defined, "most": most})) if defined else {}
    numbers = {code: Count(number, False) for code, number in found.items() if number < most}
    rest = [field.code for field in asked if field.code not in numbers]
    return {code.lower(): count for code, count in (numbers | _sampled(rest)).items()}


def _sampled(codes: list[str]) -> dict[str, Count]:
    if not codes:
        return {}
    rows = int(sql.fetch(ROWS_SQL)[0][0])
    share = min(1.0, SAMPLED / rows) if rows else 1.0
    statement = SAMPLE_SQL.format(share=f"{share * 100:.6f}")
    found = dict(sql.fetch(statement, {"codes": codes}))
    is_estimated = share < 1
    return {code: Count(round(found.get(code, 0) / share), is_estimated) for code in codes}
