"""The sample: numbers → the same people and institutions, with their histories, for ever."""

import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid5

from anyascii import anyascii
from mimesis import Address, Person
from mimesis.enums import Gender
from mimesis.locales import Locale

from customers.sample_cultures import CULTURES, Culture
from entities.load_input import History, Step
from events.clock import us_of
from events.event import NAMESPACE

# Everything in the sample happened before this instant, whenever and wherever it is loaded.
REFERENCE = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = 150
INSTITUTIONS = 20
PLAIN_COUNT = 10 + PEOPLE + INSTITUTIONS
TWIN_EVERY = 10  # each tenth person is a near-duplicate of the ninth
SEED = "sins sample 1"
TEN_FILE = Path(__file__).with_name("sample_customers.json")
REMARKS = (
    "Prefers letters to calls",
    "Needs an interpreter",
    "Wheelchair access, please",
    "Speaks for her mother too",
    "Comes on Thursdays",
    "Asked for large print",
)

Values = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class SampleField:
    """A field the sample uses beyond the built-in ones."""

    code: str
    label: str
    value_type: str


FIELDS = (
    SampleField("MIDDLE_NAME", "Middle name", "text"),
    SampleField("ALT_PHONE", "Alternate phone", "phone"),
)


@dataclass(frozen=True, slots=True)
class Draw:
    """The lot of one person or institution: its number, its culture and its own dice."""

    number: int
    culture: Culture
    rng: random.Random
    person: Person
    address: Address
    gender: Gender

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def first_name(self) -> str:
        name = tidy(self.person.first_name(gender=self.gender))
        return name[0].upper() + name[1:]

    def surname(self) -> str:
        return tidy(self.person.last_name(gender=self.gender))

    def street_and_city(self) -> str:
        place = f"{self.address.address()}, {self.address.postal_code()} {self.address.city()}"
        return tidy(place)

    def phone(self) -> str:
        return self.culture.phone.format(self.rng.randrange(self.culture.phone_numbers))

    def document(self) -> str:
        """`ZZ` is a country code that no country will get: nobody holds such a document."""
        return f"ZZ{self.culture.country}{self.rng.randrange(10**7):07d}"


def sample(*, extras: int = 0) -> Iterator[History]:
    """The ten known customers, 150 people, 20 institutions, then `extras` more people.

    More extras only add: whoever a smaller sample has is the same in a larger one.
    """
    yield from the_ten()
    for number in range(1, PEOPLE + 1):
        yield person(number)
    for number in range(1, INSTITUTIONS + 1):
        yield institution(number)
    for number in range(PEOPLE + 1, PEOPLE + extras + 1):
        yield person(number)


def the_ten() -> Iterator[History]:
    """Ten customers that users know by name, each as it stands in the file."""
    known = json.loads(TEN_FILE.read_text(encoding="utf-8"))["customers"]
    for number, customer in enumerate(known, start=1):
        extra_fields = customer.pop("extra_fields")
        values = {code.upper(): value for code, value in {**customer, **extra_fields}.items()}
        since = REFERENCE - timedelta(days=1700 - 97 * number, hours=14, minutes=7 * number)
        yield History(sample_uid(f"known:{number}"), "PERSON", (created(since, values),))


def person(number: int) -> History:
    values = facts_of(number - 1 if is_twin(number) else number)
    draw = draw_lot("person", number)
    if is_twin(number):
        values = near_duplicate(draw, values)
    since = REFERENCE - timedelta(days=draw.rng.randrange(30, 4000))
    birth = values.get("DOB")
    if birth:
        since = max(since, at_midnight(birth) + timedelta(days=draw.rng.randrange(1, 200)))
    since = min(since, REFERENCE - timedelta(days=20))
    steps = life(draw, since=at_the_counter(draw, since), values=values)
    return History(sample_uid(f"person:{number}"), "PERSON", steps)


