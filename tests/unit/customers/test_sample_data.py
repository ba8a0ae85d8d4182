"""The sample: always the same, full of life, nothing real and nothing in the future."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from customers import sample_data
from customers.rules import check_person
from customers.sample_data import PEOPLE, REFERENCE, TEN_FILE, sample, sample_uid
from entities.load_input import History
from entities.values import checked
from entities.vocabulary import BUILT_IN_DETAIL_TYPES
from events.clock import us_of
from events.event import NAMESPACE


@pytest.fixture(scope="module")
def plain() -> list[History]:
    return list(sample())


def details_of(histories: list[History], code: str) -> list[str]:
    steps = [step for history in histories for step in history.steps]
    return [value for step in steps if (value := step.details.get(code))]


def test_the_sample_never_changes(plain):
    content = repr([(h.entity_uid, h.entity_type, h.steps) for h in plain])

    # Locations that load other values for the same ids would disagree: change this knowingly.
    assert hashlib.sha256(content.encode()).hexdigest()[:16] == "33126be2aa2e75a2"


def test_extras_only_add(plain):
    larger = list(sample(extras=25))

    assert len(plain) == sample_data.PLAIN_COUNT
    assert larger[: len(plain)] == plain
    assert len(larger) == len(plain) + 25
    assert list(sample(extras=5)) == larger[: len(plain) + 5]


def test_every_id_is_named_by_its_key_and_unique(plain):
    uids = [history.entity_uid for history in plain]

    assert len(set(uids)) == len(uids)
    assert {uid.version for uid in uids} == {5}
    assert str(sample_uid("person:1")) == "d45ad617-06af-52fb-970a-55a5e2c012de"
    assert str(NAMESPACE) == "22e668ba-33f0-5c7d-84c2-3680fad81ba7"


def test_the_ten_stand_as_in_the_file(plain):
    known = json.loads(TEN_FILE.read_text(encoding="utf-8"))["customers"]

    for history, customer in zip(plain, known, strict=False):
        (step,) = history.steps
        flat = {**customer, **customer["extra_fields"]}
        del flat["extra_fields"]
        assert step.details == {code.upper(): value for code, value in flat.items()}
    assert len(known) == 10


def test_fields_cover_every_detail_that_is_not_built_in(plain):
    built_in = {"SURNAME", "NAME", "DOB", "DOCUMENT_NUMBER"}
    built_in |= {"EMAIL", "PHONE", "ADDRESS", "WEBSITE", "NOTES"}
    used = {code for h in plain for step in h.steps for code in step.details}

    assert used - built_in == {field.code for field in sample_data.FIELDS}


def test_nothing_happens_in_the_future_or_out_of_order(plain):
    for history in plain:
        instants = [step.valid_from for step in history.steps]
        assert instants == sorted(instants)
        assert instants[-1] < us_of(REFERENCE)


def test_lives_are_possible(plain):
    """Created once and first, restored right after a deletion, and nothing else is."""
    for history in plain:
        verbs = [step.verb for step in history.steps]
        assert verbs[0] == "created"
        for before, verb in pairwise(verbs):
            assert verb != "created"
            assert (before == "deleted") == (verb == "restored")


def test_nobody_visits_before_being_born(plain):
    for history in plain:
        for step in history.steps:
            if born := step.details.get("DOB"):
                assert date(1850, 1, 1) <= date.fromisoformat(born)
                assert us_of(sample_data.at_midnight(born)) < step.valid_from


def test_values_are_canonical_and_fit(plain):
    for history in plain:
        for step in history.steps:
            for value in [step.display_name, *step.details.values()]:
                if value is not None:
                    assert value == unicodedata.normalize("NFC", value.strip())
                    assert 1 <= len(value) <= 200


def test_the_door_would_have_let_everybody_in(plain):
    value_types = {known.code: known.value_type for known in BUILT_IN_DETAIL_TYPES}
    value_types |= {field.code: field.value_type for field in sample_data.FIELDS}

    for history in plain:
        details: dict[str, str | None] = {}
        for step in history.steps:
            for code, value in step.details.items():
                assert checked(value, value_type=value_types[code]) == value
            details |= step.details
            if history.entity_type == "PERSON":
                check_person(details=details, display_name=None, today=REFERENCE.date())


def test_nothing_could_be_real(plain):
    generated = plain[10:]

    assert all(value.endswith("@example.org") for value in details_of(generated, "EMAIL"))
    assert all(value.endswith(".example") for value in details_of(generated, "WEBSITE"))
    assert all(
        re.fullmatch("ZZ[A-Z]{2}[0-9]{7}", v) for v in details_of(generated, "DOCUMENT_NUMBER")
    )
    fiction = (
        r"\+44 7700 900|\+44 20 7946 0|\+1 212 555 01|\+49 30 23125 |\+33 1 99 00 |\+46 8 465 004 "
    )
    assert all(re.match(fiction, value) for value in details_of(generated, "PHONE"))


def test_many_scripts_and_both_types(plain):
    names = "".join(details_of(plain, "SURNAME"))
    scripts = Counter(unicodedata.name(letter).split()[0] for letter in names if letter.isalpha())

    assert {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "CJK", "HANGUL"} <= set(scripts)
    assert {"é", "ş", "ö"} & set(names)
    assert Counter(h.entity_type for h in plain) == {"PERSON": PEOPLE + 10, "INSTITUTION": 20}
    assert all(h.steps[0].display_name for h in plain if h.entity_type == "INSTITUTION")


def test_some_have_a_history_and_some_were_deleted_and_restored(plain):
    verbs = Counter(step.verb for history in plain for step in history.steps)

    assert sum(len(history.steps) > 1 for history in plain) > 50
    assert verbs["deleted"] > verbs["restored"] > 5


def test_each_tenth_person_resembles_the_one_before(plain):
    people = plain[10 : 10 + PEOPLE]

    for number in range(10, PEOPLE + 1, 10):
        original, twin = people[number - 2].steps[0].details, people[number - 1].steps[0].details
        assert original != twin
        assert (
            original.get("DOCUMENT_NUMBER") != twin.get("DOCUMENT_NUMBER")
            or "DOCUMENT_NUMBER" not in twin
        )
        shared = {original[code] for code in ("SURNAME", "NAME", "DOB") if code in original}
        assert shared & set(twin.values())
