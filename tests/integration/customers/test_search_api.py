"""Search as people use it: exact and typo-tolerant, on the real index."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from customers.models import Customer
from customers.rules import CODE_OF_KEY
from customers.search.matching import THRESHOLD
from customers.search.search import Question, search_for
from entities import loading
from entities.load_input import History, Step
from events.commands import command_act
from tests.integration.customers.registry import agent, customer

PEOPLE = [
    {"surname": "Johnson", "name": "Alice", "dob": "1987-05-12", "document_number": "AB-123456"},
    {"surname": "Johansson", "name": "Alicia", "dob": "1987-05-21", "document_number": "AB-999"},
    {"surname": "García Márquez", "name": "Gabriel José", "dob": "1927-03-06"},
    {"surname": "Иванов", "name": "Иван", "document_number": "4509 123456"},
    {"surname": "O'Brien", "name": "Seán", "dob": "1955-01-01"},
    {"surname": "Smith-Jones", "name": "Bob", "document_number": "100%_OFF"},
    {"surname": "Ng", "name": "Jo"},
    {"name": "Madonna"},
    {"document_number": "ONLY-777888"},
]


@pytest.fixture(autouse=True)
def people(db):
    act = command_act("test")
    loading.load(act, histories=[a_history(person, act.now_us) for person in PEOPLE])


def a_history(person, at):
    details = {CODE_OF_KEY[key]: value for key, value in person.items()}
    return History(uuid7(), "PERSON", (Step("created", at, details),))


def found(q="", mode="exact", by=agent, **query):
    asked = {"q": q, "mode": mode, **query}
    answer = by("GET", "items/search/", query={key: text for key, text in asked.items() if text})
    assert answer.status_code == 200, answer.content
    assert answer.json()["mode"] == mode
    return answer.json()["results"]


def names(results):
    return [person["surname"] or person["name"] or person["document_number"] for person in results]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("johnson", ["Johnson"]),
        ("OHNSO", ["Johnson"]),
        ("alice johnson", ["Johnson"]),
        ("Johnson, Alice", ["Johnson"]),
        ("ali", ["Johansson", "Johnson"]),
        ("GARCIA", ["García Márquez"]),
        ("marquez gabriel", ["García Márquez"]),
        ("ИВАНОВ", ["Иванов"]),
        ("o'brien", ["O'Brien"]),
        ("smith-jo", ["Smith-Jones"]),
        ("123456", ["Johnson", "Иванов"]),
        ("AB-123", ["Johnson"]),
        ("ab 123456", ["Johnson"]),
        ("jo", ["Ng", "Smith-Jones", "Johansson", "Johnson", "García Márquez"]),
        ("g", ["García Márquez"]),
        ("777888", ["ONLY-777888"]),
        ("jonsn", []),
        ("alice smith", []),
        ("nalice", []),
        ("johnsonalice", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("...", []),
        ("john%son", []),
    ],
)
def test_exact_search(q, expected):
    results = found(q)

    assert sorted(names(results)) == sorted(expected)
    assert all(person["score"] == 1 for person in results)


def test_exact_search_is_in_order_of_names_and_takes_the_first():
    everybody = ["García Márquez", "Johansson", "Johnson", "Ng", "Smith-Jones"]

    assert names(found("jo")) == everybody
    assert names(found("jo", limit="2")) == everybody[:2]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("Jonsn Alise", "Johnson"),
        ("ALYCE JOHNSEN", "Johnson"),
        ("alice", "Johnson"),
        ("jonsn", "Johnson"),
        ("GARCIA", "García Márquez"),
        ("garsia gabriel", "García Márquez"),
        ("gabriel jose garcia marquez", "García Márquez"),
        ("ivanov ivan", "Иванов"),
        ("Иванов", "Иванов"),
        ("obrien", "O'Brien"),
        ("o'brian", "O'Brien"),
        ("madona", "Madonna"),
        ("ng", "Ng"),
        ("1987-05-12", "Johnson"),
        ("12.05.1987", "Johnson"),
        ("05/12/1987", "Johnson"),
        ("1955", "O'Brien"),
        ("AB 123 456", "Johnson"),
        ("AB123457", "Johnson"),
        ("johnson 12.05.1987 AB123456", "Johnson"),
        ("777888", "ONLY-777888"),
    ],
)
def test_fuzzy_search_puts_the_right_one_first(q, first):
    results = found(q, "fuzzy")

    assert names(results)[:1] == [first]
    assert 0 < results[0]["score"] <= 1
    scores = [person["score"] for person in results]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "q", ["asdfgh", "qwxyz zzkk", "zzz 12.05.1987", "99999999", "...", "%%%", "😀", "1850"]
)
def test_nonsense_finds_nobody(q):
    assert found(q, "fuzzy") == []


def test_nobody_below_the_threshold_follows_somebody_who_is_meant():
    act = command_act("test")
    alike = [{"surname": name, "name": "Maria"} for name in ("Garcia", "Garcia", "Garzia")]
    loading.load(act, histories=[a_history(person, act.now_us) for person in alike])
    hits = search_for(Question(q="maria garcia"), mode="fuzzy", limit=10, today=date(2026, 11, 21))

    assert [hit.customer.surname for hit in hits[:3]] == ["Garcia", "Garcia", "Garzia"]
    assert hits[2].score < THRESHOLD
    assert names(found("maria garcia", "fuzzy")) == ["Garcia", "Garcia"]


def test_why_names_the_field_with_what_was_asked_and_held():
    (person,) = found("jonsen alice 12.05.1987", "fuzzy", limit="1")

    assert person["why"] == [
        {"field": "surname", "verdict": "similar", "query": "jonsen", "value": "Johnson"},
        {"field": "name", "verdict": "same", "query": "alice", "value": "Alice"},
        {"field": "dob", "verdict": "same", "query": "12.05.1987", "value": "1987-05-12"},
    ]


def test_single_fields_are_evidence_too():
    fuzzy = found(mode="fuzzy", surname="Jonson", dob="1987-05-12")
    exact = found(surname="john", name="ali", document_number="ab123", dob="12.05.1987")

    assert names(fuzzy)[0] == "Johnson"
    assert names(exact) == ["Johnson"]
    assert found(surname="alice") == []
    assert names(found(dob="1987-05")) == ["Johansson", "Johnson"]
    assert found(dob="no date") == []
    assert names(found(mode="fuzzy", surname="Johnson", dob="1987-05-32"))[0] == "Johnson"


def test_mode_defaults_to_exact_in_any_case():
    answer = agent("GET", "items/search/", query={"q": "JOHNSON"})

    assert answer.json()["mode"] == "exact"
    assert (
        found("jonsn", "fuzzy")
        == agent("GET", "items/search", query={"q": "jonsn", "mode": "Fuzzy"}).json()["results"]
    )


def test_deleted_customers_are_not_found():
    (person,) = found("madonna")
    agent("DELETE", f"items/{person['id']}/")

    assert found("madonna") == found("madonna", "fuzzy") == []


def test_renamed_customers_are_found_by_the_new_name_only():
    (person,) = found("madonna")
    agent("PATCH", f"items/{person['id']}/", {"name": "Ciccone"})

    assert found("madonna") == found("madonna", "fuzzy") == []
    assert names(found("cicone", "fuzzy")) == ["Ciccone"]


def test_customers_search_by_whole_values_and_see_masks():
    (person,) = found("jonson alice", "fuzzy", by=customer, limit="1")

    assert person["surname"] == "J***"
    assert person["why"] == [
        {"field": "surname", "verdict": "similar"},
        {"field": "name", "verdict": "same"},
    ]
    assert person["score"] == round(person["score"], 1)
    assert found("AB123456", by=customer)
    assert not found("AB12345", by=customer)


@pytest.mark.parametrize(
    ("mode", "q", "most"),
    [
        ("exact", "johnson", 4),
        ("exact", "johnson alice 1987-05-12 AB123456 x y z", 4),
        ("fuzzy", "johnson", 7),
        ("fuzzy", "jonsn alice 1987-05-12", 9),
        ("fuzzy", "johnson alice 1987-05-12 AB123456 and many more words of no name", 30),
    ],
)
def test_a_search_costs_few_statements(mode, q, most):
    found("jo", mode)

    with CaptureQueriesContext(connection) as statements:
        found(q, mode)

    assert len(statements) <= most


def test_search_can_use_the_trigram_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT entity_uid FROM customers_customer WHERE search_text %> 'johnson'"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "customer_search_trgm" in plan
    assert Customer.objects.count() == len(PEOPLE)


def test_a_piece_of_a_document_number_is_asked_of_the_trigram_index():
    with CaptureQueriesContext(connection) as statements:
        (alice,) = found(document_number="b-1234")

    assert alice["surname"] == "Johnson"
    assert any("search_text LIKE '%b1234%'" in statement["sql"] for statement in statements)
