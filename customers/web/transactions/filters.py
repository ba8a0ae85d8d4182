"""What is asked of the report, read from the address and said back in words. Pure.

Every part is optional; without a period it is the last 30 days. Nothing personal is among them:
somebody is asked for by id.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from datetime import time as clock
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from customers.web import wording
from customers.web.transactions.tellings import KINDS, OUTCOMES, TELLINGS
from events.principal import ROLES

USUAL_DAYS = 30
PERIODS = ((1, "Today"), (7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year"))
# Names of filters, in the order in which an address has them.
NAMES = (
    "from",
    "to",
    "location",
    "actor",
    "role",
    "action",
    "outcome",
    "subject",
    "request_id",
)
ACTIONS = {**TELLINGS, **KINDS}  # an action, or a whole kind of them
MAX_TEXT = 200
EARLIEST, LATEST = date(1900, 1, 1), date(9000, 12, 31)
UID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

LABELS = {
    "from": "From",
    "to": "To",
    "role": "Role",
    "action": "Action",
    "outcome": "Outcome",
    "subject": "Customer id",
    "request_id": "Request id",
}
CANNOT_ASK = "This cannot be asked. Correct what is marked, or clear the filters."
NO_DATE = "this is no date. Use one like 2026-11-21."
REVERSED = "the period ends before it begins. Exchange the two dates."
NO_ID = "this is no customer's id. Copy it from the customer's page."
NO_REQUEST = "this is no request id. It looks like 3f2b8c1e-0000-4000-8000-000000000000."
NO_CHOICE = "this is none of the choices. Choose one of the list."


@dataclass(frozen=True, slots=True)
class Filters:
    """`first` and `last` are days in the reader's zone, both included. `texts` = what was sent,
    `problems` = a sentence for each name that cannot be read."""

    first: date
    last: date
    is_usual: bool
    texts: Mapping[str, str]
    subject: UUID | None = None
    request_id: UUID | None = None
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Of what is asked for; what for is nobody's business but the subject's."""
        return [name for name, text in self.texts.items() if text]

    @property
    def is_set(self) -> bool:
        return any(self.texts.values())

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """(name, label, problem) of what cannot be read."""
        return [(name, LABELS[name], problem) for name, problem in self.problems.items()]

    @property
    def period(self) -> str:
        """ "23 Oct – 21 Nov 2026"."""
        first, last = wording.day(self.first), wording.day(self.last)
        if first == last:
            return first
        if self.first.year == self.last.year:
            first = f"{self.first.day} {self.first:%b}"
        return f"{first} – {last}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def since(self, zone: tzinfo) -> datetime:
        return datetime.combine(self.first, clock(), zone)

    def until(self, zone: tzinfo) -> datetime:
        """The first instant that does not count any more."""
        return datetime.combine(self.last + timedelta(days=1), clock(), zone)

    def query(self, **changes: Any) -> str:
        """The address's query with some parts changed; empty ones are left out."""
        texts = {**self.texts, **changes}
        return urlencode({name: text for name, text in texts.items() if text})

    def asked(self, zone: tzinfo) -> dict[str, Any]:
        """As audit/transactions.py asks."""
        action = self.texts["action"]
        return {
            **{name: self.texts[name] for name in ("location", "actor", "role", "outcome")},
            "kind" if action in KINDS else "action": action,
            "since": self.since(zone),
            "until": self.until(zone),
            "subject": self.subject,
            "request_id": self.request_id,
        }


def read(values: Mapping[str, Any], *, today: date) -> Filters:
    """Never fails: what cannot be read is among the problems, and kept as it was typed."""
    texts = {name: _text(values.get(name)) for name in NAMES}
    problems: dict[str, str] = {}
    last = _day(texts, "to", problems) or max(today, _day(texts, "from", {}) or today)
    first = _day(texts, "from", problems) or last - timedelta(days=USUAL_DAYS - 1)
    if first > last and not problems:
        problems["to"] = REVERSED
    for name, choices in _choices().items():
        if texts[name] and texts[name] not in choices:
            problems[name] = NO_CHOICE
    subject = _uid(texts, "subject", problems, NO_ID)
    request_id = _uid(texts, "request_id", problems, NO_REQUEST)
    is_usual = not (texts["from"] or texts["to"])
    return Filters(first, max(first, last), is_usual, texts, subject, request_id, problems)


def periods(today: date) -> list[tuple[str, dict[str, str]]]:
    """The usual periods, each with its two dates."""
    return [
        (words, {"from": str(today - timedelta(days=days - 1)), "to": str(today)})
        for days, words in PERIODS
    ]


def _choices() -> Mapping[str, Any]:
    return {"role": ROLES, "action": ACTIONS, "outcome": OUTCOMES}


def _text(value: Any) -> str:
    text = str(value or "").replace("\x00", "")[:MAX_TEXT]
    return text.encode("utf-8", "ignore").decode().strip()


def _day(texts: Mapping[str, str], name: str, problems: dict[str, str]) -> date | None:
    if not texts[name]:
        return None
    found = wording.civil_date(texts[name])
    if found is None or not EARLIEST <= found <= LATEST:
        problems[name] = NO_DATE
        return None
    return found


def _uid(
    texts: Mapping[str, str], name: str, problems: dict[str, str], problem: str
) -> UUID | None:
    """Also out of the address of a page that was pasted whole."""
    if not texts[name]:
        return None
    found = UID.search(texts[name])
    if found is None:
        problems[name] = problem
        return None
    return UUID(found[0])
