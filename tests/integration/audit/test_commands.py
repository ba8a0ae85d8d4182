"""Every management command of ours leaves an audit entry, however it ends."""

import contextlib
import io
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from audit.models import AuditEntry
from events import key_ring
from events.commands import NotedCommand, command_act

GUIDE = Path("docs/audit.md").resolve()
OURS = ("audit", "customers", "entities", "events", "sins")
# Commands that know no database; docs/audit.md says so, too.
WITHOUT_DATABASE = {
    "embedded_broker": "hosts a broker for a trial; holds no data of a location",
    "export_postman": "writes a file from the program's own description",
}
# What a command needs to do something; without, the refusal is what is noted.
ARGUMENTS = {
    "drf_create_token": ["anna"],
    "set_roles": ["anna", "service_agent"],
    "changepassword": ["anna"],
    "createsuperuser": ["--noinput", "--username", "root", "--email", "root@example.org"],
    "verify_erasure": ["01a2d1f0-c7d2-7e3b-9a4f-6b1c2d3e4f50"],
    "event_keys": ["list"],
    "export_checkpoints": ["loc2", "checkpoints.json"],
    "load_sample_data": ["--extras", "-1"],  # the sample takes long; its own test loads it
}
HANDLED_S = 60


def our_commands() -> list[str]:
    return sorted(name for name, app in get_commands().items() if app in OURS)


def noted_commands() -> list[str]:
    return [name for name in our_commands() if name not in WITHOUT_DATABASE]


def run(name: str) -> None:
    """In this process; a worker is told to stop as soon as it listens."""
    command = load_command_class(get_commands()[name], name)
    usual = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    if getattr(command, "is_worker", False):
        threading.Thread(target=stop_when_handled, args=(usual[0],), daemon=True).start()
    try:
        with contextlib.suppress(CommandError, SystemExit):
            call_command(command, *ARGUMENTS.get(name, []), stdout=io.StringIO(), verbosity=0)
    finally:
        signal.signal(signal.SIGTERM, usual[0])
        signal.signal(signal.SIGINT, usual[1])


def stop_when_handled(usual: object) -> None:
    deadline = time.monotonic() + HANDLED_S
    while signal.getsignal(signal.SIGTERM) == usual and time.monotonic() < deadline:
        time.sleep(0.01)
    if signal.getsignal(signal.SIGTERM) != usual:
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", noted_commands())
def test_each_command_leaves_an_entry(name, monkeypatch, django_user_model, tmp_path):
    monkeypatch.chdir(tmp_path)  # some write a file
    django_user_model.objects.create_user("anna")
    monkeypatch.setattr("getpass.getpass", lambda prompt="": "correct horse battery")
    known = set(AuditEntry.objects.values_list("audit_id", flat=True))

    run(name)

    left = AuditEntry.objects.exclude(audit_id__in=known)
    assert [entry.action for entry in left], f"{name} left no entry"


@pytest.mark.parametrize("name", noted_commands())
def test_each_command_is_one_that_is_noted(name):
    assert isinstance(load_command_class(get_commands()[name], name), NotedCommand)


@pytest.mark.django_db
def test_a_command_that_fails_leaves_how_it_failed():
    class Command(NotedCommand):
        def handle(self, *args, **options):
            raise self.error

    for error in (CommandError("No."), RuntimeError("No.")):
        Command.error = error
        with pytest.raises(type(error)):
            call_command(Command())

    entries = AuditEntry.objects.order_by("audit_id")
    assert [entry.action for entry in entries] == ["command.run", "command.run"]
    assert [entry.outcome for entry in entries] == ["refused", "failed"]
    assert entries[1].codes == ["test_commands", "RuntimeError"]


@pytest.mark.django_db
def test_what_was_done_to_the_keys_is_noted_and_never_a_key(tmp_path, settings):
    settings.EVENT_KEYS_FILE = str(tmp_path / "ring")
    for words in (["create"], ["add"]):
        call_command("event_keys", *words, stdout=io.StringIO())
    first, second = key_ring.read(tmp_path / "ring").keys
    call_command("event_keys", "use", second.key_id, stdout=io.StringIO())
    with pytest.raises(CommandError):
        call_command("event_keys", "retire", first.secret)

    entries = AuditEntry.objects.order_by("audit_id")
    assert [entry.codes for entry in entries] == [
        ["event_keys", "create"],
        ["event_keys", "add"],
        ["event_keys", "use", second.key_id],
        ["event_keys", "retire"],
    ]


@pytest.mark.django_db
def test_a_command_that_notes_itself_leaves_one_entry():
    call_command("set_roles", "anna", "service_agent", stdout=io.StringIO())

    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.codes) == ("roles.set", ["anna", "service_agent"])
    assert entry.actor == command_act("set_roles").principal.actor


def test_whatever_the_guide_excepts_is_what_is_not_noted():
    told = GUIDE.read_text(encoding="utf-8")

    assert [name for name in WITHOUT_DATABASE if f"`{name}`" not in told] == []
