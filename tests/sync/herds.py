"""People of whom every value is nowhere else, and the ways in which they come into the registry."""

import json
import random
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from uuid_utils.compat import uuid7

from entities import loading
from entities.load_input import History, Step
from events.principal import Act, Principal
from tests.sync.locations import Location

LETTERS = "abcdefghiklmnoprstuvz"
GREEK = "αβγδεζικλμνοπρστυω"
DAY_US = 86_400_000_000
_days = iter(random.sample(range(18_000), 18_000))

Values = dict[str, str]


def a_word(*, of: str = LETTERS, length: int = 16) -> str:
    return "".join(secrets.choice(of) for _ in range(length))


def digits(length: int) -> str:
    return a_word(of="0123456789", length=length)


def a_birth_date() -> str:
    """Nobody else's, and of years that no clock of ours speaks of."""
    return f"{date(1850, 1, 1) + timedelta(days=next(_days))}"


def new_values() -> Values:
    """One of every field that there is without asking anybody."""
    return {
        "surname": "Ž" + a_word(),
        "name": a_word().capitalize(),
        "dob": a_birth_date(),
        "document_number": a_word().upper(),
        "email": f"{a_word()}@example.org",
        "phone": f"+{digits(15)}",
        "address": f"{a_word(of=GREEK).capitalize()} {digits(14)}",
        "website": f"https://{a_word()}.example.org",
        "notes": f"{a_word()} {a_word()}",
    }


REGISTRY_KEYS = ("surname", "name", "dob", "document_number")


@dataclass
class Human:
    """One of them: what is said now, and everything that was ever said."""

    place: Location
    is_loaded: bool
    uid: str = field(default_factory=lambda: str(uuid4()))
    values: Values = field(default_factory=new_values)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.said.extend(self.values.values())

    @property
    def canaries(self) -> list[str]:
        """Without what stands around them: a domain, a scheme, a plus."""
        bare = (text.replace("https://", "").replace("example.org", "") for text in self.said)
        return [word.strip("@.+") for text in bare for word in text.split()]

    def says(self, **values: str) -> Values:
        """New values, to be sent somewhere."""
        self.said.extend(values.values())
        self.values |= values
        return values

    @property
    def body(self) -> dict[str, object]:
        """As the registry is told of somebody."""
        extra = {key: value for key, value in self.values.items() if key not in REGISTRY_KEYS}
        return {key: self.values[key] for key in REGISTRY_KEYS} | {"extra_fields": extra}


@dataclass(frozen=True)
class Herd:
    """Some of them, half typed in and half loaded, at all locations."""

    humans: Sequence[Human]

    def at(self, place: Location) -> list[Human]:
        return [human for human in self.humans if human.place is place]

    @property
    def loaded(self) -> list[Human]:
        return [human for human in self.humans if human.is_loaded]

    @property
    def typed(self) -> list[Human]:
        return [human for human in self.humans if not human.is_loaded]

    @property
    def canaries(self) -> dict[str, list[str]]:
        return {human.uid: human.canaries for human in self.humans}

    def pairs(self, place: Location) -> Iterator[tuple[Human, Human]]:
        """To be merged: few of those that are there, both loaded or both typed."""
        for kind in (self.loaded, self.typed):
            here = [human for human in kind if human.place is place]
            yield from zip(here[:4:2], here[1:4:2], strict=True)


def a_herd(places: Sequence[Location], *, size: int) -> Herd:
    """Spread over the locations; every second one is to be loaded."""
    return Herd(
        [
            Human(place=places[number // 2 % len(places)], is_loaded=number % 2 == 0)
            for number in range(size)
        ]
    )


def load(place: Location, humans: Iterable[Human], *, home: Path, days_ago: int = 0) -> None:
    """In one go through the door for whole histories, as if it were so many days ago."""
    said = [(human.uid, human.values) for human in humans]
    file = home / f"load-{place.location_id}-{days_ago}.json"
    file.write_text(json.dumps(said))
    run = f"from tests.sync.herds import load_file; load_file({str(file)!r}, {days_ago})"
    place.manage("shell", "--no-imports", "-c", run)
    file.unlink()


def load_file(name: str, days_ago: int) -> None:
    """Inside a process of a location."""
    said: list[tuple[str, Values]] = json.loads(Path(name).read_text())
    loading.load(_act(days_ago), histories=[_history(uid, values) for uid, values in said])


def _history(uid: str, values: Values) -> History:
    details = {key.upper(): value for key, value in values.items()}
    name = f"{values['name']} {values['surname']}"
    step = Step("created", _now_us(), details=details, display_name=name)
    return History(UUID(uid), "PERSON", (step,))


def _act(days_ago: int) -> Act:
    principal = Principal("loader", "service_provider", settings.LOCATION_ID, "command")
    return Act(principal, request_id=uuid7(), now_us=_now_us() - days_ago * DAY_US)


def _now_us() -> int:
    return time.time_ns() // 1000
