"""Given names of two Chinese syllables: Pinyin or Wade-Giles → one spelling of both. Pure.

Wade-Giles as people type it, without apostrophes and marks: ch is zh, ch, j or q there, so that is
what all of them become. Sources: docs/transliteration.md.
"""

import re

_INITIAL = "zh|ch|sh|hs|ts|tz|ss|sz|[bpmfdtnlgkhjqxrzcsyw]"
_FINAL = (
    "iang|iong|iung|uang|ueng|ang|eng|ing|ong|ung|iao|ian|ien|uai|uei|uan|ueh|ieh|ai|ei|ao|ou|an"
    "|en|in|un|ia|ie|iu|io|ua|uo|ui|ue|eh|ih|erh|er|a|o|e|i|u"
)
_TWO_SYLLABLES = re.compile(f"((?:{_INITIAL})(?:{_FINAL}))((?:{_INITIAL})(?:{_FINAL}))")
# What hardly any other language has in names of two syllables.
_TELLING = re.compile(
    "^(?:[xq]|hs|zh|tz|(?:zi|tsi|ci)[hyrwmq]|kuo|guo)|[aeioun](?:[xq]|hs|zh)"
    "|ng|[jqx]ue|[jqx]ian|[tdn]i[ae]n|hsue|chue|iao|uo|ui|uan|[jx]ie$|chie$|y[ae]n$"
)
_RULES = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        # Wade-Giles j is Pinyin r: Jen, Jung; before i and u Pinyin has a j of its own.
        ("^j(?=[aeo]|ui|ung|ih)", "r"),
        ("^(?:zh|j|q)", "ch"),
        ("^(?:tz|z|c(?!h))", "ts"),
        ("^(?:ss|sz)", "s"),
        ("^x", "hs"),
        ("^b", "p"),
        ("^d", "t"),
        ("^g", "k"),
        ("ong$", "ung"),
        ("(?<!y)ien$", "ian"),
        ("(?<=y)i?[ae]n$", "an"),
        ("uo$", "o"),
        ("(?<=[iue])h$", ""),
        ("uei$", "ui"),
    )
)


def joined(word: str) -> str | None:
    """None for a word that is nothing of the kind."""
    found = _TWO_SYLLABLES.fullmatch(word) if _TELLING.search(word) else None
    return "".join(map(_syllable, found.groups())) if found else None


def _syllable(text: str) -> str:
    for pattern, form in _RULES:
        text = pattern.sub(form, text)
    return text
