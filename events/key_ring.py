"""The key ring of the wire: a file of Fernet keys, the first encrypts, all of them open."""

import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

KEY_ID_DIGITS = 8
OWNER_ONLY = 0o600

HEADER = """\
# Key ring of SINS: what locations tell each other through Kafka is encrypted with the first key and
# opened with any of them. One key a line; the same at every location; secret.
# `manage.py event_keys` shows and changes it. The order of a change: docs/operations.md.
"""


class BadKeyRing(Exception):
    """The file cannot be used as a key ring; the message is a sentence without any secret."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key; `key_id` is the beginning of its hash and may be shown."""

    secret: str = field(repr=False)

    @property
    def key_id(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()[:KEY_ID_DIGITS]


@dataclass(frozen=True, slots=True)
class KeyRing:
    """At least one key; the first one encrypts."""

    keys: tuple[Key, ...]
    fernet: MultiFernet = field(repr=False, compare=False)

    @property
    def key_ids(self) -> tuple[str, ...]:
        return tuple(key.key_id for key in self.keys)


def ring_of(keys: Sequence[Key]) -> KeyRing:
    """Raises BadKeyRing."""
    if not keys:
        raise BadKeyRing("holds no key. Make one with `manage.py event_keys create`.")
    if len({key.key_id for key in keys}) < len(keys):
        raise BadKeyRing("names a key twice. Remove one of the two lines.")
    return KeyRing(tuple(keys), MultiFernet([Fernet(key.secret) for key in keys]))


def new_key() -> Key:
    return Key(Fernet.generate_key().decode())


def parse(text: str) -> KeyRing:
    """The ring in this text; blank lines and those that begin with # say nothing.

    Raises BadKeyRing naming the line, never what stands there.
    """
    keys = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        try:
            Fernet(words)
        except ValueError:
            raise BadKeyRing(
                f"has no key in line {number}: a key is 32 bytes in URL-safe base64."
            ) from None
        keys.append(Key(words))
    return ring_of(keys)


def read(path: Path) -> KeyRing:
    """Raises BadKeyRing naming the file."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise BadKeyRing(f"The key ring {path} cannot be read: {_reason(error)}.") from error
    except BadKeyRing as error:
        raise BadKeyRing(f"The key ring {path} {error}") from None


def write(path: Path, ring: KeyRing) -> None:
    """Put the ring in the file's place at once, so that a reader sees the old or the new one. A new
    file is its owner's only; one that is replaced keeps its owner and mode."""
    text = HEADER + "".join(f"{key.secret}\n" for key in ring.keys)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            _own_like(handle, path)
            file.write(text)
            file.flush()
            os.fsync(handle)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _own_like(handle: int, path: Path) -> None:
    os.fchmod(handle, OWNER_ONLY)
    if path.exists():
        found = path.stat()
        if (found.st_uid, found.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(handle, found.st_uid, found.st_gid)
        os.fchmod(handle, found.st_mode & 0o777)


def _reason(error: Exception) -> str:
    return error.strerror or "unreadable" if isinstance(error, OSError) else "it is not UTF-8"


def is_key_id(text: str) -> bool:
    """Has it the form of a key's id?"""
    return bool(re.fullmatch(f"[0-9a-f]{{{KEY_ID_DIGITS}}}", text))


def with_added(ring: KeyRing) -> KeyRing:
    """With a fresh key, which opens and does not encrypt yet."""
    return ring_of((*ring.keys, new_key()))


def with_first(ring: KeyRing, key_id: str) -> KeyRing:
    """This key encrypts, all others go on opening. Raises BadKeyRing."""
    chosen = _key_of(ring, key_id)
    return ring_of((chosen, *(key for key in ring.keys if key != chosen)))


def without(ring: KeyRing, key_id: str) -> KeyRing:
    """Nothing encrypted with this key can be opened any more. Raises BadKeyRing."""
    chosen = _key_of(ring, key_id)
    if chosen == ring.keys[0]:
        raise BadKeyRing(f"encrypts with {key_id}. Let another key encrypt first.")
    return ring_of([key for key in ring.keys if key != chosen])


def _key_of(ring: KeyRing, key_id: str) -> Key:
    for key in ring.keys:
        if key.key_id == key_id:
            return key
    raise BadKeyRing(f"has no key {key_id}. It has {', '.join(ring.key_ids)}.")
