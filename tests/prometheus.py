"""The alert rules, and of their expressions as much as tells what they read.

promtool is not at hand: this is no parser of PromQL, but refuses what is obviously none.
"""

import re
from pathlib import Path
from typing import Any

import yaml

ALERTS = Path(__file__).parents[1] / "deploy" / "prometheus" / "alerts.yml"
FUNCTIONS = {"rate", "increase", "sum", "histogram_quantile", "min_over_time", "max_over_time"}
MATCHERS = re.compile(r'(\w+)\{((?:\w+(?:=~|!~|!=|=)"[^"]*",?\s*)*)\}')
GROUPING = re.compile(r"\b(?:by|without) \(([\w, ]+)\)")
JOINING = re.compile(r"\b(?:on|ignoring) \([\w, ]+\)")
WORDS = {"and", "or", "unless"}


class BadExpression(ValueError):
    """Prometheus would not read this."""


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def used(expression: str) -> dict[str, set[str]]:
    """Metric → the labels that are asked of it. Raises BadExpression."""
    metrics: dict[str, set[str]] = {}
    for metric, matchers in MATCHERS.findall(expression):
        metrics.setdefault(metric, set()).update(re.findall(r"(\w+)(?:=|!)", matchers))
    text = MATCHERS.sub(r"\1", expression)
    # What is grouped by must be there in all that stands inside the brackets that follow.
    for match in GROUPING.finditer(text):
        labels = {label.strip() for label in match[1].split(",")}
        for metric in _names(_brackets(text[match.end() :])):
            metrics.setdefault(metric, set()).update(labels)
    text = JOINING.sub("", GROUPING.sub("", text))
    for metric in _names(text):
        metrics.setdefault(metric, set())
    _check(text)
    return metrics


def _names(text: str) -> set[str]:
    plain = re.sub(r"\[[^\]]*\]", "", text)
    return set(re.findall(r"\b([a-z_]\w*)\b(?!\s*\()", plain)) - WORDS - FUNCTIONS


def _brackets(text: str) -> str:
    """What stands in the first pair of brackets."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and sign == ")":
            return text[:at]
    raise BadExpression(f"not closed: {text!r}")


def _check(text: str) -> None:
    if text.count("(") != text.count(")"):
        raise BadExpression(f"brackets: {text!r}")
    if set(re.findall(r"(\w+)\s*\(", text)) - FUNCTIONS - WORDS:
        raise BadExpression(f"an unknown function: {text!r}")
    if not all(re.fullmatch(r"\d+[smhd]", span) for span in re.findall(r"\[([^\]]*)\]", text)):
        raise BadExpression(f"a span of time: {text!r}")
    if re.search(r"[{}\"]", text) or re.search(r"[-+*/<>=]\s*$|^\s*[*/<>=]", text):
        raise BadExpression(f"not understood: {text!r}")
