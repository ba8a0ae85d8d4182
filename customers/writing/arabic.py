"""Arabic script → Latin, also as Persian, Urdu and Kurdish write it. Pure.

Sources: BGN/PCGN romanization of Arabic (1956) and Persian (1958), ICAO Doc 9303 part 3.
"""

import re

from customers.writing.arabic_names import NAMES
from customers.writing.vowels import Sound, with_short_vowels

LETTERS = "\u0621-\u063a\u0640-\u065f\u0670-\u06d3\u06d5\u0750-\u077f\u08a0-\u08b4"

_SHORT = {"\u064e": "a", "\u064f": "u", "\u0650": "i", "\u064b": "an", "\u064c": "un"}
_FATHA, _SHADDA, _SUKUN = "\u064e", "\u0651", "\u0652"
# What doubles a letter; the first one of a word is doubled by the article alone, the half vowels
# are written single in names (ʿAliyy: Ali).
_DOUBLED = re.compile(f"(?<=.)([^\u0648\u064a\u06cc\u064b-\u0652])([\u064b-\u0650]?){_SHADDA}")
_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")
_PERSIAN = re.compile("[پچژگکی]")
_ARTICLE = re.compile("^[اٱ][\u064b-\u0652]*ل[\u064b-\u0652]*(?=..)")
_SERVANT = re.compile("^عبدال(?=..)")

# Only for looking a name up: hamza carriers, Persian shapes and final forms are one.
_ALIKE = str.maketrans("أإآٱىیېکۀةہھۃ", "اااايييكههههه")

_VOWELS = {"ا": "a", "أ": "a", "آ": "a", "ٱ": "a", "إ": "i", "ى": "a", "ة": "a", "ئ": "i"} | {
    **{"ؤ": "u", "ے": "e", "ې": "e", "ە": "e", "ێ": "e", "ۆ": "o", "ۀ": "eh"},
}
_CONSONANTS = {
    **{"ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh"},
    **{"ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z"},
    **{"ع": "", "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n"},
    **{"ه": "h", "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g", "ک": "k", "ڤ": "v", "ں": "n"},
    **{"ٹ": "t", "ڈ": "d", "ڑ": "r", "ہ": "h", "ھ": "h", "ڕ": "r", "ڵ": "l", "ۃ": "t"},
}
_IN_PERSIAN = {"ث": "s", "ذ": "z", "ض": "z", "ظ": "z"}
# Letters that are long vowels between consonants, and consonants beside a vowel.
_HALF_VOWELS = {"و": ("w", "u"), "ي": ("y", "i"), "ی": ("y", "i")}
# A short vowel before the long one of its kind is not said twice.
_LENGTHENING = {"\u064e": ("ا", "ى"), "\u064f": ("و",), "\u0650": ("ي", "ی")}
_OPENS_SYLLABLE = ("ا", "آ", "أ", "ى", _FATHA, _SUKUN)
_BARE_VOWELS = ("ا", "آ", "ى", "ة", "ە", *_SHORT)
_SILENT = "ء"


def is_persian(value: str) -> bool:
    """Whether a value has a letter, or a shape of one, that Arabic does not write."""
    return _PERSIAN.search(value) is not None


def read(word: str, *, persian: bool) -> str:
    """One word; the article is a word of its own: الحسن al hasan, and abdul begins a name."""
    bare = _MARKS.sub("", word)
    known = NAMES.get(bare.translate(_ALIKE))
    if known:
        return known
    if _SERVANT.match(bare):
        return "abdul" + read(_SERVANT.sub("", bare), persian=persian)
    if _ARTICLE.match(word):
        return "al " + read(_ARTICLE.sub("", word), persian=persian)
    return _spelled(_DOUBLED.sub(r"\1\1\2", word), persian=persian)


def _spelled(word: str, *, persian: bool) -> str:
    sounds = [
        sound
        for place, letter in enumerate(word)
        if (sound := _sound(word, place, letter, persian=persian)) is not None
    ]
    if any(mark in word for mark in (*_SHORT, _SUKUN)):
        return "".join(sound.latin for sound in sounds)
    return with_short_vowels(sounds)


def _sound(word: str, place: int, letter: str, *, persian: bool) -> Sound | None:
    before, after = word[place - 1 : place], word[place + 1 : place + 2]
    if letter in _HALF_VOWELS:
        return _half_vowel(letter, before, after, persian=persian)
    if letter in _SHORT:
        return None if after in _LENGTHENING.get(letter, "") else Sound(_SHORT[letter], True)
    if letter == "ة" and before == "ا":
        return Sound("t")
    if letter in _VOWELS:
        return Sound(_VOWELS[letter], is_vowel=True)
    if letter == _SILENT or _MARKS.match(letter):
        return None
    if persian and letter in _IN_PERSIAN:
        return Sound(_IN_PERSIAN[letter])
    return Sound(_CONSONANTS.get(letter, letter))


def _half_vowel(letter: str, before: str, after: str, *, persian: bool) -> Sound:
    """Waw and ya: consonants at the beginning, beside a vowel and before each other."""
    consonant, vowel = _HALF_VOWELS[letter]
    if persian and consonant == "w":
        consonant = "v"
    begins_syllable = not before or before in _OPENS_SYLLABLE
    if begins_syllable or (after and (after in _BARE_VOWELS or after in _HALF_VOWELS)):
        return Sound(consonant)
    return Sound(vowel, is_vowel=True)