def institution(number: int) -> History:
    draw = draw_lot("institution", number)
    pattern = draw.rng.choice(draw.culture.institutions)
    name = pattern.format(name=draw.surname())
    details: Values = {
        "ADDRESS": draw.street_and_city(),
        "PHONE": draw.phone(),
        "WEBSITE": f"https://www.{latin(name) or 'house'}-{number}.example",
    }
    since = at_the_counter(draw, REFERENCE - timedelta(days=draw.rng.randrange(1500, 5000)))
    steps = [Step("created", us_of(since), details, display_name=name)]
    if draw.chance(0.5):
        moved = at_the_counter(draw, since + timedelta(days=draw.rng.randrange(200, 1400)))
        steps.append(Step("updated", us_of(moved), {"ADDRESS": draw.street_and_city()}))
    if draw.chance(0.25):
        renamed = at_the_counter(draw, REFERENCE - timedelta(days=draw.rng.randrange(30, 90)))
        name = pattern.format(name=draw.surname())
        steps.append(Step("updated", us_of(renamed), display_name=name))
    return History(sample_uid(f"institution:{number}"), "INSTITUTION", tuple(steps))


def facts_of(number: int) -> Values:
    """What is known of a person at first; every part may be missing, but never all."""
    draw = draw_lot("facts", number)
    name, surname = draw.first_name(), draw.surname()
    born = REFERENCE.date() - timedelta(days=int(draw.rng.triangular(200, 36_000, 14_000)))
    values: Values = {"SURNAME": surname, "NAME": name}
    if draw.chance(0.93):
        values["DOB"] = born.isoformat()
    if draw.chance(0.9):
        values["DOCUMENT_NUMBER"] = draw.document()
    if draw.chance(0.6):
        values["EMAIL"] = email(draw, name, surname)
    if draw.chance(0.6):
        values["PHONE"] = draw.phone()
    if draw.chance(0.5):
        values["ADDRESS"] = draw.street_and_city()
    if draw.chance(0.12):
        values["MIDDLE_NAME"] = draw.first_name()
    if draw.chance(0.1):
        values["NOTES"] = draw.rng.choice(REMARKS)
    return values


def life(draw: Draw, *, since: datetime, values: Values) -> tuple[Step, ...]:
    """From the first visit on: nothing more for most, a few chapters for the others."""
    steps = [created(since, values)]
    if draw.chance(0.08) and values.get("DOB"):
        steps = corrected_birth_date(draw, steps[0])
    at = since
    for chapter in draw.rng.choices(
        CHAPTERS, weights=CHAPTER_WEIGHTS, k=draw.rng.choice((0, 0, 0, 1, 1, 2, 3))
    ):
        at = at_the_counter(draw, at + timedelta(days=draw.rng.randrange(90, 900)))
        if at >= REFERENCE - timedelta(days=15):
            break
        steps += chapter(draw, at, values)
        if steps[-1].verb == "deleted":
            break
    return tuple(steps)


def corrected_birth_date(draw: Draw, first: Step) -> list[Step]:
    """A birth date misread at the first visit and put right for all of the time since."""
    right = date.fromisoformat(str(first.details["DOB"]))
    wrong = right - timedelta(days=draw.rng.choice((1, 9, 10, 30, 365)))
    return [
        replace(first, details={**first.details, "DOB": wrong.isoformat()}),
        Step("updated", first.valid_from, {"DOB": right.isoformat()}),
    ]


def marries(draw: Draw, at: datetime, values: Values) -> list[Step]:
    surname = draw.surname()
    changes: Values = {"SURNAME": surname}
    if values.get("EMAIL"):
        changes["EMAIL"] = email(draw, str(values.get("NAME") or ""), surname)
    return [Step("updated", us_of(at), changes)]


def moves(draw: Draw, at: datetime, values: Values) -> list[Step]:
    return [Step("updated", us_of(at), {"ADDRESS": draw.street_and_city(), "PHONE": draw.phone()})]


def loses_phone(draw: Draw, at: datetime, values: Values) -> list[Step]:
    later = at_the_counter(draw, at + timedelta(days=10))
    if not values.get("PHONE"):
        return [Step("updated", us_of(later), {"PHONE": draw.phone()})]
    return [
        Step(
            "updated", us_of(at), {"PHONE": None, "NOTES": "Phone lost, will bring the new number"}
        ),
        Step("updated", us_of(later), {"PHONE": draw.phone(), "NOTES": values.get("NOTES")}),
    ]


def renews_document(draw: Draw, at: datetime, values: Values) -> list[Step]:
    return [Step("updated", us_of(at), {"DOCUMENT_NUMBER": draw.document()})]


