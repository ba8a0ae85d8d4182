"""Texts → the forms in which they are ordered and looked through, alike everywhere. Pure."""

import re
import unicodedata
from typing import Any

from anyascii import anyascii

# An index entry holds at most 2,700 bytes, and another location's event may hold any text; no name
# that was written through a local door is longer.
MAX_SORT_LENGTH = 500
SHORTEST_OPEN_WORD = 3  # who sees masked values cannot spell a name out letter by letter

_WHITE = re.compile(r"\s+")
_TRIGRAM = re.compile(r"[^\W_]{3}")
_LIKE_SIGNS = re.compile(r"([\\%_])")


def collapsed(text: str) -> str:
    """White space inside is one blank, outside none."""
    return _WHITE.sub(" ", text).strip()


def without_marks(text: str) -> str:
    """Casefolded, compatibility forms and diacritics taken away; scripts stay as they are."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def sortable(text: str) -> str:
    """Without case and diacritics, ø like o, ß like ss; other scripts in their own order."""
    if text.isascii():
        return collapsed(text).lower()
    return collapsed("".join(map(_without_stroke, without_marks(text))))


def sort_key(display_name: str | None) -> str:
    """By what a list of entities is ordered and their names are looked through."""
    return sortable(display_name or "")[:MAX_SORT_LENGTH]


def search_text(value: Any) -> str:
    """What a detail's value is looked through by: text, number, true or false, or a list of these,
    as text."""
    parts = value if isinstance(value, list) else [value]
    return sortable(", ".join(map(str, parts)))


def has_trigram(text: str) -> bool:
    """Three letters or digits in a row: without them a trigram index has nothing to look for."""
    return _TRIGRAM.search(text) is not None


def containing(text: str) -> str:
    """The LIKE pattern of whatever contains this text; its own % and _ are only signs."""
    return f"%{whole(text)}%"


def whole(text: str) -> str:
    """The LIKE pattern of this very text."""
    return _LIKE_SIGNS.sub(r"\\\1", text)


def _without_stroke(sign: str) -> str:
    """Ø, ł and their like are Latin letters with a mark that Unicode does not take apart."""
    if sign.isascii() or not unicodedata.name(sign, "").startswith("LATIN"):
        return sign
    return anyascii(sign).lower()
