"""What else a part may be in its own script: apart, together, one letter wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.search.other_readings import (
    apart,
    by_capital,
    is_unvowelled,
    misspelled,
    together,
)
from customers.search.query_reading import read_query
from customers.text_forms import plain

TODAY = date(2026, 11, 21)


def readings(q):
    return {reading.changed for reading in read_query(q=q, today=TODAY).readings}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("محمد", True), ("کرانه", True), ("כהן", True), ("Иван", False), ("Ali", False), ("", False)],
)
def test_scripts_that_leave_vowels_out(typed, expected):
    assert is_unvowelled(typed) is expected


def test_a_word_is_taken_apart_before_it_is_read():
    assert ("zahra", "al", "jada") in apart("زهراءالجدع")
    assert ("karanah", "masha") in apart("کرانهمشا")


def test_two_words_are_put_together_before_they_are_read():
    assert together("مقل", "اتي") == ("maqlati",)
    assert together("الح", "ميد") == ("al", "hamid")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ابراهيبم", "ibrahim"),  # a letter too many
        ("ساد", "sanad"),  # missing
        ("نسرسن", "nisrin"),  # another
        ("رقباص", "qarbas"),  # two in the wrong order
        ("اللحموي", "hamwi"),  # in the article
        ("דיז", "damaz"),
    ],
)
def test_one_wrong_letter_is_mended_before_the_word_is_read(typed, meant):
    assert meant in misspelled(typed)


@pytest.mark.parametrize("typed", ["Ibrahimm", "م", "م" * 13, ""])
def test_other_words_are_not_mended(typed):
    assert misspelled(typed) == frozenset()


def test_a_capital_inside_may_begin_a_word():
    assert by_capital("FumikoGotou") == ("fumiko", "gotou")
    assert by_capital("QiFang") == ("qi", "fang")
    assert not by_capital("Fumiko")
    assert not by_capital("FUMIKO")
    assert not by_capital("McDoNald")


def test_readings_of_a_question():
    assert ("al", "hamid") in readings("جلينجد الح ميد")
    assert readings("FumikoGotou 1987-05-12") == {("fumiko", "gotou")}
    assert readings("Ivan Иванов 王小明") == set()


def test_other_words_of_a_reading_stay():
    (reading,) = read_query(q="Anna QiFang Maria", today=TODAY).readings

    assert [word.text for word in reading.words] == ["anna", "qi", "fang", "maria"]


@given(st.text(alphabet="ءآأإابةتثجحخدذرزسشصضطعغفقكلمنهويکگپאבגדהוזךםן", max_size=20))
def test_any_letters_can_be_read_otherwise(typed):
    for words in [*apart(typed), together(typed, typed)]:
        assert all(words)
        assert " ".join(words) == plain(" ".join(words))
    assert "" not in misspelled(typed)
    read_query(q=f"{typed} {typed}", today=TODAY)
