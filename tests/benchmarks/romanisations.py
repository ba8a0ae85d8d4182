"""A name in another script, or with Slavic marks, as somebody abroad would write it. Pure.

Passports, newspapers, scholars and neighbours have schemes of their own. These tables are the
benchmark's, made without the product's: what they give is what search has to live with.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from anyascii import anyascii

from tests.benchmarks.cultures import ARABIC, CYRILLIC, GREEK, HAN, HANGUL, HEBREW, KANA, LATIN
from tests.benchmarks.people import Person

Table = Mapping[str, str]


def _table(text: str, *others: Table) -> Table:
    """ "жzh хkh" → {"ж": "zh", …}; a lone letter vanishes. Long keys stand before the colon."""
    merged: dict[str, str] = {}
    for other in others:
        merged.update(other)
    for pair in text.split():
        key, sign, value = pair.partition(":")
        merged[key if sign else pair[0]] = value if sign else pair[1:]
    return merged


CYRILLIC_BASE = _table(
    "аa бb вv гg дd еe ёe жzh зz иi йi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ "
    "ыy ь эe юiu яia іi їi єie ґg әa ғg қk ңn өo ұu үu һh ʼ"
)
UKRAINIAN = _table("гh иy", CYRILLIC_BASE)
CYRILLIC_SCHEMES: dict[str, Table] = {
    "passport": CYRILLIC_BASE,
    "press": _table("ёyo йy юyu яya їyi єye ий:y ый:y ія:ia", CYRILLIC_BASE),
    "german": _table("вw ёjo жsch зs хch цz чtsch шsch щschtsch юju яja єje їji", CYRILLIC_BASE),
    "french": _table("жj уou цts чtch шch щchtch юiou яia", CYRILLIC_BASE),
    "scholars": _table("жz йj хch цc чc шs щsc юju яja єje їji", CYRILLIC_BASE),
}
GREEK_BASE = _table(
    "αa βv γg δd εe ζz ηi θth ιi κk λl μm νn ξx οo πp ρr σs ςs τt υy φf χch ψps ωo "
    "αι:ai ει:ei οι:oi ου:ou αυ:av ευ:ev γγ:ng γκ:gk μπ:mp ντ:nt τζ:tz"
)
GREEK_SCHEMES: dict[str, Table] = {
    "passport": _table("μπ:b", GREEK_BASE),
    "scholars": _table("βb ηe κc φph αυ:au ευ:eu", GREEK_BASE),
    "by ear": _table("υi χh αι:e ει:i οι:i γκ:g μπ:b ντ:d", GREEK_BASE),
    "greeklish": _table("υu χh ξks ου:ou ευ:eu αυ:au μπ:b ντ:nt", GREEK_BASE),
}
ARABIC_BASE = _table(
    "اa أa إi آa بb تt ثth جj حh خkh دd ذdh رr زz سs شsh صs ضd طt ظz عa غgh فf قq كk کk لl مm نn "
    "هh وw يy یy ىa ةa ء ئi ؤu پp چch گg ژzh \u200c"
)
ARABIC_SCHEMES: dict[str, Table] = {
    "english": ARABIC_BASE,
    "press": _table("قk ذz ضdh", ARABIC_BASE),
    "french": _table("جdj شch قk وou ثt", ARABIC_BASE),
}
HEBREW_BASE = _table(
    "אa בb גg דd הh וo זz חh טt יi כk ךkh לl מm םm נn ןn סs עa פp ףf צtz ץtz קk רr שsh תt"
)
HEBREW_SCHEMES: dict[str, Table] = {
    "english": HEBREW_BASE,
    "german": _table("חch צz ץz שsch", HEBREW_BASE),
    "press": _table("בv כch פf חch", HEBREW_BASE),
}
# Well-known names are written as everybody writes them.
HEBREW_KNOWN = {
    hebrew: latin.split()
    for hebrew, _, latin in (
        entry.strip().partition(" ")
        for entry in """
        כהן Cohen Kohen Kohn | לוי Levi Levy Lewi | מזרחי Mizrahi Mizrachi | פרץ Peretz Perez
        ביטון Biton Bitton | דהן Dahan Dahane | אברהם Avraham Abraham | פרידמן Friedman Fridman
        מלכה Malka Malca | אזולאי Azoulay Azulai | כץ Katz Kats | יוסף Yosef Josef Yossef
        דוד David Dawid | עמר Amar Ammar
        אוחיון Ohayon Ochayon | חדד Hadad Haddad | גבאי Gabay Gabai
        לוין Levin Lewin | טל Tal | קליין Klein Kleyn | חן Chen Hen | שפירא Shapira Schapira
        חזן Hazan Chazan | משה Moshe Mosche | אשכנזי Ashkenazi Aschkenasi | אוחנה Ohana Ochana
        סגל Segal Segall | גולן Golan | יצחק Yitzhak Itzhak Jizchak | בר Bar | מור Mor | יעקב Yaakov
        שלום Shalom Schalom | אליהו Eliyahu Elijahu | דיין Dayan Dajan | אלבז Elbaz Albaz
        רוזנברג Rosenberg Rozenberg | לביא Lavi Lavie | נחום Nahum Nachum | שטרן Stern Shtern
        ששון Sasson Sason | רוזן Rosen Rozen | הורוביץ Horowitz Horovitz | ויצמן Weizman Weitzman
        גולדברג Goldberg | שחר Shahar Schachar
        פלדמן Feldman Feldmann | ברק Barak | אלון Alon Allon
        ליבוביץ Leibowitz Libovitz | זוהר Zohar Sohar | מימון Maimon Maymon | שושן Shoshan Shushan
        גרוס Gross Gros | הלוי Halevi Halevy | זילברמן Silberman Zilberman | טולדנו Toledano
        נגר Nagar | ברגר Berger | וייס Weiss Vais | צרפתי Tzarfati Sarfati | אורן Oren
        דניאל Daniel | מיכאל Michael Mikhael | אריאל Ariel | נועם Noam | איתי Itay Itai | עומר Omer
        אורי Uri Ori | יהונתן Yehonatan Jehonatan | שמואל Shmuel Samuel Schmuel | חיים Haim Chaim
        שלמה Shlomo Schlomo | יונתן Yonatan Jonathan | אלעזר Elazar Eleazar | גיא Guy Gai | רון Ron
        תומר Tomer | עידו Ido Iddo | נדב Nadav Nadaw
        אסף Asaf Assaf | רועי Roi Roy | אייל Eyal Ejal
        שמעון Shimon Schimon Simon | ראובן Reuven Ruben
        בנימין Binyamin Benjamin | יהודה Yehuda Jehuda
        מאיר Meir Mayer | נועה Noa Noah | תמר Tamar
        שרה Sarah Sara | מרים Miriam Mirjam | יעל Yael Jael
        אביגיל Avigail Abigail | רחל Rachel Rahel
        לאה Leah Lea | חנה Hannah Chana | אסתר Esther Ester
        רבקה Rivka Rebecca | מיכל Michal | מאיה Maya Maja | עדי Adi | שירה Shira Schira
        טליה Talia Talya | הילה Hila Hilla | ענת Anat | רונית Ronit | דפנה Dafna Daphna | דינה Dina
        נעמי Naomi Noemi | רות Ruth Rut | יהודית Yehudit Judith | שרון Sharon Scharon | קרן Keren
        """.replace("\n", " | ").split("|")
        if entry.strip()
    )
}
SLAVIC_SCHEMES: dict[str, Table] = {
    "german": _table(
        "šsch čtsch žsch řrsch ěe ňn ťt ďd ůu cz żsch śsch ćtsch ńn łl wv ęen ąon đdj "
        "sz:sch cz:tsch rz:sch szcz:schtsch ch:ch ck:ck"
    ),
    "english": _table(
        "šsh čch žzh řrzh ěe ňn ťt ďd ůu żzh śsh ćch ńn łl wv ęen ąon đdj jy "
        "sz:sh cz:ch rz:zh szcz:shch ch:kh"
    ),
}
# Of Pinyin; before a vowel, the longest first.
WADE_GILES = (
    ("zh", "ch"), ("j", "ch"), ("q", "ch"), ("x", "hs"), ("z", "ts"), ("c(?!h)", "ts"),
    ("b", "p"), ("d", "t"), ("g", "k"), ("r", "j"),
)  # fmt: skip
WADE_GILES_FINALS = (("ong$", "ung"), ("(?<=.)ian$", "ien"), ("^yan$", "yen"), ("uo$", "o"))
KUNREI = (
    ("sh(?=[auo])", "sy"), ("ch(?=[auo])", "ty"), ("j(?=[auo])", "zy"),
    ("shi", "si"), ("chi", "ti"), ("tsu", "tu"), ("fu", "hu"), ("ji", "zi"),
)  # fmt: skip
KOREAN_SURNAMES = _table(
    "gim:kim i:lee bag:park choe:choi jeong:jung gang:kang jo:cho yun:yoon im:lim o:oh seo:suh "
    "sin:shin gweon:kwon an:ahn ryu:yoo hong:hong jeon:jun go:koh mun:moon son:sohn bae:bae "
    "baeg:paik heo:huh no:roh u:woo gu:koo"
)
KOREAN_ENDS = (
    ("g(?=$|[- ]|[bcdhjkmnprst])", "k"), ("b(?=$|[- ]|[cdghjkmnprst])", "p"),
    ("d(?=$|[- ]|[bcghjkmnprst])", "t"), ("nk", "ng"),
)  # fmt: skip
SMALL_KANA = "ゃゅょャュョ"
VOWELS = set("aeiouy")


def romanised(person: Person, rng: random.Random) -> tuple[str, str] | None:
    """Surname and name in Latin letters by a scheme drawn for this time; None where the name has
    nothing to be written otherwise."""
    culture = person.culture
    if culture.script == LATIN and not culture.is_slavic:
        return None
    scheme = SCHEMES[culture.script]
    surname, name = scheme(person, rng)
    same = (person.surname.lower(), person.name.lower())
    return None if (surname.lower(), name.lower()) == same else (surname.title(), name.title())


def in_latin(person: Person) -> tuple[str, str]:
    """As typed on a Latin keyboard: what is not written in letters by its most common scheme."""
    if person.culture.script == HAN:
        return _syllables(person.surname, ""), _syllables(person.name, "")
    if person.culture.script == HANGUL:
        return _spoken(_syllables(person.surname, "")), _spoken(_syllables(person.name, ""))
    if person.culture.script == KANA:
        return _heard(person.surname).title(), _heard(person.name).title()
    return person.surname, person.name


def _replaced(text: str, table: Table) -> str:
    """The longest keys first, in one pass."""
    keys = sorted(table, key=len, reverse=True)
    pattern = "|".join(map(re.escape, keys))
    return re.sub(pattern, lambda found: table[found[0]], text.lower())


def _both(
    schemes: Mapping[str, Table],
    write: Callable[[str, Table], str],
    person: Person,
    rng: random.Random,
) -> tuple[str, str]:
    table = schemes[rng.choice(list(schemes))]
    return write(person.surname, table), write(person.name, table)


def _cyrillic(person: Person, rng: random.Random) -> tuple[str, str]:
    table = CYRILLIC_SCHEMES[rng.choice(list(CYRILLIC_SCHEMES))]
    if person.culture.code == "UA":
        table = {**table, "г": "h", "и": "y"}
    return _replaced(person.surname, table), _replaced(person.name, table)


def _unmarked(text: str) -> str:
    """Greek accents say how a vowel sounds, not which it is; a diaeresis parts two vowels."""
    return text.lower().translate(str.maketrans("άέήίόύώϊϋΐΰ", "αεηιουωιυιυ"))


def _greek(text: str, table: Table) -> str:
    return _replaced(_unmarked(text), table)


def _hebrew(person: Person, rng: random.Random) -> tuple[str, str]:
    table = HEBREW_SCHEMES[rng.choice(list(HEBREW_SCHEMES))]
    surname, name = (
        " ".join(
            rng.choice(HEBREW_KNOWN[word]) if word in HEBREW_KNOWN else _hebrew_word(word, table)
            for word in part.replace("־", "-").split()
        )
        for part in (person.surname, person.name)
    )
    return surname, name


def _hebrew_word(word: str, table: Table) -> str:
    """Vav and yod are consonants at the begin, he is a vowel at the end."""
    first = {"ו": "v", "י": "y"}.get(word[0], "")
    rest = word[1:] if first else word
    last = "a" if rest.endswith("ה") and len(rest) > 1 else ""
    return first + _vocalised(rest[:-1] if last else rest, table) + last


def _abjad(text: str, table: Table) -> str:
    """Vowels are not written: one is put where two consonants meet at a syllable's begin."""
    return " ".join(_vocalised(word, table) for word in text.replace("־", "-").split())


