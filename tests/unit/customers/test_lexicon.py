"""How alike words are, and what that is worth."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.search.lexicon import OTHERS, Lexicon, background
from customers.search.weights import DEFAULT


def a_lexicon(bearers, *, people=1_000_000, **kept):
    lexicon = Lexicon(people=people, bearers=dict(bearers), **kept)
    for asked in bearers:
        lexicon.know(asked, {asked: (0, 0)})
    return lexicon


@pytest.mark.parametrize(
    ("asked", "held", "kind"),
    [
        ("johnson", "johnson", "same"),
        ("smyth", "smith", "sound"),
        ("shmit", "schmidt", "sound"),
        ("stromberx", "stromberg", "edits"),
        ("alexandr", "alexandropoulou", "beginning"),
        ("a", "alice", "initial"),
        ("alice", "a", "initial"),
    ],
)
def test_kinds_of_ties(asked, held, kind):
    assert Lexicon().tie(asked, held).kind == kind


@pytest.mark.parametrize(
    ("asked", "held"), [("johnson", "smith"), ("anna", "bob"), ("a", "bob"), ("kim", "lee")]
)
def test_words_that_have_nothing_to_do_with_each_other(asked, held):
    assert Lexicon().tie(asked, held) is None


def test_rare_words_say_more():
    lexicon = a_lexicon({"smith": 10_000, "quibell": 3})

    assert lexicon.rarity("smith") == pytest.approx(log2(1_001_000 / 10_000), abs=0.1)
    assert lexicon.rarity("quibell") > lexicon.rarity("smith") + 8


def test_a_typo_that_makes_another_name_says_next_to_nothing():
    lexicon = Lexicon(people=1_000_000, bearers={"maria": 20_000, "marta": 1_000})
    lexicon.know("maria", {"maria": (0, 0), "marta": (1, None)})

    assert lexicon.gain("maria", lexicon.tie("maria", "maria")) > 5
    assert lexicon.gain("maria", lexicon.tie("maria", "marta")) < 0


def test_the_more_a_word_is_misspelled_the_less_it_says():
    lexicon = Lexicon()
    ties = [lexicon.tie("konstantina", word) for word in ("konstantina", "konstantna", "konstatna")]

    gains = [lexicon.gain("konstantina", tie) for tie in ties]

    assert gains == sorted(gains, reverse=True)
    assert len(set(gains)) == 3


def test_a_lone_misspelled_word_may_be_any_word_the_more_so_in_a_long_list():
    def gain(people, *, is_lone):
        lexicon = Lexicon(people=people, bearers={"prisson": 2}, is_lone=is_lone)
        lexicon.know("prison", {"prisson": (1, 0)})
        return lexicon.gain("prison", lexicon.tie("prison", "prisson"))

    assert gain(1_000_000, is_lone=True) < gain(1_000_000, is_lone=False) - 5
    assert gain(1_000_000, is_lone=True) < gain(100, is_lone=True)


def test_whole_words_only():
    lexicon = Lexicon(is_whole_only=True)

    assert lexicon.tie("johnson", "johnson").kind == "same"
    assert lexicon.tie("jonson", "johnson").kind == "edits"
    assert lexicon.tie("johnso", "johnson") is None
    assert lexicon.tie("j", "johnson") is None
    assert lexicon.tie("anna", "anne") is None


def test_the_likeliest_words_come_first_and_few_enough():
    bearers = {f"ann{letter}": 100 for letter in "bcdefgh"} | {"anna": 5}
    lexicon = Lexicon(people=1_000_000, bearers=bearers)
    lexicon.know("anna", {word: (0 if word == "anna" else 1, None) for word in bearers})

    meant = lexicon.meant_by("anna")

    assert list(meant.losses.values()) == sorted(meant.losses.values())
    assert meant.exactly.losses == {meant.best: 0.0}
    assert meant.bearers == sum(bearers.values())
    assert lexicon.meant_by("xyz") is None


def test_background_knows_how_common_words_of_the_list_are():
    lexicon = background(["smith", "rare"], people=1000, bearers={"smith": 100, "rare": 1})

    assert lexicon.rarity("rare") > lexicon.rarity("smith")
    assert lexicon.rarity("smith") == pytest.approx(log2((1000 + OTHERS) / 100), abs=0.2)


words = st.text("abcdehiklmnorst", min_size=1, max_size=14)


@given(words, words)
def test_no_tie_is_better_than_the_same_word(asked, held):
    tie = Lexicon().tie(asked, held)

    if asked == held:
        assert tie.loss == 0
    elif tie:
        assert tie.loss >= min(DEFAULT.initial, DEFAULT.sound)


def test_words_without_vowels_are_alike_when_they_begin_alike():
    assert Lexicon().tie("mastafi", "mustufa").kind == "sound"
    assert Lexicon().tie("uytrewq", "trabucco") is None


def test_a_slip_in_the_script_of_both_is_one_letter():
    lexicon = Lexicon(people=1_000_000, bearers={"nisrin": 400})
    lexicon.know("nasrasan", {})
    rare = lexicon.rarity("nasrasan")

    lexicon.allow_slips({"nasrasan": {"nisrin", "nobody"}})

    assert lexicon.tie("nasrasan", "nisrin").edits == 1
    assert lexicon.rarity("nasrasan") < rare
    assert lexicon.tie("nasrasan", "nobody") is None


def test_fewer_or_more_words_may_be_meant():
    bearers = {f"mari{letter}": 100 for letter in "abcdefghijklmnop"}
    lexicon = Lexicon(people=1_000_000, bearers=bearers)
    lexicon.know("mari", dict.fromkeys(bearers, (1, None)))

    assert len(lexicon.meant_by("mari", words=10).losses) == 10
    assert lexicon.meant_by("mari", bearers_of_all=300).bearers == 300
