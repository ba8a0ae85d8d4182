"""The audit's chain as operators have it: killed workers, a reserve, and a peer that testifies."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from events.failpoints import EXIT_CODE
from tests.sync.locations import Location, eventually
from tests.sync.standing import rows

COUNTS_SQL = "SELECT count(*), count(seq), coalesce(max(seq), 0) FROM audit_seen"
HEARD_SQL = "SELECT max(seq) FROM audit_checkpoint WHERE location_id = %s"
# As somebody who may do anything.
EDIT_SQL = """
SET session_replication_role = replica;
UPDATE audit_entry SET actor = 'mallory' WHERE seq = 3;
"""
CUT_SQL = """
SET session_replication_role = replica;
DELETE FROM audit_entry WHERE seq > 10;
UPDATE audit_chain SET (seq, hash) = (SELECT seq, hash FROM audit_entry WHERE seq = 10);
"""
MAKE_ROLE_SQL = """
DO $$ BEGIN CREATE ROLE sins_application LOGIN; EXCEPTION WHEN duplicate_object THEN END $$
"""


@pytest.fixture
def pair(locations: list[Location]) -> Iterator[tuple[Location, Location]]:
    here, there, _ = locations
    here.start("web", "publish", "consume", "keep")
    there.start("publish", "consume", "keep")
    return here, there


def look(place: Location, times: int) -> None:
    """Reads, each of which leaves an entry."""
    for _ in range(times):
        assert place.request("GET", "/api/customers/items/").status == 200


def is_numbered(place: Location) -> bool:
    """All entries have numbers, from 1 on, each once."""
    count, numbered, highest = rows(place, COUNTS_SQL)[0]
    return 0 < count == numbered == highest


def heard(place: Location, of: Location) -> int:
    return int(rows(place, HEARD_SQL, of.location_id)[0][0] or 0)


def execute(place: Location, statements: str) -> None:
    address = place.address
    with psycopg.connect(
        host=address.host, port=address.port, user=address.user, dbname=address.database
    ) as connection:
        connection.execute(statements)  # type: ignore[call-overload]


def test_a_keeper_that_dies_between_two_steps_leaves_no_gap(locations: list[Location]) -> None:
    place = locations[0]
    place.start("web")
    for step in ("audit.numbered", "audit.committed"):
        place.start("keep", SINS_FAIL_POINT=f"{step}:2")
        eventually(lambda: look(place, 3) or not place.is_running("keep"), f"it dies at {step}")
        assert place.children["keep"].returncode == EXIT_CODE
        place.start("keep")
        eventually(lambda: is_numbered(place), "all numbered, each once")
        place.stop("keep")

    assert "are complete and unaltered" in place.manage("verify_audit").stdout


def test_one_keeper_leads_and_a_second_one_takes_over(locations: list[Location]) -> None:
    place = locations[0]
    place.start("web", "keep", "keep-2")
    eventually(lambda: "worker.stands_by" in place.log("keep") + place.log("keep-2"), "a reserve")
    leader = "keep" if "worker.leads" in place.log("keep") else "keep-2"
    look(place, 20)

    place.kill(leader)
    look(place, 20)

    eventually(lambda: is_numbered(place), "the reserve numbers")
    place.manage("verify_audit")


def test_a_peer_testifies(pair: tuple[Location, Location], tmp_path: Path) -> None:
    here, there = pair
    look(here, 30)
    eventually(lambda: heard(there, of=here) >= 30, "the peer has heard of the chain")
    file = str(tmp_path / "loc1.checkpoints")
    said = there.manage("export_checkpoints", "loc1", file).stdout
    assert "Wrote 1 checkpoint of loc1" in said
    assert "1 checkpoint of a peer agrees" in here.manage("verify_audit", "--peer", file).stdout
    assert heard(here, of=here) == 0  # an own one could be rewritten together with the chain

    here.kill("keep", "web")
    execute(here, CUT_SQL)

    assert here.manage("verify_audit").returncode == 0  # the verification's entry is unnumbered yet
    done = here.manage("verify_audit", "--peer", file, check=False)
    assert done.returncode == 1
    assert "cut_off: Entries 11 to" in done.stderr
    assert "as loc2 heard" in done.stderr


def test_the_keeper_says_that_a_chain_is_broken(pair: tuple[Location, Location]) -> None:
    here, _ = pair
    look(here, 10)
    eventually(lambda: is_numbered(here), "all numbered")
    here.kill("keep")
    execute(here, EDIT_SQL)

    here.start("keep")

    eventually(lambda: "audit.chain_broken" in here.log("keep"), "the keeper says it")
    done = here.manage("verify_audit", check=False)
    assert done.returncode == 1
    assert "altered: Entry 3 was altered after it had been numbered." in done.stderr


def test_all_but_the_keeper_work_without_the_right_to_change_entries(
    locations: list[Location],
) -> None:
    here, there, _ = locations
    role = "sins_application"
    execute(here, MAKE_ROLE_SQL)
    here.environment = {**here.environment, "POSTGRES_APPLICATION_USER": role}
    here.manage("migrate", "-v0")
    there.start("web", "publish", "consume")

    here.start("web", "publish", "consume", "match", POSTGRES_USER=role)
    here.start("keep")

    sent, received = here.create(surname="Sent"), there.create(surname="Received")
    eventually(lambda: there.read(sent).status == 200, "what was written here arrives there")
    eventually(lambda: here.read(received).status == 200, "what was written there arrives here")
    eventually(lambda: is_numbered(here), "all numbered")
    assert all(here.is_running(part) for part in ("web", "publish", "consume", "match", "keep"))
    here.manage("verify_audit")
