"""The rerank of the engine baselines is a fair one: what they found, the likeliest comes first."""

import pytest

from tests.benchmarks.reranking import best

NAMES = ["jan de vries", "jan vries", "johanna de wit", "jan de vriend", "maria gonzalez lopez"]
FOUND = list(enumerate(NAMES))


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("jan de vreis", "jan de vries"),
        ("vries jan", "jan vries"),
        ("de wit johana", "johanna de wit"),
        ("jan de vrien", "jan de vriend"),
        ("lopez m gonzalez", "maria gonzalez lopez"),
    ],
)
def test_the_likeliest_comes_first(asked: str, first: str):
    assert NAMES[best(asked, FOUND, 3)[0]] == first


def test_namesakes_do_not_push_others_out():
    found = [*((number, "jan vries") for number in range(5)), (5, "jan de vries")]

    assert best("jan vries", found, 3) == [0, 5, 1]


def test_nothing_found_stays_nothing():
    assert best("jan", [], 10) == []
