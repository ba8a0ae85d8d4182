"""verify_sync: identical, different down to the entity, or not comparable yet and why."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from entities import verification
from entities.models import DetailVersion
from entities.services import create_entity
from events import peers, sql
from events.heartbeat import Heartbeat
from tests.integration.entities.rows import an_act, details

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine() -> Heartbeat:
    """This location with one sealed event and nothing left to do."""
    create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="Smith"))
    sql.execute("UPDATE events_event SET sequence = 1")
    sql.execute("UPDATE events_self SET next_sequence = 2")
    sql.execute(
        "INSERT INTO events_origin (origin, received, wants)"
        " SELECT origin, '{[1,2)}', '{}' FROM events_event"
    )
    return verification.own_heartbeat(now_us=an_act().now_us)


def hear(heartbeat: Heartbeat, **said) -> None:
    other = replace(heartbeat, **{"location_id": "loc2", "origin": "loc2/1", **said})
    peers.keep(other, seen_at=datetime.now(UTC))


def verify(*arguments: str) -> tuple[int, list[str]]:
    out = io.StringIO()
    try:
        call_command("verify_sync", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_equal_digests_are_identical(mine):
    hear(mine)

    assert verify() == (0, [f"digest {mine.digest}", "loc2: identical"])


def test_a_different_digest_names_its_bucket(mine):
    buckets = bytearray(mine.buckets)
    buckets[32 * 7] ^= 1
    hear(mine, digest="0" * 64, buckets=bytes(buckets))

    assert verify() == (1, [f"digest {mine.digest}", "loc2: differs in bucket 7"])


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"pending": 3}, "loc2 has 3 events received, but not folded yet"),
        ({"unsealed": 2}, "loc2 has 2 events not sealed yet"),
        ({"fold_version": 2}, "fold versions are 1 and 2"),
        ({"digest": None}, "a digest is missing"),
        ({"received": {"loc2/1": ((1, 4),)}}, "loc1 lacks 4 events of loc2/1"),
    ],
)
def test_what_is_not_comparable_yet_says_why(mine, said, reason):
    hear(mine, **said)

    code, lines = verify()

    assert code == 2
    assert lines[1].startswith("loc2: not comparable yet: ")
    assert reason in lines[1]


def test_nobody_heard_is_not_comparable(mine):
    assert verify() == (2, [f"digest {mine.digest}", "No other location has been heard yet."])


def test_a_difference_outweighs_the_rest(mine):
    hear(mine)
    hear(mine, location_id="loc3", origin="loc3/1", pending=1)
    assert verify()[0] == 2

    hear(mine, location_id="loc4", origin="loc4/1", digest="0" * 64)
    assert verify()[0] == 1


def test_waiting_ends_when_all_can_be_compared(mine):
    hear(mine)

    assert verify("--wait", "600")[0] == 0


def test_an_export_names_the_entity_that_differs(mine, tmp_path: Path):
    file = tmp_path / "loc2.digests"
    assert verify("--export", str(file)) == (0, [f"1 entity digests written to {file}."])
    assert verify("--compare", str(file)) == (0, [f"digest {mine.digest}", "loc1: identical"])

    uid = DetailVersion.objects.get().entity_uid
    sql.execute("UPDATE events_head SET digest = sha256('x')")
    code, lines = verify("--compare", str(file))

    assert code == 1
    assert lines[1:] == [
        f"loc1: differs in bucket {uid.bytes[-1]}",
        f"entity {uid} (bucket {uid.bytes[-1]}) differs",
    ]


def test_an_export_holds_no_personal_values(mine, tmp_path: Path):
    file = tmp_path / "digests"
    verify("--export", str(file))

    assert "Smith" not in file.read_text()


def test_a_file_of_another_kind_is_refused(mine, tmp_path: Path):
    file = tmp_path / "notes.txt"
    file.write_text("hello")

    with pytest.raises(CommandError, match="not written by verify_sync --export"):
        verify("--compare", str(file))
    with pytest.raises(CommandError):
        verify("--compare", str(tmp_path / "missing"))
