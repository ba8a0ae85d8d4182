"""Short forms of given names, from a table that can be replaced (NICKNAMES_FILE): Bob is Robert."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from customers.text_forms import plain

_COMMENT = "#"


def variants(word: str) -> frozenset[str]:
    """The other words that a word, as compared, may stand for: the names it is short for, and its
    own short forms. None, when no table is set."""
    return _table(settings.NICKNAMES_FILE).get(word, frozenset())


def table_of(lines: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Lines of CSV, a name and a short form of it each; those that begin with # say something else.

    Raises ValueError with the number of the line that is neither."""
    table: dict[str, set[str]] = defaultdict(set)
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(_COMMENT):
            continue
        words = [plain(cell) for cell in next(csv.reader([line]))]
        if len(words) != 2 or not all(words) or any(" " in word for word in words):
            raise ValueError(f"line {number} is not one name and one short form: {line.strip()!r}")
        name, short = words
        if name != short:
            table[name].add(short)
            table[short].add(name)
    return {word: frozenset(others) for word, others in table.items()}


@lru_cache(maxsize=4)
def _table(path: str) -> Mapping[str, frozenset[str]]:
    if not path:
        return {}
    try:
        return table_of(Path(path).read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError, csv.Error) as error:
        raise ImproperlyConfigured(
            f"NICKNAMES_FILE names {path}, which is no table of short forms: {error}. "
            "Correct it, or leave the setting empty to search without short forms."
        ) from error
