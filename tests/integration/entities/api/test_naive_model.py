"""The naive model against histories worked out by hand: what measures must be right itself."""

from typing import Any

from tests.integration.entities.api import naive_diff
from tests.integration.entities.api.naive import Entity, text_of


def told(kind: str, at: int, *, here: bool = True, since: int | None = None, **data: Any) -> dict:
    """An event; its instants in µs since 1970."""
    if since is not None:
        data["valid_from"] = since
    return {
        "id": f"{kind} at {at}, {'here' if here else 'elsewhere'}",
        "source": "/locations/loc1/1" if here else "/locations/loc2/1",
        "type": f"entity.{kind}.v1",
        "hlc": at,
        "actor": "anna",
        "data": data,
    }


def born(at: int, since: int | None = None, **details: Any) -> dict:
    return told("created", at, since=since, entity_type="PERSON", details=details)


def spans(entity: Entity, code: str | None = None) -> list[tuple[Any, int, int | None]]:
    found = entity.detail_spans[code] if code else entity.entity_spans
    return [(span.shown, span.start, span.end) for span in found]


def test_a_back_dated_claim_holds_only_until_the_next_one():
    notes = [told("updated", 50, details={"NOTES": "b"})]
    notes += [told("updated", 90, since=20, details={"NOTES": "c"})]

    entity = Entity("e", [*notes, born(10, NOTES="a")])

    assert spans(entity, "NOTES") == [("a", 10, 20), ("c", 20, 50), ("b", 50, None)]


def test_at_one_instant_the_greater_key_wins_and_equal_neighbours_are_one():
    entity = Entity(
        "e",
        [
            born(10, NOTES="a"),
            told("updated", 30, since=20, details={"NOTES": "b"}, here=False),
            told("updated", 30, since=20, details={"NOTES": "c"}),
            told("updated", 40, details={"NOTES": "b"}),
        ],
    )

    assert spans(entity, "NOTES") == [("a", 10, 20), ("b", 20, None)]
    assert entity.history()[-1]["location_id"] == "loc2"


def test_what_is_said_of_the_dead_is_seen_when_they_are_back():
    entity = Entity(
        "e",
        [
            born(10, since=5, SURNAME="Ő"),
            told("deleted", 20),
            told("updated", 30, details={"NAME": "Ann"}),
            told("restored", 40),
        ],
    )

    assert spans(entity) == [(("PERSON", "Ő"), 5, 20), (("PERSON", "Ő, Ann"), 40, None)]
    assert [entity.as_of(at) is None for at in (4, 5, 19, 20, 39, 40)] == [
        True, False, False, True, True, False,
    ]  # fmt: skip
    assert spans(entity, "NAME") == [("Ann", 40, None)]


def test_a_name_of_its_own_counts_while_there_is_none_of_a_person():
    entity = Entity(
        "e",
        [
            born(10, SURNAME="Ő"),
            told("updated", 20, entity_type="INSTITUTION", display_name="Mill"),
            told("updated", 30, entity_type="PERSON"),
            told("updated", 40, details={"SURNAME": None}),
        ],
    )

    assert spans(entity) == [
        (("PERSON", "Ő"), 10, 20),
        (("INSTITUTION", "Mill"), 20, 30),
        (("PERSON", "Ő"), 30, 40),
        (("PERSON", "Mill"), 40, None),
    ]


def test_a_diff_is_the_end_without_the_beginning():
    entity = Entity(
        "e",
        [
            born(10, SURNAME="Ő", NOTES="a"),
            told("updated", 20, details={"NOTES": "b", "ADDRESS": "x"}),
            told("updated", 30, details={"NOTES": "a", "ADDRESS": None}),
            told("deleted", 40),
        ],
    )

    def seen(start: int, end: int) -> list[tuple[Any, ...]]:
        row = naive_diff.net(entity, start, end)
        return [
            (
                change.get("action") or change.get("field") or change["detail_code"],
                change.get("before"),
                change.get("after"),
                change["at"],
            )
            for change in (row["changes"] if row else ())
        ]

    assert seen(10, 35) == seen(40, 50) == []
    assert seen(10, 25) == [("ADDRESS", None, "x", text_of(20)), ("NOTES", "a", "b", text_of(20))]
    assert seen(25, 35) == [("ADDRESS", "x", None, text_of(30)), ("NOTES", "b", "a", text_of(30))]
    assert seen(9, 12) == [
        ("created", None, None, text_of(10)),
        ("display_name", None, "Ő", text_of(10)),
        ("entity_type", None, "PERSON", text_of(10)),
        ("NOTES", None, "a", text_of(10)),
        ("SURNAME", None, "Ő", text_of(10)),
    ]
    assert [change[0] for change in seen(35, 40)] == [
        "deleted", "display_name", "entity_type", "NOTES", "SURNAME",
    ]  # fmt: skip


def test_the_steps_between_two_instants_are_all_there():
    entity = Entity(
        "e",
        [
            born(10, NOTES="a", SURNAME="Ő"),
            told("updated", 20, details={"NOTES": "b"}),
            told("updated", 30, details={"NOTES": "a"}, here=False),
        ],
    )

    steps = [row for _, row in naive_diff.steps(entity, 10, 30)]

    assert [(row["before"], row["after"], row["at"], row["location_id"]) for row in steps] == [
        ("a", "b", text_of(20), "loc1"),
        ("b", "a", text_of(30), "loc2"),
    ]
