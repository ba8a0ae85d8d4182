"""A document number → the numbers it may stand for when one sign of it is wrong. Pure."""

from collections.abc import Iterator
from itertools import combinations
from string import ascii_uppercase, digits

# Longer ones are no document numbers, and their neighbours would be too many.
MAX_LENGTH = 20
MAX_ALIKE = 4
ALIKE = {"0": "O", "O": "0", "1": "I", "I": "1"}


def neighbours(key: str) -> Iterator[str]:
    """For a document key: one sign replaced by another of its kind, left out, put in, or swapped
    with the next; or any that look alike replaced by each other."""
    if len(key) > MAX_LENGTH:
        return
    yield from look_alikes(key)
    for at, sign in enumerate(key):
        before, after = key[:at], key[at + 1 :]
        yield before + after
        for other in digits if sign.isdigit() else ascii_uppercase:
            yield before + other + after
        if after:
            yield before + after[0] + sign + after[1:]
    for at in range(len(key) + 1):
        for other in _kinds_at(key, at):
            yield key[:at] + other + key[at:]


def look_alikes(key: str) -> Iterator[str]:
    """The key with each O or 0, I or 1 read in either way, as far as there are few of them."""
    places = [at for at, sign in enumerate(key) if sign in ALIKE][:MAX_ALIKE]
    for size in range(1, len(places) + 1):
        for chosen in combinations(places, size):
            yield "".join(ALIKE[s] if at in chosen else s for at, s in enumerate(key))


def _kinds_at(key: str, at: int) -> str:
    """What may be missing here: digits beside digits, letters beside letters."""
    beside = key[max(at - 1, 0) : at + 1]
    has_digit, has_letter = any(map(str.isdigit, beside)), any(map(str.isalpha, beside))
    return (digits if has_digit else "") + (ascii_uppercase if has_letter else "")
