"""Merges at the same moment: one after the other, whatever order they lock in."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from customers import merging, services
from customers.models import Customer
from customers.web import editing
from entities import survivors
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


def meanwhile(act: Callable[[], object]) -> str:
    """What comes of it in another session, which waits only a moment for what is locked."""

    def other() -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '300ms'")
            act()
        except OperationalError:
            return "waits"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(other).result()


def test_values_taken_over_are_those_of_the_moment_of_the_merge(monkeypatch):
    loser, survivor = people(2)
    services.change_customer(an_act(), entity_uid=loser, values={"name": "Old"})
    came = []
    read = merging._choices

    def read_and_changed(*args):
        choices = read(*args)
        change = {"entity_uid": loser, "values": {"name": "New"}}
        came.append(meanwhile(lambda: services.change_customer(an_act(), **change)))
        return choices

    monkeypatch.setattr(merging, "_choices", read_and_changed)

    merging.merge_customers(an_act(), survivor=survivor, loser=loser, take=["name"])

    assert came == ["waits"]
    names = Customer.objects.filter(pk__in=(loser, survivor)).values_list("name", flat=True)
    assert set(names) == {"Old"}


def test_telling_apart_does_not_wait_for_the_merges_of_others():
    one, other = people(2)

    with transaction.atomic():
        survivors.lock()
        came = meanwhile(lambda: merging.distinguish_customers(an_act(), a=one, b=other))

    assert came == "done"


def test_a_saved_customer_is_not_held_while_it_is_told_apart(monkeypatch):
    one, other = people(2)
    came = []

    def looked_at(request, uid, others, **said):
        change = {"entity_uid": uid, "values": {"name": "Changed"}}
        came.append((others, meanwhile(lambda: services.change_customer(an_act(), **change))))

    monkeypatch.setattr(editing, "tell_apart", looked_at)

    form = {"surname": "Spatz", "different": str(other)}
    answer = Client(headers={"X-Role": "service_agent"}).post(f"/customers/{one}/edit", form)

    assert answer.status_code == 302
    assert came == [({str(other)}, "done")]
