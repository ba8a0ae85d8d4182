"""What other pages need of pairs: how many wait, who was told apart, and telling apart."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from customers import merging
from customers.duplicates import pairs
from customers.duplicates import work_list as duplicates
from customers.web import pages
from customers.web.edge import act_of
from events.errors import Refused

# What the menus count to, on every page; the work list itself says more.
MOST_IN_MENU = 100
MOST_LOOKED_AT = 5


def waiting() -> str:
    """How many pairs wait for somebody, for the menus; "" when none does."""
    count = duplicates.count_pairs(most=MOST_IN_MENU)
    if count >= MOST_IN_MENU:
        return f"{MOST_IN_MENU - 1}+"
    return str(count) if count else ""


def likely_twin(uid: UUID) -> dict[str, Any] | None:
    """The likeliest of those who may be the same person, as the work list has them."""
    keys = sorted(pairs.pairs_of([uid]))[:MOST_LOOKED_AT]
    found = [pair for key in keys if (pair := duplicates.get_pair(*key))]
    best = max(found, key=lambda pair: pair.score, default=None)
    if best is None:
        return None
    other = best.b if best.a.entity_uid == uid else best.a
    why = [{"field": one.field, "verdict": one.verdict} for one in best.why]
    return {
        "uid": other.entity_uid,
        "name": other.shown_name,
        "score": pages.shown_score(best.score, why),
        "why": pages.chips(why),
    }


def told_apart(uid: UUID, others: Collection[UUID]) -> set[UUID]:
    """Those among the others of whom it was said, anywhere, that they are other persons."""
    people = pairs.people_of([uid, *others])
    said_here = people[uid].distinct if uid in people else frozenset()
    said_there = {other for other in others if other in people and uid in people[other].distinct}
    return said_there.union(said_here).intersection(others)


def tell_apart(
    request: HttpRequest, uid: UUID, others: Iterable[str], *, reason: str | None
) -> None:
    """Remembers them as different persons."""
    for other in sorted(others):
        try:
            merging.distinguish_customers(act_of(request), a=uid, b=UUID(other), reason=reason)
        except Refused:  # gone meanwhile: there is nobody left to tell apart
            continue
