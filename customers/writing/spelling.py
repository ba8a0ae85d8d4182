"""A word as compared → what it sounds like, and numbers by which misspellings meet. Pure.

Rules, sources and examples: docs/transliteration.md.
"""

import re
from functools import lru_cache
from itertools import combinations
from zlib import crc32

# SymSpell (Wolf Garbe, 2012) with a prefix: a word has 29 numbers at most, however long it is, and
# still shares one with whatever is within its distance.
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

# In this order, and only for words that hold the letters named first (nine rules of ten then cost
# nothing). A capital is a sound that is settled: C the affricates (ch, ts), S the sibilants
# (s, sh, z, zh); all are small again in the end.
_NAMES = (
    # What Arabic leaves unwritten, every country has filled in its own way.
    ("ham", r"^m[aeou]*hamm?[ae]d(?=i?$)", "muhamad"),
    ("mohd", r"^mohd$", "muhamad"),
    ("hm", r"^a(?:h|ch|kh)m[ae][dt]$", "amad"),
    ("s", r"^h[ou]+s+[ae][ijy]ne?(?=i?$)", "husain"),
    ("s", r"^[ijy][ou]+[sz]+[eou]+[fpv]+h?$", "iusuf"),
    ("z", r"^[ijy][ou]+z[eou]+[fpv]+h?$", "iusuf"),
    ("abd", r"^abd[aeou]+l", "abdal"),
    ("man", r"^[ou]+(?:th|s)man$", "usman"),
    ("ma", r"^[ou]+(?=(?:mar|sama)$)", "u"),
    # Ukrainian h is Russian g.
    ("h", r"^(ole|i|[ijy]?ev|[ijy]e|bo|heo|s[ae]r)h(?=$|or|en|dan|r|i)", r"\1g"),
    ("hor", r"^hr[iy]h?or", "grigor"),
    ("ser", r"^ser[gh][eijy]+$", "sergai"),
    ("otr", r"^p[ijy]otr", "petr"),
    ("ann", r"^g?[ijy]+o?ann", "iann"),
    ("eric", r"^eric$|(?<=fred)eric$", "erik"),
)
_HISSES = (
    # Zara is not Sara: at the beginning of a short name s and z are what tells it from others.
    ("z", r"^z(?=[aeiou]\w{2,3}$)(?!.*[eo][vw]$)", "Z"),
    # Kusnezow, Saizew: German writes Russian ts as z; Sawicki, Sawitzki, Savitsky.
    ("w", r"z(?=[eo]wa?$)", "C"),
    ("k", r"(?:ck|t[sz]k|zk|dzk)(?=[ijy]+$|a[ijy]?a?$)", "CK"),
    ("tch", r"^ch(?=.*tch)", "S"),
    ("ch", r"schtsch|s[hz]?ch?tch|chtch|shch", "SC"),
    ("szcz", r"szcz", "SC"),
    ("d", r"d(?:zh|sch|j)", "I"),
    ("tz", r"^tz(?=[aeou]|i[mo])", "I"),
    ("sch", r"tz?sch", "C"),
    ("t", r"tch|tsh|t[sz]", "C"),
    ("z", r"[cd]z", "C"),
    ("cs", r"cs", "C"),
    ("s", r"sch|s[hz]|zs", "S"),
    # Polish ž after a consonant: Krzysztof, Przybylski.
    ("rz", r"(?<=[bdgjkptw])rz(?=.)", "S"),
    ("zh", r"^zh(?=(?:[aeiou]|ai|ao|ei|ou|ua|uo|ui|uai)(?:n|ng)?$)", "C"),
    ("qi", r"^q(?=i)|q(?=i[aenou])", "C"),
    ("ji", r"j(?=i(?:a|ng|ong|u$))", "C"),
    ("chien", r"chien", "Cian"),
    ("zh", r"zh", "S"),
    ("z", r"zz(?=[aeiou]$)|(?<=[lnr])z(?=$|[eiw]|o$)", "C"),
)
_THROATS = (
    ("chs", r"chs", "KS"),
    # Pinyin and Wade-Giles: Xia and Hsia, Qian and Chien, Jiang and Chiang.
    ("hs", r"^hs|hs(?=[iu])", "KS"),
    ("x", r"x", "KS"),
    ("cha", r"^ch(?=aral|aim)", "H"),
    ("hr", r"^[ck]?h(?=r)", "K"),
    ("ch", r"(?<=[dln]ri)ch$|(?<=^eri)ch$|(?<=..ba)ch$", "K"),
    ("kh", r"kh$", "K"),
    ("kh", r"kh", "H"),
    ("ch", r"(?<=^mi)ch(?=a)|(?<=[aou])ch(?=a[lnr])|(?<=[aeiou])ch(?=[lmntvw])", "H"),
    ("ch", r"ch", "C"),
)
_SILENT = (
    ("ph", r"ph", "f"),
    ("dt", r"dt", "t"),
    ("h", r"(?<=[bdfgklnprtvwCKS])h", ""),
)
_LETTERS = (
    ("c", r"cc?(?=[eiy]|ova?$)|(?<=[aeioul])c$", "C"),
    ("c", r"ck?", "K"),
    ("k", r"k", "K"),
    ("q", r"q(?:u(?=[aeio]))?", "K"),
    ("w", r"w", "v"),
    ("j", r"j", "i"),
    ("y", r"y", "i"),
    ("f", r"(?<=[eo])ff?$", "v"),
    ("eau", r"eau", "o"),
    # Ouali is Wali.
    ("ou", r"(?:^|(?<=[aei]))ou(?=[aei])", "v"),
    ("o", r"o[ou]", "u"),
    ("ee", r"ee", "i"),
    ("ii", r"ii+", "i"),
    ("ei", r"ei", "ai"),
    # Ё: Kovalyov, Kovaliov; after a hushing sound Chruschtschow, Gorbachov.
    ("io", r"(?<=[^aeiou])io(?=va?$|m$)", "e"),
    ("Co", r"(?<=C)o(?=va?$)", "e"),
    ("dor", r"(?<=^f)[ei]o(?=dor)", "e"),
    ("ev", r"ie(?=v)", "e"),
    ("ie", r"^ie(?=...)", "e"),
    ("ie", r"ie", "i"),
    # Umlauts written out: Mueller, Boehm, Jaeger.
    ("e", r"([aou])e(?=[^aeiou])", r"\1"),
    # Pavlos, Paulos; Eugen, Evgen; Eftychia.
    ("u", r"(?<=[ae])u(?=[^aeiou])", "v"),
    ("f", r"(?<=[ae])f(?=[^aeiou])", "v"),
    ("n", r"n(?=[bp])", "m"),
)
_LAST = (
    ("h", r"(?<=[aeiou])h(?=[^aeiou]|$)", ""),
    ("H", r"(?<=[aeiou])H(?=[^aeiou]|$)", ""),
    ("er", r"(?<=..[dt])er$", "r"),
    ("z", r"z", "S"),
)
_VOWELS = re.compile("[aeiou]")
_SHORTEST_SKELETON = 3
_DOUBLED = re.compile(r"(.)\1+")

_Rules = tuple[tuple[str, re.Pattern[str], str], ...]


def _compiled(*groups: tuple[tuple[str, str, str], ...]) -> _Rules:
    return tuple(
        (letters, re.compile(pattern), form) for group in groups for letters, pattern, form in group
    )


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
    for letters, pattern, form in _OF_LONG if len(word) >= _SHORTEST_FAMILY else _OF_SHORT:
        if letters in heard:
            heard = pattern.sub(form, heard)
    return _DOUBLED.sub(r"\1", heard.lower())


@lru_cache(maxsize=_MAX_KEPT)
def skeleton(heard: str) -> str:
    """What is left of a sound without its vowels: scripts that do not write them leave no more.
    Nothing, if that is less than three consonants: too many words share them."""
    consonants = _VOWELS.sub("", heard)
    return consonants if len(consonants) >= _SHORTEST_SKELETON else ""


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