def _vocalised(word: str, table: Table) -> str:
    if word.startswith("ال") and len(word) > 4:
        return f"al-{_vocalised(word[2:], table)}"
    sounds = [table.get(letter, letter) for letter in word]
    written, is_open = "", False
    for place, sound in enumerate(sounds):
        following = sounds[place + 1] if place + 1 < len(sounds) else ""
        if sound in ("w", "y") and written and written[-1] not in VOWELS:
            sound = {"w": "u", "y": "i"}[sound] if following[:1] not in VOWELS else sound
        written += sound
        is_vowel = sound[-1:] in VOWELS
        if not is_vowel and following and following[0] not in "aiouwy" and not is_open:
            written, is_open = written + "a", True
        else:
            is_open = is_vowel
    return written


def _slavic(text: str, table: Table) -> str:
    return _replaced(text, table)


def _syllables(text: str, joint: str) -> str:
    """anyascii begins each sign's sound with a capital: "XiaoMing" → "Xiaoming", "Xiao-ming"."""
    parts = re.findall(r"[A-Z][a-z']*|[a-z']+", anyascii(text))
    return joint.join(parts).capitalize() if joint != " " else " ".join(parts)


def _han(person: Person, rng: random.Random) -> tuple[str, str]:
    joint = rng.choice(("", "-", " "))
    surname, name = _syllables(person.surname, ""), _syllables(person.name, joint)
    if rng.random() < 0.5 and joint:
        return surname, name
    return _wade_giles(surname.lower()), "-".join(
        _wade_giles(part.lower()) for part in _syllables(person.name, " ").split()
    )


