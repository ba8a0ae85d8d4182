"""Who sees masked values cannot read them off the answers of many searches, on neither face."""

import string
from itertools import product

import pytest

from customers.models import Customer
from tests.integration.callers import Caller as AnyCaller
from tests.integration.customers.registry import a_customer, agent, customer, nobody, provider

pytestmark = pytest.mark.django_db

CANARY = {
    "surname": "Kanarienvogel",
    "name": "Zwitscher",
    "dob": "1977-03-09",
    "document_number": "PIEP770309",
}
LETTERS = string.ascii_lowercase
DIGITS = string.digits


class EntitiesCaller(AnyCaller):
    root = "/api/v1/"


def finds_by(face, mode):
    """A question to one of the faces, as a customer: is somebody found by this?"""

    def registry(asked):
        return customer("GET", "items/search/", query={"q": asked, "mode": mode})

    def entities(asked):
        return EntitiesCaller("customer")("GET", "entities", query={"q": asked})

    ask = registry if face == "registry" else entities

    def is_found(asked):
        answer = ask(asked)
        if answer.status_code == 429:
            raise StoppedError
        return bool(answer.json()["results"])

    return is_found


class StoppedError(Exception):
    """429."""


# Fuzzy mode takes a name with one letter missing for a misspelled one.
UNSAID = {"exact": 1, "": 1, "fuzzy": 2}
FACES = [("registry", "exact"), ("registry", "fuzzy"), ("entities", "")]


def spelled_out(is_found, *, known, letters, longest):
    """What somebody reads off who knows how it begins and always tries one letter more."""
    while len(known) < longest:
        following = [letter for letter in letters if is_found(known + letter)]
        if not following:
            break
        known += following[0]
    return known


@pytest.mark.parametrize(("face", "mode"), FACES)
@pytest.mark.parametrize(
    ("known", "letters", "longest"),
    [
        ("kana", LETTERS, 13),
        ("zwit", LETTERS, 9),
        ("piep77", DIGITS, 10),
        ("1977-03-0", DIGITS, 10),
    ],
)
def test_a_value_cannot_be_spelled_out_letter_by_letter(
    face, mode, known, letters, longest, settings
):
    settings.SEARCHES_PER_ADDRESS = 10_000
    a_customer(**CANARY)
    is_found = finds_by(face, mode)

    read = spelled_out(is_found, known=known, letters=letters, longest=longest - UNSAID[mode])

    assert read == known


@pytest.mark.parametrize(("face", "mode"), FACES)
def test_three_letters_find_nobody_whose_name_is_longer(face, mode, settings):
    settings.SEARCHES_PER_ADDRESS = 10_000
    a_customer(**CANARY)
    is_found = finds_by(face, mode)

    parts = ("kan", "ana", "nar", "kanarien", "vogel", "arienvogel", "zwitsch", "itscher")

    assert [part for part in parts if is_found(part)] == []
    assert is_found("kanarienvogel")
    assert is_found("KANARIENVOGEL zwitscher")


def test_with_the_full_view_the_same_parts_find_the_person():
    """The attack above is one: without the rule it goes all the way."""
    a_customer(**CANARY)

    def is_found(asked):
        answer = agent("GET", "items/search/", query={"q": asked})
        return bool(answer.json()["results"])

    assert spelled_out(is_found, known="kan", letters=LETTERS, longest=13) == "kanarienvogel"


@pytest.mark.parametrize(("face", "mode"), FACES)
def test_who_tries_everything_is_stopped(face, mode, settings):
    settings.SEARCHES_PER_ADDRESS = 20
    a_customer(**CANARY)
    is_found = finds_by(face, mode)
    tried = []

    def try_everything():
        for letters in product(LETTERS, repeat=3):
            tried.append("".join(letters))
            is_found(tried[-1])

    with pytest.raises(StoppedError):
        try_everything()
    assert len(tried) == 21


def test_the_page_of_results_is_limited_and_finds_by_whole_words_as_well(settings):
    settings.SEARCHES_PER_ADDRESS = 3
    made = a_customer(**CANARY)
    visitor = customer.client

    def shown(q):
        return visitor.get("/", {"q": q, "mode": "exact"}, headers={"X-Role": "customer"})

    assert "K***" in shown("kanarienvogel").content.decode()
    assert "K***" not in shown("kanarien").content.decode()
    assert made["id"] not in shown("kana").content.decode()
    refused = shown("kanarienvogel")
    assert refused.status_code == 429
    assert "3 searches an hour" in refused.content.decode()


def test_both_faces_share_the_limit(settings):
    settings.SEARCHES_PER_ADDRESS = 2
    anybody = EntitiesCaller(None)

    assert nobody("GET", "items/search/?q=kan").status_code == 200
    assert anybody("GET", "entities?q=kan").status_code == 200
    refused = [customer("GET", "items/search/?q=kan"), anybody("GET", "entities?q=kan")]

    assert [answer.status_code for answer in refused] == [429, 429]
    assert all(0 < int(answer["Retry-After"]) <= 3600 for answer in refused)
    assert refused[0].json()["detail"].startswith("Without the role of an agent 2 searches an hour")


@pytest.mark.parametrize("caller", [agent, provider])
def test_staff_search_as_often_as_they_like(caller, settings):
    settings.SEARCHES_PER_ADDRESS = 1

    assert {caller("GET", "items/search/?q=x").status_code for _ in range(3)} == {200}
    assert EntitiesCaller("service_agent")("GET", "entities?q=x").status_code == 200


def test_with_the_full_view_customers_are_not_limited_either(settings):
    settings.CUSTOMER_VIEW, settings.SEARCHES_PER_ADDRESS = "full", 1
    a_customer(**CANARY)

    answers = [customer("GET", "items/search/?q=kana").json() for _ in range(3)]

    assert [len(answer["results"]) for answer in answers] == [1, 1, 1]


