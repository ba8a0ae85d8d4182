"""The whole list against itself: found once, told in a sentence, resumed after a kill."""

import io
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import AuditEntry
from customers.duplicates import blocking, finding, pairs
from customers.duplicates import work_list as duplicates
from customers.models import Customer, DuplicatePair, FindingRun
from entities.refusals import InvalidCursor
from tests.builders import a_created
from tests.integration.customers.test_match_customers import (
    EVA,
    listed,
    made,
    matched,
    told_apart,
    two_evas,
)
from tests.integration.customers.test_read_model import receive

pytestmark = pytest.mark.django_db

WORDS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir")


def found(*options: str) -> str:
    """What the command says."""
    out = io.StringIO()
    call_command("find_duplicates", *options, stdout=out)
    return out.getvalue()


def families(count: int) -> set[frozenset[UUID]]:
    """So many people whom somebody made twice, none like another."""
    twins = []
    for n, word in enumerate(WORDS[:count]):
        values = {"surname": f"{word}berg", "name": f"{word}ine", "dob": f"19{60 + n}-05-17"}
        twins.append(frozenset({made(**values), made(**{**values, "name": f"{word}yne"})}))
    return set(twins)


def test_all_twins_are_found():
    twins = families(6)

    said = found()

    assert listed() == twins
    assert said.startswith("Compared ")
    assert "6 are listed" in said


@pytest.mark.parametrize(
    "values",
    [
        {"surname": "Angstrom", "name": "Evelyna"},
        {"surname": "Evelina", "name": "Ångström"},
        {"dob": "1980-02-28"},
        {"surname": "Ångstrm", "name": "Evelinaa"},
    ],
)
def test_twins_are_found_by_what_they_share(values):
    twins = two_evas(**values)

    found()

    assert listed() == {frozenset(twins)}


def test_who_has_the_same_document_elsewhere_under_another_name_is_found():
    here, there = made(**EVA), uuid4()
    details = {"SURNAME": "Kowalczyk", "NAME": "Bogumiła", "DOCUMENT_NUMBER": "k77-123"}
    receive(a_created(entity_uid=there, origin="loc2/1", details=details))

    found()

    assert listed() == {frozenset({here, there})}


def test_worker_and_whole_run_agree():
    families(3)
    matched()
    by_worker = list(DuplicatePair.objects.order_by("a").values("a", "b", "score"))
    DuplicatePair.objects.all().delete()

    found()

    assert list(DuplicatePair.objects.order_by("a").values("a", "b", "score")) == by_worker


def test_who_was_told_apart_stays_apart():
    one, other = two_evas()
    told_apart(one, other)

    assert "0 are listed" in found()


def test_a_pair_that_is_none_any_more_is_dropped():
    one, other = two_evas()
    a, b = pairs.key_of(one, made(surname="Somebody", name="Else"))
    DuplicatePair.objects.create(
        a=a, b=b, score=0.9, found_at="2026-01-01T00:00Z", weights_version="0"
    )

    found()

    assert {frozenset({pair.a, pair.b}) for pair in DuplicatePair.objects.all()} == {
        frozenset({one, other})
    }


def test_a_dry_run_writes_nothing():
    families(2)

    assert "2 would be listed" in found("--dry-run")
    assert not DuplicatePair.objects.exists()
    assert not FindingRun.objects.exists()
    assert not AuditEntry.objects.filter(action="duplicates.found").exists()


def test_least_is_kept():
    two_evas(surname="Angstrom", name="Evelyna", dob="")

    found("--least", "1")

    assert not DuplicatePair.objects.filter(score__lt=1).exists()


