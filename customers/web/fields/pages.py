"""What the page of fields shows: the list by status, and the field that is open beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from customers.extra_fields import type_of
from customers.web import forms
from customers.web.confirmations import confirmations
from customers.web.edge import act_of, principal_of
from customers.web.fields import words
from entities import counts, field_values, fields, history, inbox
from entities.definitions import AUTHORISED, PROPOSED, REJECTED, RETIRED
from entities.field_values import Count
from entities.fields import Field
from entities.roles import PROVIDERS
from events.paging import Window

LISTED = "SELECT 1 FROM customers_customer WHERE state = 'listed'"
MOST_ACTS = 50
MOST_CONFLICTS = 10
NO_COUNT = Count(0, False)


@dataclass(frozen=True, slots=True)
class Row:
    """One field in the list. `share` of the listed customers who hold a value, None = not shown."""

    field: Field
    class_words: str
    count: Count
    share: float | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Group:
    status: str
    name: str
    rows: list[Row]


def listing(request: HttpRequest, *, status: str, opened: UUID | None) -> dict[str, Any]:
    """`status` "" = all of them."""
    found = fields.fields()
    held = field_values.value_counts(found)
    everybody, _ = counts.bounded_count(LISTED, {})
    groups = []
    for code, name in words.STATUSES.items():
        rows = [_row(one, held, everybody, opened) for one in found if one.status == code]
        if rows and status in ("", code):
            groups.append(Group(code, name, rows))
    numbers = {code: sum(one.status == code for one in found) for code in words.STATUSES}
    return {
        "section": "fields",
        "groups": groups,
        "status": status,
        "tabs": [("", "All", len(found))]
        + [(code, name, numbers[code]) for code, name in words.STATUSES.items()],
        "may_decide": principal_of(request).role in PROVIDERS,
    }


def opened(request: HttpRequest, field: Field) -> dict[str, Any]:
    """The panel of one field."""
    act = act_of(request)
    chips = confirmations([field.id], here=settings.LOCATION_ID, now_us=act.now_us)
    events = () if field.is_built_in else history.events_of_entity(field.id, limit=MOST_ACTS).rows
    return {
        "field": field,
        "status_words": words.STATUSES[field.status],
        "status_tag": words.TAGS.get(field.status, ""),
        "class_words": words.CLASSES[field.data_class],
        "acts": words.told(events),
        "chips": chips.get(str(field.id), []),
        "alike": words.alike(field, fields.fields()) if field.status == PROPOSED else [],
        "example": forms.example_of(type_of(field)),
        "conflicts": _conflicts(field.id),
        "count": field_values.value_counts([field]).get(field.key, NO_COUNT),
        "may_authorise": field.status in (PROPOSED, RETIRED, REJECTED) and not field.is_built_in,
        "may_reject": field.status == PROPOSED,
        "may_retire": field.status == AUTHORISED and not field.is_built_in,
        "etag": (field.digest or b"").hex(),
    }


def _row(field: Field, held: Mapping[str, Count], everybody: int, opened: UUID | None) -> Row:
    count = held.get(field.key, NO_COUNT)
    is_used = field.status == AUTHORISED
    return Row(
        field=field,
        class_words=words.CLASSES[field.data_class],
        count=count,
        share=min(1.0, count.number / everybody) if is_used and everybody else None,
        is_open=field.id == opened,
    )


@dataclass(frozen=True, slots=True)
class Side:
    """What one location said."""

    event_id: UUID
    said: str
    actor: str
    location_id: str
    at: datetime
    holds: bool


def _conflicts(uid: UUID) -> list[dict[str, Any]]:
    page = inbox.conflicts_page(window=Window(size=MOST_CONFLICTS), entity_uid=uid)
    return [
        {
            "id": row["conflict_id"],
            "about": words.ATTRIBUTES.get(row["attribute"], row["attribute"]),
            "sides": [
                Side(
                    head["event_id"],
                    words.shown(row["attribute"], head["value"]),
                    head["actor"],
                    head["location_id"],
                    head["at"],
                    head["event_id"] == row["holds"],
                )
                for head in row["heads"]
            ],
        }
        for row in page.rows
    ]
