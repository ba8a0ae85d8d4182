"""The Transactions page: what was asked, its numbers and drawings, and the entries in sentences."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.core.management import get_commands
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit.actions import KIND_OF_ACTION
from audit.chain import contradictions
from audit.chain.verification import chain_state
from audit.entries import add_entry
from audit.totals import Totals, totals
from audit.transactions import Asked, Slice, list_transactions
from customers.web.edge import act_of, note_refusal, page, text_of
from customers.web.transactions import charts, filters, kibana, rows
from customers.web.transactions.filters import Filters
from customers.web.transactions.sentences import listed, name_of_action
from customers.web.transactions.tellings import KINDS, OUTCOMES
from events import peers
from events.errors import Refused
from events.principal import ROLES

logger = logging.getLogger(__name__)

PAGE_SIZE = 50
# How a drawing is shown: as itself or as a table of the same numbers.
VIEWS = ("days", "hours")
TABLE = "table"

Part = TypeVar("Part")


@page
def report(request: HttpRequest) -> HttpResponse:
    asked = filters.read(request.GET, today=timezone.localdate())
    if asked.problems:
        note_refusal(request, Refused(filters.CANNOT_ASK, code="invalid"))
        return render(request, "customers/transactions.html", _frame(request, asked), status=400)
    question = Asked(**asked.asked(timezone.get_current_timezone()))
    cursor = text_of(request.GET, "cursor") or None
    kept = _kept(request)
    # Before this page's own entry
    counted = part(lambda: totals(question))
    state = part(lambda: chain_state(since=question.since, until=question.until))
    with transaction.atomic():
        found = list_transactions(question, limit=PAGE_SIZE, cursor=cursor)
        shown = rows.shown(found.results)
        add_entry(
            act_of(request),
            action="transactions.read",
            entity_uid=question.subject,
            hit_ids=shown.uids,
            codes=asked.names,
            result_count=len(shown.rows),
        )
    context = {
        **_frame(request, asked),
        **_summary(asked, counted),
        **_entries(asked, kept, found, shown.rows),
        **_toggles(asked, {**kept, "cursor": cursor or ""}),
        "chain": state,
        "kibana": _elsewhere(asked),
        **_contradicted(question),
    }
    return render(request, "customers/transactions.html", context)


def part(read: Callable[[], Part]) -> Part | None:
    """A part of the page, None when the database did not answer in time: the rest stands."""
    try:
        with transaction.atomic():
            return read()
    except OperationalError as error:
        logger.warning("database.busy", extra={"reason": type(error.__cause__).__name__})
        return None


def _frame(request: HttpRequest, asked: Filters) -> dict[str, Any]:
    """Filters and heading: also of what cannot be asked."""
    kept = _kept(request)
    dates = filters.periods(timezone.localdate())
    others = sorted(peers.known().keys() - {settings.LOCATION_ID})
    return {
        "section": "transactions",
        "asked": asked,
        "kept": kept,
        "query": asked.query(),
        "periods": [(words, asked.query(**kept, **days)) for words, days in dates],
        "without_period": asked.query(**kept, **{"from": "", "to": ""}),
        "locations": _with([settings.LOCATION_ID, *others], asked, "location"),
        "actors": _actors([], asked),
        "others": listed(others),
        "roles": ROLES,
        "actions": _actions(),
        "outcomes": OUTCOMES.items(),
        "zone": settings.TIME_ZONE,
    }


def _contradicted(question: Asked) -> dict[str, Any]:
    """Which peers' chains are not what they had said, heard in this period."""
    found = part(lambda: contradictions.heard(since=question.since, until=question.until)) or []
    return {"contradicted": found, "contradiction": contradictions.sentence(found)}


def _elsewhere(asked: Filters) -> str:
    zone = timezone.get_current_timezone()
    return kibana.address(settings.KIBANA_URL, since=asked.since(zone), until=asked.until(zone))


