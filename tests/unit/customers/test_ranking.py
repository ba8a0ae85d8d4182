"""Candidates → answers: scores, order, namesakes, and when to stop looking."""

from datetime import date
from uuid import UUID

from customers.search.lexicon import Lexicon
from customers.search.query_reading import read_query
from customers.search.ranking import MOST, Candidate, Ranking
from customers.text_forms import plain, search_text, sort_key
from customers.writing.spelling import word_id

TODAY = date(2026, 11, 21)


def a_candidate(number, surname="Garcia", name="Maria", dob=None):
    words = plain(f"{surname} {name}").split()
    text = search_text(surname=surname, name=name, display_name=None, document_number=None)
    return Candidate(
        uid=UUID(int=number),
        word_ids=sorted(map(word_id, words)),
        search_text=text,
        dob=dob,
        document_key=None,
        sort_key=sort_key(surname, name),
    )


def a_ranking(q, *candidates, people=1000, **kept):
    query = read_query(q=q, today=TODAY)
    ranking = Ranking(query, Lexicon(people=people), **kept)
    ranking.add(candidates, [])
    return ranking


def numbers(answers):
    return [answer.judged.candidate.uid.int for answer in answers]


def test_the_best_first_then_by_name_birth_date_and_id():
    ranking = a_ranking(
        "maria garcia",
        a_candidate(5),
        a_candidate(4, dob=date(1990, 1, 1)),
        a_candidate(3, dob=date(1980, 1, 1)),
        a_candidate(2),
        a_candidate(1, surname="Garzia"),
    )

    assert numbers(ranking.answers(limit=10)) == [3, 4, 2, 5, 1]


def test_namesakes_leave_room_for_others_and_are_counted():
    same = [a_candidate(number) for number in range(1, 8)]
    ranking = a_ranking("maria garcia", *same, a_candidate(9, surname="Garzia"))

    answers = ranking.answers(limit=4)

    assert numbers(answers) == [1, 2, 3, 9]
    assert [answer.also_named for answer in answers] == [4, 4, 4, 0]


def test_people_who_cannot_be_told_apart_have_one_score():
    ranking = a_ranking("maria garcia", a_candidate(1), a_candidate(2, dob=date(1990, 1, 1)))

    first, second = ranking.answers(limit=2)

    assert first.score == second.score


def test_more_of_the_same_evidence_make_it_surer_that_it_is_one_of_them():
    alone = a_ranking("garcia 1990", a_candidate(1, dob=date(1990, 5, 5)), people=100_000)
    many = a_ranking(
        "garcia 1990",
        *(a_candidate(n, name=f"N{n}", dob=date(1990, 5, 5)) for n in range(1, 9)),
        people=100_000,
    )

    assert many.answers(limit=1)[0].score > alone.answers(limit=1)[0].score


def test_what_two_different_names_fit_equally_is_shared_between_them():
    alone = a_ranking("marix garcia", a_candidate(1, name="Maria"))
    both = a_ranking("marix garcia", a_candidate(1, name="Maria"), a_candidate(2, name="Mario"))

    assert both.answers(limit=1)[0].score < alone.answers(limit=1)[0].score


def test_nobody_when_nobody_is_likely():
    assert a_ranking("maria garcia", a_candidate(1, "Kowalczyk", "Bogumil")).answers(limit=5) == []
    assert a_ranking("maria garcia").answers(limit=5) == []


def test_satisfied_by_somebody_who_has_it_all():
    assert a_ranking("maria garcia", a_candidate(1)).is_satisfied
    assert not a_ranking("maria garcia lopez", a_candidate(1)).is_satisfied
    assert a_ranking("maria garcia lopez", a_candidate(1)).is_nearly_satisfied
    assert not a_ranking("maria lopez", a_candidate(1)).is_nearly_satisfied
    assert not a_ranking(
        "maria garcia 1990-01-01", a_candidate(1, dob=date(1950, 5, 5))
    ).is_satisfied


def test_a_full_net_has_more_of_the_kind():
    assert a_ranking("garcia", *map(a_candidate, range(MOST))).is_cut
    assert not a_ranking("garcia", *map(a_candidate, range(5))).is_cut


def test_brought_twice_is_judged_once():
    ranking = a_ranking("maria garcia", a_candidate(1), a_candidate(1))
    ranking.add([a_candidate(1)], [])

    assert numbers(ranking.answers(limit=5)) == [1]


def test_an_article_makes_nobody_sure():
    ranking = a_ranking("Al Ghanam Nasrasan", a_candidate(1, surname="Al Ghanam", name="Nisrin"))
    surer = a_ranking("Ali Ghanam Nasrasan", a_candidate(1, surname="Ali Ghanam", name="Nisrin"))

    assert not ranking.is_nearly_satisfied
    assert surer.is_nearly_satisfied


def test_who_was_judged_is_judged_anew_when_more_is_known_of_words():
    ranking = a_ranking("ghanam nasrasan", a_candidate(1, surname="Ghanam", name="Nisrin"))
    before = ranking.answers(limit=1)

    ranking.lexicon.bearers["nisrin"] = 1
    ranking.lexicon.know("nasrasan", {})
    ranking.lexicon.allow_slips({"nasrasan": {"nisrin"}})
    ranking.add([], [])

    (after,) = ranking.answers(limit=1)
    assert not before or after.score > before[0].score
    assert not after.judged.evidence.unpaired
