"""A word as compared → what it sounds like, and the numbers by which likely misspellings meet. Pure.

Rules, sources and examples: docs/transliteration.md.
"""

import re
from functools import lru_cache
from itertools import combinations
from zlib import crc32

# SymSpell (Garbe): deletions of the first seven letters find nine tenths of what those of the whole
# word find, with a tenth of the entries (docs/decisions/0016).
PREFIX_LENGTH = 7
# Shorter words come as they are: three letters hold no family, only another name.
SHORTEST_FAMILY = 4

_SIGN_BIT = 1 << 31
_VOWEL = "[aeiou]"
_CONSONANT = "[bcdfghklmnpqrstvwxz]"

# Families whose other members are words of their own, not parts of words.
# Korean surnames: Revised Romanization beside the customary spelling of the bearers.
_CUSTOMARY = {
    other: usual
    for usual, others in {
        "kim": "gim",
        "li": "lee yi rhee",
        "park": "pak bak",
        "coi": "choi choe choy",
        "cung": "jung jeong chung cheong",
        "kang": "gang",
        "co": "cho jo",
        "yun": "yoon youn",
        "cang": "jang chang zhang",
        "lim": "im rim",
        "so": "seo suh",
        "sin": "shin",
        "kvon": "kwon gwon",
        "an": "ahn",
        "yu": "yoo ryu",
        "con": "jeon chun chon",
        "ko": "go koh",
        "mun": "moon",
        "son": "sohn",
        "bek": "baek paik paek",
        "ho": "heo hur huh",
        "no": "noh roh",
        "kvak": "kwak gwak",
        "song": "sung seong",
        "u": "woo",
    }.items()
    for other in others.split()
}

# In this order. Left of each group: why. `c` stands for the affricates (č, ts), `s` for the
# sibilants (s, sh, z, zh), `i` for i and y, `v` for v and w.
_RULES: tuple[tuple[str, str], ...] = (
    # Names that Arabic script writes without vowels, so that every country hears others.
    (r"^m[aeou]*hamm?[ae]d+$", "muhamad"),
    (r"^a(?:h|ch|kh)m[ae][dt]$", "ahmad"),
    (r"^h[ou]ss?[ae][iy]n$", "husain"),
    (r"^abd(?:e|ou|u|o)l", "abdal"),
    (r"^(?:o|ou|u)(?=(?:mar|sama|thman|sman)$)", "u"),
    (r"^[yj](?:o|ou|u)ss?[oue]+[fp]h?$", "iusuf"),
    # Ukrainian h is g in Russian.
    (r"^(ole|i|se?r|bo|he?or|[yj]?ev)h(?=$|or|i|dan|en|y)", r"\1g"),
    (r"^hr[iy]h?or", "grigor"),
    # German and French ways to write Russian: Kusnezow, Saizew; Kovalyov.
    (r"z(?=[oe]wa?$)", "c"),
    (r"(?<=[oe])ff?$", "v"),
    (r"eau", "o"),
    # Hissing and hushing sounds.
    (r"schtsch|shch|szcz|chtch|stsch", "sc"),
    (r"dzh|dsch|dj|^tz(?=[aeou]|i[mo])", "j"),
    (r"tsch|tch|tzsch", "c"),
    (r"sch|sh|sz|zs", "s"),
    (r"^zh(?=(?:[aeiou]|ai|ao|ei|ou|ua|uo|ui|uai)(?:n|ng)?$)|^q(?=i)", "c"),
    (r"zh", "s"),
    (r"cz|tz|ts|cs|dz|zz", "c"),
    (r"(?<=[lnrt])z(?!h)", "c"),
    # Sounds of the throat.
    (r"chs|^hs|x", "ks"),
    (r"^(?:ch|kh|h)(?=r)", "k"),
    (r"(?<=[dln]ri)ch$|(?<=^eri)ch$|(?<=ba)ch$|kh$", "k"),
    (r"(?<=^mi)ch(?=a)|(?<=[aou])ch(?=a[lnr])|ch(?=[lmntwv])|kh", "h"),
    (r"ch", "c"),
    (r"ck|qu?(?=[aeo])|q", "k"),
    (r"c(?![eiy]|$)", "k"),
    (r"(?<=[^aeiouy])c$", "k"),
    (r"z", "s"),
    # Silent letters.
    (r"ph", "f"),
    (r"dt", "t"),
)
_COMPILED = tuple((re.compile(pattern), form) for pattern, form in _RULES)


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """The one form in which the ways to spell what is heard alike coincide: Schmidt and Shmit,
    Tschaikowski and Czajkowsky. For a word in its form as compared (`text_forms.plain`)."""
    if len(word) < SHORTEST_FAMILY or not word.isalpha():
        return _CUSTOMARY.get(word, word)
    heard = word
    for pattern, form in _COMPILED:
        heard = pattern.sub(form, heard)
    return heard


def word_id(word: str) -> int:
    """The number of a word, the same at every location; two words may share one."""
    return _signed(crc32(word.encode()))


def distance_of(word: str) -> int:
    """How many letters a word of this length may have wrong."""
    if len(word) <= 2:
        return 0
    return 1 if len(word) <= 5 else 2


def deletions(word: str) -> tuple[int, ...]:
    """The numbers of the word's beginning and of what is left of it when letters are missing.

    Two words share one of them as soon as they differ in no more letters (put in, left out,
    replaced, or swapped with their neighbour) than `distance_of` either allows.
    """
    beginning = word[:PREFIX_LENGTH]
    length = len(beginning)
    left = {
        "".join(letters)
        for missing in range(min(distance_of(word), length - 1) + 1)
        for letters in combinations(beginning, length - missing)
    }
    return tuple(sorted(map(word_id, left)))


def _signed(number: int) -> int:
    """An unsigned number of 32 bits as PostgreSQL's int4 holds it."""
    return number - (1 << 32) if number & _SIGN_BIT else number
