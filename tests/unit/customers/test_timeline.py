"""What happened to a customer, in sentences and lanes, and where one value comes from."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from customers.web import lanes, provenance, sentences, wording

ZURICH = ZoneInfo("Europe/Zurich")
NOW = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)
CHANGED = "2026-11-21T10:41:00Z"


def an_event(number: int = 1, **changes: Any) -> dict[str, Any]:
    event = {
        "event_id": f"e{number}",
        "type": "entity.updated.v1",
        "at": "2026-11-21T10:41:00Z",
        "valid_from": None,
        "origin": "loc2/1",
        "sequence": 16386,
        "location_id": "loc2",
        "actor": "agent7",
        "role": "service_agent",
        "reason": None,
        "details": {},
    }
    return {**event, **changes}


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


def said(event: dict[str, Any], **before: Any) -> str:
    pieces = sentences.sentence(event=event, before=before, labels={})
    return "".join(piece.text for piece in pieces)


# Sentences


def test_a_change_names_old_and_new():
    event = an_event(details={"SURNAME": "Johnson"}, reason="Corrected after seeing the passport")

    assert said(event, SURNAME="Jönson") == (
        "agent7 at loc2 changed surname from Jönson to Johnson. Corrected after seeing the passport"
    )


def test_several_changes_are_one_sentence():
    event = an_event(details={"DOB": "1990-11-05", "NOTES": None, "EMAIL": "a@example.org"})

    assert said(event, DOB="1990-10-05", NOTES="VIP") == (
        "agent7 at loc2 changed birth date from 5 Oct 1990 to 5 Nov 1990, "
        "removed notes (was VIP) and set email to a@example.org."
    )


def test_a_back_dated_change_says_since_when_it_is_true():
    event = an_event(details={"NAME": "Alice"}, valid_from="2026-11-10T00:00:00Z")

    pieces = sentences.sentence(event=event, before={}, labels={})

    assert [piece.kind for piece in pieces][-3:] == ["text", "day", "text"]
    assert pieces[-3].text == ", true since "


def test_a_creation_counts_its_values():
    event = an_event(
        type="entity.created.v1", details={"SURNAME": "Jonson", "NAME": "Alise", "NOTES": None}
    )

    assert said(event) == "agent7 at loc2 put Jonson, Alise on the list with 2 values."


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("entity.deleted.v1", "agent7 at loc2 took this customer off the list."),
        ("entity.restored.v1", "agent7 at loc2 put this customer back on the list."),
        ("entity.tomorrow.v9", "agent7 at loc2 recorded entity.tomorrow."),
    ],
)
def test_every_event_has_a_sentence(kind, expected):
    assert said(an_event(type=kind)) == expected


def test_the_timeline_is_newest_first_by_day_of_the_reader():
    events = [
        an_event(1, at="2026-11-20T22:59:00Z", details={"NAME": "A"}),
        an_event(2, at="2026-11-20T23:01:00Z", details={"NAME": "B"}),
    ]
    history = [a_version("NAME", "B", event_id="e2")]

    days = sentences.timeline(events=events, history=history, labels={}, zone=ZURICH)

    assert [day.date for day in days] == [date(2026, 11, 21), date(2026, 11, 20)]
    assert days[0].entries[0].undo_code == "NAME"
    assert days[1].entries[0].is_replaced


def test_before_is_what_was_true_before_not_what_was_recorded_before():
    late = an_event(
        2, at="2026-11-22T00:00:00Z", valid_from="2026-11-01T00:00:00Z", details={"NAME": "Early"}
    )
    events = [an_event(1, details={"NAME": "Now"}), late]

    before = sentences.values_before(events)

    assert before == {"e1": {"NAME": "Early"}, "e2": {"NAME": None}}


# Lanes


def test_lanes_show_the_list_first_and_one_lane_per_field():
    history = [
        {**a_version(), "type": "entity", "valid_from": "2024-01-01"},
        a_version(value="Jonson", valid_from="2024-01-01", valid_to="2025-01-01"),
        a_version(value="Johnson", valid_from="2025-01-01"),
    ]

    drawing = lanes.draw(history=history, labels={}, now=NOW)

    assert [lane.label for lane in drawing.lanes] == ["On the list", "Surname"]
    old, new = drawing.lanes[1].bars
    assert (old.kind, new.kind) == ("before", "now")
    assert old.x + old.width == pytest.approx(new.x)
    assert new.x + new.width == pytest.approx(drawing.now_x)


def test_a_new_name_is_no_new_stay_on_the_list():
    history = [
        {**a_version(), "type": "entity", "valid_from": 1, "valid_to": 5},
        {**a_version(), "type": "entity", "valid_from": 5, "valid_to": 9},
        {**a_version(), "type": "entity", "valid_from": 20, "valid_to": None},
    ]

    drawing = lanes.draw(history=history, labels={}, now=wording.instant(30))

    assert len(drawing.lanes[0].bars) == 2


@pytest.mark.parametrize(
    "age",
    [
        timedelta(0),
        timedelta(minutes=5),
        timedelta(days=2),
        timedelta(days=90),
        timedelta(days=9000),
    ],
)
def test_the_axis_has_few_marks_whatever_the_age(age):
    drawing = lanes.draw(history=[a_version(valid_from=NOW - age)], labels={}, now=NOW, zone=ZURICH)

    assert 1 <= len(drawing.ticks) <= lanes.MOST_TICKS
    assert all(lanes.PLOT_LEFT <= tick.x <= lanes.PLOT_RIGHT for tick in drawing.ticks)


def test_a_value_too_long_for_its_bar_is_left_to_the_table():
    history = [
        a_version(value="x" * 60, valid_from="2026-11-01", valid_to="2026-11-02"),
        a_version(value="Johnson", valid_from="2026-11-21T10:00:00Z"),
    ]

    drawing = lanes.draw(history=history, labels={}, now=NOW)

    old, new = drawing.lanes[1].bars
    assert old.text_x == 0
    assert new.text_x > drawing.now_x


# Provenance


def test_provenance_says_who_where_when_why_and_what_was_before():
    history = [
        a_version(
            value="Jönson", valid_from="2024-03-10T00:00:00Z", valid_to="2026-11-21T10:41:00Z"
        ),
        a_version(recorded_at="2026-11-21T10:41:02Z"),
    ]
    events = [an_event(details={"SURNAME": "Johnson"}, reason="Passport")]

    source = provenance.provenance(code="SURNAME", history=history, events=events, labels={})

    assert source is not None
    assert (source.value, source.before, source.actor) == ("Johnson", "Jönson", "agent7")
    assert (source.delay_s, source.reason, source.kind) == (2, "Passport", "customer updated")
    assert source.can_undo


def test_a_first_value_cannot_be_undone_and_a_missing_one_has_no_source():
    events = [an_event(type="entity.created.v1", details={"SURNAME": "Johnson"})]

    first = provenance.provenance(code="SURNAME", history=[a_version()], events=events, labels={})
    missing = provenance.provenance(code="NAME", history=[a_version()], events=events, labels={})

    assert first is not None
    assert not first.can_undo
    assert missing is None


def test_a_value_that_came_back_with_its_customer_has_no_other_value_before():
    history = [
        a_version(valid_from="2024-01-01", valid_to="2025-01-01"),
        a_version(valid_from="2025-02-01"),
    ]

    source = provenance.provenance(code="SURNAME", history=history, events=[an_event()], labels={})

    assert source is not None
    assert source.before == ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"type": "entity.merged.v1", "side": "survivor", "taken": 3},
            "agent7 at loc2 merged Jönson, Alise into this customer; 3 values came with it.",
        ),
        (
            {"type": "entity.merged.v1", "side": "survivor", "taken": 1},
            "agent7 at loc2 merged Jönson, Alise into this customer; 1 value came with it.",
        ),
        (
            {"type": "entity.merged.v1", "side": "survivor"},
            "agent7 at loc2 merged Jönson, Alise into this customer.",
        ),
        (
            {"type": "entity.merged.v1", "side": "loser"},
            "agent7 at loc2 merged this customer into Jönson, Alise.",
        ),
        (
            {"type": "entity.distinguished.v1", "side": "loser"},
            "agent7 at loc2 said that this customer and Jönson, Alise are different persons.",
        ),
    ],
)
def test_a_merge_is_told_on_both_sides(changes, sentence):
    assert said(an_event(other="Jönson, Alise", other_uid="l1", **changes)) == sentence


def test_who_came_by_a_merge_can_be_taken_out_again():
    came = an_event(type="entity.merged.v1", side="survivor", other="J", other_uid="l1")
    went = an_event(2, type="entity.merged.v1", side="loser", other="J", other_uid="l1")

    (day,) = sentences.timeline(events=[came, went], history=[], labels={}, zone=UTC)

    assert {entry.event_id: entry.unmerge for entry in day.entries} == {"e1": "l1", "e2": ""}


def test_lanes_mark_when_somebody_was_merged_into_it():
    merged = datetime(2025, 3, 3, 23, 30, tzinfo=UTC)

    drawing = lanes.draw(
        history=[a_version(valid_from="2024-03-10T10:00:00Z")],
        labels={},
        now=NOW,
        zone=ZURICH,
        merged=[merged],
    )

    (mark,) = drawing.merged
    assert mark.label == "merged · 4 Mar"
    assert lanes.PLOT_LEFT < mark.x < drawing.now_x
