"""The weights in use: the defaults, or those of MATCH_WEIGHTS_FILE. Read once in each process."""

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from customers.search.weights import DEFAULT, Weights

NUMBERS = frozenset(field.name for field in fields(Weights) if field.name != "version")


@cache
def weights_in_use() -> Weights:
    """Raises ImproperlyConfigured."""
    path = settings.MATCH_WEIGHTS_FILE
    if not path:
        return DEFAULT
    try:
        values = orjson.loads(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"MATCH_WEIGHTS_FILE names {path!r}, which cannot be read as JSON."
        ) from error
    return weights_of(values, path=path)


def weights_of(values: Any, *, path: str) -> Weights:
    """What is not said stays as it is. Raises ImproperlyConfigured."""
    is_object = isinstance(values, dict) and isinstance(values.get("version"), str)
    said = values if is_object else {}
    wrong = sorted(said.keys() - NUMBERS - {"version"})
    wrong += sorted(name for name in NUMBERS & said.keys() if not _is_usable(name, said[name]))
    if not is_object or wrong:
        what = f"has {', '.join(wrong)} wrong" if wrong else "is no object with a version"
        raise ImproperlyConfigured(
            f"MATCH_WEIGHTS_FILE names {path!r}, which {what}: it should be as estimate_weights "
            "writes it, numbers in bits; `on_list` between 0 and 1, `slope` above 0."
        )
    return Weights(**values)


def _is_usable(name: str, value: Any) -> bool:
    """Of nothing or of everything no odds can be made."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return 0 < value < 1 if name == "on_list" else name != "slope" or value > 0
