"""What nobody in their right mind searches for, and what people do: the same texts every time."""

import random
import string
import sys
from collections.abc import Iterator

SEED = 5
MAX_BYTES = 10_000

SQL = (
    "' OR 1=1 --",
    "'; DROP TABLE customers_customer; --",
    "\\'; SELECT pg_sleep(10); --",
    "%' UNION SELECT * FROM auth_user --",
    "$$ $1 %(q)s %s {0} :name ?",
    "E'\\x27' || chr(39)",
    "LIKE '%_\\%' ESCAPE '\\'",
    "{1,2,3} ARRAY[NULL] 1::int",
    "& | ! <-> :* @@ %> <%",
)
REGEX = (
    "(a+)+$",
    "((((((((((x))))))))))*",
    "[[:alpha:]]{1,1000}",
    "^.*?(?=.*\\d)(?!.*z).{3,}$",
    "\\p{L}+|\\X",
    "(?:a|aa)+b" * 20,
    "*?+{}[]()|^$.\\",
)
HTML = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;&#0;&#x110000;&nbsp;",
    '"><svg/onload=1>',
    "{{7*7}} ${7*7} <%= 1 %> #{1}",
    "<!-- --> <![CDATA[ ]]>",
    "javascript:void(0)",
)
SIGNS = (
    "\u202eevil\u202c \u2066x\u2069 \u200f\u200e",  # bidi
    "a\u0300\u0301\u0302" * 50,  # marks on marks
    "\u200b\u200c\u200d\ufeff\u00ad\u2060",  # nothing to see
    "👩‍👩‍👧‍👦🏳️‍🌈🇳🇱👍🏿",
    "ﷺ ﷽ ㍿ Ⅷ ½ ① ﬁ ǅ ß İ ı ſ K Å",
    "\x01\x02\x1f\x7f\x85\u2028\u2029",
    "\U000e0041\U000e0042\U0010fffd\ue000\uffff",
    "𝕁𝕠𝕙𝕟 Ｊｏｈｎ ʝσԋɳ J̶o̶h̶n̶",
    "Z̷̢̧̛͇̗͔̘̗̣̥̱͎̈́̀̅a̶͚̺̱̫̎l̸̟̀g̵̡̰̓o̸͎͝",
)
DATES = ("1990-02-30", "0000-00-00", "31/12/9999", "12.05.1987", "19870512", "1987", "05/06/07")
NAMES = (
    "Johnson Alice",
    "García Márquez",
    "Иванов Иван",
    "van der Berg",
    "O'Brien",
    "王小明",
    "Ng",
)
EDGES = (0x80, 0x300, 0x4E00, 0xAC00, 0xD7FF, 0xE000, 0xFFFD, 0x1F600, 0x20000, sys.maxunicode)


def questions(count: int) -> Iterator[str]:
    """Any Unicode but lone surrogates, which no request can carry, up to MAX_BYTES."""
    dice = random.Random(SEED)
    kinds = (_unicode, _digits, _known, _known, _name, _letters, _mixed, _long)
    for _ in range(count):
        text = dice.choice(kinds)(dice)
        yield text.encode()[:MAX_BYTES].decode("utf-8", "ignore")


def _unicode(dice: random.Random) -> str:
    return "".join(_sign(dice) for _ in range(dice.randint(1, 60)))


def _sign(dice: random.Random) -> str:
    code = dice.choice(EDGES) + dice.randint(-3, 200)
    code = code if dice.random() < 0.5 else dice.randint(0x20, 0x3000)
    is_surrogate = 0xD800 <= code <= 0xDFFF
    return "x" if is_surrogate or code > sys.maxunicode else chr(code)


def _digits(dice: random.Random) -> str:
    digits = "".join(dice.choice("0123456789٠٣९０-./ ") for _ in range(dice.randint(1, 40)))
    return dice.choice((digits, dice.choice(DATES), f"{dice.choice(DATES)} {digits}"))


def _known(dice: random.Random) -> str:
    return dice.choice((*SQL, *REGEX, *HTML, *SIGNS))


def _name(dice: random.Random) -> str:
    """A name with some letters wrong, as people type."""
    letters = list(dice.choice(NAMES))
    for _ in range(dice.randint(0, 3)):
        letters[dice.randrange(len(letters))] = dice.choice(string.ascii_lowercase + " -'")
    return "".join(letters)


def _letters(dice: random.Random) -> str:
    words = dice.randint(1, 12)
    return " ".join(
        "".join(dice.choices(string.ascii_lowercase, k=dice.randint(1, 14))) for _ in range(words)
    )


def _mixed(dice: random.Random) -> str:
    kinds = (_unicode, _digits, _known, _name, _letters)
    return " ".join(dice.choice(kinds)(dice) for _ in range(dice.randint(2, 4)))


def _long(dice: random.Random) -> str:
    """Short things many times: one in ten up to 10 kB."""
    most = MAX_BYTES if dice.random() < 0.1 else 600
    part = dice.choice((_name, _letters, _digits, _known))(dice) or "x"
    return (part + dice.choice(("", " ", ",", "\u3000"))) * (most // len(part) + 1)
