"""Bytes of a request → JSON values that can be stored; everything else is a sentence and a 4xx."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any, NoReturn

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_BODY_BYTES = 1024 * 1024
# Deeper than anything this API takes, far from the interpreter's own limit.
MAX_DEPTH = 50


class BodyTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is larger than 1 MiB. Send less at once."
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    """JSON as RFC 8259 has it, and no more: no NaN, no repeated keys, no U+0000, no half
    characters. Fractions become Decimal, so that no digit is lost."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(MAX_BODY_BYTES + 1)
        if len(raw) > MAX_BODY_BYTES:
            raise BodyTooLarge
        return loads(raw)


def loads(raw: bytes) -> Any:
    """Raises ParseError with a sentence for anything that is not plain JSON."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError("The body is not UTF-8.") from error
    try:
        value = json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise ParseError(
            f"The body is not JSON: line {error.lineno}, column {error.colno}."
        ) from error
    except (ValueError, ArithmeticError) as error:
        raise ParseError("The body holds a number that is too large.") from error
    except RecursionError as error:
        raise ParseError("The body is nested too deeply.") from error
    _check(value)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ParseError(f"{name} is not JSON.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ParseError("The body names a key twice.")
    return result


def _check(value: Any) -> None:
    """Walks the value without recursion. Raises ParseError for what could not be stored."""
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise ParseError("The body is nested too deeply.")
        if isinstance(item, str):
            _check_text(item)
        elif isinstance(item, dict):
            waiting += [(part, depth + 1) for pair in item.items() for part in pair]
        elif isinstance(item, list):
            waiting += [(part, depth + 1) for part in item]


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise ParseError("The body holds U+0000, which is no text.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ParseError("The body holds half a character (a lone surrogate).") from error
