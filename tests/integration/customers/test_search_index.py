"""The vocabulary of search: what is in it follows from who is listed, whatever happened before."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from customers.merging import merge_customers, unmerge_customer
from customers.models import Customer, SearchWord
from customers.search import index as search_index
from customers.search import words as search_words
from customers.search.search import Question, search_for
from customers.text_forms import plain
from customers.writing.spelling import word_id
from events import log
from events.clock import instant_of
from events.commands import command_act
from events.event import encode
from tests.builders import a_created, an_event
from tests.integration.customers.registry import a_customer, agent
from tests.integration.customers.test_read_model import receive

pytestmark = pytest.mark.django_db
WAIT_S = 10


def kept():
    """What the tables say: words with what finds them, and who has which numbers."""
    words = {
        row.word: (row.word_id, row.sound, search_words.array_of(row.deletions))
        for row in SearchWord.objects.all()
    }
    numbers = dict(Customer.objects.values_list("entity_uid", "word_ids"))
    return words, numbers


def found_by(q):
    return search_for(Question(q), mode="fuzzy", limit=5, today=instant_of(0).date())


def from_scratch():
    """What they should say of the customers there are."""
    words, numbers = set(), {}
    for row in Customer.objects.all():
        own = search_words.words_of(row.search_text) if row.state == "listed" else frozenset()
        words |= own
        numbers[row.entity_uid] = sorted({word_id(word) for word in own})
    made = (search_words.word_row(word, bearers=1) for word in words)
    return {row.word: (row.word_id, row.sound, row.deletions) for row in made}, numbers


def words():
    return set(SearchWord.objects.values_list("word", flat=True))


def test_each_listed_name_is_in_the_vocabulary_word_by_word():
    a_customer(surname="García-Márquez", name="Gabriel José")
    a_customer(surname="Garcia")

    assert words() == {"garcia", "marquez", "gabriel", "jose"}
    assert kept() == from_scratch()


def test_words_leave_with_the_last_who_has_them():
    one = a_customer(surname="Rare", name="Anna")["id"]
    other = a_customer(surname="Common", name="Anna")["id"]

    agent("PATCH", f"items/{one}/", {"surname": "Renamed"})
    assert words() == {"renamed", "common", "anna"}
    assert kept() == from_scratch()

    agent("DELETE", f"items/{one}/")
    assert words() == {"common", "anna"}
    agent("DELETE", f"items/{other}/")
    assert words() == set()

    agent("POST", f"items/{one}/restore/")
    assert words() == {"renamed", "anna"}
    assert kept() == from_scratch()


def test_survivor_keeps_the_words_of_whom_it_stands_for_and_gives_them_back():
    loser = a_customer(surname="Maiden", name="Eva")["id"]
    survivor = a_customer(surname="Married", name="Eva")["id"]
    act = command_act("test")

    merge_customers(act, survivor=UUID(survivor), loser=UUID(loser))
    assert words() == {"maiden", "married", "eva"}
    assert kept() == from_scratch()
    (found,) = found_by("Eva Maiden")
    assert str(found.customer.entity_uid) == survivor

    unmerge_customer(command_act("test"), entity_uid=UUID(loser))
    assert kept() == from_scratch()
    agent("DELETE", f"items/{loser}/")
    assert words() == {"married", "eva"}


def test_erasing_leaves_no_word():
    uid = uuid4()
    receive(a_created(entity_uid=uid, details={"SURNAME": "Canary"}))

    receive(an_event(type="entity.erased.v1", entity_uid=uid, seq=2, at="11:00", basis="request"))

    assert words() == set()
    assert Customer.objects.get(pk=uid).word_ids == []


def test_who_turns_out_to_be_an_institution_takes_the_words_along():
    uid = uuid4()
    receive(a_created(entity_uid=uid, details={"SURNAME": "Canary"}))

    receive(an_event(entity_uid=uid, seq=2, at="13:00", entity_type="INSTITUTION"))

    assert words() == set()


def test_two_words_of_one_number_leave_one_by_one():
    """plumless and buckeroo have the same crc32."""
    assert word_id("plumless") == word_id("buckeroo")
    plumless = a_customer(surname="Plumless")["id"]
    a_customer(surname="Buckeroo")

    agent("DELETE", f"items/{plumless}/")

    assert words() == {"buckeroo"}


def test_endless_names_from_elsewhere_are_indexed_in_part():
    receive(
        a_created(entity_uid=uuid4(), details={"SURNAME": "x" * 5_000}),
        a_created(
            entity_uid=uuid4(),
            origin="loc2/1",
            details={"SURNAME": " ".join(f"w{n}" for n in range(500))},
        ),
    )

    assert max(map(len, words())) == search_words.MAX_LENGTH
    assert len(words()) == search_words.MAX_WORDS + 1
    assert kept() == from_scratch()


def test_a_word_too_long_to_be_indexed_whole_stays_with_who_has_it_still():
    leaver = a_customer(surname="x" * 70)["id"]
    a_customer(surname="x" * 70)

    agent("DELETE", f"items/{leaver}/")

    assert words() == {"x" * search_words.MAX_LENGTH}
    assert kept() == from_scratch()


def test_rebuilding_gives_what_was_kept_all_along():
    a_customer(surname="Johnson", name="Alice")
    a_customer(surname="Иванов", name="Иван")
    before = kept()
    Customer.objects.update(word_ids=None)
    SearchWord.objects.all().delete()

    assert [hit.customer.name for hit in found_by("johnson")] == ["Alice"]
    assert search_index.count() == 2
    assert search_index.index_missing(limit=1) == 1
    assert search_index.count() == 1
    call_command("rebuild_search", verbosity=0)

    assert kept() == before


def test_rebuilding_everybody_puts_wrong_rows_right():
    a_customer(surname="Johnson", name="Alice")
    before = kept()
    Customer.objects.update(search_text=" stale |  |  #  |  ", word_ids=[1, 2])
    SearchWord.objects.filter(word="alice").update(sound="stale", deletions=[1])
    SearchWord.objects.filter(word="johnson").delete()

    call_command("rebuild_search", "--all", verbosity=0)

    assert kept() == before
    assert Customer.objects.get().search_text == " johnson | alice |  #  |  "


def test_recounting_counts_bearers_and_removes_what_nobody_has():
    for name in ("Alice", "Bob", "Alice"):
        a_customer(surname="Johnson", name=name)
    search_words.keep({"orphan": 1})
    SearchWord.objects.update(bearers=7)

    search_index.recount_bearers()

    assert dict(SearchWord.objects.values_list("word", "bearers")) == {
        "johnson": 3,
        "alice": 2,
        "bob": 1,
    }


class OtherConnection:
    """A transaction of somebody else: begun, done and held open in a thread until let go."""

    def __init__(self, work):
        self.is_done, self.may_end = Event(), Event()
        self._pool = ThreadPoolExecutor(1)
        self._result = self._pool.submit(self._run, work)

    def _run(self, work):
        try:
            with transaction.atomic():
                work()
                self.is_done.set()
                assert self.may_end.wait(WAIT_S)
        finally:
            connection.close()

    def end(self):
        assert self.is_done.wait(WAIT_S)
        self.may_end.set()
        self._result.result(WAIT_S)
        self._pool.shutdown()


def told(*events):
    """As arrivals come, in the caller's transaction."""
    for event in events:
        entry = log.Entry(event=event, raw=encode(event), sha256=b"x" * 32)
        log.append([entry], recorded_at=instant_of(event.hlc))
        log.fold_in([event])


