"""The matching worker: new and changed customers → pairs on the work list, and off it again."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEntry
from customers.duplicates import backlog, pairs
from customers.duplicates import work_list as duplicates
from customers.duplicates.comparing import fit_of, record_of
from customers.models import Customer, DuplicatePair, SearchWord
from customers.search import index as search_index
from tests.builders import a_created, an_event
from tests.integration.customers.registry import a_customer, agent
from tests.integration.customers.test_read_model import receive

pytestmark = pytest.mark.django_db

EVA = {"surname": "Ångström", "name": "Evelina", "dob": "1980-02-29", "document_number": "K 77 123"}


def matched() -> set[frozenset[UUID]]:
    """The pairs on the work list when nobody waits any more; scores by how common words are."""
    search_index.recount_bearers()
    call_command("match_customers", "--once", stdout=io.StringIO())
    assert not Customer.objects.filter(needs_match=True).exists()
    return listed()


def listed() -> set[frozenset[UUID]]:
    return {
        frozenset({pair.a.entity_uid, pair.b.entity_uid})
        for pair in duplicates.list_pairs(limit=100).rows
    }


def made(**values: str) -> UUID:
    """A customer as somebody made it who did not care about duplicates."""
    answer = agent("POST", "items/?allow_duplicate=1", values)
    assert answer.status_code == 201, answer.content
    return UUID(answer.json()["id"])


def two_evas(**values: str) -> tuple[UUID, UUID]:
    """Twins; `values` are the second one's own."""
    return made(**EVA), made(**{**EVA, "document_number": "", **values})


def changed(uid: UUID, **values: str | None) -> None:
    answer = agent("PATCH", f"items/{uid}/", values)
    assert answer.status_code == 200, answer.content


def test_who_was_made_twice_is_listed():
    twins = two_evas()
    made(surname="Somebody", name="Else", dob="1980-02-29")

    assert matched() == {frozenset(twins)}


def test_a_misspelled_twin_is_listed_with_what_speaks_for_it():
    twins = two_evas(surname="Angstrom", name="Evelyna")

    assert matched() == {frozenset(twins)}
    pair = duplicates.list_pairs(limit=1).rows[0]
    verdicts = {why.field: why.verdict for why in pair.why}
    assert verdicts["dob"] == "same"
    assert verdicts["name"] == "similar"
    assert {why.value for why in pair.why if why.field == "name"} <= {"Evelina", "Evelyna"}
    assert pairs.LEAST_SCORE <= pair.score <= 1


def test_a_twin_received_from_elsewhere_is_listed():
    here, there = made(**EVA), uuid4()
    matched()
    details = {"SURNAME": "Angstrom", "NAME": "Evelina", "DOB": "1980-02-29"}

    receive(a_created(entity_uid=there, origin="loc2/1", details=details))

    assert matched() == {frozenset({here, there})}


def test_the_score_does_not_depend_on_who_came_first():
    one, other = two_evas(surname="Angstroem")
    matched()
    score = DuplicatePair.objects.get().score
    people = pairs.people_of([one, other])
    known = pairs.known_about(people.values())
    first, second = (record_of(person.values) for person in people.values())

    assert score == fit_of(first, second, known).score == fit_of(second, first, known).score


def test_a_change_that_makes_them_strangers_takes_the_pair_away():
    _, other = two_evas()
    assert matched()

    changed(other, surname="Kowalczyk", name="Bogumiła", dob="1955-07-01")

    assert matched() == set()
    assert not DuplicatePair.objects.exists()


def test_a_change_that_makes_them_alike_lists_the_pair():
    one, other = two_evas(surname="Kowalczyk", name="Bogumiła", dob="1955-07-01")
    assert matched() == set()

    changed(other, surname="Angström", name="Evelina", dob="1980-02-29")

    assert matched() == {frozenset({one, other})}


def test_who_is_deleted_leaves_the_list_at_once_and_the_table_soon():
    _, other = two_evas()
    matched()

    assert agent("DELETE", f"items/{other}/").status_code == 204

    assert listed() == set()
    assert matched() == set()
    assert not DuplicatePair.objects.exists()


