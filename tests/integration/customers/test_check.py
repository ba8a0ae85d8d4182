"""The customer's own question: yes, similar or no, and no more than that."""

import pytest

from customers import checking
from tests.integration.customers.registry import a_customer, agent, customer, entries, nobody

pytestmark = pytest.mark.django_db

ALICE = {"surname": "Johnson", "name": "Alice", "dob": "1987-05-12", "document_number": "AB-123456"}


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ({"surname": "JOHNSON", "name": "alice", "dob": "1987-05-12"}, "yes"),
        ({"document_number": "ab 123 456", "dob": "1987-05-12"}, "yes"),
        ({"surname": "Jonson", "name": "Alice", "dob": "1987-05-12"}, "similar"),
        ({"surname": "Smith", "name": "Bob", "dob": "1987-05-12"}, "no"),
        ({"surname": "Johnson", "name": "Alice", "dob": "1960-11-30"}, "no"),
        ({"document_number": "AB123456", "dob": "1960-11-30"}, "no"),
        ({"surname": "...", "name": "Alice", "dob": "1987-05-12"}, "no"),
        ({"document_number": "...", "dob": "1987-05-12"}, "no"),
        ({"surname": "Jo", "name": "Al", "dob": "1987-05-12"}, "no"),
    ],
)
@pytest.mark.parametrize("caller", [nobody, agent], ids=["nobody", "agent"])
def test_answers(caller, asked, listed):
    a_customer(**ALICE)

    answer = caller("POST", "items/check/", asked)

    assert answer.status_code == 200
    assert answer.json()["listed"] == listed
    assert set(answer.json()) == {"listed", "checked_at"}


@pytest.mark.parametrize(
    "asked",
    [
        {"surname": "Johnson", "name": "Alice", "dob": "1987-05-13"},
        {"document_number": "AB123457", "dob": "1987-05-12"},
        {"document_number": "AB12", "dob": "1987-05-12"},
    ],
)
def test_customers_cannot_spell_out_numbers_or_dates_by_trying(asked):
    a_customer(**ALICE)

    assert customer("POST", "items/check/", asked).json()["listed"] == "no"
    assert agent("POST", "items/check/", asked).json()["listed"] == "similar"


@pytest.mark.parametrize(
    ("surname", "name", "listed"),
    [("Li", "Bo", "yes"), ("LI", "bo", "yes"), ("Li", "Ba", "no"), ("L", "B", "no")],
)
def test_short_names_count_as_they_are(surname, name, listed):
    a_customer(surname="Ng", name="An", dob="1990-01-01")
    a_customer(surname="Li", name="Bo", dob="1990-01-01")

    answer = customer(
        "POST", "items/check/", {"surname": surname, "name": name, "dob": "1990-01-01"}
    )

    assert answer.json()["listed"] == listed


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({}, {"surname", "name", "dob"}),
        ({"document_number": "1"}, {"dob"}),
        ({"surname": "x", "dob": "1990-01-01"}, {"name"}),
        ({"surname": 5, "name": False, "dob": "x"}, {"surname", "name", "dob"}),
        ({"surname": "x", "name": "x", "dob": "12.05.1987"}, {"dob"}),
        ({"surname": "x" * 201, "name": "x", "dob": "1987-05-12"}, {"surname"}),
        ({"document_number": "x" * 65, "dob": "1987-05-12"}, {"document_number"}),
        ({"surname": "x", "name": "x", "dob": "1987-05-12", "q": "x"}, {"q"}),
    ],
)
def test_incomplete_questions_are_400(asked, fields):
    answer = customer("POST", "items/check/", asked)

    assert (answer.status_code, set(answer.json())) == (400, fields)


def test_one_network_cannot_ask_without_end(monkeypatch):
    monkeypatch.setattr(checking, "MAX_CHECKS", 2)
    asked = {"document_number": "1", "dob": "1990-01-01"}

    answers = [customer("POST", "items/check/", asked) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == str(checking.WINDOW_S)
    assert entries()[-1].codes == ["too_many_requests"]
