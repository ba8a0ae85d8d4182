"""A location restored from an old backup: closed, then equal, and nobody erased comes back."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.local import postgres
from deploy.local.postgres import Cluster
from tests.sync.locations import CHECKOUT, Location, eventually
from tests.sync.standing import agree, rows

ERASE = """
from uuid import UUID
from django.db import transaction
from events.commands import command_act
from events.recording import Draft, record
with transaction.atomic():
    record(command_act("test"), [
        Draft(UUID(uid), "entity.erased.v1", {{"basis": "subject_request"}}) for uid in {uids!r}
    ])
"""


def script(location: Location, name: str, file: Path) -> str:
    """deploy/backup.sh or deploy/restore.sh, as an operator runs them at this location."""
    path = f"{postgres.bin_dir()}:{os.environ['PATH']}"
    done = subprocess.run(
        [str(CHECKOUT / "deploy" / name), str(file)],
        cwd=CHECKOUT,
        env={**location.env, "PATH": path, "MANAGE": f"{sys.executable} manage.py"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def restore_by_script(location: Location, cluster: Cluster, file: Path) -> None:
    cluster.query(f"DROP DATABASE {location.address.database} WITH (FORCE)")
    assert "Start the location" in script(location, "restore.sh", file)


def restore_in_place(location: Location, cluster: Cluster, file: Path) -> None:
    """By hand, into the same database, saying nothing: only the peers can tell that it is old."""
    where = location.address
    anew = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    cluster.query(anew, database=where.database)
    subprocess.run(
        [
            str(postgres.bin_dir() / "pg_restore"),
            *("-h", where.host, "-p", str(where.port), "-U", where.user, "-d", where.database),
            *("--single-transaction", "--no-owner", str(file)),
        ],
        check=True,
    )


def names_of(location: Location, uids: list[str]) -> list[Any]:
    sql = "SELECT display_name FROM entities_entity WHERE entity_uid = ANY(%s::uuid[])"
    return rows(location, sql, uids)


def sequences_used_twice(locations: list[Location]) -> list[Any]:
    """Places of the log that hold different events at different locations."""
    held: dict[tuple[str, int], set[Any]] = {}
    for place in locations:
        for origin, number, event_id in rows(
            place, "SELECT origin, sequence, event_id FROM events_event WHERE sequence IS NOT NULL"
        ):
            held.setdefault((origin, number), set()).add(event_id)
    return [place for place, ids in held.items() if len(ids) > 1]


@pytest.mark.parametrize("restore", [restore_by_script, restore_in_place])
def test_a_restored_location_receives_first_and_opens_then(
    running: list[Location], clusters: dict[str, Cluster], tmp_path: Path, restore: Any
) -> None:
    loc1, loc2, loc3 = running
    leaving = [place.create(surname=f"Leaves{n}") for n, place in enumerate(running * 2)]
    staying = loc2.create(surname="Stays", name="First")
    agree(running)
    file = tmp_path / "loc2.backup"
    assert str(file) in script(loc2, "backup.sh", file)
    assert file.stat().st_mode & 0o077 == 0

    loc1.manage("shell", "-c", ERASE.format(uids=leaving))
    assert loc2.change(staying, name="Second").status == 200
    later = [loc2.create(surname=f"Later{n}") for n in range(5)]
    agree(running)
    [[before]] = rows(loc2, "SELECT epoch FROM events_self")
    loc2.stop()
    loc1.stop("publish")
    loc3.stop("publish")
    restore(loc2, clusters["loc2"], file)
    assert len(names_of(loc2, leaving)) == len(leaving)  # they are in the backup
    loc2.start("consume", "publish")
    if restore is restore_in_place:
        loc1.start("publish")
        eventually(lambda: loc2.manage("restoration", check=False).returncode == 2, "closed")
    loc2.start("web")

    refused = [loc2.read(leaving[0]), loc2.change(staying, name="Lost")]
    told = loc2.manage("restoration", check=False)
    loc1.start(*({"publish"} - set(loc1.children)))
    still = loc2.read(staying)
    loc3.start("publish")
    eventually(lambda: loc2.request("GET", "/readyz").status == 200, "loc2 opens", 90)
    again = loc2.create(surname="Again")
    agree(running)

    assert [answer.status for answer in (*refused, still)] == [503, 503, 503]
    assert refused[0].body["code"] == "restoring"
    assert (told.returncode, "loc3" in told.stdout) == (2, True)
    assert [names_of(place, leaving) for place in running] == [[], [], []]
    assert loc2.read(leaving[0]).status in (404, 410)
    assert loc2.read(staying).body["name"] == "Second"
    assert [loc3.read(uid).status for uid in (*later, again)] == [200] * 6
    assert rows(loc2, "SELECT epoch FROM events_self")[0][0] > before
    assert sequences_used_twice(running) == []


def test_an_operator_opens_without_those_who_are_gone_for_ever(
    running: list[Location], clusters: dict[str, Cluster], tmp_path: Path
) -> None:
    _, loc2, loc3 = running
    uid = loc2.create(surname="Stays")
    agree(running)
    file = tmp_path / "loc2.backup"
    script(loc2, "backup.sh", file)
    loc2.stop()
    loc3.stop()
    restore_by_script(loc2, clusters["loc2"], file)
    loc2.start("web", "consume", "publish")
    eventually(
        lambda: "a sign of loc3." in loc2.manage("restoration", check=False).stdout,
        "it waits for loc3 only",
    )
    assert loc2.read(uid).status == 503

    told = loc2.manage("restoration", "--open-anyway").stdout

    assert "waited for a sign of loc3" in told
    assert loc2.read(uid).status == 200
    assert loc2.change(uid, name="New").status == 200


def test_a_backup_goes_only_into_an_empty_database(
    locations: list[Location], tmp_path: Path
) -> None:
    loc2 = locations[1]
    file = tmp_path / "loc2.backup"
    script(loc2, "backup.sh", file)

    with pytest.raises(AssertionError, match="holds tables already"):
        script(loc2, "restore.sh", file)
    with pytest.raises(AssertionError, match="is there already"):
        script(loc2, "backup.sh", file)
