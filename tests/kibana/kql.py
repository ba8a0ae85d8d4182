"""The part of Kibana's query language that the dashboards use → Elasticsearch queries.

`field: value`, `field: (a or b)`, `field: *`, `field: start*`, `field >= 1`, and, or, not, ( ).
"""

import re
from itertools import pairwise
from typing import Any

TOKEN = re.compile(r'\s*(?:(?P<text>"[^"]*")|(?P<sign>>=|<=|[():<>])|(?P<word>[^\s():<>"]+))')
RANGES = {">=": "gte", "<=": "lte", ">": "gt", "<": "lt"}
JOINTS = ("and", "or", "not")
Query = dict[str, Any]


class BadQuery(ValueError):
    """This is not in the part of KQL that is understood here."""


def translated(text: str) -> Query:
    """Raises BadQuery."""
    if not text.strip():
        return {"match_all": {}}
    parser = _Parser(_tokens(text))
    query = parser.either(parser.clause)
    if parser.rest:
        raise BadQuery(f"{text!r}: not understood from {parser.rest[0]!r} on")
    return query


def fields(text: str) -> set[str]:
    """The fields that a query names."""
    tokens = _tokens(text)
    return {
        word for word, sign in pairwise(tokens) if sign in (":", *RANGES) and word not in JOINTS
    }


def values(text: str, field: str) -> set[str]:
    """The values that a query asks of one field."""
    found = re.findall(rf"{re.escape(field)}:\s*(\([^)]*\)|\S+)", text)
    words = {word for part in found for word in part.strip("()").split()}
    return words - set(JOINTS)


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            raise BadQuery(f"{text!r}: not understood from {text[at:]!r} on")
        tokens.append(match.group().strip())
        at = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.rest = tokens

    def either(self, part: Any) -> Query:
        return self._joined("or", "should", lambda: self._joined("and", "filter", part))

    def clause(self) -> Query:
        word = self._next()
        if word == "not":
            return {"bool": {"must_not": [self.clause()]}}
        if word == "(":
            return self._closed(self.clause)
        return self._of_field(word)

    def _of_field(self, field: str) -> Query:
        sign = self._next()
        if sign in RANGES:
            return {"range": {field: {RANGES[sign]: _number(self._next())}}}
        if sign != ":":
            raise BadQuery(f"after {field}: {sign!r}")
        if self.rest[:1] == ["("]:
            self._next()
            return self._closed(lambda: _value(field, self._next()))
        return _value(field, self._next())

    def _closed(self, part: Any) -> Query:
        query = self.either(part)
        if self._next() != ")":
            raise BadQuery("a bracket is not closed")
        return query

    def _joined(self, joint: str, name: str, part: Any) -> Query:
        parts = [part()]
        while self.rest[:1] == [joint]:
            self._next()
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        more = {"minimum_should_match": 1} if name == "should" else {}
        return {"bool": {name: parts, **more}}

    def _next(self) -> str:
        if not self.rest:
            raise BadQuery("it ends too early")
        return self.rest.pop(0)


def _value(field: str, word: str) -> Query:
    if word in JOINTS or word in ("(", ")", ":"):
        raise BadQuery(f"{field}: {word!r} is no value")
    if word == "*":
        return {"exists": {"field": field}}
    if word.startswith('"'):
        return {"term": {field: word.strip('"')}}
    if word.endswith("*"):
        return {"prefix": {field: word[:-1]}}
    if "*" in word:
        raise BadQuery(f"{field}: a star in the middle")
    return {"term": {field: word}}


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError as error:
        raise BadQuery(f"{word!r} is no number") from error
