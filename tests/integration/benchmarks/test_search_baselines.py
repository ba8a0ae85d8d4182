"""The other ways to search are real ones: each finds the people that it is measured by."""

from collections.abc import Iterator, Sequence

import pytest

from tests.benchmarks import search_baselines
from tests.benchmarks.people import Person, people
from tests.benchmarks.search_baselines import Baseline, Trigrams
from tests.services import HOME

LISTED = list(people(0))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ways(transactional_db: None) -> Iterator[Sequence[Baseline]]:
    with search_baselines.running(HOME / "baselines", stamp="a thousand") as ways:
        for way in ways:
            way.prepare(LISTED)
        yield ways


def nobody() -> Iterator[Person]:
    """For what must not ask again who is listed."""
    pytest.fail("made anew")
    yield


def test_each_finds_people_whose_names_have_an_error(ways: Sequence[Baseline]):
    asked = [one for one in LISTED if one.culture.code == "NL" and len(one.surname) > 6][:5]
    assert len(asked) == 5

    for way in ways:
        for person in asked:
            typed = f"{person.name} {person.surname[:3]}{person.surname[4:]}"
            assert person.uid in way.search(typed), (way.name, typed)
            assert len(way.search(typed, limit=3)) <= 3
        assert all(size > 0 for size in way.sizes().values())

    for way in ways:
        way.prepare(nobody())
    with pytest.raises(pytest.fail.Exception, match="made anew"):
        Trigrams(stamp="others").prepare(nobody())
