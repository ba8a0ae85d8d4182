"""Every address of the URLconf, with somebody in it to find."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.urls import URLResolver, get_resolver
from django.utils.regex_helper import normalize


@dataclass(frozen=True)
class Address:
    """`name` as in the URLconf, with its namespace; "" for what has none."""

    name: str
    path: str


def all_addresses(value_of: Callable[[str, str], str]) -> list[Address]:
    """One path for each pattern; `value_of` tells what fills a part of the path of a name."""
    found = []
    for name, patterns in _patterns(get_resolver(), "", ()):
        path = "/"
        for pattern in patterns:
            ((form, parts), *_) = normalize(pattern)
            path += form % {part: value_of(name, part) for part in parts}
        found.append(Address(name, path))
    return found


def admin_key(name: str) -> str:
    """The key of a row of the table to which an address of the admin belongs."""
    for model, model_admin in admin.site._registry.items():
        if name.startswith(f"admin:{model._meta.app_label}_{model._meta.model_name}_"):
            row = model_admin.get_queryset(HttpRequest()).first()
            return quote(model_admin.key_of(row)) if row else "none"
    return "none"


def _patterns(
    resolver: URLResolver, namespace: str, above: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in resolver.url_patterns:
        patterns = (*above, one.pattern.regex.pattern)
        if isinstance(one, URLResolver):
            inside = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _patterns(one, inside, patterns)
        else:
            yield f"{namespace}{one.name or ''}", patterns