def leaves(draw: Draw, at: datetime, values: Values) -> list[Step]:
    return [Step("deleted", us_of(at))]


def leaves_and_returns(draw: Draw, at: datetime, values: Values) -> list[Step]:
    back = at_the_counter(draw, at + timedelta(days=draw.rng.randrange(2, 12)))
    return [
        Step("deleted", us_of(at)),
        Step("restored", us_of(back)),
        Step("updated", us_of(back), {"ADDRESS": draw.street_and_city()}),
    ]


CHAPTERS: tuple[Callable[[Draw, datetime, Values], list[Step]], ...] = (
    moves,
    marries,
    renews_document,
    loses_phone,
    leaves_and_returns,
    leaves,
)
CHAPTER_WEIGHTS = (8, 5, 5, 3, 2, 1)


def near_duplicate(draw: Draw, original: Values) -> Values:
    """The same person entered once more by somebody else, with one of the usual mistakes."""
    surname, name = str(original["SURNAME"]), str(original["NAME"])
    twin: Values = {code: original.get(code) for code in ("SURNAME", "NAME", "DOB")}
    if original.get("DOCUMENT_NUMBER") and draw.chance(0.5):
        twin["DOCUMENT_NUMBER"] = misread(draw, str(original["DOCUMENT_NUMBER"]))
    romanised = anyascii(f"{surname}\n{name}").title().split("\n")
    kind = draw.rng.choice(("typo", "typo", "swapped", "romanised", "no birth date"))
    if kind == "romanised" and draw.culture.is_romanised and romanised != [surname, name]:
        twin["SURNAME"], twin["NAME"] = romanised
    elif kind == "swapped" or len(surname) < 3:
        twin["SURNAME"], twin["NAME"] = name, surname
    elif kind == "no birth date":
        twin["DOB"] = None
    else:
        twin["SURNAME"] = mistyped(draw, surname)
    return {code: value for code, value in twin.items() if value}


def misread(draw: Draw, document: str) -> str:
    """The document number with its last digit read wrong."""
    return document[:-1] + str((int(document[-1]) + draw.rng.randrange(1, 10)) % 10)


def mistyped(draw: Draw, text: str) -> str:
    """One slip of the finger: two letters swapped, one doubled or one left out."""
    at = draw.rng.randrange(1, len(text) - 1)
    slips = (
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        text[:at] + text[at] + text[at:],
        text[:at] + text[at + 1 :],
    )
    return tidy(draw.rng.choice([slip for slip in slips if slip != text]))


def draw_lot(kind: str, number: int) -> Draw:
    """Everybody has dice of their own, so that nobody depends on how many others there are."""
    seed = f"{SEED}:{kind}:{number}"
    culture = culture_of(number - 1 if kind == "person" and is_twin(number) else number)
    person, address = books(culture.locale)
    person.reseed(seed)
    address.reseed(seed)
    rng = random.Random(seed)  # noqa: S311 - dice, not secrets
    return Draw(number, culture, rng, person, address, rng.choice((Gender.FEMALE, Gender.MALE)))


def is_twin(number: int) -> bool:
    return number % TWIN_EVERY == 0


def culture_of(number: int) -> Culture:
    rng = random.Random(f"{SEED}:culture:{number}")  # noqa: S311 - dice, not secrets
    return rng.choices(CULTURES, weights=[culture.weight for culture in CULTURES])[0]


@cache
def books(locale: str) -> tuple[Person, Address]:
    return Person(Locale(locale)), Address(Locale(locale))


def sample_uid(key: str) -> UUID:
    return uuid5(NAMESPACE, f"sample:{key}")


def created(since: datetime, values: Values) -> Step:
    return Step("created", us_of(since), {code: value for code, value in values.items() if value})


def email(draw: Draw, name: str, surname: str) -> str:
    known_by = [latin(part) for part in (name, surname)] if draw.culture.is_romanised else []
    return (
        ".".join([part for part in known_by if part] or ["member"]) + f".{draw.number}@example.org"
    )


def latin(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")


def tidy(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def at_midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def at_the_counter(draw: Draw, day: datetime) -> datetime:
    """That day, at a second of the opening hours."""
    opening = day.replace(hour=8, minute=0, second=0, microsecond=0)
    return opening + timedelta(seconds=draw.rng.randrange(10 * 3600))
