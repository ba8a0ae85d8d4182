"""One entry with all that it says, in words, and what its events changed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.entries import add_entry
from audit.transactions import Asked, Transaction, find_transaction, list_transactions, proof_of
from customers.extra_fields import extra_field_types
from customers.web.dossier import labels_of
from customers.web.edge import act_of, page, text_of
from customers.web.transactions import changes, rows
from customers.web.transactions.names import names_of
from customers.web.transactions.sentences import Name, name_of_action
from customers.web.transactions.tellings import KINDS, WAYS_IN
from events.errors import Refused

NO_ENTRY = "There is no entry with this id. It may have been moved to the archive of its month."
# The other entries of the request: they are made within moments of each other, elsewhere later.
AROUND = timedelta(days=1)
MOST_BESIDE = 20
MOST_HITS = 50


@dataclass(frozen=True, slots=True)
class Proof:
    """What only the page of one entry shows of the audit table."""

    address: str
    query_hash: str
    previous: str
    own: str


@page
def entry(request: HttpRequest, audit_id: str) -> HttpResponse:
    found = find_transaction(UUID(audit_id))
    if found is None:
        raise Refused(NO_ENTRY, code="not_found", status=404)
    start = _start(request, len(found.event_ids))
    context = {
        "section": "transactions",
        "entry": found,
        "about": names_of([found.entity_uid]).get(found.entity_uid) if found.entity_uid else None,
        **_words(found),
        **_changes(found, start),
        **_hits(found),
        "proof": _proof(found),
    }
    with transaction.atomic():
        add_entry(
            act_of(request),
            action="transaction.read",
            entity_uid=found.entity_uid,
            hit_ids=sorted(context.pop("uids") | context.pop("hit_uids")),
            result_count=1,
        )
    return render(request, "customers/transaction.html", context)


def _words(found: Transaction) -> dict[str, Any]:
    asked = Asked(since=found.at - AROUND, until=found.at + AROUND, request_id=found.request_id)
    beside = list_transactions(asked, limit=MOST_BESIDE + 1).results
    others = [one for one in beside if one.audit_id != found.audit_id]
    return {
        "row": rows.shown([found]).rows[0],
        "beside": rows.shown(others[:MOST_BESIDE]).rows,
        "kind": KINDS.get(found.kind, found.kind),
        "action_name": name_of_action(found.action),
        "way_in": WAYS_IN.get(found.auth, found.auth),
    }


def _changes(found: Transaction, start: int) -> dict[str, Any]:
    """A page of them, for a batch may hold thousands."""
    ids = found.event_ids[start : start + changes.PAGE_SIZE]
    shown = changes.changes_of(ids, labels_of(extra_field_types()))
    end = start + len(ids)
    return {
        "changes": shown.changes,
        "first_change": start + 1,
        "last_change": end,
        "earlier": max(0, start - changes.PAGE_SIZE) if start else None,
        "later": end if end < len(found.event_ids) else None,
        "uids": shown.uids,
    }


def _start(request: HttpRequest, count: int) -> int:
    """Which change comes first; whatever is none of them is the first."""
    text = text_of(request.GET, "start")
    start = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    return start if start < count else 0


def _hits(found: Transaction) -> dict[str, Any]:
    """Who was shown or found: names as they are now."""
    names = names_of(found.hit_ids[:MOST_HITS])
    hits = [names.get(uid) or Name(uid, "") for uid in found.hit_ids[:MOST_HITS]]
    return {
        "hits": hits,
        "more_hits": len(found.hit_ids) - len(hits),
        "hit_uids": {hit.uid for hit in hits if hit.text},
    }


def _proof(found: Transaction) -> Proof:
    return Proof(*proof_of(found))
