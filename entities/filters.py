"""What the rows of a list of entities have in common: conditions in SQL, or the few that fit."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from entities.counts import EXACT, bounded_count, expected_rows
from entities.entity_rows import EntityRow, fetch_entities, fetch_prepared_entities
from entities.vocabulary import RESERVED_TYPES
from events import sql
from events.paging import Window

# A list that is filtered by so many entities at most sorts these; by more, it walks its own order
# until the page is full. A name that many share stands at one place of the order, far away from
# the beginning: walking there costs seconds at 1 M entities, sorting 50,000 a tenth of one.
MOST_MATCHES = 50_000
# So many rows at most are looked at to count those that fit.
MOST_WALKED = 50_000

COUNT_SQL = "SELECT count(*) FROM (ROWS) AS fitting"
ROWS = "SELECT * FROM entities_entity entity WHERE FILTERS"
AMONG = "entity.entity_uid = ANY(%(among)b::uuid[])"
OF_TYPE = "entity.entity_type = %(entity_type)s"
NOT_HIDDEN = "entity.entity_uid <> ALL(%(hidden)b::uuid[])"
NOT_RESERVED = "coalesce(entity.entity_type, '') <> ALL(%(reserved)s::text[])"


class Order(NamedTuple):
    """Of a list, in SQL: what is after or before a key, and the two directions."""

    after: str
    before: str
    forward: str
    backward: str


@dataclass(slots=True)
class Filters:
    """`among`: the entities that can fit, if these are few; `walked` conditions stand for them
    otherwise."""

    conditions: list[str]
    parameters: dict[str, Any]
    walked: list[str]
    among: set[UUID] | None = None

    def of_type(self, entity_type: str | None) -> None:
        """Without one, all but the definitions of the vocabulary."""
        if entity_type is None:
            self.conditions.append(NOT_RESERVED)
            self.parameters["reserved"] = sorted(RESERVED_TYPES)
        else:
            self.conditions.append(OF_TYPE)
            self.parameters["entity_type"] = entity_type

    def without(self, hidden: Collection[UUID]) -> None:
        """Nobody of these, nor counted."""
        if hidden:
            self.conditions.append(NOT_HIDDEN)
            self.parameters["hidden"] = list(hidden)

    def narrow(self, statement: str, otherwise: str) -> None:
        """By the entities that the statement finds, in one array or several, at most `most` in
        each; if they are more than MOST_MATCHES, by the condition instead."""
        found = sql.fetch_bound(statement, {**self.parameters, "most": MOST_MATCHES + 1})[0]
        if any(uids and len(uids) > MOST_MATCHES for uids in found):
            self.walked.append(otherwise)
            return
        uids = {uid for uids in found if uids for uid in uids}
        self.among = uids if self.among is None else self.among & uids

    def rows(self, *more: str) -> str:
        """The SELECT of the rows that fit; its parameters are `parameters`."""
        conditions = [*self.conditions, *self.walked, *more]
        if self.among is not None:
            conditions.append(AMONG)
            self.parameters["among"] = list(self.among)
        return ROWS.replace("FILTERS", " AND ".join(conditions))

    def rows_in(self, window: Window[Any], order: Order) -> str:
        """As `rows`, of those in the window; `limit` and `offset` are still open."""
        if window.before is not None:
            return self.rows(order.before) + order.backward
        if window.after is not None:
            return self.rows(order.after) + order.forward
        return self.rows() + order.forward

    def fetch(
        self, statement: str, place: Mapping[str, Any], *, limit: int, offset: int
    ) -> list[EntityRow]:
        """The answers of a statement around `rows`, its LIMIT and OFFSET written out. What walks an
        index from its beginning or a key on is planned alike for every page."""
        written = statement.replace("%(limit)s", str(limit)).replace("%(offset)s", str(offset))
        parameters = {**self.parameters, **place}
        if self.among is None and not self.walked and not offset:
            return fetch_prepared_entities(written, parameters)
        return fetch_entities(written, parameters)

    def count(self) -> tuple[int, bool]:
        """Of all rows that fit, and whether that is an estimate. The few that can fit are counted;
        the planner cannot see how many fit a walked condition: about as many as were found before
        that was given up, if not all can be looked at."""
        if self.among is not None:
            counted = sql.fetch_bound(COUNT_SQL.replace("ROWS", self.rows()), self.parameters)
            return int(counted[0][0]), False
        if self.walked:
            others = Filters(self.conditions, self.parameters, [])
            if expected_rows(others.rows(), self.parameters) > MOST_WALKED:
                return max(EXACT + 1, MOST_MATCHES), True
        return bounded_count(self.rows(), self.parameters)
