"""The customer's pages: details now and then, timeline, provenance with its undo."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit.entries import add_entry
from customers import services
from customers.models import CustomerState
from customers.queries import check_listed
from customers.rules import CODE_OF_KEY
from customers.web import lanes, pages, sentences, wording
from customers.web.confirmations import confirmations
from customers.web.dossier import Dossier, dossier
from customers.web.edge import (
    act_of,
    is_partial,
    page,
    refused,
    say_saved,
    text_of,
    to_customer,
)
from customers.web.mappings import as_mapping
from customers.web.merges import merges_of
from customers.web.pairs import likely_twin
from customers.web.provenance import Source, provenance
from customers.web.standing import erased, standing
from entities.refusals import Stale
from events.clock import MAX_INSTANT_US, MIN_INSTANT_US, instant_of, us_of
from events.errors import Refused
from events.principal import Act

Row = dict[str, Any]

NO_INSTANT = "This is no instant. Use a date and a time, like 2024-03-10 14:05."
REPLACED = "This value was replaced since. Open it again to see what holds now."
NOTHING_BEFORE = "Nothing was recorded before this value, so there is nothing to bring back."
UNDONE = "Undone"
# Pixels of the time bar's strip of changes.
STRIP_START, STRIP_END = 4, 284
MOST_TICKS = 60
SHOWN = (CustomerState.LISTED, CustomerState.RESTRICTED)


@page
def details(request: HttpRequest, uid: UUID) -> HttpResponse:
    at = _as_of(request)
    action = "customer.read_as_of" if at else "customer.read"
    twin = None if at else likely_twin(uid)
    found = _read(request, uid, action, beside=[twin["uid"]] if twin else [])
    if not at and found.customer.state not in SHOWN:
        return _tombstone(request, found)
    rows = pages.details(
        history=found.shown_history,
        fields=found.field_codes,
        labels=found.labels_of_details,
        at=at,
    )
    context = {
        **_frame(request, found, at),
        "tab": "details",
        "rows": rows,
        "twin": twin,
        "changed_count": sum(row.is_changed for row in rows),
    }
    return render(request, "customers/customer.html", context)


@page
def timeline(request: HttpRequest, uid: UUID) -> HttpResponse:
    at = _as_of(request)
    found = _read(request, uid, "customer.events_read")
    if found.customer.state == CustomerState.ERASED:
        return _tombstone(request, found)
    zone = timezone.get_current_timezone()
    chosen = {name: text_of(request.GET, name) for name in ("actor", "location", "code")}
    frame = _frame(request, found, at)
    drawing = lanes.draw(
        history=found.history,
        labels=found.labels,
        now=_now(request),
        zone=zone,
        at=at,
        merged=[one["at"] for one in frame["losers"]],
    )
    context = {
        **frame,
        **_filters(found, frame["acts"], chosen),
        **_views(request, chosen),
        "tab": "timeline",
        "drawing": drawing,
        "days": _days(found, frame["acts"], chosen),
        "today": timezone.localdate(),
    }
    context["shown_count"] = sum(len(day.entries) for day in context["days"])
    return render(request, "customers/timeline.html", context)


@page
def source_of(request: HttpRequest, uid: UUID, code: str) -> HttpResponse:
    """Where a value comes from; by POST the value before it comes back."""
    if request.method == "POST":
        return _undo(request, uid, code)
    found = _read(request, uid, "customer.history_read")
    check_listed(found.customer)
    source = _source(found, code)
    if source is None:
        raise Refused("This field is not recorded.", code="not_found", status=404)
    context = {"customer": _shown(found), "source": source}
    template = "customers/_provenance.html" if is_partial(request) else "customers/provenance.html"
    return render(request, template, context)


@page
def confirmed(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Where the last change has arrived; the customer's page asks until it is everywhere."""
    chips = _chips(request, uid)
    context = {"customer": {"id": uid}, "chips": chips, "is_waiting": _is_waiting(chips)}
    return render(request, "customers/_confirmed.html", context)


def _undo(request: HttpRequest, uid: UUID, code: str) -> HttpResponse:
    found = dossier(uid=uid)
    source = _source(found, code)
    if source is None or source.event_id != request.POST.get("event_id"):
        return refused(request, Refused(REPLACED, code="stale", status=409), entity_uid=uid)
    if not source.can_undo:
        return refused(request, Refused(NOTHING_BEFORE, code="invalid"), entity_uid=uid)
    try:
        _bring_back(act_of(request), found, source)
    except Stale:
        return refused(request, Refused(REPLACED, code="stale", status=409), entity_uid=uid)
    say_saved(request, f"{source.label} is back to what it was, saved")
    return to_customer(uid)


