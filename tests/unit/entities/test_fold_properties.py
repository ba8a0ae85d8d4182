"""The promises of the fold, held against a naive model and against itself in any order."""

from dataclasses import astuple
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from entities.fold import (
    EMPTY,
    Folded,
    advance,
    attributes_of,
    closing_event,
    closure,
    digest,
    fold,
    is_enough,
    is_fast,
    refold,
    succeeds,
)
from events.event import Event, decode, encode
from tests.builders import ENTITY
from tests.unit.entities.histories import histories
from tests.unit.entities.model import Model, same, voided


class Projection:
    """What the caller of the fold does: a head's counters, the fast path, the partial refold."""

    def __init__(self) -> None:
        self.known: list[Event] = []
        self.folded = EMPTY
        self.paths: list[str] = []

    def vv(self) -> dict[str, int]:
        vector: dict[str, int] = {}
        pairs = {(event.origin, event.entity_seq) for event in self.known}
        for origin in {event.origin for event in self.known}:
            while (origin, vector.get(origin, 0) + 1) in pairs:
                vector[origin] = vector.get(origin, 0) + 1
        return vector

    def receive(self, arrivals: list[Event]) -> Folded:
        first, late = arrivals[0], [event for event in arrivals if event not in self.known]
        last_hlc = max((event.hlc for event in self.known), default=0)
        is_next = len(arrivals) == 1 and succeeds(
            first, last_hlc=last_hlc, vv=self.vv(), revision=len(self.known)
        )
        is_new = not self.known
        self.known += late
        if not is_new and late and is_next and is_fast(self.folded, first):
            self.paths.append("fast")
            self.folded = advance(self.folded, first)
        else:
            self.folded = self._refolded(late)
        return self.folded

    def _refolded(self, late: list[Event]) -> Folded:
        attributes = frozenset().union(*map(attributes_of, late))
        needed = closure(attributes)
        if needed is not None:
            read = [event for event in self.known if attributes_of(event) & needed]
            if is_enough(read, attributes):
                self.paths.append("part")
                return refold(self.folded, read + late, attributes)
        self.paths.append("whole")
        return fold(self.known)


def rows(folded: Folded) -> tuple[list, list, list]:
    versions = (folded.entity_versions, folded.detail_versions, folded.state)
    return tuple([astuple(row) for row in part] for part in versions)


def is_identical(a: Folded, b: Folded) -> bool:
    """Equal, and true is not 1."""
    return a == b and same(rows(a), rows(b))


@given(histories())
def test_fold_equals_the_naive_model(history):
    model = Model(history)

    folded = fold(history)

    assert same(rows(folded), (model.entity_versions(), model.detail_versions(), model.state()))
    assert [(c.attribute, c.heads) for c in folded.conflicts] == model.conflicts()
    if model.erased:
        assert folded == Folded(erased_event=model.erased[0].event_id)
    else:
        assert folded.voided == voided(history)


@given(histories(), st.data())
def test_order_and_repeats_do_not_matter(history, data):
    folded = fold(history)

    again = data.draw(st.permutations(history)) + data.draw(st.lists(st.sampled_from(history)))

    assert is_identical(fold(again), folded)
    assert digest(ENTITY, fold(again)) == digest(ENTITY, folded)


@given(histories(), st.data())
def test_one_by_one_in_any_order_equals_from_scratch(history, data):
    projection = Projection()
    arrivals = data.draw(st.permutations(history))

    for count, event in enumerate(arrivals, start=1):
        folded = projection.receive([event])

        assert is_identical(folded, fold(arrivals[:count]))


@given(histories())
def test_one_by_one_as_written_equals_from_scratch(history):
    projection = Projection()

    for count, event in enumerate(history, start=1):
        assert is_identical(projection.receive([event]), fold(history[:count]))


@given(histories(), st.data())
def test_batches_with_repeats_equal_from_scratch(history, data):
    projection = Projection()
    arrivals = data.draw(st.permutations(history))

    while arrivals:
        size = data.draw(st.integers(1, len(arrivals)))
        batch, arrivals = arrivals[:size], arrivals[size:]
        repeats = data.draw(st.lists(st.sampled_from(history[:1]), max_size=1))
        repeats = [event for event in repeats if event in projection.known]

        assert is_identical(projection.receive(batch + repeats), fold(projection.known))


@given(histories())
def test_versions_as_of_an_instant_are_the_assertions_reduced_up_to_it(history):
    model = Model(history)
    folded = fold(history)
    instants = {at + step for at in model.instants() for step in (-1, 0, 1)}

    for at in sorted(instants):
        entity = [v for v in folded.entity_versions if holds_at(v, at)]
        details = {v.detail_code: v.value for v in folded.detail_versions if holds_at(v, at)}
        shown = (entity[0].entity_type, entity[0].display_name) if entity else None

        assert len(entity) <= 1
        assert same((shown, details), model.reduced_at(at))


@given(histories())
def test_versions_are_maximal_intervals(history):
    folded = fold(history)
    lines: dict[object, list] = {"entity": list(folded.entity_versions)}
    for row in folded.detail_versions:
        lines.setdefault(row.detail_code, []).append(row)

    for line in lines.values():
        for row in line:
            assert row.valid_to is None or row.valid_from < row.valid_to
        for before, after in pairwise(line):
            assert before.valid_to is not None
            assert before.valid_to <= after.valid_from
            if before.valid_to == after.valid_from:
                assert not same(content(before), content(after))


@given(histories())
def test_an_entity_has_a_current_version_exactly_while_it_is_alive(history):
    folded = fold(history)
    state = {row.attribute: row.value for row in folded.state}
    is_current = any(row.valid_to is None for row in folded.entity_versions)

    assert is_current == (state.get("alive") is True)


@given(histories(), st.data())
def test_conflicts_that_ended_name_what_ended_them(history, data):
    size = data.draw(st.integers(1, len(history)))
    arrivals = data.draw(st.permutations(history))
    before, after = fold(arrivals[:size]), fold(history)
    open_ids = {conflict.conflict_id for conflict in after.conflicts}

    for conflict in before.conflicts:
        closer = closing_event(history, conflict.attribute, conflict.heads)
        if conflict.conflict_id in open_ids:
            assert closer is None
        else:
            assert closer is not None
            assert closer not in conflict.heads
            assert closer == closing_event(arrivals, conflict.attribute, conflict.heads)


@given(histories())
def test_nothing_is_lost_on_the_wire(history):
    assert [decode(encode(event)) for event in history] == history


@given(histories())
def test_the_digest_tells_versions_and_state_but_nothing_local(history):
    folded = fold(history)
    has_content = bool(folded.entity_versions or folded.state)

    assert (digest(ENTITY, folded) is not None) == has_content
    if has_content:
        less = Folded(folded.entity_versions, folded.detail_versions, folded.state[:-1])
        assert digest(ENTITY, less) != digest(ENTITY, folded)


def holds_at(row, at: int) -> bool:
    return row.valid_from <= at and (row.valid_to is None or at < row.valid_to)


def content(row) -> tuple:
    return astuple(row)[:2]
