"""Kana → Latin: Hepburn, as the Japanese Ministry of Foreign Affairs writes passports. Pure."""

import re

LETTERS = "\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe"

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
_ROWS = """
あ a い i う u え e お o か ka き ki く ku け ke こ ko が ga ぎ gi ぐ gu げ ge ご go さ sa し shi
す su せ se そ so ざ za じ ji ず zu ぜ ze ぞ zo た ta ち chi つ tsu て te と to だ da ぢ ji づ zu
で de ど do な na に ni ぬ nu ね ne の no は ha ひ hi ふ fu へ he ほ ho ば ba び bi ぶ bu べ be
ぼ bo ぱ pa ぴ pi ぷ pu ぺ pe ぽ po ま ma み mi む mu め me も mo や ya ゆ yu よ yo ら ra り ri
る ru れ re ろ ro わ wa ゐ i ゑ e を o ん n ゔ vu きゃ kya きゅ kyu きょ kyo ぎゃ gya ぎゅ gyu
ぎょ gyo しゃ sha しゅ shu しょ sho じゃ ja じゅ ju じょ jo ちゃ cha ちゅ chu ちょ cho ぢゃ ja
ぢゅ ju ぢょ jo にゃ nya にゅ nyu にょ nyo ひゃ hya ひゅ hyu ひょ hyo びゃ bya びゅ byu びょ byo
ぴゃ pya ぴゅ pyu ぴょ pyo みゃ mya みゅ myu みょ myo りゃ rya りゅ ryu りょ ryo しぇ she じぇ je
ちぇ che てぃ ti でぃ di とぅ tu どぅ du てゅ tyu でゅ dyu ふぁ fa ふぃ fi ふぇ fe ふぉ fo
ふゅ fyu うぃ wi うぇ we うぉ wo ゔぁ va ゔぃ vi ゔぇ ve ゔぉ vo ゔゅ vyu つぁ tsa つぃ tsi
つぇ tse つぉ tso いぇ ye くぁ kwa くぉ kwo ぁ a ぃ i ぅ u ぇ e ぉ o ゃ ya ゅ yu ょ yo ゎ wa ゕ ka
ゖ ke
"""
_WORDS = _ROWS.split()
_SYLLABLES = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
_LONGEST_FIRST = re.compile("|".join(sorted(_SYLLABLES, key=len, reverse=True)) + "|.")
_REPEATED = re.compile("(.)ゝ|([か-と])ゞ")
_SMALL_TSU = re.compile("っ+(?=([a-z])?)")
_N_BEFORE_LIP = re.compile("n(?=[bmp])")
_LONG = re.compile("(?<=o)[ou]|(?<=u)u|ー")
_FINAL_OO = "おお"


def read(word: str) -> str:
    """One word in kana. Long o and u are written short, except a last おお: せのお Senoo."""
    hiragana = word.translate(_KATAKANA_TO_HIRAGANA)
    hiragana = _REPEATED.sub(_repeated, hiragana)
    syllables = _LONGEST_FIRST.findall(hiragana)
    latin = "".join(_SYLLABLES.get(syllable, syllable) for syllable in syllables)
    latin = _SMALL_TSU.sub(lambda found: _doubled(found[1]), latin)
    latin = _N_BEFORE_LIP.sub("m", latin)
    return _with_short_vowels(latin)


def _repeated(found: re.Match[str]) -> str:
    """ゝ is the letter before it once more, ゞ the same with a voiced sound."""
    return found[1] * 2 if found[1] else found[2] + chr(ord(found[2]) + 1)


def _doubled(following: str | None) -> str:
    """The small tsu doubles the next consonant, and is t before ch: はっちょう Hatcho."""
    if following is None or following in "aiueo":
        return ""
    return "t" if following == "c" else following


def _with_short_vowels(latin: str) -> str:
    shortened = _LONG.sub("", latin)
    return shortened + "o" if latin.endswith("oo") and not latin.startswith("oo") else shortened
