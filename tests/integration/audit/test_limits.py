"""Limits of asking: how many questions there are places for, when there is one again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import limits
from audit.limits import Allowance, TooManyQuestions, remaining, take
from audit.models import AskedQuestion

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)


def an_allowance(subject="somebody", most=2):
    return Allowance(subject, most, f"{most} an hour.")


def minutes(count):
    return NOW + timedelta(minutes=count)


def test_each_subject_has_its_own_places():
    take([an_allowance()], now=NOW)
    take([an_allowance()], now=NOW)
    take([an_allowance("somebody else")], now=NOW)

    with pytest.raises(TooManyQuestions):
        take([an_allowance()], now=NOW)
    assert remaining([an_allowance()], now=NOW) == 0
    assert remaining([an_allowance("somebody else")], now=NOW) == 1


def test_the_refusal_says_when_there_is_a_place_again():
    take([an_allowance()], now=NOW)
    take([an_allowance()], now=minutes(20))

    with pytest.raises(TooManyQuestions, match=r"^2 an hour. Try again in 30 minutes.$") as refused:
        take([an_allowance()], now=minutes(30))

    assert refused.value.retry_after_s == 30 * 60
    with pytest.raises(TooManyQuestions, match="in 1 minute\\."):
        take([an_allowance()], now=minutes(60) - timedelta(seconds=1))
    take([an_allowance()], now=minutes(60))
    with pytest.raises(TooManyQuestions, match="in 20 minutes"):
        take([an_allowance()], now=minutes(60))


def test_what_is_refused_by_one_limit_counts_against_none():
    take([an_allowance("full", most=1)], now=NOW)

    with pytest.raises(TooManyQuestions):
        take([an_allowance("free"), an_allowance("full", most=1)], now=NOW)

    assert remaining([an_allowance("free")], now=NOW) == 2


def test_remaining_is_that_of_the_tightest_limit():
    take([an_allowance("a", most=5), an_allowance("b", most=3)], now=NOW)

    assert remaining([an_allowance("a", most=5), an_allowance("b", most=3)], now=NOW) == 2
    assert remaining([an_allowance("b", most=3), an_allowance("a", most=5)], now=NOW) == 2
    assert remaining([an_allowance("a", most=5)], now=minutes(60)) == 5


def test_a_limit_that_was_lowered_counts_what_was_asked_before():
    for _ in range(3):
        take([an_allowance(most=9)], now=NOW)

    with pytest.raises(TooManyQuestions):
        take([an_allowance(most=2)], now=NOW)
    assert remaining([an_allowance(most=2)], now=NOW) == 0


def test_nobody_reads_who_asked():
    take([an_allowance("from 192.0.2.0/24")], now=NOW)

    (row,) = AskedQuestion.objects.all()
    assert len(bytes(row.key)) == 32
    assert b"192" not in bytes(row.key)


def test_the_key_is_this_installations(settings):
    key = an_allowance().key
    settings.SECRET_KEY = "another"

    assert an_allowance().key != key


def test_what_no_longer_counts_is_forgotten():
    for number in range(5):
        take([an_allowance(f"{number}")], now=NOW)

    take([an_allowance()], now=minutes(60))

    assert [row.at for row in AskedQuestion.objects.all()] == [minutes(60)]


def test_only_so_many_are_forgotten_at_once(monkeypatch):
    monkeypatch.setattr(limits, "FORGOTTEN_AT_ONCE", 2)
    for number in range(5):
        take([an_allowance(f"{number}")], now=NOW)

    take([an_allowance()], now=minutes(60))

    assert AskedQuestion.objects.filter(at=NOW).count() == 3


def test_a_question_costs_three_statements_however_many_limits_it_has():
    many = [an_allowance(str(number)) for number in range(4)]

    with CaptureQueriesContext(connection) as captured:
        take(many, now=NOW)

    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 3


def test_counting_reads_an_index_only_as_far_as_it_counts():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        params = {"keys": [an_allowance().key], "mosts": [2], "sinces": [NOW]}
        cursor.execute(f"EXPLAIN {limits.ASKED_SQL}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert plan.count("question_key_at") == 2


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once():
    def ask(_):
        try:
            take([an_allowance("a", most=3), an_allowance("b", most=3)], now=NOW)
        except TooManyQuestions:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        answered = list(threads.map(ask, range(8)))

    assert sum(answered) == 3