def test_a_killed_run_goes_on_where_it_was(monkeypatch):
    twins = families(6)
    monkeypatch.setattr(finding, "SLICE", 2)
    usual, slices = pairs.people_of, []

    def dies_at_the_third(uids):
        slices.append(uids)
        if len(slices) == 3:
            raise KeyboardInterrupt
        return usual(uids)

    monkeypatch.setattr(pairs, "people_of", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        found()
    run = FindingRun.objects.get()
    assert run.compared == 4
    before = DuplicatePair.objects.count()
    compared = []
    monkeypatch.setattr(pairs, "people_of", lambda uids: compared.append(1) or usual(uids))

    said = found()

    assert 0 < before < 6
    assert len(compared) < 2 + len(slices)
    assert "those of the run before that did not end" in said
    assert "6 are listed" in said
    assert listed() == twins
    assert not FindingRun.objects.exists()


def test_a_limit_leaves_the_rest_to_the_next_run():
    twins = families(3)

    first = found("--limit", "1")
    assert DuplicatePair.objects.count() == 1
    second = found()

    assert "2 pairs are left for the next run" in first
    assert "3 are listed" in second
    assert listed() == twins


def test_another_score_begins_anew():
    families(3)
    found("--limit", "1")

    assert "run before" not in found("--least", "0.7")


def test_blocks_that_are_too_large_are_left_out_and_counted(monkeypatch):
    monkeypatch.setattr(blocking, "MOST", (1, 1, 1, 1))
    two_evas()

    assert "groups too large to compare were left out" in found()
    assert not DuplicatePair.objects.exists()


def test_only_one_runs_at_a_time():
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(finding.LOCK_SQL, finding.TASK)
        try:
            with pytest.raises(CommandError, match="Another find_duplicates is running"):
                found()
        finally:
            cursor.execute(finding.UNLOCK_SQL, finding.TASK)
            other.close()


@pytest.mark.parametrize("least", ["0", "0.4", "1.5", "-1", "nan"])
def test_a_score_that_is_none_is_refused(least):
    with pytest.raises(CommandError, match="--least is"):
        found("--least", least)


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_a_limit_that_is_none_is_refused(limit):
    with pytest.raises(CommandError, match=f"--limit is {limit}:"):
        found("--limit", limit)


def test_the_run_is_audited():
    families(2)

    found()

    assert AuditEntry.objects.get(action="duplicates.found").result_count == 2


def test_pages_follow_each_other_without_gaps_and_in_order():
    families(5)
    found()
    seen, cursor = [], None
    while True:
        page = duplicates.list_pairs(limit=2, cursor=cursor)
        seen += page.rows
        cursor = page.next_cursor
        if cursor is None:
            break

    assert len(seen) == len({(pair.a.entity_uid, pair.b.entity_uid) for pair in seen}) == 5
    assert [pair.score for pair in seen] == sorted((pair.score for pair in seen), reverse=True)
    assert duplicates.count_pairs() == 5


@pytest.mark.parametrize("cursor", ["x", "eA", "MC41IGEgYg", "%", "MC41"])
def test_a_cursor_that_is_none_is_refused(cursor):
    with pytest.raises(InvalidCursor):
        duplicates.list_pairs(limit=2, cursor=cursor)


def test_a_pair_is_got_in_either_order_and_only_while_it_is_listed():
    one, other = two_evas()
    found()

    pair = duplicates.get_pair(one, other)
    assert pair == duplicates.get_pair(other, one)
    assert {pair.a.entity_uid, pair.b.entity_uid} == {one, other}
    told_apart(one, other)
    assert duplicates.get_pair(one, other) is None


def test_least_limits_list_and_count():
    two_evas(surname="Angstrom", name="Evelyna")
    found()
    score = DuplicatePair.objects.get().score

    assert duplicates.count_pairs(least=score) == 1
    assert duplicates.count_pairs(least=score + 0.01 if score < 1 else 1.1) == 0
    assert duplicates.list_pairs(limit=5, least=1.1).rows == ()


def test_reading_costs_the_same_whatever_the_size(django_assert_num_queries):
    families(5)
    found()

    for limit in (1, 5):
        with django_assert_num_queries(5):
            duplicates.list_pairs(limit=limit)
    with django_assert_num_queries(1):
        duplicates.count_pairs()


def test_no_value_of_a_person_is_in_the_table():
    two_evas()
    found()
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_duplicate::text FROM customers_duplicate")
        row = cursor.fetchone()[0].lower()

    assert not any(str(value).lower() in row for value in EVA.values())


def test_whole_run_leaves_the_backlog_to_the_worker():
    two_evas()

    found()

    assert Customer.objects.filter(needs_match=True).count() == 2
