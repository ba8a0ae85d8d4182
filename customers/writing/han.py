"""Han characters → Latin: Pinyin (ISO 7098) of names (GB/T 28039), or Japanese. Pure."""

import re

from anyascii import anyascii

from customers.writing.japanese_names import GIVEN, SURNAMES

LETTERS = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9\U00020000-\U000323af"

# Characters that were made or simplified in Japan alone, and the sign that repeats one.
_JAPANESE_ONLY = re.compile(
    "[々〆込辻畑畠峠榊笹匂枠栃麿沢浜辺桜広斎斉竜恵実徳栄帰悪渋児黒亜圧壱猟麺]"
)

# Characters that are read otherwise in a surname than in the language: our own list. All others are
# read by anyascii: of the 3,755 characters of GB 2312's first level it reads 15 otherwise than
# pypinyin 0.55, none of them usual in names, without that library's 56 MB.
_SURNAME_READINGS = {
    **{"曾": "zeng", "单": "shan", "單": "shan", "解": "xie", "仇": "qiu", "区": "ou", "區": "ou"},
    **{"朴": "piao", "查": "zha", "盖": "ge", "蓋": "ge", "翟": "zhai", "乐": "yue", "樂": "yue"},
    **{"缪": "miao", "繆": "miao", "冼": "xian", "折": "she", "祭": "zhai", "秘": "bi"},
    **{"种": "chong", "句": "gou", "繁": "po", "覃": "qin", "卜": "bu", "褚": "chu", "召": "shao"},
    **{"谌": "chen", "逄": "pang", "员": "yun", "員": "yun", "尉": "wei", "宓": "mi", "郇": "xun"},
    **{"任": "ren", "葛": "ge", "华": "hua", "曲": "qu", "宁": "ning", "那": "na", "石": "shi"},
    **{"沈": "shen", "万": "wan", "车": "che", "車": "che", "贾": "jia", "賈": "jia", "俞": "yu"},
    **{"黑": "he", "哈": "ha", "隗": "wei", "洗": "xian", "仉": "zhang", "幺": "yao", "牟": "mou"},
}
_COMPOUND = {
    **{"欧阳": "ouyang", "歐陽": "ouyang", "司马": "sima", "司馬": "sima", "诸葛": "zhuge"},
    **{"諸葛": "zhuge", "上官": "shangguan", "夏侯": "xiahou", "东方": "dongfang"},
    **{"東方": "dongfang", "皇甫": "huangfu", "尉迟": "yuchi", "尉遲": "yuchi", "公孙": "gongsun"},
    **{"公孫": "gongsun", "慕容": "murong", "长孙": "zhangsun", "長孫": "zhangsun"},
    **{"令狐": "linghu", "宇文": "yuwen", "司徒": "situ", "万俟": "moqi", "轩辕": "xuanyuan"},
    **{"端木": "duanmu", "独孤": "dugu", "南宫": "nangong", "南宮": "nangong", "闻人": "wenren"},
    **{"呼延": "huyan", "单于": "chanyu", "澹台": "tantai", "赫连": "helian", "钟离": "zhongli"},
}
# The most frequent surnames: three characters of which one of them is the first are a whole name.
_SINGLE = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾"
    "肖萧蕭田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付方白"
    "邹鄒孟熊秦邱江尹薛闫阎閻段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯"
)


def is_japanese(value: str) -> bool:
    """Whether the Han characters of a value are Japanese without kana: by a character that only
    Japanese has, or as one of its names."""
    return _JAPANESE_ONLY.search(value) is not None or _is_japanese_name(value)


def read(word: str, *, japanese: bool) -> str:
    """One word of Han characters, read as a Chinese or as a Japanese name."""
    return _in_japanese(word) if japanese else _in_chinese(word)


def _in_chinese(word: str) -> str:
    """Surname and given name are two words, each written in one: 王小明 Wang Xiaoming."""
    surname = _COMPOUND.get(word[:2])
    if surname and len(word) <= 4:
        return f"{surname} {_pinyin(word[2:])}".strip()
    first = _SURNAME_READINGS.get(word[0]) or _pinyin(word[0])
    is_whole_name = len(word) == 3 and word[0] in _SINGLE
    return first + (" " if is_whole_name else "") + _pinyin(word[1:])


def _pinyin(characters: str) -> str:
    return anyascii(characters).lower()


def _is_japanese_name(value: str) -> bool:
    """A Japanese surname, or one and a Japanese given name, or a given name ending in -ko, -ro."""
    if len(value) > 1 and (value in SURNAMES or (value in GIVEN and value[-1] in "子郎")):
        return True
    return any(value[:length] in SURNAMES and value[length:] in GIVEN for length in (1, 2, 3))


def _in_japanese(word: str) -> str:
    """Surname and given name by their usual readings; others as if they were Chinese."""
    for length in (3, 2, 1):
        surname = SURNAMES.get(word[:length])
        if surname:
            rest = word[length:]
            return f"{surname} {GIVEN.get(rest) or _pinyin(rest)}".strip()
    return GIVEN.get(word) or _pinyin(word)