def _kept(request: HttpRequest) -> dict[str, str]:
    """Which drawings are shown as tables, for the links of this page."""
    return {name: TABLE for name in VIEWS if request.GET.get(name) == TABLE}


def _toggles(asked: Filters, kept: Mapping[str, str]) -> dict[str, str]:
    """The addresses of the same page with one drawing shown otherwise."""
    return {
        f"{name}_{word}": asked.query(**{**kept, name: view})
        for name in VIEWS
        for word, view in (("chart", ""), ("table", TABLE))
    }


def _actions() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(kind, its words, its actions), as the filter offers them."""
    return [
        (
            kind,
            words,
            [(name, name_of_action(name)) for name, one in KIND_OF_ACTION.items() if one == kind],
        )
        for kind, words in KINDS.items()
    ]


def _actors(names: Sequence[str], asked: Filters) -> list[tuple[str, list[str]]]:
    """Those who did most, people apart from the commands that act in their own name."""
    offered, commands = _with(names, asked, "actor"), get_commands()
    groups = (
        ("People and programs", [name for name in offered if name not in commands]),
        ("Commands and workers", [name for name in offered if name in commands]),
    )
    return [group for group in groups if group[1]]


def _with(choices: Sequence[str], asked: Filters, name: str) -> list[str]:
    """The choices and what was chosen: nothing that is asked for is missing in its own list."""
    chosen = asked.texts[name]
    return [*choices, chosen] if chosen and chosen not in choices else list(choices)


def _summary(asked: Filters, found: Totals | None) -> dict[str, Any]:
    if found is None:
        return {"has_failed": True}
    today = timezone.localdate()
    first, last = _drawn(asked, found)
    heat = charts.heatmap(found.per_hour)
    return {
        "totals": found,
        "tiles": tiles(found, days=(last - first).days + 1),
        "bars": charts.stacked_bars(found.per_day, first=first, last=last, today=today),
        "heat": heat,
        "hours": charts.by_hour(heat),
        "steps": [(step, step * 20) for step in range(charts.STEPS + 1)],
        "series": charts.SERIES,
        "actors": _actors([name for name, _ in found.per_actor], asked),
    }


def _drawn(asked: Filters, found: Totals) -> tuple[Any, Any]:
    """The days that are drawn: none before the first entry of a long period, and none to come."""
    today = timezone.localdate()
    last = max(asked.first, min(asked.last, today))
    if asked.days <= charts.MOST_DAYS or not found.per_day:
        return asked.first, last
    return min(found.per_day)[0], max(last, max(found.per_day)[0])


def tiles(found: Totals, *, days: int) -> list[dict[str, Any]]:
    """The strip: all, then each part with its share."""
    parts = charts.parts_of(found.per_kind, found.refused)
    said = {"refused": _worst(found)}
    return [
        {"label": "All transactions", "count": found.entries, "a_day": _rate(found.entries, days)},
        *(
            {
                "name": one.name,
                "label": one.label,
                "count": parts[one.name],
                "share": parts[one.name] / found.entries if found.entries else 0.0,
                "said": said.get(one.name, ""),
            }
            for one in charts.SERIES
        ),
    ]


def _rate(entries: int, days: int) -> str:
    """How many a day: "1,281", "0.4"."""
    a_day = entries / max(days, 1)
    return f"{a_day:,.0f}" if a_day >= 10 or a_day == int(a_day) else f"{a_day:.1f}"


def _worst(found: Totals) -> str:
    """The day with most refusals, when it is more than one of many."""
    refused = [(count, day) for day, kind, count in found.per_day if kind == "refused"]
    if len(refused) < 2:
        return ""
    count, day = max(refused)
    return f"{count:,} on {day.day} {day:%b}"


def _entries(
    asked: Filters, kept: Mapping[str, str], found: Slice, shown: Sequence[rows.Row]
) -> dict[str, Any]:
    return {
        "rows": shown,
        "newer": asked.query(**kept, cursor=found.previous) if found.previous else "",
        "older": asked.query(**kept, cursor=found.next) if found.next else "",
    }
