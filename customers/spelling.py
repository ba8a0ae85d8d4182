"""A word as compared → what it sounds like, and numbers by which misspellings meet. Pure.

Rules, sources and examples: docs/transliteration.md.
"""

import re
from functools import lru_cache
from itertools import combinations
from zlib import crc32

# SymSpell (Garbe): deletions of the first seven letters find nine tenths of what those of the whole
# word find, with a tenth of the entries (docs/decisions/0016).
PREFIX_LENGTH = 7
# In words of three letters a hissing sound or a silent letter is half of the name.
_SHORTEST, _SHORTEST_FAMILY = 3, 4
_MAX_KEPT = 65_536
_SIGN_BIT = 1 << 31

# Short names that no rule could bring together: Revised Romanization, McCune-Reischauer and the
# bearers' own spelling of Korean surnames, Pinyin and Wade-Giles of Chinese ones, the article.
_FAMILIES = """
kim gim | li lee yi rhee | park pak bak | choi choe choy | kang gang | lim im rim | cho jo
jung jeong chung cheong | yun yoon youn | jang chang zhang | seo suh | shin sin | kwon gwon
an ahn | yu yoo ryu | jeon chun chon | ko go koh | mun moon | son sohn | baek paik paek
heo hur huh | noh roh no | kwak gwak | sung seong | zhu chu | xu hsu | xi hsi | cai tsai
zhou chou chow | zhao chao | al el ul
"""
_CUSTOMARY = {
    word: family.split()[0]
    for family in _FAMILIES.replace("\n", "|").split("|")
    for word in family.split()
}

# From here on in this order. A capital is a sound that is settled: C the affricates (ch, ts), S the
# sibilants (s, sh, z, zh); all are small again in the end.
_NAMES = (
    # What Arabic leaves unwritten, every country has filled in its own way.
    (r"^m[aeou]*hamm?[ae]d(?=i?$)", "muhamad"),
    (r"^mohd$", "muhamad"),
    (r"^a(?:h|ch|kh)m[ae][dt]$", "amad"),
    (r"^h[ou]+s+[ae][ijy]ne?(?=i?$)", "husain"),
    (r"^[ijy][ou]+[sz]+[eou]+[fpv]+h?$", "iusuf"),
    (r"^abd[aeou]+l", "abdal"),
    (r"^[ou]+(?:th|s)man$", "usman"),
    (r"^[ou]+(?=(?:mar|sama)$)", "u"),
    # Ukrainian h is Russian g.
    (r"^(ole|i|[ijy]?ev|[ijy]e|bo|heo|s[ae]r)h(?=$|or|en|dan|r|i)", r"\1g"),
    (r"^hr[iy]h?or", "grigor"),
    (r"^ser[gh][eijy]+$", "sergai"),
    (r"^p[ijy]otr", "petr"),
    (r"^g?[ijy]+o?ann", "iann"),
    (r"^eric$|(?<=fred)eric$", "erik"),
)
_HISSES = (
    # Zara is not Sara: at the beginning of a short name s and z are what tells it from others.
    (r"^z(?=[aeiou]\w{2,3}$)(?!.*[eo][vw]$)", "Z"),
    # Kusnezow, Saizew: German writes Russian ts as z; Sawicki, Sawitzki, Savitsky.
    (r"z(?=[eo]wa?$)", "C"),
    (r"(?:ck|t[sz]k|zk|dzk)(?=[ijy]+$|a[ijy]?a?$)", "CK"),
    (r"^ch(?=.*tch)", "S"),
    (r"schtsch|s[hz]?ch?tch|chtch|shch|szcz", "SC"),
    (r"d(?:zh|sch|j)|^tz(?=[aeou]|i[mo])", "I"),
    (r"tzsch|tsch|tsh|tch|cz|t[sz]|cs|dz", "C"),
    (r"ltz?sch", "lC"),
    (r"sch|sh|sz|zs", "S"),
    (r"^zh(?=(?:[aeiou]|ai|ao|ei|ou|ua|uo|ui|uai)(?:n|ng)?$)|^q(?=i)", "C"),
    (r"zh", "S"),
    (r"zz(?=[aeiou]$)|(?<=[lnr])z(?=$|[eiw]|o$)", "C"),
)
_THROATS = (
    (r"chs|^hs|x", "KS"),
    (r"^ch(?=aral|aim)", "H"),
    (r"^(?:ch|kh|h)(?=r)", "K"),
    (r"(?<=[dln]ri)ch$|(?<=^eri)ch$|(?<=..ba)ch$|kh$", "K"),
    (r"kh|(?<=^mi)ch(?=a)|(?<=[aou])ch(?=a[lnr])|(?<=[aeiou])ch(?=[lmntvw])", "H"),
    (r"ch", "C"),
)
_SILENT = (
    (r"ph", "f"),
    (r"dt", "t"),
    (r"(?<=[bdfgklnprtvwCKS])h", ""),
)
_LETTERS = (
    (r"cc?(?=[eiy]|ova?$)|(?<=[aeioul])c$", "C"),
    (r"c?k|c|q(?:u(?=[aeio]))?", "K"),
    (r"w", "v"),
    (r"[jy]", "i"),
    (r"(?<=[eo])ff?$", "v"),
    (r"eau", "o"),
    (r"ou|oo", "u"),
    (r"ee|ii+", "i"),
    (r"[ae]i", "ai"),
    # Ё: Kovalyov, Kovaliov; after a hushing sound Chruschtschow, Gorbachov.
    (r"(?<=[^aeiou])io(?=va?$|m$)|(?<=C)o(?=va?$)|(?<=^f)[ei]o(?=dor)", "e"),
    (r"i?e(?=v)|^ie(?=...)", "e"),
    (r"ie", "i"),
    (r"([aou])e(?=[^aeiou])", r"\1"),
    # Pavlos, Paulos; Eugen, Evgen; Eftychia.
    (r"(?<=[ae])[uf](?=[^aeiou])", "v"),
    (r"n(?=[bp])", "m"),
)
_LAST = (
    (r"(?<=[aeiou])[hH](?=[^aeiou]|$)", ""),
    (r"(?<=..[dt])er$", "r"),
    (r"z", "S"),
)
_DOUBLED = re.compile(r"(.)\1+")

_Rules = tuple[tuple[re.Pattern[str], str], ...]


def _compiled(*groups: tuple[tuple[str, str], ...]) -> _Rules:
    return tuple((re.compile(pattern), form) for group in groups for pattern, form in group)


_OF_SHORT = _compiled(_LETTERS)
_OF_LONG = _compiled(_NAMES, _HISSES, _THROATS, _SILENT, _LETTERS, _LAST)


@lru_cache(maxsize=_MAX_KEPT)
def sound(word: str) -> str:
    """The one form in which the ways to spell what is heard alike coincide: Schmidt and Shmit,
    Tschaikowski and Czajkowsky. For a word in its form as compared (`text_forms.plain`)."""
    customary = _CUSTOMARY.get(word)
    if customary or len(word) < _SHORTEST or not word.isalpha():
        return customary or word
    heard = word
    for pattern, form in _OF_LONG if len(word) >= _SHORTEST_FAMILY else _OF_SHORT:
        heard = pattern.sub(form, heard)
    return _DOUBLED.sub(r"\1", heard.lower())


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
