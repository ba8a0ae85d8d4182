"""A restored location is closed until it has heard all others and has what they have."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from events import commands, peers, receiving, restoring, sql
from events.clock import instant_of
from events.commands import NotedCommand
from events.origin import ensure_self
from events.recording import Draft, record
from events.restoring import Restoring
from events.sealing import seal_leftovers
from tests.integration.events.builders import NOW_US, PEER, Tally, an_act, an_event, messages_of
from tests.integration.events.heartbeats import a_heartbeat

pytestmark = pytest.mark.django_db

SINCE = instant_of(NOW_US)
LATER = SINCE + timedelta(seconds=5)
EARLIER = SINCE - timedelta(seconds=5)


def write() -> None:
    with transaction.atomic():
        record(an_act(), [Draft(uuid4(), "entity.created.v1", {})])


def hear(location_id: str = "loc2", *, at=LATER, **said) -> None:
    peers.keep(a_heartbeat(location_id=location_id, **said), seen_at=at)


def restored() -> None:
    """One that wrote and knew loc2 goes on in another database."""
    write()
    hear(at=EARLIER)
    sql.execute("UPDATE events_self SET database_identity = 'elsewhere'")
    ensure_self(now_us=NOW_US)


def test_a_replaced_database_that_knew_others_is_closed_for_writes(tally: Tally) -> None:
    restored()

    with pytest.raises(Restoring) as refusal:
        write()

    assert (refusal.value.status, refusal.value.code) == (503, "restoring")
    waiting = restoring.waiting()
    assert waiting is not None
    assert (waiting.silent, waiting.missing) == (("loc2",), 0)


def test_a_database_without_events_or_without_others_opens_at_once(tally: Tally) -> None:
    write()
    sql.execute("UPDATE events_self SET database_identity = 'elsewhere'")
    write()

    assert restoring.waiting() is None


def test_it_opens_once_all_are_heard_and_have_nothing_more(tally: Tally) -> None:
    restored()
    seen = []

    def look(*, has_read_status: bool = True) -> None:
        restoring.open_if_complete(has_read_status=has_read_status)
        seen.append(restoring.waiting() is None)

    look()
    hear(origin=PEER, sealed=2, received={PEER: ((1, 2),)})
    look()
    receiving.receive(an_act(), messages_of([an_event(), an_event()]), cluster_id="cluster")
    look(has_read_status=False)
    look()

    assert seen == [False, False, False, True]
    write()


def test_it_waits_for_its_own_later_events(tally: Tally) -> None:
    old = ensure_self(now_us=NOW_US).origin
    restored()
    hear(received={old: ((1, 4),)})

    waiting = restoring.waiting()

    assert waiting is not None
    assert (waiting.silent, waiting.missing) == ((), 4)


@pytest.mark.parametrize(
    ("reason_code", "missing"), [("bad_json", 0), ("no_key", 1), ("bad_hash", 1)]
)
def test_what_is_held_counts_unless_it_is_no_event(
    tally: Tally, reason_code: str, missing: int
) -> None:
    restored()
    hear(origin=PEER, sealed=1)
    sql.execute(
        """INSERT INTO events_deadletter (reason_code, origin, sequence, first_seen, attempts)
        VALUES (%(r)s, %(o)s, 1, now(), 0)""",
        {"r": reason_code, "o": PEER},
    )

    waiting = restoring.waiting()

    assert waiting is not None
    assert waiting.missing == missing


def test_who_left_for_good_is_not_waited_for(tally: Tally, monkeypatch) -> None:
    monkeypatch.setattr(restoring, "_retired", [lambda: ["loc2"]])
    restored()

    waiting = restoring.waiting()

    assert waiting is not None
    assert waiting.is_over


def test_what_an_old_epoch_left_gets_no_numbers_before_all_are_heard(tally: Tally) -> None:
    restored()
    much_later = NOW_US + 10**12

    assert seal_leftovers(ensure_self(now_us=much_later), wall_us=much_later) == 0


def test_a_connection_believes_for_a_moment_that_it_is_open(tally: Tally) -> None:
    write()
    assert restoring.is_open(now_s=10.0**9)
    hear(at=EARLIER)
    sql.execute("UPDATE events_self SET database_identity = 'elsewhere'")
    ensure_self(now_us=NOW_US)

    assert restoring.is_open(now_s=10.0**9 + restoring.BELIEVE_S / 2)
    assert not restoring.is_open(now_s=10.0**9 + restoring.BELIEVE_S)
    restoring.forget()


def run(*words: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("restoration", *words, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


def test_the_command_closes_says_and_opens(tally: Tally) -> None:
    write()
    epoch = ensure_self(now_us=NOW_US).epoch
    assert run() == ("This location is open.\n", 0)

    began, code = run("--begin")
    hear("loc3", at=EARLIER)

    assert (code, "restored from a backup" in began) == (0, True)
    assert ensure_self(now_us=NOW_US).epoch > epoch
    told, code = run()
    assert code == 2
    assert "loc3" in told
    told, code = run("--open-anyway")
    assert (code, "loc3" in told) == (0, True)
    assert restoring.waiting() is None
    write()


class Writing(NotedCommand):
    def handle(self, *args, **options) -> None:
        write()


def test_a_command_that_would_write_is_refused_with_the_sentence(tally: Tally) -> None:
    restored()

    with pytest.raises(CommandError, match="restored from a backup"):
        call_command(Writing())


def test_a_worker_that_would_write_waits(tally: Tally, monkeypatch) -> None:
    restored()
    monkeypatch.setattr(commands, "RETRY_S", 0.001)
    stop, steps = commands.Stop(), []

    class Worker:
        def step(self) -> bool:
            steps.append(restoring.waiting() is None)
            if len(steps) == 3:
                restoring.open_anyway()
            write()
            stop.ask(0, None)
            return True

        def close(self) -> None: ...

    commands.run(Worker(), stop=stop)

    assert steps == [False, False, False]
