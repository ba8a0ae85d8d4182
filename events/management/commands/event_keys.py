from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from events import deadletters, key_ring, peers
from events.commands import NotedCommand
from events.heartbeat import Heartbeat
from events.key_ring import BadKeyRing, KeyRing


class Command(NotedCommand):
    help = (
        "Shows and changes the key ring of EVENT_KEYS_FILE; keys are named by a short hash, never "
        "shown. list; create: a new ring with one key; add: a key that opens; use KEY: it encrypts "
        "from now on; retire KEY: it is removed."
    )
    # The ring that a check would miss is the one that this makes.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=("list", "create", "add", "use", "retire"))
        parser.add_argument("key_id", nargs="?", default="")
        parser.add_argument(
            "--anyway",
            action="store_true",
            help="use or retire even if a location has not said that it is ready for that",
        )

    def handle(self, *args: Any, action: str, key_id: str, anyway: bool, **options: Any) -> None:
        if not settings.EVENT_KEYS_FILE:
            raise CommandError("EVENT_KEYS_FILE is not set: it names the file of the key ring.")
        if (action in ("use", "retire")) != bool(key_id):
            raise CommandError("use and retire name one key by its id; the others name none.")
        # Not what somebody typed by mistake: it may be a key.
        self.noted_words = [action, key_id] if key_ring.is_key_id(key_id) else [action]
        path = Path(settings.EVENT_KEYS_FILE)
        try:
            if action == "create":
                self._create(path)
                return
            ring = key_ring.read(path)
            if action == "list":
                self._list(path, ring)
            elif action == "add":
                self._add(path, ring)
            elif action == "use":
                self._use(path, ring, key_id, anyway=anyway)
            else:
                self._retire(path, ring, key_id, anyway=anyway)
        except BadKeyRing as error:
            prefix = "" if str(path) in str(error) else f"The key ring {path} "
            raise CommandError(f"{prefix}{error}") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error

    def _create(self, path: Path) -> None:
        if path.exists():
            raise CommandError(f"{path} is there already. `event_keys add` adds a key to it.")
        ring = key_ring.ring_of([key_ring.new_key()])
        key_ring.write(path, ring)
        self.stdout.write(f"Made {path} with the key {ring.key_ids[0]}. Copy it to every location.")

    def _list(self, path: Path, ring: KeyRing) -> None:
        others = _others()
        self.stdout.write(f"Key ring {path}, the same file for every location:")
        for key_id in ring.key_ids:
            does = "encrypts" if key_id == ring.key_ids[0] else "opens"
            lacking = sorted(name for name, heard in others.items() if key_id not in heard.keys)
            where = f"not at {', '.join(lacking)}" if lacking else "at every location heard"
            self.stdout.write(f"  {key_id}  {does}  {where}")
        for key_id, count in deadletters.held_for_keys().items():
            self.stdout.write(f"  {count} messages are held for the key {key_id}")

    def _add(self, path: Path, ring: KeyRing) -> None:
        changed = key_ring.with_added(ring)
        key_ring.write(path, changed)
        added = changed.key_ids[-1]
        self.stdout.write(
            f"Added {added}, which opens. Copy {path} to every location; when `event_keys list` "
            f"shows it everywhere: event_keys use {added}"
        )

    def _use(self, path: Path, ring: KeyRing, key_id: str, *, anyway: bool) -> None:
        changed = key_ring.with_first(ring, key_id)
        lacking = sorted(name for name, heard in _others().items() if key_id not in heard.keys)
        if lacking and not anyway:
            raise CommandError(
                f"{', '.join(lacking)} cannot open with {key_id} yet. Copy the file there first, "
                "or say --anyway: what it cannot open it holds until the key comes."
            )
        key_ring.write(path, changed)
        self.stdout.write(f"{key_id} encrypts from now on. Copy {path} to every location.")

    def _retire(self, path: Path, ring: KeyRing, key_id: str, *, anyway: bool) -> None:
        changed = key_ring.without(ring, key_id)
        encrypting = sorted(
            name for name, heard in _others().items() if heard.keys[:1] == (key_id,)
        )
        if encrypting and not anyway:
            raise CommandError(
                f"{', '.join(encrypting)} still encrypts with {key_id}. Copy the file with the new "
                "encrypting key there first, or say --anyway."
            )
        key_ring.write(path, changed)
        self.stdout.write(f"{key_id} is retired. Copy {path} to every location.")


def _others() -> dict[str, Heartbeat]:
    """The other locations as last heard."""
    heard = {name: known.heartbeat for name, known in peers.known().items()}
    heard.pop(settings.LOCATION_ID, None)
    return heard