def a_person(surname, uid=None):
    return a_created(entity_uid=uid or uuid4(), details={"SURNAME": surname})


def renamed(uid, surname):
    return an_event(entity_uid=uid, seq=2, at="11:00", details={"SURNAME": surname})


@pytest.fixture
def _committed(transactional_db):
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_entry")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_committed")
class TestAtTheSameTime:
    def test_a_word_that_somebody_is_about_to_have_stays(self):
        uid = uuid4()
        receive(a_person("Canary", uid))
        writer = OtherConnection(lambda: told(a_person("Canary")))
        assert writer.is_done.wait(WAIT_S)

        receive(renamed(uid, "Sparrow"))
        writer.end()

        assert words() == {"canary", "sparrow"}
        assert kept() == from_scratch()

    def test_a_word_that_is_about_to_leave_comes_anew(self):
        uid = uuid4()
        receive(a_person("Canary", uid))
        leaver = OtherConnection(lambda: told(renamed(uid, "Sparrow")))
        assert leaver.is_done.wait(WAIT_S)
        writer = OtherConnection(lambda: told(a_person("Canary")))

        assert not writer.is_done.wait(0.3)  # it waits for the leaver, who holds the word alone
        leaver.end()
        assert writer.is_done.wait(WAIT_S)
        writer.end()

        assert words() == {"canary", "sparrow"}
        assert kept() == from_scratch()

    def test_the_last_two_who_leave_together_take_the_word_along(self):
        one, other = uuid4(), uuid4()
        receive(a_person("Canary", one), a_person("Canary", other))
        first = OtherConnection(lambda: told(renamed(one, "Sparrow")))
        assert first.is_done.wait(WAIT_S)
        second = OtherConnection(lambda: told(renamed(other, "Finch")))

        assert not second.is_done.wait(0.3)  # one leaver after the other
        first.end()
        assert second.is_done.wait(WAIT_S)
        second.end()

        assert words() == {"sparrow", "finch"}
        assert kept() == from_scratch()

    def test_who_swap_names_do_not_wait_for_each_other(self):
        one, other = uuid4(), uuid4()
        receive(a_person("Canary", one), a_person("Sparrow", other))
        first = OtherConnection(lambda: told(renamed(one, "Sparrow")))
        assert first.is_done.wait(WAIT_S)

        second = OtherConnection(lambda: told(renamed(other, "Canary")))
        first.end()
        second.end()

        assert words() == {"canary", "sparrow"}
        assert kept() == from_scratch()


def test_plain_words_are_what_is_kept():
    a_customer(surname="Ægir Ørsted", name="Zoë")

    assert words() == set(plain("Ægir Ørsted Zoë").split())


@pytest.mark.parametrize("q", ["alice johnson", "Alise Johnson", "johnson"])
def test_who_is_not_indexed_yet_is_found_by_letters(q):
    uid = UUID(a_customer(surname="Johnson", name="Alice")["id"])
    a_customer(surname="Müller", name="Jörg")
    Customer.objects.filter(pk=uid).update(word_ids=None)
    SearchWord.objects.filter(word__in=["alice", "johnson"]).delete()

    (hit,) = found_by(q)

    assert hit.customer.entity_uid == uid