def _bring_back(act: Act, found: Dossier, source: Source) -> None:
    key = source.code.lower()
    before = source.before or None
    is_core = key in CODE_OF_KEY
    services.change_customer(
        act,
        entity_uid=found.customer.entity_uid,
        values={key: before} if is_core else {},
        extra_fields=None if is_core else {key: before},
        allow_duplicate=True,  # it stood here before
        if_match=(found.customer.digest or b"").hex(),
        reason=UNDONE,
    )


def _read(
    request: HttpRequest, uid: UUID, action: str, *, beside: Collection[UUID] = ()
) -> Dossier:
    """The customer, with its audit entry; `beside` = who else is shown.
    Raises CustomerNotFound."""
    found = dossier(uid=uid)
    add_entry(act_of(request), action=action, entity_uid=uid, hit_ids=list(beside))
    return found


def _source(found: Dossier, code: str) -> Source | None:
    return provenance(
        code=code.upper(), history=found.history, events=found.events, labels=found.labels
    )


def _shown(found: Dossier) -> Row:
    return as_mapping(found.customer)


def _as_of(request: HttpRequest) -> datetime | None:
    """The instant of the time bar, without an offset in the reader's zone. Raises Refused."""
    text = text_of(request.GET, "as_of")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        at = at if at.tzinfo else at.replace(tzinfo=timezone.get_current_timezone())
        us = us_of(at)
    except (ValueError, OverflowError) as error:
        raise Refused(NO_INSTANT, code="invalid") from error
    if not MIN_INSTANT_US <= us <= MAX_INSTANT_US:
        raise Refused(NO_INSTANT, code="invalid")
    return instant_of(us)


def _now(request: HttpRequest) -> datetime:
    return instant_of(act_of(request).now_us)


def customer_frame(request: HttpRequest, uid: UUID) -> Row:
    """Head and tabs for pages of the customer that show something else. Raises CustomerNotFound."""
    return _frame(request, dossier(uid=uid), None)


def _frame(request: HttpRequest, found: Dossier, at: datetime | None) -> Row:
    """What head, tabs and time bar of a customer's page show."""
    instants = pages.changes(found.history)
    previous, following = pages.neighbours(instants, at)
    chips = [] if at else _chips(request, found.customer.entity_uid)
    last = _last_event(found.events, at)
    merges = merges_of(found.customer.entity_uid, found.events)
    return {
        "acts": merges.acts,
        "losers": merges.losers,
        **standing(found.customer.entity_uid, found.events, is_linked=bool(merges.losers)),
        "replaced": merges.replaced,
        "customer": _customer_then(found, at, last),
        "state": found.customer.state,
        "last_actor": last["actor"] if last else "",
        "chips": chips,
        "is_waiting": _is_waiting(chips),
        "keep": f"?{urlencode({'as_of': at.isoformat()})}" if at else "",
        "as_of": at,
        "as_of_input": f"{timezone.localtime(at):%Y-%m-%dT%H:%M}" if at else "",
        "now_input": f"{timezone.localtime(_now(request)):%Y-%m-%dT%H:%M}",
        "was_listed": at is None or _entity_then(found.history, at) is not None,
        "previous_change": previous,
        "next_change": following,
        "change_count": len(instants),
        "event_count": len(merges.acts),
        "change_place": sum(1 for one in instants if at is None or one <= at),
        "first_year": timezone.localtime(instants[0]).year if instants else None,
        **_strip(instants, at, _now(request)),
    }


def _strip(instants: Sequence[datetime], at: datetime | None, now: datetime) -> Row:
    """Places of the changes and of the shown instant on the time bar's strip, in pixels."""
    if not instants:
        return {"tick_xs": [], "then_x": STRIP_END}
    first = instants[0]
    span = max((now - first).total_seconds(), 1.0)

    def place(moment: datetime) -> float:
        share = min(max((moment - first).total_seconds() / span, 0.0), 1.0)
        return round(STRIP_START + share * (STRIP_END - STRIP_START), 1)

    places = sorted({place(moment) for moment in instants})
    return {"tick_xs": places[-MOST_TICKS:], "then_x": place(at) if at else STRIP_END}


