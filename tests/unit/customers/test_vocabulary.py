"""Hundreds of words of the vocabulary at once are taken apart as each by itself."""

from customers.search.vocabulary import Words
from customers.writing.spelling import skeleton, sound

NAMES = ("schmidt", "tschaikowski", "ng", "aoi", "mueller", "alexandropoulou", "zara", "o")


def test_words_without_vowels_are_those_of_spelling():
    words = Words.of(" ".join(NAMES), " ".join(map(sound, NAMES)), " ".join("1" for _ in NAMES))

    for bare, heard in zip(words.bare, words.sounds, strict=True):
        assert skeleton(heard) in ("", bare)
        assert len(bare) < 3 or skeleton(heard) == bare
