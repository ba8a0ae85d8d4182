"""Names and document numbers → the forms in which they are compared, sorted and indexed. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from customers.writing.transliteration import in_latin
from entities.text_forms import sortable

# Parts of `search_text`: columns, and the border between names and document number. Normalised
# text holds letters, digits and blanks only, so neither sign can come from a value.
COLUMN = "|"
NAMES_END = "#"
# Sorts before every printable character, so that "Smith" comes before "Smith-Jones".
SORT_SEPARATOR = "\x1f"

_APOSTROPHE = re.compile("['`]")
_NOT_ALNUM = re.compile(r"[^0-9a-z]+")
# What the eye takes for each other in the numbers of documents.
_LIKE_DIGITS = str.maketrans("OI", "01")


class Names(NamedTuple):
    """What one record of a person is found by."""

    surname: str | None = None
    name: str | None = None
    display_name: str | None = None
    document_number: str | None = None


def plain(text: str | None) -> str:
    """The form for comparing: a-z, 0-9 and single blanks. Other scripts are transliterated, ß is
    ss, ø is o, apostrophes vanish (O'Brien = OBrien), hyphens separate words, particles stay."""
    if not text:
        return ""
    if not text.isascii():
        latin = in_latin(text)
    elif text.isalpha():
        return text.lower()
    else:
        latin = text.lower()
        if "'" in latin or "`" in latin:
            latin = _APOSTROPHE.sub("", latin)
    return _NOT_ALNUM.sub(" ", latin).strip()


def document_key(text: str | None) -> str | None:
    """The form in which document numbers are equal: without case, blanks and separators."""
    if not text:
        return None
    upper = unicodedata.normalize("NFKC", text).upper()
    return "".join(filter(str.isalnum, upper)) or upper


def document_form(text: str | None) -> str | None:
    """The form in which document numbers are alike: read with O for 0 and I for 1, too."""
    key = document_key(text)
    return key.translate(_LIKE_DIGITS) if key else key


def sort_key(surname: str | None, name: str | None) -> str:
    """Surname, then name: casefolded and without diacritics, other scripts in their own order."""
    return sortable(surname or "") + SORT_SEPARATOR + sortable(name or "")


def search_text(
    *,
    surname: str | None,
    name: str | None,
    display_name: str | None,
    document_number: str | None,
    others: Iterable[Names] = (),
) -> str:
    """What search looks through: " surname | name | other name # document | document key ", and
    once more of that for every record that was merged into this one, behind a further #.

    Every word has a blank before it, so that beginnings of words can be looked for. The third
    name is one given without surname and name.
    """
    own = Names(surname, name, display_name, document_number)
    records = f" {NAMES_END} ".join(map(_searched, (own, *others)))
    return f" {records} "


def _searched(names: Names) -> str:
    surname, name, display_name, document_number = names
    other = None if surname or name else display_name
    shown = f" {COLUMN} ".join(map(plain, (surname, name, other)))
    documents = f" {COLUMN} ".join((plain(document_number), plain(document_key(document_number))))
    return f"{shown} {NAMES_END} {documents}"


def words_of_names(text: str) -> tuple[list[str], list[str], list[str]]:
    """The words of surname, name and other name in a `search_text`."""
    surname, name, other = text.split(NAMES_END, 1)[0].split(COLUMN)
    return surname.split(), name.split(), other.split()


def names_of_records(text: str) -> list[tuple[list[str], list[str], list[str]]]:
    """As `words_of_names`, of each record in a `search_text`, the person's own first; none in the
    empty one of an erased person."""
    return [words_of_names(names) for names in text.split(NAMES_END)[::2]] if text else []


def is_latin(text: str) -> bool:
    """Was it typed on a keyboard of Latin letters, with whatever marks?"""
    return all(sign < "Ͱ" or "Ḁ" <= sign <= "ỿ" or not sign.isalpha() for sign in text)
