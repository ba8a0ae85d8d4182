"""A person's name → how somebody might type it who does not have it quite right. Pure.

Each class of error is a function that returns what is typed, or None for a person to whom it cannot
happen (no middle name to leave out, no mark to lose).
"""

import random
import re
import unicodedata
from collections.abc import Callable
from datetime import date

from tests.benchmarks.cultures import CYRILLIC, HAN, HANGUL, KANA, LATIN
from tests.benchmarks.people import Person, lexicon_of
from tests.benchmarks.romanisations import in_latin, romanised

# Keys that lie beside and above each other.
KEYBOARDS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("йцукенгшщзхї", "фывапролджэ", "ячсмитьбю"),
    ("ςερτυθιοπ", "ασδφγηξκλ", "ζχψωβνμ"),
    ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظ"),
    ("קראטוןםפ", "שדגכעיחלךף", "זסבהנמצתץ"),
)
# Written by ear, in both directions.
SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("c(?=[aou])", "k"), ("k", "c"), ("y", "i"), ("i(?=.)", "y"),
    ("ie", "y"), ("z", "s"), ("s", "z"), ("v", "w"), ("w", "v"), ("th", "t"), ("t(?!h)", "th"),
    ("ai", "ei"), ("ei", "ai"), ("ou", "u"), ("u", "ou"), ("sch", "sh"), ("sh", "sch"),
    ("tz", "z"), ("ea", "ee"), ("ee", "ea"), ("x", "ks"), ("qu", "kw"), ("dt", "t"), ("f", "ph"),
    ("([bdfglmnprst])\\1", "\\1"), ("(?<=[aeiou])([lmnrst])(?=[aeiou])", "\\1\\1"),
    ("ae", "e"), ("oe", "o"), ("gh", "g"), ("d$", "t"), ("ó", "o"), ("j", "y"), ("ç", "s"),
)  # fmt: skip
CYRILLIC_SOUNDS = (
    ("о", "а"), ("а", "о"), ("е", "и"), ("и", "е"), ("([бвдзклмнпрст])\\1", "\\1"),
    ("(?<=[аеиоу])([лмнрст])(?=[аеиоу])", "\\1\\1"), ("ь", ""), ("й$", ""), ("в$", "ф"),
    ("д$", "т"), ("ё", "е"),
)  # fmt: skip
WRITTEN_OUT = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "ß": "ss", "ð": "d",
    "þ": "th", "ñ": "n", "ł": "l", "ı": "i", "đ": "d", "ə": "e", "ŋ": "ng", "ё": "е", "ї": "і",
}  # fmt: skip
LOST = {"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ə": "e"}
TYPOS = ("delete", "insert", "substitute", "transpose")
TYPO_WEIGHTS = (25, 25, 30, 20)
SHORTEST_WRONG, SHORTEST_TWICE_WRONG = 3, 6
SHORTEST_PREFIX, PREFIX_SHARE = 3, 0.6

Corrupt = Callable[[Person, random.Random], str | None]


def as_written(person: Person, rng: random.Random) -> str | None:
    text = _typed(person)
    return rng.choice((text, text.lower(), _swapped(person)))


def one_typo(person: Person, rng: random.Random) -> str | None:
    return typo(_typed(person), rng)


def two_typos(person: Person, rng: random.Random) -> str | None:
    """In two words, or both in one of six letters or more: whoever misses two keys of five has
    written another name."""
    words = _typed(person).split()
    long = [place for place, word in enumerate(words) if len(word) >= SHORTEST_TWICE_WRONG]
    some = [place for place, word in enumerate(words) if len(word) >= SHORTEST_WRONG]
    if not some or len({*long, *some}) + len(long) < 2:
        return None
    for place in rng.sample([*some, *long], 2):
        words[place] = typo(words[place], rng) or words[place]
    return " ".join(words)


def swapped_with_typo(person: Person, rng: random.Random) -> str | None:
    return typo(_swapped(person, rng.choice((" ", " ", ", "))), rng)


