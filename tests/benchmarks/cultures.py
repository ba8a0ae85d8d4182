"""The cultures of the invented population: where its names come from and how they are put together.

The lists are those of mimesis (short, and without frequencies) and, for Hebrew and Kana, our own.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mimesis

LATIN, CYRILLIC, GREEK, ARABIC = "Latin", "Cyrillic", "Greek", "Arabic"
HEBREW, HAN, KANA, HANGUL = "Hebrew", "Han", "Kana", "Hangul"


@dataclass(frozen=True, slots=True)
class Culture:
    """Shares are of its people: `double` = a second surname after `double_sign`, `particle` = one
    of `particles` before the surname (joined to it when it ends in a hyphen or apostrophe),
    `hyphen` = of second given names, those joined with a hyphen. `surnames`, `given`: how many
    different ones are made."""

    code: str
    weight: float
    locales: tuple[str, ...]
    document: str
    script: str = LATIN
    particles: tuple[str, ...] = ()
    particle: float = 0.0
    double: float = 0.03
    double_sign: str = "-"
    hyphen: float = 0.1
    patronymic: float = 0.0
    is_slavic: bool = False
    surnames: int = 4000
    given: int = 800


# Document numbers: # a digit, @ a letter, all else as it stands.
PASSPORT, IBERIAN, POLISH = "#########", "########@", "@@@ ######"
ITALIAN, GERMAN, SWEDISH, BRAZILIAN = "@@#######", "@##@#@####", "######-####", "###.###.###-##"
DUTCH, RUSSIAN, CHINESE = "@@@###@##", "#### ######", "@########"

IRISH = ("O'", "Mc", "Mac")
DUTCH_PARTICLES = ("van der ", "van den ", "van ", "de ", "ter ", "'t ")
PORTUGUESE_PARTICLES = ("da ", "de ", "dos ", "do ")

CULTURES = (
    Culture("GB", 5, ("en-gb",), PASSPORT, particles=IRISH, particle=0.04, double=0.04),
    Culture("US", 6, ("en",), PASSPORT, particles=IRISH, particle=0.03, double=0.02),
    Culture("AU", 2, ("en-au",), CHINESE, particles=IRISH, particle=0.03),
    Culture("DE", 6, ("de",), GERMAN, particles=("von ", "von der "), particle=0.02, hyphen=0.3),
    Culture("AT", 3, ("de-at",), PASSPORT, particles=("von ",), particle=0.01),
    Culture("CH", 3, ("de-ch",), CHINESE, particles=("von ",), particle=0.02, double=0.08),
    Culture(
        "FR",
        5,
        ("fr",),
        PASSPORT,
        particles=("de ", "de la ", "Le ", "d'", "du "),
        particle=0.05,
        hyphen=0.6,
    ),
    Culture("ES", 4, ("es", "es-mx"), IBERIAN, double=0.6, double_sign=" "),
    Culture(
        "MX", 3, ("es-mx",), CHINESE, double=0.5, double_sign=" ", particles=("de la ", "del ")
    ),
    Culture(
        "PT",
        2,
        ("pt", "pt-br"),
        IBERIAN,
        particles=PORTUGUESE_PARTICLES,
        particle=0.15,
        double=0.4,
        double_sign=" ",
    ),
    Culture(
        "BR",
        4,
        ("pt-br",),
        BRAZILIAN,
        particles=PORTUGUESE_PARTICLES,
        particle=0.15,
        double=0.4,
        double_sign=" ",
    ),
    Culture("IT", 5, ("it",), ITALIAN, particles=("Di ", "De ", "Della ", "D'"), particle=0.05),
    Culture("NL", 4, ("nl",), DUTCH, particles=DUTCH_PARTICLES, particle=0.25),
    Culture("BE", 2, ("nl-be", "nl"), ITALIAN, particles=("Van ", "De ", "Van den "), particle=0.2),
    Culture("DK", 2, ("da",), SWEDISH, double=0.05, double_sign=" "),
    Culture("NO", 2, ("no",), PASSPORT, double=0.05, double_sign=" "),
    Culture("SE", 3, ("sv",), SWEDISH, hyphen=0.3),
    Culture("FI", 2, ("fi",), ITALIAN, hyphen=0.3),
    Culture("IS", 1, ("is",), CHINESE, double=0.0),
    Culture("EE", 1, ("et",), CHINESE, hyphen=0.3),
    Culture("PL", 5, ("pl",), POLISH, is_slavic=True),
    Culture("CZ", 3, ("cs",), PASSPORT, is_slavic=True),
    Culture("SK", 1, ("sk", "cs"), ITALIAN, is_slavic=True),
    Culture("HR", 2, ("hr",), PASSPORT, is_slavic=True, double=0.05, double_sign=" "),
    Culture("HU", 2, ("hu",), POLISH),
    Culture("TR", 4, ("tr",), CHINESE, double=0.02, double_sign=" "),
    Culture("AZ", 1, ("az",), CHINESE),
    Culture("GR", 4, ("el",), POLISH, GREEK),
    Culture("RU", 5, ("ru",), RUSSIAN, CYRILLIC, patronymic=0.5, double=0.01),
    Culture("UA", 4, ("uk",), ITALIAN, CYRILLIC, patronymic=0.4, double=0.01),
    Culture("KZ", 1, ("kk",), CHINESE, CYRILLIC),
    Culture("EG", 2, ("ar-eg", "ar-jo", "ar-sy", "ar-sa"), CHINESE, ARABIC, double=0.0),
    Culture("DZ", 2, ("ar-dz", "ar-tn", "ar-ma"), PASSPORT, ARABIC, double=0.0),
    Culture("IR", 1, ("fa",), CHINESE, ARABIC, double=0.0),
    Culture("IL", 1, ("he",), PASSPORT, HEBREW, surnames=2000, given=300),
    Culture("CN", 2, ("zh",), CHINESE, HAN, double=0.0, surnames=0, given=6000),
    Culture("JP", 2, ("kana",), ITALIAN, KANA, double=0.0, surnames=3000, given=900),
    Culture("KR", 1, ("ko",), CHINESE, HANGUL, double=0.0, surnames=0, given=3000),
)

# Han surnames by how common they are; mimesis has them in the order of the Hundred Family Surnames.
HAN_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文"
)
HANGUL_SURNAMES = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민"
KANA_SURNAMES = (
    "サトウ スズキ タカハシ タナカ イトウ ワタナベ ヤマモト ナカムラ コバヤシ カトウ "
    "ヨシダ ヤマダ ササキ ヤマグチ "
    "マツモト イノウエ キムラ ハヤシ サイトウ シミズ ヤマザキ モリ アベ イケダ "
    "ハシモト ヤマシタ イシカワ ナカジマ "
    "マエダ フジタ オガワ ゴトウ オカダ ハセガワ ムラカミ コンドウ イシイ サカモト "
    "エンドウ アオキ フジイ ニシムラ "
    "フクダ オオタ ミウラ オカモト マツダ ナカガワ ナカノ ハラダ オノ タムラ タケウチ "
    "カネコ ワダ ナカヤマ イシダ "
    "ウエダ モリタ シバタ ハラ サカイ クドウ ヨコヤマ ミヤザキ ミヤモト ウチダ タカギ "
    "アンドウ タニグチ オオノ "
    "マルヤマ イマイ タカダ フジモト タケダ ムラタ ウエノ スギヤマ マスダ ヒラノ "
    "オオツカ チバ クボ マツイ コヤマ "
    "イワサキ サクライ キノシタ ノグチ マツオ ノムラ キクチ サノ オオニシ スギモト "
    "アライ ハマダ イチカワ フルカワ "
    "ミズノ コマツ シマダ コジマ ヤノ サクラバ ツチヤ キタムラ ヤスダ イイダ ニシダ "
    "ヒガシ カワカミ オオシマ シノハラ"
)
KANA_GIVEN = (
    "ハルト ユウト ソウタ ヒロシ タカシ ケンジ ケンイチ マコト ヒデオ ダイスケ タクヤ "
    "ショウタ ユウキ リョウ カズヤ "
    "ナオキ テツヤ マサヒロ シンジ コウジ ジュンイチロウ ケイスケ ツヨシ ノボル "
    "ミノル アキラ イサム キヨシ サトシ "
    "さくら ひなた あおい ゆい めい りん はるか みさき ななみ あかり ようこ けいこ "
    "ゆみこ ともこ ひろこ まさこ "
    "ふみこ かおり まゆみ なおみ ちひろ しずか きょうこ じゅんこ えりか まい あやか "
    "ほのか ゆきこ さちこ みどり",
)
HEBREW_SURNAMES = (
    "כהן לוי מזרחי פרץ ביטון דהן אברהם פרידמן מלכה אזולאי כץ יוסף דוד עמר אוחיון חדד "
    "גבאי בן־דוד אדרי "
    "לוין טל קליין חן שפירא חזן משה אשכנזי אוחנה סגל גולן יצחק בר מור יעקב שלום אליהו "
    "דיין אלבז בכר סויסה "
    "שמש רוזנברג לביא אטיאס נחום שרעבי שטרן ששון רוזן הורוביץ ויצמן גולדברג וקנין שחר "
    "פלדמן ברק ליבוביץ "
    "אלון זוהר מימון רביבו שושן גרוס הלוי זילברמן אפרתי טולדנו נגר ברגר וייס צרפתי "
    "בן־חיים אורן"
)
HEBREW_GIVEN = (
    "דוד משה יוסף אברהם יעקב יצחק דניאל מיכאל אריאל נועם איתי עומר אורי יהונתן אליהו "
    "שמואל חיים שלמה יונתן "
    "אלעזר גיא רון תומר ברק עידו נדב אסף רועי אייל שמעון ראובן בנימין יהודה מאיר",
    "נועה תמר שרה מרים אביגיל יעל רחל לאה חנה אסתר רבקה מיכל מאיה עדי שירה טליה הילה "
    "ענת רונית דפנה אורלי "
    "אילנה גלית דינה נעמי רות יהודית ליאת שרון קרן אורית סיגל ורד",
)


def lists_of(culture: Culture) -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
    """Surnames, given names and patronymics, each of men and of women."""
    if culture.script == HEBREW:
        surnames = HEBREW_SURNAMES.replace("־", "-").split()
        return _both(surnames), [names.split() for names in HEBREW_GIVEN], [[], []]
    if culture.script == KANA:
        given = KANA_GIVEN[0].split()
        return _both(KANA_SURNAMES.split()), _both(given), [[], []]
    surnames, given, patronymics = ([[], []] for _ in range(3))
    for locale in culture.locales:
        data = _mimesis(locale)
        for place, sex in enumerate(("male", "female")):
            surnames[place] += _of(data.get("surnames"), sex)
            given[place] += _of(data.get("names"), sex)
            patronymics[place] += _of(data.get("patronymic"), sex)
    if common := {HAN: HAN_SURNAMES, HANGUL: HANGUL_SURNAMES}.get(culture.script):
        surnames = _both([*common, *surnames[0]])
    return surnames, given, patronymics


def _both(names: list[str]) -> list[list[str]]:
    return [names, names]


def _mimesis(locale: str) -> dict[str, Any]:
    path = Path(mimesis.__file__).parent / "datasets" / locale / "person.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _of(names: Any, sex: str) -> list[str]:
    found = names.get(sex, []) if isinstance(names, dict) else names or []
    return [" ".join(name.split()) for name in found if name and _is_name(name)]


def _is_name(text: str) -> bool:
    return text[0] not in "-'" and all(sign.isalpha() or sign in " '-\u200c" for sign in text)
