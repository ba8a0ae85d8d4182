"""What people decided about pairs, here or elsewhere, moves the weights."""

import io
from uuid import UUID, uuid4

import orjson
import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from customers import merging, services
from customers.search.weights import DEFAULT, Weights
from tests.builders import a_created, an_event
from tests.integration.customers.test_read_model import receive
from tests.integration.entities.rows import an_act

pytestmark = pytest.mark.django_db


def a_record(n: int, **details: str | None) -> UUID:
    uid = uuid4()
    values = {"SURNAME": f"Zwart{chr(97 + n)}ing", "NAME": f"Mo{chr(97 + n)}ra", **details}
    receive(a_created(entity_uid=uid, details={k: v for k, v in values.items() if v}))
    return uid


def merged(one: UUID, into: UUID) -> None:
    receive(
        an_event(
            type="entity.merged.v1",
            entity_uid=one,
            seq=2,
            at="11:00",
            request_id=uuid4(),
            into=str(into),
        )
    )


def told_apart(one: UUID, other: UUID) -> None:
    receive(
        an_event(
            type="entity.distinguished.v1",
            entity_uid=one,
            seq=2,
            at="11:00",
            request_id=uuid4(),
            other=str(other),
            same=False,
        )
    )


def decide(count: int) -> None:
    """Who shares a birth date are two persons; who lacks a middle name is the same one."""
    for n in range(count):
        born = f"19{60 + n}-03-04"
        merged(a_record(n, NAME=f"Mo{chr(97 + n)}ra Quibell"), into=a_record(n))
        told_apart(a_record(n, DOB=born, NAME="Xeno"), a_record(n, DOB=born, NAME="Ygraine"))


def test_who_is_told_apart_as_it_is_made_counts_with_what_was_typed():
    act = an_act()
    for n in range(8):
        merged(a_record(n, NAME=f"Mo{chr(97 + n)}ra Quibell"), into=a_record(n))
        there = a_record(n, NAME="Xeno")
        values = {"surname": f"Zwart{chr(97 + n)}ing", "name": "Ygraine"}
        here = services.create_customer(act, values=values).entity_uid
        merging.distinguish_customers(act, a=here, b=there)

    assert "8 that were told apart" in estimate("--least-pairs", "8")


def test_a_merge_that_was_taken_back_counts_as_neither():
    loser = a_record(0)
    merged(loser, into=a_record(1))
    merging.unmerge_customer(an_act(), entity_uid=loser)

    with pytest.raises(CommandError, match="There are 0 pairs that are merged and 0 that were"):
        estimate("--least-pairs", "1")


def estimate(*options: str) -> str:
    out = io.StringIO()
    call_command("estimate_weights", *options, stdout=out)
    return out.getvalue()


def weights_in(said: str) -> dict[str, tuple[float, float]]:
    """Old and new."""
    lines = [line.split() for line in said.splitlines()[1:-1]]
    return {words[0]: (float(words[1]), float(words[2])) for words in lines}


def test_decisions_move_the_weights_they_speak_of():
    decide(8)

    told = weights_in(estimate("--least-pairs", "8"))

    assert told["dob_same"][1] < told["dob_same"][0]
    assert told["unpaired"][1] < told["unpaired"][0]
    assert "document_same" not in told


def test_records_count_as_they_were_when_it_was_decided():
    request = uuid4()
    for n in range(3):
        told_apart(a_record(n), a_record(n))
        loser, survivor = a_record(n, DOB="1970-01-02"), a_record(n)
        receive(
            an_event(
                entity_uid=survivor,
                seq=2,
                at="10:59",
                request_id=request,
                details={"DOB": "1970-01-02"},
            )
        )
        receive(
            an_event(
                type="entity.merged.v1",
                entity_uid=loser,
                seq=2,
                at="11:00",
                request_id=request,
                into=str(survivor),
            )
        )

    assert "dob_same" not in weights_in(estimate("--least-pairs", "1"))


def test_too_few_decisions_are_refused():
    decide(2)

    with pytest.raises(CommandError, match="There are 2 pairs that are merged and 2 that were"):
        estimate()


def test_the_file_holds_all_weights(tmp_path):
    decide(3)
    file = tmp_path / "weights.json"

    said = estimate("--least-pairs", "3", "--write", str(file))

    written = Weights(**orjson.loads(file.read_bytes()))
    assert written.version != DEFAULT.version
    assert written.dob_same == pytest.approx(weights_in(said)["dob_same"][1], abs=0.06)
    assert written.document_same == DEFAULT.document_same
    assert f"in {file}" in said


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    decide(1)

    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        estimate("--least-pairs", "1", "--write", str(tmp_path / "none" / "weights.json"))


def test_the_estimate_is_audited():
    decide(1)

    estimate("--least-pairs", "1")

    entry = AuditEntry.objects.get(action="weights.estimated")
    assert entry.result_count == 2
    assert "dob_same" in entry.codes