def partial_name(person: Person, rng: random.Random) -> str | None:
    """Of three words or more one is left out or only its first letter; else the last is not
    finished: three letters of it at least, and three in five."""
    words = _typed(person).split()
    if len(words) > 2 and rng.random() < 0.6:
        place = rng.randrange(len(words) - 1)
        kept = [] if rng.random() < 0.5 else [words[place][0] + rng.choice(("", "."))]
        return " ".join([*words[:place], *kept, *words[place + 1 :]])
    last = words[-1]
    least = max(SHORTEST_PREFIX, -int(-PREFIX_SHARE * len(last) // 1))
    if least >= len(last):
        return None
    return " ".join([*words[:-1], last[: rng.randrange(least, len(last))]])


def other_romanisation(person: Person, rng: random.Random) -> str | None:
    parts = romanised(person, rng)
    return parts and " ".join((parts[1], parts[0]))


def by_ear(person: Person, rng: random.Random) -> str | None:
    """One or two places as they sound."""
    script = person.culture.script
    if script not in (LATIN, CYRILLIC):
        return None
    rules = SOUNDS if script == LATIN else CYRILLIC_SOUNDS
    text = _typed(person).lower()
    for _ in range(rng.choice((1, 1, 2))):
        places = [
            (found, after)
            for before, after in rules
            for found in re.finditer(before, text)
            if found.end() - found.start() < len(text)
        ]
        if not places:
            return None
        found, after = rng.choice(places)
        text = text[: found.start()] + found.expand(after) + text[found.end() :]
    return text if text != _typed(person).lower() else None


def marks_lost(person: Person, rng: random.Random) -> str | None:
    """Left out (ö → o) or written out (ö → oe)."""
    text = _typed(person)
    table = rng.choice((LOST, WRITTEN_OUT))
    changed = "".join(_unmarked(sign, table) for sign in unicodedata.normalize("NFC", text))
    return changed if changed != text else None


def joined_or_split(person: Person, rng: random.Random) -> str | None:
    words = _typed(person).replace("-", " ").split()
    if len(words) > 2 and rng.random() < 0.6:
        place = rng.randrange(len(words) - 1)
        return " ".join(
            [*words[:place], words[place] + words[place + 1].lower(), *words[place + 2 :]]
        )
    place = rng.randrange(len(words))
    word = words[place]
    if len(word) < 6:
        return "".join(words) if len(words) == 2 and rng.random() < 0.3 else None
    cut = rng.randrange(3, len(word) - 2)
    return " ".join([*words[:place], word[:cut], word[cut:], *words[place + 1 :]])


def middle_name(person: Person, rng: random.Random) -> str | None:
    """Left out where there is one, added where there is none."""
    if person.middle:
        return f"{person.name.removesuffix(person.middle).strip()} {person.surname}"
    if person.culture.script in (HAN, KANA, HANGUL):
        return None
    lexicon = lexicon_of(person.culture)
    added = rng.choice(lexicon.given).at(rng.random())
    return None if added in person.name else f"{person.name} {added} {person.surname}"


CLASSES: dict[str, Corrupt] = {
    "one typo": one_typo,
    "two typos": two_typos,
    "swapped, one typo": swapped_with_typo,
    "partial": partial_name,
    "other romanisation": other_romanisation,
    "by ear": by_ear,
    "marks lost": marks_lost,
    "joined or split": joined_or_split,
    "middle name": middle_name,
}


def typo(text: str, rng: random.Random) -> str | None:
    """One slip of the fingers in a word of three letters or more; None when there is none."""
    places = [
        place
        for word in re.finditer(rf"[^\W\d_]{{{SHORTEST_WRONG},}}", text)
        for place in range(word.start(), word.end())
    ]
    for _ in range(20 if places else 0):
        place = rng.choice(places)
        slip = rng.choices(TYPOS, TYPO_WEIGHTS)[0]
        changed = _slipped(text, place, slip, rng)
        if changed.lower() != text.lower():
            return changed
    return None


def wrong_date(day: date, rng: random.Random) -> date:
    """Day and month swapped, or one digit another one."""
    if day.day <= 12 and day.day != day.month and rng.random() < 0.4:
        return day.replace(month=day.day, day=day.month)
    while True:
        digits = list(f"{day:%Y%m%d}")
        digits[rng.randrange(2, 8)] = rng.choice("0123456789")
        try:
            wrong = date.fromisoformat("".join(digits))
        except ValueError:
            continue
        if wrong != day:
            return wrong


def wrong_document(number: str, rng: random.Random) -> str:
    """One character wrong, missing or too much, or two swapped."""
    places = [place for place, sign in enumerate(number) if sign.isalnum()]
    while True:
        place = rng.choice(places)
        other = rng.choice("0123456789" if number[place].isdigit() else "ABCDEFGHKLMNPRSTUVWXYZ")
        changed = rng.choice(
            (
                number[:place] + other + number[place + 1 :],
                number[:place] + number[place + 1 :],
                number[:place] + other + number[place:],
                number[:place]
                + number[place + 1 : place + 2]
                + number[place]
                + number[place + 2 :],
            )
        )
        if _signs(changed) != _signs(number):
            return changed


def _signs(number: str) -> str:
    return "".join(filter(str.isalnum, number))


def _typed(person: Person) -> str:
    surname, name = in_latin(person)
    return f"{name} {surname}"


def _swapped(person: Person, between: str = " ") -> str:
    surname, name = in_latin(person)
    return f"{surname}{between}{name}"


def _slipped(text: str, place: int, slip: str, rng: random.Random) -> str:
    before, sign, after = text[:place], text[place], text[place + 1 :]
    if slip == "delete":
        return before + after
    if slip == "insert":
        return before + sign + rng.choice((sign.lower(), _neighbour(sign, rng))) + after
    if slip == "substitute":
        return before + _neighbour(sign, rng) + after
    if not after or not after[0].isalpha():
        return text
    return before + after[0] + sign + after[1:]


def _neighbour(sign: str, rng: random.Random) -> str:
    base = unicodedata.normalize("NFD", sign.lower())[0]
    for rows in KEYBOARDS:
        for number, row in enumerate(rows):
            if (place := row.find(base)) >= 0:
                near = row[max(place - 1, 0) : place] + row[place + 1 : place + 2]
                for other in rows[max(number - 1, 0) : number + 2]:
                    near += other[place : place + 1] if other is not row else ""
                return rng.choice(near)
    return rng.choice(KEYBOARDS[0][1])


def _unmarked(sign: str, table: dict[str, str]) -> str:
    if not sign.isalpha() or sign.isascii():
        return sign
    changed = table.get(sign.lower())
    if changed is None and unicodedata.decomposition(sign) and ord(sign) < 0x250:
        changed = unicodedata.normalize("NFD", sign.lower())[0]
    if changed is None:
        return sign
    return changed.capitalize() if sign.isupper() else changed
