"""The invented population of the search benchmark: the same at every run, and lifelike enough."""

import hashlib
import random
from collections import Counter
from datetime import date

from rapidfuzz.distance import OSA

from tests.benchmarks.corruption import CLASSES, typo, wrong_date, wrong_document
from tests.benchmarks.cultures import CULTURES
from tests.benchmarks.people import CHUNK, number_of, people
from tests.benchmarks.search_questions import (
    BIRTH_DATE,
    TRAINING,
    names,
    nonsense,
    with_birth_date,
    with_document,
)

# Of the first thousand people. Whoever changes the generator changes it here, and knows then that
# figures of before cannot be compared with those of after.
FIRST_THOUSAND = "90e7c15fee275473"


def test_people_are_the_same_at_every_run() -> None:
    told = "\n".join(
        f"{person.uid} {person.name} {person.surname} {person.dob} {person.document_number}"
        for person in people(0)
    )

    assert hashlib.sha256(told.encode()).hexdigest()[:16] == FIRST_THOUSAND


def test_ids_tell_the_number() -> None:
    numbers = [number_of(person.uid) for person in people(3)]

    assert numbers == list(range(3 * CHUNK, 4 * CHUNK))


def test_people_are_of_many_cultures_and_few_share_a_name() -> None:
    found = [person for chunk in range(5) for person in people(chunk)]

    assert {person.culture.code for person in found} == {culture.code for culture in CULTURES}
    distinct = Counter((person.surname, person.name) for person in found)
    assert len(distinct) > 0.98 * len(found)
    assert 0.03 < sum(person.dob is None for person in found) / len(found) < 0.05
    assert 0.06 < sum(person.document_number is None for person in found) / len(found) < 0.1


def test_a_typo_is_one_slip() -> None:
    rng = random.Random(1)

    for _ in range(300):
        slipped = typo("Wilhelmina Brandt", rng)
        assert slipped
        assert OSA.distance("wilhelmina brandt", slipped.lower()) == 1


def test_a_wrong_date_is_swapped_or_has_one_other_digit() -> None:
    rng = random.Random(1)

    for _ in range(300):
        wrong = wrong_date(date(1984, 3, 7), rng)
        digits = OSA.distance("19840307", f"{wrong:%Y%m%d}")
        assert wrong == date(1984, 7, 3) or digits == 1


def test_a_wrong_document_has_one_error() -> None:
    rng = random.Random(1)

    for _ in range(300):
        assert OSA.distance("AB 123 456", wrong_document("AB 123 456", rng)) == 1


def test_every_class_asks_so_many_questions_and_another_seed_asks_others() -> None:
    asked = names(TRAINING, size=3_000, per_class=4)
    again = names(TRAINING, size=3_000, per_class=4)
    other = names("2", size=3_000, per_class=4)

    assert asked == again
    assert Counter(one.kind for one in asked) == dict.fromkeys(["as written", *CLASSES], 4)
    assert len({one.text for one in [*asked, *other]}) > 1.9 * len(asked)


def test_strangers_are_not_on_the_list() -> None:
    listed = names(TRAINING, size=3_000, per_class=4)
    strangers = names(TRAINING, size=3_000, per_class=4, is_listed=False)

    assert all(one.person and one.person.number < 3_000 for one in listed)
    assert all(one.person and one.person.number >= 3_000 for one in strangers)


def test_dates_and_numbers_stand_in_the_text_or_in_a_field() -> None:
    dated = with_birth_date(TRAINING, size=3_000, count=40)
    numbered = with_document(TRAINING, size=3_000, count=40)

    assert {one.group for one in dated} == {BIRTH_DATE}
    assert 5 < sum("dob" in one.fields for one in dated) < 35
    assert 5 < sum("document_number" in one.fields for one in numbered) < 40


def test_nonsense_is_of_three_kinds() -> None:
    kinds = Counter(one.kind for one in nonsense(TRAINING, count=30))

    assert kinds == {"random letters": 10, "keyboard mash": 10, "words": 10}
