"""Values of customers in templates: marked letters, dates in words, score bars."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from customers.web import wording

register = template.Library()


@register.filter
def runs(pieces: wording.Runs) -> SafeString:
    """(text, differs) runs as text in which what differs is marked."""
    parts = (
        (format_html("<mark>{}</mark>", text) if differs else text,) for text, differs in pieces
    )
    return format_html_join("", "{}", parts)


@register.simple_tag
def marked(text: Any, other: Any) -> SafeString:
    """`text` with the letters marked in which it differs from `other`."""
    return runs(wording.marked(wording.in_words(text), wording.in_words(other)))


@register.simple_tag
def compared(text: Any, other: Any) -> SafeString:
    """The same of two values that search compared."""
    return runs(wording.marked_as_compared(wording.in_words(text), wording.in_words(other)))


@register.filter
def value(raw: Any) -> str:
    return wording.in_words(raw)


@register.filter
def get(row: Mapping[str, Any], key: str) -> Any:
    return row.get(key, "")


@register.simple_tag
def score_bar(score: float) -> SafeString:
    """A bar beside the score's number; the number says it, so the bar is hidden from readers."""
    return format_html(
        '<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="8"/>'
        '<rect class="bar" width="{}" height="8"/></svg>',
        round(min(max(score, 0.0), 1.0) * 100),
    )
