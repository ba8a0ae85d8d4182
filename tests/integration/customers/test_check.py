"""The customer's own question: yes, similar or no, and no more than that."""

import time
from statistics import median
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import checking
from customers.loading import load_sample
from events.commands import command_act
from events.principal import Act, Principal
from tests.integration.customers.registry import a_customer, agent, customer, entries, nobody

pytestmark = pytest.mark.django_db

ALICE = {"surname": "Johnson", "name": "Alice", "dob": "1987-05-12", "document_number": "AB-123456"}

ABOUT_ME = {"surname": "Nilsson", "name": "Nora", "dob": "1990-01-01"}
BEAT_NS = checking.BEAT_NS


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(checking, "BEAT_NS", 1)


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ({"surname": "JOHNSON", "name": "alice", "dob": "1987-05-12"}, "yes"),
        ({"document_number": "ab 123 456", "dob": "1987-05-12"}, "yes"),
        ({"surname": "Jonson", "name": "Alice", "dob": "1987-05-12"}, "similar"),
        ({"surname": "Johnson", "name": "Alice Berta", "dob": "1987-05-12"}, "similar"),
        ({"surname": "Johnson Smith", "name": "Alice", "dob": "1987-05-12"}, "similar"),
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


def test_short_names_are_found_however_many_share_the_birth_date():
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for other in "abc":
            a_customer(surname=f"Aa{letter}{other}", name="Anna", dob="1990-01-01")
    a_customer(surname="Li", name="Bo", dob="1990-01-01")

    def listed(**asked):
        li_bo = {"surname": "Li", "name": "Bo", "dob": "1990-01-01"}
        return customer("POST", "items/check/", {**li_bo, **asked}).json()["listed"]

    assert listed() == listed(surname="Bo", name="Li") == "yes"
    assert listed(surname="Lo") == listed(dob="1990-01-02") == "no"
    assert listed(document_number="AB123456") == "no"


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


def ask(asked=ABOUT_ME, by=customer):
    return by("POST", "items/check/", asked)


def test_one_network_cannot_ask_without_end(settings):
    settings.CHECKS_PER_ADDRESS = 2
    asked = [{"document_number": str(number), "dob": "1990-01-01"} for number in range(3)]

    answers = [ask(question) for question in asked]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "too_many_requests"
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600
    assert entries()[-1].codes == ["too_many_requests"]
    assert entries()[-1].outcome == "refused"


@pytest.mark.parametrize(
    "about",
    [
        lambda day: {"surname": "Johnson", "name": "Alice", "dob": f"1987-05-{day:02}"},
        lambda day: {"document_number": "AB-123456", "dob": f"1987-05-{day:02}"},
    ],
    ids=["name", "document"],
)
def test_a_birth_date_cannot_be_found_by_trying_one_after_the_other(about, settings):
    settings.CHECKS_PER_SUBJECT = 3
    a_customer(**ALICE)

    answers = [ask(about(day)) for day in range(1, 13)]

    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 9
    assert "yes" not in [answer.json().get("listed") for answer in answers]
    assert ask(ABOUT_ME).status_code == 200  # about somebody else