def test_who_is_restored_comes_back():
    one, other = two_evas()
    agent("DELETE", f"items/{other}/")
    assert matched() == set()

    receive(an_event(type="entity.restored.v1", entity_uid=other, origin="loc2/1", at=2**52))

    assert matched() == {frozenset({one, other})}


@pytest.mark.parametrize(
    ("type", "data"),
    [("entity.merged.v1", {"into": None}), ("entity.erased.v1", {"basis": "request"})],
)
def test_who_is_merged_or_erased_leaves_the_list_and_the_table(type, data):
    one, other = two_evas()
    matched()
    data = {key: value or str(one) for key, value in data.items()}

    receive(an_event(type=type, entity_uid=other, origin="loc2/1", at=2**52, **data))

    assert listed() == set()
    assert matched() == set()
    assert not DuplicatePair.objects.exists()


def told_apart(one: UUID, other: UUID, *, same: bool = False, seq: int = 1) -> None:
    """As it was said at another location."""
    receive(
        an_event(
            type="entity.distinguished.v1",
            entity_uid=one,
            origin="loc2/1",
            at=2**52 + seq,
            seq=seq,
            other=str(other),
            same=same,
        )
    )


def test_who_was_told_apart_anywhere_is_listed_no_more():
    one, other = two_evas()
    matched()

    told_apart(one, other)

    assert (listed(), matched()) == (set(), set())
    assert not DuplicatePair.objects.exists()


def test_told_apart_stands_when_both_are_matched_again():
    one, other = two_evas()
    told_apart(other, one)
    assert matched() == set()

    changed(one, name="Evelin")
    changed(other, name="Evelin")

    assert matched() == set()
    assert not DuplicatePair.objects.exists()


def test_who_turns_out_to_be_the_same_after_all_is_listed_again():
    twins = one, other = two_evas()
    matched()
    told_apart(one, other)

    told_apart(one, other, same=True, seq=2)

    assert listed() == {frozenset(twins)}


def test_matching_again_changes_nothing():
    two_evas(surname="Angstrom")
    matched()
    before = list(DuplicatePair.objects.values())

    Customer.objects.update(needs_match=True)
    matched()

    assert list(DuplicatePair.objects.values()) == before


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_a_limit_that_is_none_is_refused(limit):
    with pytest.raises(CommandError, match=f"--limit is {limit}:"):
        call_command("match_customers", "--limit", limit)


def test_the_limit_is_kept_and_the_newest_come_first():
    older, newer = UUID(a_customer()["id"]), UUID(a_customer()["id"])
    out = io.StringIO()

    call_command("match_customers", "--limit", "1", stdout=out)

    assert out.getvalue() == "Matched 1 customers: 0 pairs kept.\n"
    assert Customer.objects.get(pk=older).needs_match
    assert not Customer.objects.get(pk=newer).needs_match


def test_what_was_found_is_audited_without_values():
    twins = two_evas()

    matched()

    entry = AuditEntry.objects.get(action="customers.matched")
    assert set(entry.hit_ids) == set(twins)
    assert entry.result_count == 1


def test_who_was_there_before_the_index_is_indexed_and_found():
    twins = two_evas()
    Customer.objects.update(word_ids=None)
    SearchWord.objects.all().delete()

    assert matched() == {frozenset(twins)}
    assert not Customer.objects.filter(word_ids=None).exists()


def test_how_many_have_a_word_is_counted_again_when_the_list_has_grown():
    two_evas(dob="", name="Somebody")
    SearchWord.objects.update(bearers=99)

    matched()

    assert SearchWord.objects.get(word="somebody").bearers == 1


def test_the_backlog_is_counted():
    made(**EVA)

    assert backlog.waiting() == 1
    matched()
    assert backlog.waiting() == 0


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"surname": "Angstrom", "name": "Evelyna"},
        {"surname": "Evelina", "name": "Ångström", "dob": ""},
        {"surname": "Ångstrm", "name": "Evelinaa"},
        {"dob": ""},
    ],
)
def test_many_at_once_are_compared_with_whom_the_indexes_bring(monkeypatch, values):
    monkeypatch.setattr(backlog, "SEARCHED_AT_ONCE", 0)
    monkeypatch.setattr(backlog, "search_for", None)
    twins = two_evas(**values)
    made(surname="Somebody", name="Else", dob="1980-02-29")

    assert matched() == {frozenset(twins)}


