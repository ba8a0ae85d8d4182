"""Hebrew letters → Latin: the Academy's rules of 2006, as BGN/PCGN 2018 has them. Pure."""

import re

from customers.writing.vowels import Sound, with_short_vowels

LETTERS = "\u0591-\u05f3"

GERESH = "\u05f3"
_DAGESH, _SIN_DOT, _SHEVA = "\u05bc", "\u05c2", "\u05b0"
_POINTS = {
    **{"\u05b1": "e", "\u05b2": "a", "\u05b3": "o", "\u05b4": "i", "\u05b5": "e", "\u05b6": "e"},
    **{"\u05b7": "a", "\u05b8": "a", "\u05b9": "o", "\u05ba": "o", "\u05bb": "u"},
}
_MARK = re.compile("[\u0591-\u05c7]")
_UNIT = re.compile(f"[\u05d0-\u05ea\u05f0-\u05f2][\u0591-\u05c7]*{GERESH}?")

_CONSONANTS = {
    **{"ב": "v", "ג": "g", "ד": "d", "ה": "h", "ז": "z", "ח": "h", "ט": "t", "כ": "kh"},
    **{"ך": "kh", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": ""},
    **{"פ": "f", "ף": "f", "צ": "ts", "ץ": "ts", "ק": "k", "ר": "r", "ש": "sh", "ת": "t"},
    **{"ו": "v", "י": "y", "א": "", "װ": "v", "ױ": "oy", "ײ": "ay"},
}
_HARD = {"ב": "b", "כ": "k", "ך": "k", "פ": "p"}
_WITH_GERESH = {"ג": "j", "ז": "zh", "צ": "ch", "ץ": "ch", "ת": "th", "ח": "kh"}
_LONG_VOWELS = {"ו": "o", "י": "i", "א": "a", "ה": "a"}

# Vowels are not written, and no rule knows them: frequent names, in our own list.
_LIST = """
אברהם avraham יצחק yitzhak יעקב yaakov יוסף yosef משה moshe אהרן aharon אהרון aharon דוד david
שלמה shlomo דניאל daniel מיכאל michael רפאל rafael גבריאל gavriel שמואל shmuel שמעון shimon
ראובן reuven יהודה yehuda ישראל israel בנימין binyamin יונתן yonatan נתן natan נתנאל netanel
אליהו eliyahu אלי eli איתן eitan אריאל ariel אורי uri עמית amit עומר omer עידו ido גיא guy
חיים haim זאב zeev צבי zvi מרדכי mordechai אסתר ester שרה sara רבקה rivka רחל rachel לאה lea
מרים miriam חנה hana דבורה dvora רות rut נעמי naomi תמר tamar מיכל michal יעל yael נועה noa
שירה shira טל tal מאיה maya אפרת efrat כהן cohen לוי levi מזרחי mizrahi פרץ peretz ביטון biton
אזולאי azoulay פרידמן friedman גולדברג goldberg רוזנברג rosenberg שפירא shapira כץ katz ברק barak
בן ben בר bar בת bat נתניהו netanyahu הלוי halevi
"""
_WORDS = _LIST.split()
NAMES = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))


def read(word: str) -> str:
    """One word; with points they are the vowels, without them the frequent reading is taken."""
    known = NAMES.get(_MARK.sub("", word))
    if known:
        return known
    units = _UNIT.findall(word.replace("וו", "װ").replace("יי", "ײ"))
    if any(point in word for point in (*_POINTS, _SHEVA)):
        return "".join(_pointed(units, place) for place in range(len(units)))
    return with_short_vowels([_sound(units, place) for place in range(len(units))])


def _sound(units: list[str], place: int) -> Sound:
    unit = units[place]
    letter = unit[0]
    is_first, is_last = place == 0, place == len(units) - 1
    if GERESH in unit and letter in _WITH_GERESH:
        return Sound(_WITH_GERESH[letter])
    if letter == "ײ":
        return Sound("ay", is_vowel=True)
    if (letter == "ה" and is_last and not is_first) or _is_vowel(units, place):
        return Sound(_LONG_VOWELS[letter], is_vowel=True)
    if is_first or _DAGESH in unit:
        return Sound(_HARD.get(letter, _CONSONANTS[letter]))
    return Sound("s" if _SIN_DOT in unit else _CONSONANTS[letter])


def _is_vowel(units: list[str], place: int) -> bool:
    """Alef, vav and yod: vowels between consonants. Alef before another of them only carries it;
    vav and yod are consonants at the beginning and before each other: Lior, Yair, Hava, Levin."""
    letter = units[place][0]
    after = units[place + 1][0] if place + 1 < len(units) else ""
    if letter == "א":
        return after not in ("ו", "י")
    if letter not in ("ו", "י") or place == 0:
        return False
    is_before_final_he = letter == "ו" and after == "ה" and place + 2 == len(units)
    return not is_before_final_he and after not in ("ו", "י")


def _pointed(units: list[str], place: int) -> str:
    unit = units[place]
    letter = unit[0]
    vowel = "".join(_POINTS.get(mark, "") for mark in unit)
    if letter == "ו" and (_DAGESH in unit or "o" in vowel) and place:
        return "u" if _DAGESH in unit else "o"
    is_mute = len(unit) == 1 and place
    if is_mute and (letter == "י" or (letter == "ה" and place == len(units) - 1)):
        return ""
    hard = _HARD.get(letter) if _DAGESH in unit else None
    return (hard or ("s" if _SIN_DOT in unit else _CONSONANTS[letter])) + vowel