def test_another_spelling_is_no_other_person(settings):
    settings.CHECKS_PER_SUBJECT = 3
    names = [
        ("Mohammed", "Zoë"),
        ("MUHAMAD", "zoe"),
        ("Zoe", "Mohamed"),
        ("Muhammad", "Zoe B."),
    ]

    answers = [
        ask({"surname": surname, "name": name, "dob": f"1987-05-{day:02}"})
        for day, (surname, name) in enumerate(names, 1)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


@pytest.mark.parametrize(
    "names",
    [
        ["Johnson Quux", "Johnson Xyzzy", "Plugh Johnson", "Johnson Frobnitz"],
        ["Johnson", "Jonhson", "Johnsxn", "Jxhnson"],
        ["Quux Jonhson", "Johnsxn Xyzzy", "Johnson", "Plugh Jxhnson"],
    ],
    ids=["junk", "misspelled", "both"],
)
def test_whatever_stands_beside_the_name_it_is_the_same_person(names, settings):
    settings.CHECKS_PER_SUBJECT = 3
    a_customer(**ALICE)
    a_customer(surname="Johnson", name="Berta", dob="1987-05-12")

    answers = [
        ask({"surname": surname, "name": "Alice", "dob": f"1987-05-{day:02}"})
        for day, surname in enumerate(names, 1)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert entries()[-1].codes == ["too_many_requests"]
    assert ask({"surname": "Johnson", "name": "Berta", "dob": "1987-05-12"}).status_code == 200


def test_short_names_are_told_apart(settings):
    settings.CHECKS_PER_SUBJECT = 2
    for short in ("Li", "Ng", "Wu"):
        a_customer(surname=short, name="Alexandra", dob="1990-01-01")

    def status(surname, day):
        asked = {"surname": surname, "name": "Alexandra", "dob": f"1990-02-{day:02}"}
        return ask(asked).status_code

    assert [status(f"Li {junk}", 1) for junk in ("Quux", "Plugh", "Xyzzy")] == [200, 200, 429]
    assert status("Ng", 1) == status("Wu", 1) == 200


def test_who_is_not_listed_shares_no_limit_with_anybody(settings):
    settings.CHECKS_PER_SUBJECT = 2
    a_customer(**ALICE)
    others = ["Kowalski", "Nilsson", "Petrova", "Okonkwo"]

    answers = [ask({**ABOUT_ME, "surname": surname, "name": "Alice"}) for surname in others]

    assert {answer.status_code for answer in answers} == {200}


def test_from_elsewhere_it_is_the_same_person_and_another_network(settings):
    settings.CHECKS_PER_SUBJECT, settings.CHECKS_PER_ADDRESS = 2, 1
    settings.NUM_PROXIES = 1

    def ask_from(address):
        headers = {"X-Forwarded-For": address}
        return customer("POST", "items/check/", ABOUT_ME, headers=headers).status_code

    assert ask_from("192.0.2.1") == 200
    assert ask_from("192.0.2.99") == 429  # the same network
    assert ask_from("198.51.100.1") == 200
    assert ask_from("203.0.113.1") == 429  # the same person


def test_what_is_refused_does_not_count(settings):
    settings.CHECKS_PER_ADDRESS = 2

    assert [ask({}).status_code for _ in range(3)] == [400] * 3
    assert [ask().status_code for _ in range(4)] == [200, 200, 429, 429]


def test_how_often_one_may_still_ask(settings):
    settings.CHECKS_PER_ADDRESS = 4

    assert checking.remaining(an_act()) == 4
    ask()
    assert checking.remaining(an_act()) == 3


def an_act():
    principal = Principal("customer", "customer", "loc1", "header")
    return Act(principal, uuid4(), time.time_ns() // 1000, address="127.0.0.1")


# What is done depends on what is asked: these are of one length.
ANSWERS = {
    "yes": {"surname": "Johnson", "name": "Alice", "dob": "1987-05-12"},
    "similar": {"surname": "Petrowa", "name": "Irina", "dob": "1980-02-03"},
    "no": {"surname": "Karlson", "name": "Berta", "dob": "1951-08-30"},
}
IRINA = {"surname": "Petrova", "name": "Irina", "dob": "1980-02-03"}


@pytest.fixture
def many_people(settings):
    settings.CHECKS_PER_ADDRESS = settings.CHECKS_PER_SUBJECT = 10_000
    load_sample(command_act("test"), extras=0)
    a_customer(**ALICE)
    a_customer(**IRINA)
    call_command("rebuild_search", verbosity=0)


def test_every_answer_takes_the_same_statements(many_people):
    seen = {}
    for listed, asked in ANSWERS.items():
        with CaptureQueriesContext(connection) as captured:
            assert ask(asked).json()["listed"] == listed
        seen[listed] = [statement_of(query) for query in captured]

    assert seen["yes"] == seen["similar"] == seen["no"]


def statement_of(query):
    """Its beginning; savepoints have a name of their own each."""
    return "SAVEPOINT" if "SAVEPOINT" in query["sql"] else query["sql"].strip()[:60]


def test_every_answer_takes_about_the_same_work(many_people):
    """Medians of interleaved questions; half as much again leaves room for a busy machine."""
    assert spread(times_of(rounds=40, summed=median)) < 1.5


def test_every_answer_comes_after_the_same_time(many_people, monkeypatch):
    """Work that would tell is waited for: here somebody's is five times as long."""
    monkeypatch.setattr(checking, "BEAT_NS", BEAT_NS)
    monkeypatch.setattr(checking, "search_for", slower_for("Petrowa", checking.search_for))

    taken = times_of(rounds=7, summed=min)  # others on the machine only ever add to a time

    assert spread(taken) < 1.1
    assert min(taken) >= 0.2


def times_of(*, rounds, summed):
    times = {listed: [] for listed in ANSWERS}
    for _ in range(rounds):
        for listed, asked in ANSWERS.items():
            started = time.perf_counter()
            assert ask(asked).json()["listed"] == listed
            times[listed].append(time.perf_counter() - started)
    return [summed(each) for each in times.values()]


def spread(taken):
    return max(taken) / min(taken)


def slower_for(surname, search):
    def slowly(question, **how):
        if question.surname == surname:
            time.sleep(0.04)
        return search(question, **how)

    return slowly