def test_a_crowd_costs_as_many_statements_as_two(monkeypatch):
    monkeypatch.setattr(backlog, "SEARCHED_AT_ONCE", 1)
    costs = []
    for count in (2, 12):
        for number in range(count):
            made(surname=f"Costs{'abcdefghijkl'[number] * 4}", name=f"Crowd{count}")
        with CaptureQueriesContext(connection) as context:
            backlog.match_batch(limit=50, now_us=1)
        costs.append(len(context))

    # A search that finds nobody sure throws one or two nets more.
    assert abs(costs[0] - costs[1]) <= 3


@pytest.fixture
def audit_is_left_empty(transactional_db):
    """Django empties only the tables that it manages."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_entry")


def in_a_thread(work):
    def run():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("audit_is_left_empty")
class TestSideBySide:
    def test_two_workers_share_the_backlog_and_lose_nothing(self, monkeypatch):
        monkeypatch.setattr(backlog, "BATCH", 2)
        families = [
            two_evas(surname=f"Ångström{'ab'[n % 2] * (n + 1)}", dob=f"19{60 + n}-02-03")
            for n in range(4)
        ]
        for first, second in families:
            twin = Customer.objects.get(pk=second)
            changed(first, surname=twin.surname, dob=str(twin.dob))
        start = threading.Barrier(2)

        def work():
            start.wait()
            matcher = backlog.Matcher()
            try:
                while Customer.objects.filter(needs_match=True).exists():
                    matcher.step()
            finally:
                connection.close()
            return matcher.matched

        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(work) for _ in range(2)]

        assert sum(work.result() for work in done) >= 8
        assert {frozenset(pair) for pair in families} <= listed()

    def test_a_worker_that_dies_midway_leaves_all_to_the_next(self, monkeypatch):
        twins = two_evas()
        monkeypatch.setattr(pairs, "write", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            backlog.match_batch(limit=10, now_us=1)
        monkeypatch.undo()

        assert matched() == {frozenset(twins)}

    def test_what_changes_while_it_is_matched_is_matched_again(self, monkeypatch):
        one, other = two_evas()
        usual = backlog._partners

        def meanwhile(people, now):
            found = usual(people, now)
            in_a_thread(lambda: changed(other, surname="Kowalczyk", name="Bo", dob="1955-07-01"))
            return found

        monkeypatch.setattr(backlog, "_partners", meanwhile)
        backlog.match_batch(limit=10, now_us=1)
        monkeypatch.undo()

        assert not Customer.objects.get(pk=one).needs_match
        assert Customer.objects.get(pk=other).needs_match
        assert matched() == set()
        assert not DuplicatePair.objects.exists()

    def test_a_twin_that_comes_while_the_other_is_matched_is_found(self, monkeypatch):
        one = made(**EVA)
        found = []
        usual = backlog._partners

        def meanwhile(people, now):
            partners = usual(people, now)

            def twin():
                found.append(made(**{**EVA, "document_number": ""}))
                backlog.match_batch(limit=10, now_us=1)

            if not found:
                in_a_thread(twin)
            return partners

        monkeypatch.setattr(backlog, "_partners", meanwhile)
        backlog.match_batch(limit=10, now_us=1)
        monkeypatch.undo()

        assert matched() == {frozenset({one, *found})}

    def test_no_writer_waits_for_a_claim(self, monkeypatch):
        uid = made(**EVA)
        usual = backlog._partners

        def meanwhile(people, now):
            in_a_thread(lambda: changed(uid, name="Eva"))
            return usual(people, now)

        monkeypatch.setattr(backlog, "_partners", meanwhile)
        backlog.match_batch(limit=10, now_us=1)

        assert Customer.objects.get(pk=uid).name == "Eva"
        assert Customer.objects.get(pk=uid).needs_match
