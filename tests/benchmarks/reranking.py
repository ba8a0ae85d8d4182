"""What a search engine found → the likeliest first, by RapidFuzz. Both engine baselines use it."""

from collections.abc import Sequence
from typing import Any

from rapidfuzz import fuzz, process

# So many of the engine's best are looked at again.
CANDIDATES = 100
# Chosen on 540 training questions at a million people, as all of these. A share of the likeness of
# the whole name was tried, too: it found less.
LEFT_OVER = 0.02
BEGINNING = 0.9
INITIAL = 0.75
# Words less alike than this say nothing.
LEAST = 0.65


def best(asked: str, found: Sequence[tuple[Any, str]], limit: int) -> list[Any]:
    """Keys of the candidates (key, name as compared), the likeliest first.

    A name's likeness is that of its words, paired one to one in any order; equal ones stay in the
    engine's order. Of people of one name the first counts, so that they cannot push others out; the
    rest of them come at the end.
    """
    if not found:
        return []
    bearers: dict[str, list[Any]] = {}
    for key, name in found:
        bearers.setdefault(" ".join(sorted(name.split())), []).append(key)
    ranked = _ranked(asked.split(), list(bearers))
    firsts = [bearers[name][0] for name in ranked[:limit]]
    return [*firsts, *(key for name in ranked for key in bearers[name][1:])][:limit]


def _ranked(asked: Sequence[str], names: Sequence[str]) -> list[str]:
    split = [name.split() for name in names]
    likeness = _likeness_of_words(asked, {word for words in split for word in words})
    scores = {name: _aligned(likeness, words) for name, words in zip(names, split, strict=True)}
    return sorted(names, key=lambda name: -scores[name])


def _likeness_of_words(asked: Sequence[str], held: set[str]) -> list[dict[str, float]]:
    """For each word asked for, how alike every word of the candidates is."""
    words = list(held)
    table = process.cdist(asked, words, scorer=fuzz.ratio).tolist()
    return [
        {
            word: max(ratio / 100, _as_beginning(text, word))
            for word, ratio in zip(words, row, strict=True)
        }
        for text, row in zip(asked, table, strict=True)
    ]


def _as_beginning(asked: str, held: str) -> float:
    if not held.startswith(asked):
        return 0.0
    return INITIAL if len(asked) == 1 else BEGINNING + (1 - BEGINNING) * len(asked) / len(held)


def _aligned(likeness: Sequence[dict[str, float]], words: Sequence[str]) -> float:
    pairs = sorted(
        (
            (-row[word], i, j)
            for i, row in enumerate(likeness)
            for j, word in enumerate(words)
            if row[word] >= LEAST
        )
    )
    total, used_asked, used_held = 0.0, set(), set()
    for negative, i, j in pairs:
        if i not in used_asked and j not in used_held:
            used_asked.add(i)
            used_held.add(j)
            total -= negative
    left_over = len(words) - len(used_held)
    return total / len(likeness) - LEFT_OVER * left_over
