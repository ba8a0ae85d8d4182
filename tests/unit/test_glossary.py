"""The glossary has one place for each word."""

from collections import Counter
from pathlib import Path

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


def explained() -> list[str]:
    rows = [line.split("|") for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")]
    firsts = [cells[1].strip() for cells in rows]
    return [word.strip() for first in firsts if first != "word" for word in first.split(",")]


def test_each_word_is_explained_once():
    words = explained()

    assert "survivor" in words
    assert [word for word, count in Counter(words).items() if count > 1] == []
