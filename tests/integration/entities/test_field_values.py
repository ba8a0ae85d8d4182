"""How many values a field has, and which it would refuse today: a bounded look at a time."""

import pytest

from entities import field_values, fields, governance
from entities.services import create_entity
from entities.vocabulary import vocabulary_uid
from events import sql
from tests.integration.entities.rows import an_act, details

pytestmark = pytest.mark.django_db

SIZE = vocabulary_uid("DETAIL_TYPE", "SIZE")


def a_provider():
    return an_act(role="service_provider")


def people(*sizes):
    governance.propose(a_provider(), code="SIZE", parts={"LABEL": "Size"})
    return [
        create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="S", SIZE=size))
        for size in sizes
    ]


def longest(length):
    governance.amend(a_provider(), entity_uid=SIZE, changes={"MAX_LENGTH": length})
    return fields.field(SIZE)


def test_values_are_counted_of_defined_and_built_in_fields():
    people("S", "M", "L")

    found = field_values.value_counts(fields.fields())

    assert found["size"] == (3, False)
    assert found["surname"].number >= 0
    assert found["email"].number == 0


def test_beyond_what_is_exact_a_count_is_an_estimate(monkeypatch):
    people("S", "M", "L", "XL")
    monkeypatch.setattr(field_values.counts, "EXACT", 2)
    monkeypatch.setattr(field_values, "SAMPLED", 1)
    sql.execute("ANALYZE entities_entitydetail")

    [count] = field_values.value_counts([fields.field(SIZE)]).values()

    assert count.is_estimated


def test_those_that_a_rule_refuses_are_found_a_piece_at_a_time():
    people("S", "XXL", "M", "XXXL", "XXS")
    field = longest(2)

    found, after, looks = [], field_values.BEFORE_ALL, 0
    while after is not None:
        piece = field_values.invalid_values(field, limit=2, after=after, most=2)
        assert piece.count <= 2
        found += [row.value for row in piece.rows]
        after, looks = piece.next, looks + 1

    assert sorted(found) == ["XXL", "XXS", "XXXL"]
    assert looks == 3


def test_a_full_page_that_was_all_leads_nowhere():
    people("XXL", "XXS")

    piece = field_values.invalid_values(longest(2), limit=2)

    assert (len(piece.rows), piece.next) == (2, None)


def test_a_value_of_another_form_counts_as_refused():
    people("042")
    field = fields.field(SIZE)

    assert field_values.problem_of(field, "042") == ""
    assert field_values.problem_of(field, 42) == "Must be a text."


def test_looking_for_them_reads_an_index():
    people("S")
    sql.execute("SET LOCAL enable_seqscan = off")

    for statement, more in (
        (field_values.HELD_SQL, {"after": field_values.BEFORE_ALL, "limit": 10}),
        (field_values.COUNT_SQL, {"most": 10}),
    ):
        asked = {"code": "SIZE", "codes": ["SIZE"], **more}
        plan = str(sql.fetch(f"EXPLAIN {statement}", asked))
        assert "detail_of_field" in plan, plan
