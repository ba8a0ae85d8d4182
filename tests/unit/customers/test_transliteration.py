"""Each script's rules, each with its source; the sources stand in docs/transliteration.md."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.text_forms import plain
from customers.writing.transliteration import in_latin


def rule(source, *pairs):
    """The pairs of one rule, named after its source."""
    return [pytest.param(text, form, id=f"{source}: {text}") for text, form in pairs]


GREEK = [
    *rule("ELOT 743 letters", ("Ψαρρός", "psarros"), ("Ξένια Χάρη", "xenia chari")),
    *rule("ELOT 743 letters", ("Θωμάς Ηλίας", "thomas ilias"), ("Φιλύρα", "filyra")),
    *rule("ELOT 743 ου", ("Παπαδόπουλος", "papadopoulos"), ("ΠΑΠΑΔΟΠΟΥΛΟΣ", "papadopoulos")),
    *rule("ELOT 743 μπ at the beginning and end", ("Μπάμπης", "bampis"), ("Ρομπ", "rob")),
    *rule("ELOT 743 ντ", ("Ντίνος Κωνσταντίνου", "ntinos konstantinou")),
    *rule("ELOT 743 γκ", ("Γκίκας", "gkikas")),
    *rule("ELOT 743 γγ γξ γχ", ("Άγγελος", "angelos"), ("Σφιγξ", "sfinx"), ("Βάγχος", "vanchos")),
    *rule("ELOT 743 αυ ευ ηυ voiced", ("Σταύρος", "stavros"), ("Ευάγγελος", "evangelos")),
    *rule("ELOT 743 αυ ευ ηυ voiceless", ("Ναύτης", "naftis"), ("Ευτυχία", "eftychia")),
    *rule("ELOT 743 αυ at the end", ("Ταυ", "taf")),
    *rule("ELOT 743 tonos keeps letters apart", ("Άυλος", "aylos")),
    *rule("ELOT 743 dialytika keep letters apart", ("Ταΰγετος", "taygetos"), ("ΑΫΛΟΣ", "aylos")),
    *rule("ELOT 743 τζ τσ", ("Τζόνσον", "tzonson"), ("Τσίπρας", "tsipras")),
    *rule("ELOT 743 final sigma", ("Γιάννης", "giannis"), ("ΓΙΑΝΝΗΣ", "giannis")),
    *rule("ELOT 743 polytonic", ("Ἀλέξανδρος", "alexandros"), ("Οὐρανός", "ouranos")),
]
CYRILLIC = [
    *rule("ICAO Russian", ("Юлия Яковлева", "iuliia iakovleva"), ("Эдуард", "eduard")),
    *rule("ICAO Russian ё", ("Пётр Хрущёв", "petr khrushchev")),
    *rule("ICAO Russian й", ("Андрей", "andrei"), ("Дмитрий", "dmitrii")),
    *rule("ICAO Russian щ х ц ж", ("Щербаков", "shcherbakov"), ("Жданов", "zhdanov")),
    *rule("ICAO Russian щ х ц ж", ("Харитонов", "kharitonov"), ("Кузнецов", "kuznetsov")),
    *rule("ICAO Russian soft sign", ("Соловьёв Игорь", "solovev igor")),
    *rule("ICAO Russian hard sign", ("Подъячев", "podieiachev")),
    *rule(
        "Resolution 55 г and и",
        ("Григорій Ігор", "hryhorii ihor"),
        ("Володимир Ільчук", "volodymyr ilchuk"),
    ),
    *rule("Resolution 55 ґ", ("Ґалаґан", "galagan")),
    *rule("Resolution 55 beginnings", ("Юрій", "yurii"), ("Єва Їжак", "yeva yizhak")),
    *rule("Resolution 55 elsewhere", ("Анатолій Гаєвий", "anatolii haievyi")),
    *rule("Resolution 55 зг", ("Згурський", "zghurskyi")),
    *rule("Resolution 55 apostrophe", ("В'ячеслав Лук’янів", "viacheslav lukianiv")),
    *rule("Resolution 55 soft sign", ("Зеленський", "zelenskyi")),
    *rule(
        "ICAO Belarusian", ("Ўладзімір Рыгор", "uladzimir ryhor"), ("Алёна Сіліч", "aliona silich")
    ),
    *rule("Bulgarian Act ъ", ("Търновски", "tarnovski")),
    *rule("Bulgarian Act щ", ("Пещерски Върбан", "peshterski varban")),
    *rule("Bulgarian Act х й ю я", ("Върбан Христов Юлиян", "varban hristov yuliyan")),
    *rule("Bulgarian Act final ия", ("Мария Търнева", "maria tarneva")),
    *rule("ICAO Serbian", ("Ђорђевић", "dordevic"), ("Љиљана Његош", "ljiljana njegos")),
    *rule("ICAO Serbian", ("Џевад Шћепановић", "dzevad scepanovic")),
    *rule("ICAO Macedonian", ("Ѓорѓи Ќосев", "gjorgji kjosev"), ("Ѕвездан", "dzvezdan")),
    *rule("stress mark", ("Ива́нов", "ivanov")),
]
ARABIC = [
    *rule("BGN/PCGN letters", ("زاهر", "zahar"), ("خلدون", "khaldun"), ("شكري", "shakri")),
    *rule("BGN/PCGN written short vowels", ("مُحْسِن", "muhsin"), ("جَوَاد", "jawad")),
    *rule("BGN/PCGN shadda doubles", ("مُظَفَّر", "muzaffar"), ("عَمَّار", "ammar")),
    *rule("BGN/PCGN article", ("الحسن", "al hasan"), ("السيسي", "al sisi")),
    *rule("ICAO article without sun letters", ("الشَّمْس", "al shams")),
    *rule("BGN/PCGN hamza forms", ("إدريس", "idris"), ("أمجد", "amjad"), ("آمال", "amal")),
    *rule("BGN/PCGN hamza forms", ("فؤاد", "fuad"), ("رائف", "raif"), ("سناء", "sana")),
    *rule("ICAO ta marbuta", ("بوتفليقة", "butfaliqa"), ("نجاة", "najat")),
    *rule("alif maqsura", ("موسى", "musa"), ("بشرى", "bushra")),
    *rule("syllables", ("نجيب", "najib"), ("طنطاوي", "tantawi"), ("قحطان", "qahtan")),
    *rule("frequent names", ("محمد", "muhammad"), ("محمّد", "muhammad"), ("يوسف", "yusuf")),
    *rule("abd", ("عبدالرحمن", "abdulrahman"), ("عبدالله", "abdullah")),
    *rule("ligatures and tatweel", ("ﷲ", "allah"), ("محـــمد", "muhammad")),
    *rule("BGN/PCGN Persian letters", ("چنگیز", "changiz"), ("ژاله پرویز", "zhalah parviz")),
    *rule("BGN/PCGN Persian sounds", ("گلناز ذبیح", "galnaz zabih")),
]
HEBREW = [
    *rule("Academy 2006 letters", ("שלום", "shalom"), ("גולן", "golan"), ("צמח", "tsamah")),
    *rule("Academy 2006 bet kaf pe", ("בוריס", "boris"), ("כרמל", "karmal"), ("יואב", "yoav")),
    *rule("Academy 2006 silent final he", ("עדה", "ada")),
    *rule("Academy 2006 alef vav yod", ("ליאור", "lior"), ("יאיר", "yair"), ("חוה", "hava")),
    *rule("Academy 2006 geresh", ("צ׳רלי", "charli"), ("ג'קי", "jaki")),
    *rule("Academy 2006 points", ("מֹשֶׁה", "moshe"), ("יָעֵל", "yael"), ("שָׂרִי", "sari")),
    *rule("frequent names", ("כהן", "cohen"), ("יצחק לוי", "yitzhak levi")),
]
HAN = [
    *rule("ISO 7098", ("明", "ming"), ("建国", "jianguo"), ("國強", "guoqiang")),
    *rule("ISO 7098 ü without its mark", ("吕", "lu"), ("女", "nu")),
    *rule("GB/T 28039 surname apart", ("王小明", "wang xiaoming"), ("罗常培", "luo changpei")),
    *rule("GB/T 28039 compound surname", ("欧阳文", "ouyang wen"), ("司马相南", "sima xiangnan")),
    *rule("surname readings", ("曾", "zeng"), ("单", "shan"), ("仇", "qiu"), ("解", "xie")),
]
JAPANESE = [
    *rule("Hepburn", ("しおり ちづる ふじこ", "shiori chizuru fujiko")),
    *rule("Hepburn small letters", ("きょうこ", "kyoko"), ("ジュンジ", "junji")),
    *rule("Passport long vowels", ("ゆうこ", "yuko"), ("さとう", "sato"), ("オオノ", "ono")),
    *rule("Passport long vowels", ("リー", "ri"), ("せのお", "senoo"), ("にいじま", "niijima")),
    *rule("Passport small tsu", ("はっとり", "hattori"), ("はっちょう", "hatcho")),
    *rule("Passport n", ("ほんだ", "honda"), ("なんば", "namba"), ("ほんま", "homma")),
    *rule("iteration", ("みすゞ", "misuzu"), ("なゝ", "nana")),
    *rule("foreign sounds", ("ヴィクトリア", "vikutoria"), ("ティファニー", "tifani")),
    *rule("half width", ("ｻﾄｳ ﾊﾅｺ", "sato hanako")),
    *rule("kanji beside kana", ("佐々木さくら", "sasaki sakura"), ("田中 ハナコ", "tanaka hanako")),
    *rule("Japanese characters and names", ("渡辺", "watanabe"), ("田中太郎", "tanaka taro")),
]
HANGUL = [
    *rule("Revised Romanization", ("길동", "gildong"), ("빛나", "bitna"), ("철원", "cheolwon")),
    *rule("Revised Romanization ㄹㄹ", ("설리", "seolli")),
    *rule("Revised Romanization no changes in names", ("복남", "boknam")),
    *rule(
        "Revised Romanization surnames", ("김", "kim"), ("이", "lee"), ("박지성", "park jiseong")
    ),
]
LATIN = [
    *rule("ICAO", ("Þór", "thor"), ("Guðrún", "gudrun"), ("Iñaki", "inaki")),
    *rule("Unicode compatibility", ("ﬁnn", "finn"), ("ĳssel", "ijssel"), ("Ⅷ", "viii")),
    *rule("Catalan point", ("Gal·la", "galla"), ("Gaŀla", "galla")),
    *rule("others by anyascii", ("Ցոլակ", "tsolak"), ("ნინო", "nino")),
]


@pytest.mark.parametrize(
    ("text", "form"),
    [*GREEK, *CYRILLIC, *ARABIC, *HEBREW, *HAN, *JAPANESE, *HANGUL, *LATIN],
)
def test_text_is_read_by_the_rules_of_its_script(text, form):
    assert plain(text) == form


def test_cyrillic_of_no_decisive_letter_is_read_as_russian():
    assert plain("Горан Христов") == "goran khristov"


def test_letters_of_the_whole_value_decide():
    assert plain("Григорій Иванов") == "hryhorii yvanov"
    assert plain("Маркo Ђурић Шаховић") == "marko duric sahovic"


def test_han_is_pinyin_unless_the_value_is_japanese():
    assert plain("林") == "lin"
    assert plain("高橋") == "takahashi"
    assert plain("小林さん") == "kobayashi san"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize(
    "text", ["Nguyễn Văn Ứng", "Ταΰγετος", "Йосиф Їжак", "김민준", "מֹשֶׁה", "مُظَفَّر", "がっこう"]
)
def test_composed_and_decomposed_text_are_one(text, form):
    assert plain(unicodedata.normalize(form, text)) == plain(text)


@pytest.mark.parametrize(
    "sign", list("'’‘‛ʼʹʻʾʿ`´′＇\u200b\u200c\u200d\u2060\ufeff\u00ad\u200f\u202b\u061c")
)
@pytest.mark.parametrize("name", ["O{}Brien", "Дар{}я", "محم{}د", "Γιάν{}νης"])
def test_apostrophes_and_invisible_signs_vanish(name, sign):
    assert plain(name.format(sign)) == plain(name.format(""))


@pytest.mark.parametrize("sign", list("-‐‑–—_.,/・·\u00a0\u3000\t"))
def test_other_signs_separate_words(sign):
    assert plain(f"Anna{sign}Maria") == "anna maria"
    assert plain(f"Анна{sign}Мария") == "anna mariia"


@given(st.text())
def test_any_text_becomes_ascii_and_stays(text):
    latin = in_latin(text)

    assert latin.isascii()
    assert plain(plain(text)) == plain(text)


@given(st.text(st.characters(codec="utf-8")))
def test_case_makes_no_difference(text):
    assert plain(text.casefold()) == plain(text.casefold().upper().casefold())
