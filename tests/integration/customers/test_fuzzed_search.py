"""Ten thousand questions of every kind: each is answered, and each with bounded work.

No clock is read: the database gives up a statement after half a second, and statements are counted.
"""

from collections import Counter
from datetime import date

import pytest
from django.db import connection

from customers.loading import load_sample
from customers.search.search import Question, search_for
from events.commands import command_act
from tests.integration.bad_bodies import is_refused
from tests.integration.customers.fuzzing import questions
from tests.integration.customers.registry import agent, customer

pytestmark = pytest.mark.django_db

QUESTIONS = 10_000
BY_HTTP = 1_000
TODAY = date(2026, 1, 5)
MOST_STATEMENTS = 25
LIMIT = 25
FIELDS = ("surname", "name", "dob", "document_number")


@pytest.fixture
def people():
    load_sample(command_act("test"), extras=0)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '500ms'")


class Counting:
    """How many statements what is done inside of it takes."""

    def __init__(self):
        self.count = 0

    def __call__(self, execute, *args):
        self.count += 1
        return execute(*args)


def asked_in_turn():
    """Every kind of question: free text or one of the fields, for staff and for customers."""
    for number, text in enumerate(questions(QUESTIONS)):
        field = FIELDS[number % 4] if number % 3 == 0 else "q"
        yield Question(**{field: text}), ("exact" if number % 5 == 0 else "fuzzy"), number % 2 == 0


@pytest.mark.timeout(600)
def test_every_question_is_answered_with_bounded_work(people):
    worst = Counter()
    for question, mode, is_whole_only in asked_in_turn():
        counting = Counting()
        with connection.execute_wrapper(counting):
            hits = search_for(
                question, mode=mode, limit=LIMIT, today=TODAY, is_whole_only=is_whole_only
            )

        assert len({hit.customer.entity_uid for hit in hits}) == len(hits) <= LIMIT, question
        assert all(0 <= hit.score <= 1 for hit in hits), question
        worst[mode] = max(worst[mode], counting.count)

    assert worst["fuzzy"] <= MOST_STATEMENTS
    assert worst["exact"] <= 3


@pytest.mark.timeout(600)
def test_every_request_is_answered_or_refused_with_a_sentence(people, settings):
    settings.SEARCHES_PER_ADDRESS = QUESTIONS
    statuses = Counter()
    for number, text in enumerate(questions(BY_HTTP)):
        caller = customer if number % 2 else agent
        mode = "exact" if number % 5 == 0 else "fuzzy"
        answer = caller("GET", "items/search/", query={"q": text, "mode": mode})
        statuses[answer.status_code] += 1
        assert answer.status_code == 200 or is_refused(answer), text

        body = {FIELDS[number % 4]: text[:60]}
        answer = agent("POST", "items/match/", body)
        assert answer.status_code == 200 or is_refused(answer), text

    assert set(statuses) == {200, 400}
    assert statuses[200] > BY_HTTP * 0.7


def test_the_questions_are_of_every_kind():
    asked = list(questions(QUESTIONS))

    assert len(set(asked)) > QUESTIONS / 2
    assert max(len(text.encode()) for text in asked) > 9_000
    assert any("DROP TABLE" in text for text in asked)
    assert any("<script>" in text for text in asked)
    assert any("\u202e" in text for text in asked)
    assert any(ord(sign) > 0xFFFF for text in asked for sign in text)
