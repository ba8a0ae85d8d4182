"""Ranges against plain sets."""

import itertools
import time

from hypothesis import given
from hypothesis import strategies as st

from events import ranges

numbers = st.frozensets(st.integers(min_value=1, max_value=40))


def members(some: ranges.Ranges) -> set[int]:
    return {number for first, last in some for number in range(first, last + 1)}


@given(numbers)
def test_ranges_are_sorted_disjoint_and_never_touch(some: frozenset[int]) -> None:
    found = ranges.of(some)

    assert members(found) == some
    assert ranges.count(found) == len(some)
    assert ranges.highest(found) == max(some, default=0)
    for (_, last), (first, _) in itertools.pairwise(found):
        assert first > last + 1


@given(numbers, numbers)
def test_arithmetic_is_that_of_sets(left: frozenset[int], right: frozenset[int]) -> None:
    a, b = ranges.of(left), ranges.of(right)

    assert ranges.union(a, b) == ranges.of(left | right)
    assert ranges.minus(a, b) == ranges.of(left - right)
    assert ranges.both(a, b) == ranges.of(left & right)
    assert all(ranges.contains(a, number) == (number in left) for number in range(42))


def test_a_backlog_in_tens_of_thousands_of_ranges_is_no_work() -> None:
    every_second = tuple((number, number) for number in range(0, 60_000, 2))
    every_third = tuple((number, number) for number in range(0, 60_000, 3))
    began = time.process_time()

    found = ranges.both(every_second, every_third)

    assert ranges.count(found) == 10_000
    assert time.process_time() - began < 5  # pair by pair it takes a minute


@given(numbers, st.integers(min_value=0, max_value=50))
def test_a_limit_keeps_the_first_numbers(some: frozenset[int], limit: int) -> None:
    kept = ranges.first_numbers(ranges.of(some), limit=limit)

    assert members(kept) == set(sorted(some)[:limit])
