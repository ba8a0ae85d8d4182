"""Cyrillic letters → Latin, by the rules of the language whose letters occur in the value. Pure.

Sources: ICAO Doc 9303 part 3 (Russian, Belarusian, Serbian, Macedonian), Resolution 55 of the
Cabinet of Ministers of Ukraine (2010), the Bulgarian Transliteration Act (2009).
"""

import re
from collections.abc import Mapping

LETTERS = "\u0400-\u052f\u1c80-\u1c8a\u2de0-\u2dff\ua640-\ua69f"

_COMMON: Mapping[str, str] = {
    **dict(zip("абвгдезийклмнопрстуфыэіјѵ", "abvgdeziiklmnoprstufyeijy", strict=True)),
    **{"ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch"},
    **{"ъ": "ie", "ь": "", "ю": "iu", "я": "ia", "є": "ie", "ї": "i", "ґ": "g", "ў": "u"},
    **{"ѣ": "e", "ѳ": "f", "ѫ": "u", "ђ": "d", "ѓ": "g", "ѕ": "dz", "љ": "lj", "њ": "nj"},
    **{"ћ": "c", "ќ": "k", "џ": "dz"},
}
RUSSIAN = _COMMON
UKRAINIAN = {**_COMMON, "г": "h", "и": "y", "'": ""}
BELARUSIAN = {**_COMMON, "г": "h", "ё": "io", "'": ""}
# As the Serbian Latin alphabet without its marks, so that Ђорђевић and Đorđević are one.
SERBIAN = {**_COMMON, "ж": "z", "х": "h", "ц": "c", "ч": "c", "ш": "s"}
MACEDONIAN = {**_COMMON, "х": "h", "ц": "c", "ѓ": "gj", "ќ": "kj", "џ": "dj"}
BULGARIAN = {
    **_COMMON,
    **{"й": "y", "х": "h", "щ": "sht", "ъ": "a", "ь": "y", "ю": "yu", "я": "ya"},
}

# Letters that only one alphabet has, in the order in which they decide.
_SIGNS = (
    (re.compile("[ѓќѕ]"), MACEDONIAN),
    (re.compile("[ђћљњџј]"), SERBIAN),
    (re.compile("[їєґ]|[сц]ьк"), UKRAINIAN),
    (re.compile("ў|і.*[ыэё]|[ыэё].*і"), BELARUSIAN),
    (re.compile("і"), UKRAINIAN),
    # In Russian the hard sign stands before е, ё, ю, я only; in Bulgarian it is a vowel.
    (re.compile("ъ(?![еёюя])"), BULGARIAN),
)
_UKRAINIAN_BEGINNINGS = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}


def alphabet_of(value: str) -> Mapping[str, str]:
    """Whose rules the letters of a value ask for; Russian ones, when no letter decides."""
    return next((alphabet for sign, alphabet in _SIGNS if sign.search(value)), RUSSIAN)


def read(word: str, alphabet: Mapping[str, str]) -> str:
    """One word in small Cyrillic letters."""
    if alphabet is UKRAINIAN:
        word = _ukrainian_beginning(word).replace("зг", "zgh")
    elif alphabet is BULGARIAN and word.endswith("ия"):
        word = word[:-1] + "a"
    return "".join(alphabet.get(letter, letter) for letter in word)


def _ukrainian_beginning(word: str) -> str:
    beginning = _UKRAINIAN_BEGINNINGS.get(word[:1])
    return beginning + word[1:] if beginning else word
