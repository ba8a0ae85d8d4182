"""Greek letters → Latin: ELOT 743 type 2 (= ISO 843), as in Greek and Cypriot passports. Pure."""

import re
import unicodedata

LETTERS = "\u0370-\u03ff\u1f00-\u1fff"

_TONOS = "\u0301"
_DIALYTIKA = "\u0308"
# Polytonic spelling: each of its accents is today's tonos; breathings have no sound.
_ACCENTS = dict.fromkeys(map(ord, "\u0300\u0342"), _TONOS)
_BREATHINGS = re.compile("[\u0304\u0306\u0313\u0314\u0343\u0345]")

_VOICELESS = "θκξπστφχψ"
_LETTER = {
    **dict(zip("αβγδεζηικλμνορστυφω", "avgdeziiklmnorstyfo", strict=True)),
    "θ": "th",
    "ξ": "x",
    "π": "p",
    "χ": "ch",
    "ψ": "ps",
    "ς": "s",
    "ϲ": "s",
}
# An accent on the first letter or a dialytika on the second keeps two letters apart: Μάιος, Μαΐου.
_U_DIGRAPH = re.compile(f"([αεη])υ(?!{_DIALYTIKA}){_TONOS}?(?=([^\\W\\d_])?)")
_OU = re.compile(f"ου(?!{_DIALYTIKA})")
_NASAL = re.compile("γ(?=[γξχ])")
_MP = re.compile("^μπ|μπ$")


def read(word: str) -> str:
    """One word in small Greek letters, with or without accents."""
    letters = unicodedata.normalize("NFD", word).translate(_ACCENTS)
    letters = _BREATHINGS.sub("", letters)
    letters = _MP.sub("b", letters)
    letters = _NASAL.sub("n", letters)
    letters = _OU.sub("ou", letters)
    letters = _U_DIGRAPH.sub(_with_v_or_f, letters)
    marks_gone = letters.replace(_TONOS, "").replace(_DIALYTIKA, "")
    return "".join(_LETTER.get(letter, letter) for letter in marks_gone)


def _with_v_or_f(found: re.Match[str]) -> str:
    """Αυ is av before a vowel or a voiced sound, else af: Σταύρος Stavros, Ευτυχία Eftychia."""
    following = found[2]
    return _LETTER[found[1]] + ("f" if following is None or following in _VOICELESS else "v")