def test_lists_without_a_question_are_not_limited(settings):
    settings.SEARCHES_PER_ADDRESS = 1

    assert {customer("GET", "items/").status_code for _ in range(3)} == {200}
    assert {EntitiesCaller(None)("GET", "entities").status_code for _ in range(3)} == {200}


@pytest.mark.parametrize(
    "asked", ["kanarienfogel", "Zwitscher Kanarien-Vogel", "kanarienvogel zwischer"]
)
def test_a_misspelled_name_is_found(asked):
    a_customer(**CANARY)

    answer = customer("GET", "items/search/", query={"q": asked, "mode": "fuzzy"})

    assert len(answer.json()["results"]) == 1


@pytest.mark.parametrize("beside", ["zwitscher", "zwitscher 1977-03-09", "PIEP770309"])
@pytest.mark.parametrize("part", ["kana", "kanar", "kanarien", "kanarienv", "vogel"])
def test_a_part_of_a_name_says_no_more_than_any_other_letters(part, beside):
    a_customer(**CANARY)

    def found(q):
        return customer("GET", "items/search/", query={"q": q, "mode": "fuzzy"}).json()["results"]

    assert found(f"{part} {beside}") == found(f"{'qxjwzkqxjw'[: len(part)]} {beside}")


def test_whole_words_find_however_they_are_written():
    a_customer(surname="O'Brien-Smith", name="Seán Óg", dob="1955-01-01")
    nameless = a_customer(document_number="XY-123")
    Customer.objects.filter(entity_uid=nameless["id"]).update(display_name="Called Otherwise")

    def found(**query):
        return len(customer("GET", "items/search/", query=query).json()["results"])

    assert found(q="obrien") == found(q="O'BRIEN smith") == found(q="smith, sean") == 1
    assert found(q="brien") == found(q="obri") == found(q="smith-son") == 0
    assert found(surname="smith", name="sean") == 1
    assert found(surname="smit") == found(surname="sean") == 0
    assert found(q="xy-123") == 1
    assert found(q="smith", dob="1955-01-01") == 1


@pytest.mark.parametrize("asked", ["O'Brien", "o’brien", "mary O'BRIEN"])
def test_an_apostrophe_is_no_border_between_words_on_the_other_face_either(asked):
    a_customer(surname="O'Brien", name="Mary")

    def found(q):
        return len(EntitiesCaller("customer")("GET", "entities", query={"q": q}).json()["results"])

    assert found(asked) == 1
    assert found("brien") == found("o'brie") == 0


def test_whole_words_are_not_pushed_out_by_longer_ones():
    for first in LETTERS[:11]:
        for second in LETTERS[:10]:
            a_customer(surname=f"Aa{first}{second}", name="Johanna")
    a_customer(surname="Zulu", name="Hanna")

    answer = customer("GET", "items/search/", query={"q": "hanna", "mode": "exact"})
    by_field = customer("GET", "items/search/", query={"name": "hanna", "mode": "exact"})

    assert len(answer.json()["results"]) == len(by_field.json()["results"]) == 1


DATES = ["1977-03-09", "9.3.1977", "19770309", "9 March 1977", "9.3.77"]


@pytest.mark.parametrize(("face", "mode"), FACES)
@pytest.mark.parametrize("asked", [*DATES, "1977-03-09 qxqx", "Li 1977-03-09"])
def test_a_birth_date_alone_finds_nobody(face, mode, asked):
    a_customer(**CANARY)
    a_customer(surname="Li", dob="1950-01-01")

    assert not finds_by(face, mode)(asked)


@pytest.mark.parametrize("mode", ["exact", "fuzzy"])
def test_a_birth_date_counts_beside_what_fits(mode):
    a_customer(**CANARY)
    a_customer(surname="Zaunkoenig", name="Zwitscher", dob="1950-01-01")

    def found(**query):
        answer = customer("GET", "items/search/", query={"mode": mode, **query})
        return len(answer.json()["results"])

    assert found(dob="1977-03-09") == 0
    assert found(dob="1977-03-09", surname="kanarienvogel") == 1
    assert found(dob="1977-03-09", document_number="PIEP770309") == 1
    assert found(dob="1977-03-09", name="zwitscher") == 1
    assert found(dob="1977-03-09", surname="zaunkoenig", name="zwitscher") == 0
    assert found(dob="1977-03-10", surname="kanarienvogel") == 0


@pytest.mark.parametrize(
    "asked",
    [
        lambda day: {"q": "kanarienvogel", "dob": f"1977-03-{day:02}", "mode": "exact"},
        lambda day: {"q": f"kanarienvogel 1977-03-{day:02}", "mode": "fuzzy"},
        lambda day: {"q": f"kanarienvogel {day} March 1977", "mode": "fuzzy"},
        lambda day: {
            "surname": f"kanarienvogel {'qx' * day}",
            "q": f"{day}.3.1977",
            "mode": "fuzzy",
        },
        lambda day: {"document_number": "PIEP770309", "dob": f"1977-03-{day:02}"},
    ],
    ids=["exact", "fuzzy", "in words", "junk", "document"],
)
def test_birth_dates_cannot_be_tried_one_after_the_other(asked, settings):
    settings.CHECKS_PER_SUBJECT = 3
    a_customer(**CANARY)

    answers = [customer("GET", "items/search/", query=asked(day)) for day in range(1, 5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert customer("GET", "items/search/", query={"q": "kanarienvogel"}).status_code == 200


def test_several_birth_dates_at_once_find_nobody():
    a_customer(**CANARY)

    assert not finds_by("registry", "fuzzy")("kanarienvogel 1977-03-08 1977-03-09 1977-03-10")