def _last_event(events: Sequence[Row], at: datetime | None) -> Row | None:
    """The event that was the last word at that instant, by valid time."""
    said = [event for event in events if at is None or event["valid_from"] <= at]
    if at is None:
        return max(said, key=lambda event: (event["at"], event["origin"]), default=None)
    return max(said, key=lambda event: (event["valid_from"], event["at"]), default=None)


def _entity_then(history: Sequence[Row], at: datetime) -> Row | None:
    for row in history:
        is_begun = row["type"] == "entity" and row["valid_from"] <= at
        if is_begun and (row["valid_to"] is None or at < row["valid_to"]):
            return row
    return None


def _customer_then(found: Dossier, at: datetime | None, last: Row | None) -> Row:
    shown = _shown(found)
    if last:  # who, where and when of one event: taking a merge back leaves the row as it was
        shown["updated_at"] = last["at" if at is None else "valid_from"]
        shown["location_id"] = last["location_id"]
    if at is not None:
        entity = _entity_then(found.history, at)
        name = entity["display_name"] if entity else None
        shown["display_name"] = name or shown["display_name"]
    return shown


def _chips(request: HttpRequest, uid: UUID) -> list[Row]:
    now_us = act_of(request).now_us
    found = confirmations([uid], here=settings.LOCATION_ID, now_us=now_us)
    return found.get(str(uid), [])


def _is_waiting(chips: Sequence[Row]) -> bool:
    return not all(chip["confirmed"] for chip in chips)


def _tombstone(request: HttpRequest, found: Dossier) -> HttpResponse:
    """What happened to a customer that is no longer listed, and where to go."""
    customer, state = found.customer, found.customer.state
    last = _last_event(found.events, None)
    survivor, telling = None, ("", "")
    if state == CustomerState.MERGED and customer.merged_into:
        survivor = as_mapping(dossier(uid=customer.merged_into).customer)
        telling = pages.telling(_shown(found), survivor)
    context = {
        "state": state,
        "customer": _shown(found) if state != CustomerState.ERASED else {"id": customer.entity_uid},
        "at": last["at"] if last else None,
        "actor": last["actor"] if last else "",
        "where": last["location_id"] if last else "",
        "reason": (last.get("reason") or "") if last else "",
        "survivor": survivor,
        "telling": telling,
        "can_restore": state == CustomerState.DELETED,
        **standing(customer.entity_uid, found.events, is_linked=survivor is not None),
        "ledger": erased(customer.entity_uid) if state == CustomerState.ERASED else {},
    }
    status = 200 if is_partial(request) else 404 if state == CustomerState.DELETED else 410
    return render(request, "customers/tombstone.html", context, status=status)


def _days(found: Dossier, acts: Sequence[Row], chosen: dict[str, str]) -> list[sentences.Day]:
    kept = {str(event["event_id"]) for event in acts if _is_chosen(event, chosen)}
    days = sentences.timeline(
        events=acts,
        history=found.history,
        labels=found.labels,
        zone=timezone.get_current_timezone(),
    )
    shown = [
        sentences.Day(day.date, tuple(one for one in day.entries if one.event_id in kept))
        for day in days
    ]
    return [day for day in shown if day.entries]


def _is_chosen(event: Row, chosen: dict[str, str]) -> bool:
    return (
        chosen["actor"] in ("", event["actor"])
        and chosen["location"] in ("", event["location_id"])
        and (not chosen["code"] or chosen["code"] in event["details"])
    )


def _filters(found: Dossier, acts: Sequence[Row], chosen: dict[str, str]) -> Row:
    codes = sorted({code for event in acts for code in event["details"]})
    return {
        **chosen,
        "actors": sorted({event["actor"] for event in acts}),
        "locations": sorted({event["location_id"] for event in acts}),
        "codes": [(code, wording.label(code, found.labels)) for code in codes],
    }


def _views(request: HttpRequest, chosen: dict[str, str]) -> Row:
    as_of = {"as_of": text_of(request.GET, "as_of")}
    kept = {name: value for name, value in {**chosen, **as_of}.items() if value}
    return {
        "view": "table" if request.GET.get("view") == "table" else "lanes",
        "lanes_query": urlencode(kept),
        "table_query": urlencode({**kept, "view": "table"}),
    }
