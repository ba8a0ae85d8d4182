"""Who fits a question, who does not, and who fits better."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.search.lexicon import Lexicon
from customers.search.matching import THRESHOLD, match, profile_of
from customers.search.query_reading import read_query
from customers.search.weights import DEFAULT
from customers.text_forms import document_key, search_text

TODAY = date(2026, 1, 5)


def a_profile(surname="Johnson", name="Alice", dob="1987-05-12", number="AB-123456"):
    text = search_text(surname=surname, name=name, display_name=None, document_number=number)
    return profile_of(
        search_text=text,
        dob=date.fromisoformat(dob) if dob else None,
        document_key=document_key(number),
    )


def a_match(q="", *, profile=None, people=20, **fields):
    query = read_query(q=q, today=TODAY, **fields)
    lexicon = Lexicon(people=people, is_whole_only=query.is_whole_only)
    return match(query, profile or a_profile(), lexicon)


def bits(found):
    return found.evidence.bits(DEFAULT)


def verdicts(found):
    return {said.field: said.verdict for said in found.why}


@pytest.mark.parametrize(
    "q",
    [
        "Johnson Alice",
        "alice JOHNSON",
        "Johnson, Alice",
        "Jonsn Alise",
        "ALYCE JOHNSEN",
        "johnson",
        "Joh",
        "Alice Marie Johnson",
        "Alice J",
        "12.05.1987",
        "19870512",
        "05/12/1987",
        "AB 123 456",
        "123456",
        "alice 1987",
    ],
)
def test_finds_alice(q):
    assert a_match(q).score >= THRESHOLD


@pytest.mark.parametrize(
    "q", ["asdfgh", "qwxyz zzkk", "Smith Bob", "Bob 12.05.1987", "99999999", "...", "1955", "%"]
)
def test_nonsense_and_strangers_stay_below_the_threshold(q):
    assert a_match(q).score < THRESHOLD


@pytest.mark.parametrize(
    ("surname", "name", "q"),
    [
        ("García", "José", "GARCIA JOSE"),
        ("Иванов", "Иван", "ivanov ivan"),
        ("Ivanov", "Ivan", "Иванов Иван"),
        ("Groß", "Jörg", "gross jorg"),
        ("O'Brien", "Seán", "obrien sean"),
        ("Ørsted", "Hans", "orsted hans"),
        ("Παππάς", "Νίκος", "pappas nikos"),
    ],
)
def test_other_spellings_are_the_same(surname, name, q):
    found = a_match(q, profile=a_profile(surname, name))

    assert found.score > 0.99
    assert verdicts(found) == {"surname": "same", "name": "same"}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Johnson Alice", "Johnson"),
        ("Johnson", "Jonson"),
        ("Jonson", "Jonsn"),
        ("Johnson Alice", "Johnson Alise"),
        ("Johnson Alice 12.05.1987", "Johnson Alice 13.05.1987"),
        ("Johnson Alice 12.05.1987", "Johnson Alice 30.11.1960"),
        ("AB123456", "AB123457"),
        ("Johnson Alice AB123456", "Smith Bob AB123456"),
        ("Johns", "John"),
    ],
)
def test_more_that_fits_scores_higher(better, worse):
    assert bits(a_match(better)) > bits(a_match(worse))
    assert a_match(better).score >= a_match(worse).score


def test_why_says_what_each_field_had_to_do_with_it():
    found = a_match("Jonson Alice 13.05.1987 ZZ999999")

    assert verdicts(found) == {
        "surname": "similar",
        "name": "same",
        "dob": "similar",
        "document_number": "differs",
    }


def test_same_document_number_and_same_name_with_another_birth_date_are_worth_a_look():
    assert a_match("Smith Bob AB123456").score >= THRESHOLD
    assert a_match("Johnson Alice 30.11.1960").score >= THRESHOLD
    assert bits(a_match("Alice 30.11.1960")) < bits(a_match("Johnson Alice 30.11.1960")) - 5


def test_what_the_person_lacks_is_missing_not_wrong():
    found = a_match("Johnson Alice 1987-05-12", profile=a_profile(dob=None))

    assert verdicts(found)["dob"] == "missing"
    assert found.score >= THRESHOLD


def test_slashed_date_is_read_both_ways():
    for q in ("05/12/1987", "12/05/1987"):
        assert verdicts(a_match(q)) == {"dob": "same"}


def test_birth_date_that_is_no_date_is_compared_digit_by_digit():
    assert verdicts(a_match(surname="Johnson", dob="1987-05-32"))["dob"] == "similar"
    assert verdicts(a_match(surname="Johnson", dob="what"))["dob"] == "differs"


def test_customers_match_numbers_and_dates_only_whole():
    def open_match(q):
        return a_match(q, is_whole_only=True).score

    assert open_match("AB123456") == 1.0
    assert open_match("12.05.1987") >= THRESHOLD
    for part in ("123456", "AB12345", "13.05.1987", "1987", "Jo", "A"):
        assert open_match(part) < THRESHOLD


@given(st.text(max_size=80), st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_every_question_has_a_score_between_0_and_1(q, surname, dob, number):
    found = a_match(q, surname=surname, dob=dob, document_number=number)

    assert 0 <= found.score <= 1


@given(st.permutations(["johnson", "alise", "12.05.1987", "AB123456"]))
def test_order_of_the_parts_does_not_matter(parts):
    assert a_match(" ".join(parts)).score == a_match("johnson alise 12.05.1987 AB123456").score


def test_the_best_reading_of_a_clue_is_that_of_the_weights_in_use():
    weights = replace(DEFAULT, document_part=-9.0)
    query = read_query(q="Johnson 1987", today=TODAY)
    profile = a_profile(number="X1987Y")

    found = match(query, profile, Lexicon(people=20, weights=weights))
    usual = match(query, profile, Lexicon(people=20))

    assert found.evidence.clues == ("year_same",)
    assert usual.evidence.clues == ("document_part",)


def test_a_word_that_found_no_partner_keeps_its_field_from_being_the_same():
    assert verdicts(a_match("Alice Johnson")) == {"surname": "same", "name": "same"}
    assert verdicts(a_match("Alice Marie Johnson")) == {"surname": "same", "name": "similar"}
    assert verdicts(a_match(surname="Johnson Smith", name="Alice")) == {
        "surname": "similar",
        "name": "same",
    }
    assert verdicts(a_match("Johnson Marie")) == {"surname": "same", "name": "differs"}


def test_a_word_that_found_no_partner_is_told():
    (_, name) = a_match("Alice Marie Johnson").why

    assert name.query == "Alice Marie"


def test_words_of_one_part_that_found_no_partner_count_once():
    joined, apart = a_match("Alice Anne-Marie Johnson"), a_match("Alice Anne Marie Johnson")

    assert (joined.evidence.unpaired, apart.evidence.unpaired) == (1, 2)
    assert bits(joined) > bits(apart)


@pytest.mark.parametrize(
    ("surname", "name", "q"),
    [
        ("الجدع", "زهراء", "زهراءالجدع"),
        ("مقلاتي", "السعيد", "السعيد مقل اتي"),
        ("الحميد", "جلينجد", "جلينجد الح ميد"),
        ("Goto", "Fumiko", "FumikoGotou"),
        ("方", "祺", "QiFang"),
    ],
)
def test_blanks_typed_elsewhere(surname, name, q):
    found = a_match(q, profile=a_profile(surname=surname, name=name))

    assert found.evidence.joined == 1
    assert not found.evidence.unpaired
    assert found.score > 0.5


def test_joined_words_are_not_alike_by_their_consonants_alone():
    found = a_match("nood zabiore", profile=a_profile(surname="Nishaburi", name="Ariman"))

    assert not found.evidence.joined
    assert found.score < THRESHOLD
