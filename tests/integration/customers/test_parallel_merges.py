"""Merges at the same moment: one after the other, whatever order they lock in."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from customers import merging, services
from customers.models import Customer
from events.errors import Refused
from tests.integration.entities.rows import an_act

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def audit_is_left_empty(transactional_db):
    """Django empties only the tables that it manages."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_entry")


def people(count: int) -> list[UUID]:
    return [
        services.create_customer(an_act(), values={"surname": f"Person{number}"}).entity_uid
        for number in range(count)
    ]


def all_at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """What came of each: "done" or the code of the refusal."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        try:
            start.wait()
            act()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def merging_of(loser: UUID, into: UUID) -> Callable[[], object]:
    return lambda: merging.merge_customers(an_act(), survivor=into, loser=loser)


def states(uids: Sequence[UUID]) -> list[str]:
    rows = dict(Customer.objects.filter(pk__in=uids).values_list("pk", "state"))
    return sorted(rows[uid] for uid in uids)


def test_two_who_merge_both_ways_leave_one():
    for _ in range(5):
        one, other = people(2)

        came = all_at_once([merging_of(one, other), merging_of(other, one)])

        assert sorted(came) == ["already_merged", "done"]
        assert states([one, other]) == ["listed", "merged"]


def test_a_ring_of_merges_leaves_one_and_nobody_waits_for_ever():
    for _ in range(5):
        a, b, c = people(3)

        came = all_at_once([merging_of(a, b), merging_of(b, c), merging_of(c, a)])

        assert set(came) <= {"done", "already_merged"}
        rows = list(Customer.objects.filter(pk__in=(a, b, c)))
        assert [row.state for row in rows].count("listed") == 3 - came.count("done")
        listed = {row.pk for row in rows if row.state == "listed"}
        assert {row.merged_into for row in rows if row.state == "merged"} <= listed


def test_a_change_of_the_survivor_meanwhile_keeps_the_names_of_the_loser():
    for number in range(5):
        loser, survivor = people(2)
        services.change_customer(an_act(), entity_uid=loser, values={"surname": f"Lost{number}"})

        came = all_at_once(
            [
                merging_of(loser, survivor),
                lambda survivor=survivor: services.change_customer(
                    an_act(), entity_uid=survivor, values={"name": "Changed"}
                ),
            ]
        )

        assert came == ["done", "done"]
        text = Customer.objects.get(pk=survivor).search_text
        assert f" lost{number} " in text
        assert " changed " in text
