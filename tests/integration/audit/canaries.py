"""Values that are nowhere else, the forms in which they could leak, and where to look for them."""

import base64
import secrets
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

from customers.text_forms import document_key, plain
from entities.text_forms import sort_key
from events import sql

LETTERS = "bcdfghjklmnpqrstvwxz"
BORN = "1871-03-19"
# Shorter pieces of base64 would be found by chance.
LEAST = 8


def a_name() -> str:
    """With a letter beyond ASCII, so that its percent-encoding is another text."""
    return "Ž" + "".join(secrets.choice(LETTERS) for _ in range(13))


def a_number() -> str:
    return "KQ-" + "".join(secrets.choice("0123456789") for _ in range(11))


class Person:
    """Each value but the birth date, which would be found by chance, is nowhere else."""

    def __init__(self) -> None:
        self.values = {
            "surname": a_name(),
            "name": a_name(),
            "document_number": a_number(),
            "dob": BORN,
        }
        self.extra = {"email": f"{a_name()[1:]}@example.org", "address": a_name()}

    @property
    def canaries(self) -> list[str]:
        values = [*self.values.values(), *self.extra.values()]
        return [value for value in values if value != BORN]


def forms_of(value: str) -> set[str]:
    """All of at least LEAST characters, in lower case."""
    raw = value.encode()
    texts = {value, quote(value), quote_plus(value), plain(value), sort_key(value)}
    texts |= {document_key(value) or value, raw.hex(), repr(value)[1:-1], ascii(value)[1:-1]}
    texts |= set(_in_base64(raw))
    return {text.lower() for text in texts if len(text) >= LEAST}


def _in_base64(raw: bytes) -> Iterator[str]:
    """The part that is the same whatever stands before and after it."""
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + raw + bytes(2)).decode()
        first = -(-offset * 8 // 6) + (1 if offset else 0)
        yield encoded[first : (offset + len(raw)) * 8 // 6]


def found_in(places: Mapping[str, str], canaries: Iterable[str]) -> list[str]:
    """Where a form of a canary stands: "place: canary"."""
    lowered = {name: text.lower() for name, text in places.items()}
    return [
        f"{name}: {canary}"
        for canary in canaries
        for name, text in lowered.items()
        if any(form in text for form in forms_of(canary))
    ]


def table(name: str) -> str:
    """All rows of a table as text, bytes in hexadecimal digits and as what they say."""
    rows = sql.fetch(f"SELECT t::text FROM {name} t")  # noqa: S608  (our own tables)
    return "\n".join(row for (row,) in rows)
