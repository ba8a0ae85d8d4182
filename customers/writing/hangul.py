"""Hangul → Latin: Revised Romanization (2000), surnames as their bearers spell them. Pure."""

LETTERS = "\uac00-\ud7a3"

_FIRST = [
    *(
        "g",
        "kk",
        "n",
        "d",
        "tt",
        "r",
        "m",
        "b",
        "pp",
        "s",
        "ss",
        "",
        "j",
        "jj",
        "ch",
        "k",
        "t",
        "p",
    ),
    "h",
]
_MIDDLE = [
    *("a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo"),
    *("we", "wi", "yu", "eu", "ui", "i"),
]
_LAST = [
    *("", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l"),
    *("m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"),
]
_BASE = 0xAC00
_RIEUL_FIRST, _RIEUL_LAST = 5, 8

# Names may keep the spelling in use, and surnames do (Revised Romanization, chapter 3, rule 7).
SURNAMES = {
    **{"김": "kim", "이": "lee", "박": "park", "최": "choi", "정": "jung", "강": "kang"},
    **{"조": "cho", "윤": "yoon", "장": "jang", "임": "lim", "한": "han", "오": "oh"},
    **{"서": "seo", "신": "shin", "권": "kwon", "황": "hwang", "안": "ahn", "송": "song"},
    **{"유": "yoo", "류": "ryu", "홍": "hong", "전": "jeon", "고": "ko", "문": "moon"},
    **{"양": "yang", "손": "son", "배": "bae", "백": "baek", "허": "heo", "노": "noh"},
    **{"하": "ha", "곽": "kwak", "성": "sung", "차": "cha", "주": "joo", "우": "woo"},
    **{"구": "koo", "민": "min", "심": "shim", "남": "nam", "변": "byun", "방": "bang"},
}


def read(word: str) -> str:
    """One word of syllables. Three that begin with a surname are a whole name: 김민준 Kim Minjun.

    Sound changes between the syllables of names are not written (rule 4 of chapter 3).
    """
    surname = SURNAMES.get(word[0])
    if surname and len(word) == 1:
        return surname
    if surname and len(word) == 3:
        return f"{surname} {_syllables(word[1:])}"
    return _syllables(word)


def _syllables(word: str) -> str:
    latin = []
    last = 0
    for syllable in word:
        first, rest = divmod(ord(syllable) - _BASE, len(_MIDDLE) * len(_LAST))
        follows_l = first == _RIEUL_FIRST and last == _RIEUL_LAST
        middle, last = divmod(rest, len(_LAST))
        latin += ["l" if follows_l else _FIRST[first], _MIDDLE[middle], _LAST[last]]
    return "".join(latin)
