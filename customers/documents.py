"""A document number → the numbers it may stand for when one sign of it is wrong. Pure."""

from collections.abc import Iterator
from string import ascii_uppercase, digits

# Longer ones are no document numbers, and their neighbours would be too many.
MAX_LENGTH = 20
ALIKE = {"0": "O", "O": "0", "1": "I", "I": "1"}


def neighbours(key: str) -> Iterator[str]:
    """For a document key: one sign replaced by its like (digits by digits, letters by letters, O
    and 0, I and 1 by each other), left out, put in, or swapped with the next."""
    if len(key) > MAX_LENGTH:
        return
    for at, sign in enumerate(key):
        before, after = key[:at], key[at + 1 :]
        yield before + after
        for other in digits if sign.isdigit() else ascii_uppercase:
            yield before + other + after
        if sign in ALIKE:
            yield before + ALIKE[sign] + after
        if after:
            yield before + after[0] + sign + after[1:]
    for at in range(len(key) + 1):
        for other in _kinds_at(key, at):
            yield key[:at] + other + key[at:]


def _kinds_at(key: str, at: int) -> str:
    """What may be missing here: digits beside digits, letters beside letters."""
    beside = key[max(at - 1, 0) : at + 1]
    has_digit, has_letter = any(map(str.isdigit, beside)), any(map(str.isalpha, beside))
    return (digits if has_digit else "") + (ascii_uppercase if has_letter else "")
