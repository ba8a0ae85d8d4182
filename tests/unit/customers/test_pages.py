"""What the customer pages show: words, rows of results and details, stale saves, dates."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from customers.web import inputs, pages, wording

CHANGED = "2026-11-21T10:41:00Z"


def a_version(code: str = "SURNAME", value: Any = "Johnson", **changes: Any) -> dict[str, Any]:
    row = {
        "type": "detail",
        "detail_code": code,
        "value": value,
        "valid_from": "2026-11-21T10:41:00Z",
        "valid_to": None,
        "event_id": "e1",
        "location_id": "loc2",
        "actor": "agent7",
        "recorded_at": "2026-11-21T10:41:00Z",
    }
    return {**row, **changes}


def plain(runs: wording.Runs) -> str:
    return "".join(f"[{text}]" if differs else text for text, differs in runs)


# Words and differences


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("Johnson", "jonson", "Jo[h]nson"),
        ("Jónsson", "jonson", "J[ó]n[s]son"),
        ("1991", "1990", "199[1]"),
        ("1990-11-05", "1990-10-05", "5 [Nov] 1990"),
        ("5 Nov 1990", "5 Oct 1990", "5 [Nov] 1990"),
        ("A77-0312", "B9876543", "A77-0312"),
        ("Smith", "", "Smith"),
        ("", "Smith", ""),
    ],
)
def test_differing_letters_are_marked(text, other, expected):
    assert plain(wording.marked(text, other)) == expected


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("Παπαδοπούλου", "ΠΑΠΑΔΟΠΟΥΛΟΥ", "Παπαδοπούλου"),
        ("Άννα", "αννα", "Άννα"),
        ("Παπαδοπούλου", "παπαδοπουλος", "Παπαδοπούλο[υ]"),
        ("Μαΐου", "μαιου", "Μαΐου"),
        ("Jónsson", "jonson", "J[ó]n[s]son"),
    ],
)
def test_accents_of_greek_are_no_difference_to_search(text, other, expected):
    assert plain(wording.marked_as_compared(text, other)) == expected


def test_a_change_of_an_accent_is_marked_where_values_are_told():
    assert plain(wording.marked("Παπαδοπούλου", "Παπαδοπουλου")) == "Παπαδοπο[ύ]λου"


def test_a_mark_never_cuts_a_letter_from_its_accent():
    decomposed = "Jo\u0301nsson"

    assert plain(wording.marked(decomposed, "Jonsson")) == "J[o\u0301]nsson"


def test_other_scripts_are_compared_in_latin_letters():
    assert wording.in_latin("Джонсон") == "Dzhonson"
    assert wording.in_latin("جونسون") == "Junsun"
    assert wording.in_latin("王 小明") == "Wang Xiaoming"
    assert wording.in_latin("Jónsson") == "Jónsson"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1990-11-05", "5 Nov 1990"), ("1990", "1990"), (None, ""), (True, "yes"), (7, "7")],
)
def test_values_are_put_in_words(value, expected):
    assert wording.in_words(value) == expected


def test_unknown_codes_get_a_readable_label():
    assert wording.label("ALT_PHONE") == "Alt phone"
    assert wording.label("ALT_PHONE", {"ALT_PHONE": "Alternate phone"}) == "Alternate phone"
    assert wording.within_sentence("Birth date") == "birth date"
    assert wording.within_sentence("ID card") == "ID card"


# Search


def test_a_found_customer_says_why():
    result = {
        "id": "u1",
        "display_name": "Johnson, Alice",
        "score": 0.93,
        "dob": "1990-11-05",
        "document_number": None,
        "updated_at": "2026-11-21T10:41:00Z",
        "location_id": "loc2",
        "why": [
            {"field": "surname", "verdict": "similar", "query": "jonson", "value": "Johnson"},
            {"field": "dob", "verdict": "same", "query": "1990", "value": "1990-11-05"},
            {"field": "document_number", "verdict": "missing"},
        ],
    }

    [row] = pages.search_rows([result], {})

    assert [(chip.glyph, chip.label, plain(chip.runs)) for chip in row.why] == [
        ("≈", "surname", "Jo[h]nson"),
        ("=", "born", "1990"),
        ("–", "document", "not recorded"),
    ]
    assert row.dob == "5 Nov 1990"
    assert row.is_strong


def test_a_masked_answer_gives_chips_without_values():
    [chip] = pages.chips([{"field": "surname", "verdict": "similar"}])

    assert (chip.label, chip.runs) == ("surname", ())


# Details


def test_details_show_the_four_that_identify_first_and_what_is_not_recorded():
    history = [a_version("EMAIL", "a@example.org"), a_version()]

    rows = pages.details(history=history, fields=["NOTES"], labels={})

    assert [(row.label, row.value) for row in rows] == [
        ("Surname", "Johnson"),
        ("Name", ""),
        ("Birth date", ""),
        ("Document number", ""),
        ("Email", "a@example.org"),
        ("Notes", ""),
    ]


def test_the_past_stands_beside_what_holds_now():
    history = [
        a_version(
            value="Jönson", valid_from="2024-03-10T00:00:00Z", valid_to="2026-11-21T10:41:00Z"
        ),
        a_version(),
        a_version("NAME", "Alice", valid_from="2023-08-14T00:00:00Z"),
    ]

    rows = pages.details(history=history, fields=[], labels={}, at=datetime(2025, 3, 3, tzinfo=UTC))

    shown = {row.label: (row.value, row.now, row.is_changed) for row in rows}
    assert shown["Surname"] == ("Jönson", "Johnson", True)
    assert shown["Name"] == ("Alice", "Alice", False)
    assert shown["Birth date"] == ("", "", False)


def test_the_instant_of_a_change_shows_the_new_value():
    history = [
        a_version(value="Old", valid_from=1, valid_to=5),
        a_version(value="New", valid_from=5),
    ]
    at = wording.instant(5)

    rows = pages.details(history=history, fields=[], labels={}, at=at)

    assert rows[0].value == "New"


def test_the_time_bar_steps_from_change_to_change():
    instants = [wording.instant(hour) for hour in (1, 2, 3)]

    assert pages.neighbours(instants, None) == (instants[1], None)
    assert pages.neighbours(instants, instants[1]) == (instants[0], instants[2])
    assert pages.neighbours(instants, instants[0]) == (None, instants[1])
    assert pages.neighbours([], None) == (None, None)


# Stale saves


def test_a_stale_save_asks_only_where_both_changed_differently():
    stale = pages.stale_save(
        original={"surname": "A", "dob": "1", "phone": "", "name": "Z"},
        theirs={"surname": "B", "dob": "2", "phone": "", "name": "Z"},
        yours={"surname": "C", "dob": "1", "phone": "5", "name": "Z"},
        chosen={},
        labels={"surname": "Surname", "dob": "Birth date", "phone": "Phone", "name": "Name"},
    )

    assert [(choice.name, choice.result) for choice in stale.disputed] == [("surname", "")]
    assert [(choice.name, choice.result) for choice in stale.fitting] == [
        ("dob", "2"),
        ("phone", "5"),
    ]
    assert stale.unchanged == ("Name",)


# Dates as people type them


@pytest.mark.parametrize(
    "text",
    [
        "1990-11-05",
        "05.11.1990",
        "5/11/1990",
        "5 Nov 1990",
        "5 November 1990",
        "19901105",
        " 5.11.1990 ",
        "5.11.90",
        "Nov 5, 1990",
        "1990/11/05",
    ],
)
def test_dates_are_read_as_people_write_them(text):
    assert inputs.read_date(text, today=date(2026, 11, 21)) == date(1990, 11, 5)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31.02.1979", "February 1979 has 28 days. Check the day."),
        ("1979-13-01", "There is no month 13. Write the date like 31 Dec 1980 or 1980-12-31."),
        ("yesterday", inputs.UNREADABLE),
        ("1.2.21", "Is it 1921 or 2021? Write the year with four digits."),
        ("", inputs.UNREADABLE),
        ("0000-01-01", inputs.UNREADABLE),
        ("٣١.٠٢.١٩٧٩", inputs.UNREADABLE),
    ],
)
def test_a_date_that_is_none_says_how_to_put_it_right(text, sentence):
    with pytest.raises(inputs.UnreadableDateError, match=re.escape(sentence)):
        inputs.read_date(text, today=date(2026, 11, 21))


def why(**verdicts: str) -> list[dict[str, str]]:
    return [{"field": field, "verdict": verdict} for field, verdict in verdicts.items()]


@pytest.mark.parametrize(
    ("verdicts", "reason"),
    [
        ({"surname": "differs", "document_number": "same"}, "Same document number"),
        ({"surname": "same", "document_number": "similar"}, "Document number, but for one sign"),
        ({"surname": "similar", "name": "same", "dob": "same"}, "Name and birth date"),
        ({"surname": "same", "dob": "similar"}, "Name and nearly the birth date"),
        ({"surname": "same", "name": "similar", "dob": "missing"}, "Name only"),
        ({"surname": "same", "name": "differs", "dob": "same"}, "Part of the name and birth date"),
        ({"surname": "differs", "dob": "same"}, "Birth date"),
        ({"display_name": "same"}, "Name only"),
        ({}, ""),
    ],
)
def test_the_reason_is_the_strongest_evidence(verdicts, reason):
    assert pages.reason(why(**verdicts)) == reason


def test_who_asks_in_a_script_sees_the_name_as_written_and_else_its_latin_form():
    asked = [{"field": "name", "verdict": "similar", "query": "Алис", "value": "Алиса"}]
    latin = [{"field": "name", "verdict": "similar", "query": "Alis", "value": "Алиса"}]

    assert plain(pages.chips(asked)[0].runs) == "Алис[а]"
    assert plain(pages.chips(latin)[0].runs) == "Alis[a]"


def test_everybody_of_a_name_is_asked_for_by_the_name_alone():
    result = {
        "id": "i",
        "display_name": "García, María",
        "surname": "García",
        "name": "María",
        "also_named": 3,
    }

    (row,) = pages.search_rows([result], {})

    assert row.also_named == 3
    assert row.namesakes == "q=Garc%C3%ADa+Mar%C3%ADa&mode=exact"


def test_nothing_is_certain_that_is_not_the_same():
    similar = {"id": "1", "display_name": "A", "score": 1.0, "why": why(dob="same", name="similar")}
    same = similar | {"why": why(dob="same", name="same")}

    scores = [row.score for row in pages.search_rows([similar, same], {})]

    assert scores == [pages.NEARLY_CERTAIN, 1.0]


@pytest.mark.parametrize(
    ("scores", "shown"),
    [([0.8, 0.1, 0.009], [0.8, 0.1]), ([0.49, 0.009], [0.49, 0.009]), ([], [])],
)
def test_beside_a_clear_answer_the_unlikely_are_not_shown(scores, shown):
    hits = pages.search_rows(
        [{"id": "1", "display_name": "A", "score": score} for score in scores], {}
    )

    assert [hit.score for hit in pages.worth_showing(hits)] == shown


def test_what_tells_two_of_one_name_apart():
    one = {"id": "01a-000001", "document_number": "AB1", "dob": "1990-11-05"}

    assert pages.telling(one, one | {"document_number": "AB2"}) == ("document AB1", "document AB2")
    assert pages.telling(one, one | {"document_number": None, "dob": "1991-11-05"}) == (
        "born 5 Nov 1990",
        "born 5 Nov 1991",
    )
    assert pages.telling(one, one | {"id": "01a-000002"}) == ("id …000001", "id …000002")


def test_letters_of_dates_are_marked_in_one_form_alone():
    assert wording.marked("31.02.1979", "1979-08-30") == (("31.02.1979", False),)
    assert wording.marked("1979-08-30", "31.02.1979") == (("30 Aug 1979", False),)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("31.02.1979", "February 1979 has 28 days. Check the day."),
        ("yesterday morning", inputs.UNREADABLE),
        ("31 Decem", ""),
        ("30 Aug 1979", ""),
        ("", ""),
    ],
)
def test_what_is_no_date_is_said_once_it_cannot_become_one(typed, problem):
    assert inputs.date_problem(typed, today=date(2026, 11, 21)) == problem
