"""A text in any script → small Latin letters, by the rules of the script and of the language. Pure.

Rules, sources and examples: docs/transliteration.md. What has no rules here is left to anyascii.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import partial

from anyascii import anyascii

from customers.writing import arabic, cyrillic, greek, han, hangul, hebrew, kana

# Signs that are no border between words: apostrophes of all kinds, the hamza and ain of Latin
# transcriptions and the soft and hard signs of others.
_APOSTROPHES = "'’‘‛ʼʹʻʽʾʿˈˊˋʺ`´′＇ꞌ\u05f3\u05f4\u055a\u07f4"
_NOTHING = dict.fromkeys(map(ord, _APOSTROPHES))
# Compatibility normalisation makes a blank with an accent of these.
_SPACING_ACCENTS = dict.fromkeys(map(ord, "´`΄΅᾽᾿῀῁῍῎῏῝῞῟῭´`῾"), "'")
# What is met below is worked out once and kept: 12,000 signs; above begin the scripts with rules.
_KEPT_BELOW = 0x3000

# Between the letters of a word these would cut it in two: accents that no composed letter has
# (Ива́нов), apostrophes, and what is invisible.
_BETWEEN_LETTERS = re.compile(
    f"[\u0300-\u036f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    f"{_APOSTROPHES.replace(hebrew.GERESH, '')}]"
)
_CATALAN_POINT = re.compile("(?<=[lL])·(?=[lL])")
_GERESH = re.compile("(?<=[גזצץתח])['’]")
_HAN, _KANA = f"[{han.LETTERS}]", f"[{kana.LETTERS}]"
_HAN_WORD, _ANY_KANA = re.compile(f"{_HAN}+"), re.compile(_KANA)
# 小野ゆり: the given name begins with the kana; in 井ノ上 they are in the middle of a surname.
_KANA_AFTER_HAN = re.compile(f"(?<={_HAN})(?={_KANA}+(?!{_KANA}|{_HAN}))")


def _japanese_or_chinese(value: str) -> Callable[[str], str]:
    """Kana make Han characters Japanese, as does a name that only Japanese write."""
    names = "".join(_HAN_WORD.findall(value))
    is_japanese = _ANY_KANA.search(value) is not None or han.is_japanese(names)
    return partial(han.read, japanese=is_japanese)


# The letters of each script, and how a word of theirs is read in a value that holds it.
_READERS: tuple[tuple[str, Callable[[str], Callable[[str], str]]], ...] = (
    (greek.LETTERS, lambda value: greek.read),
    (
        cyrillic.LETTERS,
        lambda value: partial(cyrillic.read, alphabet=cyrillic.alphabet_of(value)),
    ),
    (arabic.LETTERS, lambda value: partial(arabic.read, persian=arabic.is_persian(value))),
    (hebrew.LETTERS, lambda value: hebrew.read),
    (kana.LETTERS, lambda value: kana.read),
    (han.LETTERS, _japanese_or_chinese),
    (hangul.LETTERS, lambda value: hangul.read),
)
_WORDS = tuple((re.compile(f"[{letters}]+"), reader_for) for letters, reader_for in _READERS)
# Besides the letters themselves their compatibility forms: jamo, half-width kana, presentation
# forms of Hebrew and Arabic.
_COMPATIBLE = "\u1100-\u11ff\u3200-\u33ff\uff66-\uffdc\ufb1d-\ufdff\ufe70-\ufefc"
_HAS_RULES = re.compile(f"[{_COMPATIBLE}{''.join(letters for letters, _ in _READERS)}]")


class _Letters(dict[int, str]):
    """Per sign its small Latin letters, worked out when the sign is first met."""

    def __missing__(self, code: int) -> str:
        latin = _latin_of(chr(code))
        if code < _KEPT_BELOW:
            self[code] = latin
        return latin


def _latin_of(sign: str) -> str:
    if unicodedata.category(sign) == "Cf":
        return ""
    decomposed = unicodedata.normalize("NFKD", sign.translate(_NOTHING).casefold())
    bare = "".join(part for part in decomposed if not unicodedata.combining(part))
    return anyascii(bare.replace("l·", "l")).lower().translate(_NOTHING)


_LETTERS = _Letters()


def in_latin(text: str) -> str:
    """Latin letters, small and without marks, and whatever else the text holds in ASCII.

    Equal for composed and decomposed text, for full and half width; apostrophes, invisible signs
    and marks of direction vanish.
    """
    if _HAS_RULES.search(text):
        text = _with_scripts_read(text)
    elif "·" in text:
        text = _CATALAN_POINT.sub("", text)
    return text.translate(_LETTERS)


def _with_scripts_read(text: str) -> str:
    value = _composed(text)
    latin = _KANA_AFTER_HAN.sub(" ", value)
    for word, reader_for in _WORDS:
        if word.search(latin):
            read = reader_for(value)
            latin = word.sub(lambda found, read=read: read(found[0]), latin)  # type: ignore[misc]
    return latin


def _composed(text: str) -> str:
    """Small letters in their composed form, without signs that would stand between them."""
    whole = unicodedata.normalize("NFKC", text.translate(_SPACING_ACCENTS)).lower()
    whole = _GERESH.sub(hebrew.GERESH, whole)
    return _BETWEEN_LETTERS.sub("", whole)
