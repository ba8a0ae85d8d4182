"""Decisions move the weights they speak of, as far as there are many, and no others."""

import random
from math import log, log2, sqrt

import pytest

from customers.duplicates.weight_fit import Decision, Estimate, estimate, estimated
from customers.search.matching import Evidence
from customers.search.weights import DEFAULT


def decided(*, same: int, apart: int, **evidence) -> list[Decision]:
    return [Decision(Evidence(**evidence), number < same) for number in range(same + apart)]


def by_name(decisions: list[Decision]) -> dict[str, Estimate]:
    return {one.name: one for one in estimate(decisions, DEFAULT)}


def test_what_speaks_for_one_person_more_often_than_thought_gains():
    told = by_name(
        decided(same=90, apart=10, gain=12.0, clues=("dob_far",))
        + decided(same=20, apart=80, gain=12.0)
    )

    assert told["dob_far"].new > told["dob_far"].old


def test_what_is_borne_by_strangers_loses():
    told = by_name(
        decided(same=20, apart=180, gain=12.0, clues=("dob_same",))
        + decided(same=50, apart=50, gain=20.0)
    )

    assert told["dob_same"].new < told["dob_same"].old


def test_what_people_forgive_costs_less():
    told = by_name(
        decided(same=95, apart=5, gain=20.0, unpaired=1) + decided(same=50, apart=50, gain=20.0)
    )

    assert told["unpaired"].new < told["unpaired"].old


def test_few_decisions_move_little():
    def moved(count: int) -> float:
        told = by_name(
            decided(same=9 * count, apart=count, gain=12.0, clues=("dob_far",))
            + decided(same=2 * count, apart=8 * count, gain=12.0)
        )
        return told["dob_far"].new - told["dob_far"].old

    assert 0 < moved(1) < moved(20)


def test_numbers_and_their_likelihood_ratio_are_told():
    told = by_name(decided(same=30, apart=10, clues=("dob_same",)) + decided(same=10, apart=30))[
        "dob_same"
    ]

    assert (told.confirmed, told.rejected) == (30, 10)
    assert told.counted_bits == pytest.approx(log2((30.5 / 41) / (10.5 / 41)))


def test_that_only_alike_pairs_are_shown_does_not_bend_the_weights():
    """To have the same day of birth speaks for one person by 8 bits, not to have it against it by
    3: the two are 11 bits apart."""
    rng, shown = random.Random(7), []
    while len(shown) < 3_000:
        is_same = rng.random() < 0.02
        has_same_day = rng.random() < (0.9 if is_same else 0.9 / 2**8)
        gain = rng.gauss(6.0 if is_same else 0.0, sqrt(6 / log(2)))  # a likelihood ratio in bits
        clues = ("dob_same",) if has_same_day else ()
        if gain - 3.0 + 8 * has_same_day > 2:
            shown.append(Decision(Evidence(gain=gain - 3.0, clues=clues), is_same))
    told = {one.name: one for one in estimate(shown, DEFAULT)}["dob_same"]

    assert abs(told.new - 11) < 1
    assert told.counted_bits < 4  # what counting alone would make of it


def test_the_new_weights_have_a_version_of_their_own():
    told = estimate(decided(same=9, apart=1, clues=("dob_far",)), DEFAULT)

    new = estimated(DEFAULT, told)

    assert new.dob_far == round(told[0].new, 2)
    assert new.version != DEFAULT.version
    assert new == estimated(DEFAULT, told)
    assert new.document_same == DEFAULT.document_same
