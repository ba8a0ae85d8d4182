"""Readers of environment variables: a bad value stops the start and says what it should be."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None, *, pattern: str = "") -> str:
    """The variable's text; `default=None` means that it must be set."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment or in .env.")
    if pattern and not re.fullmatch(pattern, value):
        raise ImproperlyConfigured(f"{name} is {value!r}, but it must match {pattern}.")
    return value


def flag(name: str, default: str = "0") -> bool:
    value = os.environ.get(name, default).strip().lower()
    if value in TRUE_WORDS:
        return True
    if value in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(
        f"{name} is {value!r}, but it must be 1/true/yes/on or 0/false/no/off."
    )


def number(name: str, default: str, *, at_least: float = 0, at_most: float = 10**9) -> float:
    value = os.environ.get(name, default)
    try:
        result = float(value)
    except ValueError:
        result = None
    if result is None or not at_least <= result <= at_most:
        raise ImproperlyConfigured(
            f"{name} is {value!r}, but it must be a number from {at_least} to {at_most}."
        )
    return result


def whole(name: str, default: str, *, at_least: int = 0, at_most: int = 10**9) -> int:
    result = number(name, default, at_least=at_least, at_most=at_most)
    if result != int(result):
        raise ImproperlyConfigured(f"{name} is {result}, but it must be a whole number.")
    return int(result)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, blanks trimmed, empty parts left out."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def choice(name: str, default: str, options: Sequence[str]) -> str:
    value = os.environ.get(name, default).strip().lower()
    if value not in options:
        raise ImproperlyConfigured(
            f"{name} is {value!r}, but it must be one of {', '.join(options)}."
        )
    return value


def secret(name: str, default: str | None = None) -> str:
    """A secret from the file that `NAME_FILE` names, otherwise from the variable itself."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return text(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path!r}, which cannot be read.") from error