def _wade_giles(syllable: str) -> str:
    for before, after in WADE_GILES:
        if re.match(before, syllable):
            syllable = re.sub(f"^{before}", after, syllable)
            break
    return _in_turn(syllable, WADE_GILES_FINALS)


def _kana(person: Person, rng: random.Random) -> tuple[str, str]:
    surname, name = _heard(person.surname), _heard(person.name)
    rules = rng.choice((KUNREI, (("ou", "o"), ("uu", "u")), (("ou", "oh"), ("n(?=[bmp])", "m"))))
    return _in_turn(surname, rules), _in_turn(name, rules)


def _heard(text: str) -> str:
    """A small ya, yu or yo changes the sign before it: ショ is sho, not shiyo as in anyascii."""
    written = ""
    for sign in text:
        sound = anyascii(sign).lower()
        if sign in SMALL_KANA and written.endswith("i"):
            written = written[:-1]
            sound = sound[1:] if written.endswith(("sh", "ch", "j")) else sound
        written += sound
    return written


def _hangul(person: Person, rng: random.Random) -> tuple[str, str]:
    surname = _syllables(person.surname, "").lower()
    name = _spoken(_syllables(person.name, rng.choice("- ")))
    return KOREAN_SURNAMES.get(surname, _spoken(surname)), name


def _spoken(text: str) -> str:
    """anyascii writes what stands at a syllable's end as at its begin: "og" is spoken "ok"."""
    return _in_turn(text, KOREAN_ENDS)


def _in_turn(text: str, rules: Sequence[tuple[str, str]]) -> str:
    for before, after in rules:
        text = re.sub(before, after, text)
    return text


SCHEMES: dict[str, Callable[[Person, random.Random], tuple[str, str]]] = {
    LATIN: partial(_both, SLAVIC_SCHEMES, _slavic),
    CYRILLIC: _cyrillic,
    GREEK: partial(_both, GREEK_SCHEMES, _greek),
    ARABIC: partial(_both, ARABIC_SCHEMES, _abjad),
    HEBREW: _hebrew,
    HAN: _han,
    KANA: _kana,
    HANGUL: _hangul,
}
