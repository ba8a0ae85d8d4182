"""What the customer pages show, made from API-shaped rows: pure, no clock, no HTML.

Input rows are those of the registry's API: customers, history, events, search results. Instants
may be RFC 3339 text, aware datetimes or µs; pages get aware datetimes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from customers.search.date_reading import dates_of
from customers.web import wording

Row = Mapping[str, Any]
Labels = Mapping[str, str]


class HasScore(Protocol):
    @property
    def score(self) -> float: ...


Scored = TypeVar("Scored", bound=HasScore)

GLYPHS = {"same": "=", "similar": "≈", "differs": "≠", "missing": "–"}
VERDICTS = {"same": "same", "similar": "similar", "differs": "different", "missing": "missing"}
NAMES = ("surname", "name", "display_name")
WHY_LABELS = {"dob": "born", "document_number": "document"}
NEARLY_CERTAIN = 0.999
CLEAR_ANSWER = 0.5
HARDLY_MEANT = 0.01
STRONG_MATCH = 0.9  # from here on "Open existing" is the likely next step, not "Create"


@dataclass(frozen=True, slots=True)
class Chip:
    """Why a customer was found: the glyph says it, the word is its accessible name."""

    verdict: str
    glyph: str
    word: str
    label: str
    runs: wording.Runs
    query: str
    value: str


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One found customer. `sync` = chips [{location_id, confirmed, lag_s}], empty when unknown."""

    id: str
    name: str
    score: float
    dob: str
    document_number: str
    changed_at: datetime | None
    location_id: str
    why: tuple[Chip, ...]
    sync: tuple[Row, ...] = ()
    reason: str = ""
    also_named: int = 0  # further customers of this very name that are not shown
    namesakes: str = ""  # the query that shows all of them

    @property
    def is_strong(self) -> bool:
        return self.score >= STRONG_MATCH


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One field of a customer at an instant; `now` is set when the page shows the past."""

    code: str
    label: str
    value: str
    since: datetime | None
    until: datetime | None
    actor: str
    location_id: str
    event_id: str
    now: str | None = None

    @property
    def is_changed(self) -> bool:
        return self.now is not None and self.now != self.value

    @property
    def runs(self) -> wording.Runs:
        return marked_words(self.value, self.now or "")

    @property
    def now_runs(self) -> wording.Runs:
        return marked_words(self.now or "", self.value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of a stale save; `chosen`: original, theirs, yours, or empty while undecided."""

    name: str
    label: str
    original: str
    theirs: str
    yours: str
    chosen: str

    @property
    def result(self) -> str:
        sides = {"original": self.original, "theirs": self.theirs, "yours": self.yours}
        return sides.get(self.chosen, "")


@dataclass(frozen=True, slots=True)
class StaleSave:
    """Fields by who changed them: both differently, one of the two, neither."""

    disputed: tuple[Choice, ...]
    fitting: tuple[Choice, ...]
    unchanged: tuple[str, ...]


def marked_words(text: str, other: str) -> wording.Runs:
    return wording.marked(text, other)


def chips(why: Iterable[Row]) -> tuple[Chip, ...]:
    """Chips of a search result's `why`. Rows without values (the masked view) give bare chips."""
    return tuple(_chip(item) for item in why)


def _chip(item: Row) -> Chip:
    verdict, field = item["verdict"], item["field"]
    query, value = wording.in_one_script(str(item.get("query") or ""), str(item.get("value") or ""))
    if field == "dob":
        query, value = _dates(query, value)
    return Chip(
        verdict=verdict,
        glyph=GLYPHS[verdict],
        word=VERDICTS[verdict],
        label=WHY_LABELS.get(field, field.replace("_", " ")),
        runs=_shown(verdict, query, value, is_masked="value" not in item and verdict != "missing"),
        query=wording.in_words(query),
        value=wording.in_words(value),
    )


def _shown(verdict: str, query: str, value: str, *, is_masked: bool) -> wording.Runs:
    """What stands on a chip: where they differ the value that is held, marked."""
    if is_masked:
        return ()
    if verdict in ("similar", "differs"):
        return wording.marked_as_compared(value, query)
    words = "not recorded" if verdict == "missing" else wording.in_words(query or value)
    return ((words, False),) if words else ()


def _dates(query: str, value: str) -> tuple[str, str]:
    """Both in the form in which they are compared: two years, or two days as ISO dates."""
    if len(query) == 4 and query.isdecimal() and value:
        return query, value[:4]
    asked = dates_of(query)
    if not asked or not value:
        return query, value
    return value if wording.civil_date(value) in asked else min(asked).isoformat(), value


def search_rows(results: Iterable[Row], sync: Mapping[str, Sequence[Row]]) -> list[SearchRow]:
    """Results of a search as rows, in their order; `sync` maps customer ids to their chips."""
    return [
        SearchRow(
            id=str(item["id"]),
            name=item["display_name"],
            score=shown_score(item.get("score", 1.0), item.get("why", ())),
            dob=wording.in_words(item.get("dob")),
            document_number=item.get("document_number") or "",
            changed_at=_instant(item.get("updated_at")),
            location_id=item.get("location_id") or "",
            why=chips(item.get("why", ())),
            sync=tuple(sync.get(str(item["id"]), ())),
            reason=reason(item.get("why", ())),
            also_named=item.get("also_named", 0),
            namesakes=_namesakes(item),
        )
        for item in results
    ]


def shown_score(score: float, why: Iterable[Row]) -> float:
    """Never certain unless everything that was asked is the same."""
    is_all_same = all(item["verdict"] == "same" for item in why)
    return score if is_all_same else min(score, NEARLY_CERTAIN)


def worth_showing(hits: Sequence[Scored]) -> list[Scored]:
    """Without those who are hardly meant, when the first answer is clear. Hits best first."""
    if not hits or hits[0].score < CLEAR_ANSWER:
        return list(hits)
    return [hit for hit in hits if hit.score >= HARDLY_MEANT]


def _namesakes(item: Row) -> str:
    """Everybody of this name, with nothing else asked."""
    names = " ".join(filter(None, (item.get("surname"), item.get("name"))))
    return urlencode({"q": names or item["display_name"], "mode": "exact"})


def telling(one: Row, other: Row) -> tuple[str, str]:
    """What tells two customers of one name apart: the document number or the birth date, where
    both have one and they differ, or else their ids."""
    for field, words in (("document_number", "document"), ("dob", "born")):
        values = one.get(field), other.get(field)
        if all(values) and values[0] != values[1]:
            first, second = (f"{words} {wording.in_words(value)}" for value in values)
            return first, second
    return f"id {short_id(one['id'])}", f"id {short_id(other['id'])}"


def short_id(uid: Any) -> str:
    """Of ids made at about the same time the beginning is the same."""
    return f"…{str(uid)[-6:]}"


def reason(why: Iterable[Row]) -> str:
    """What speaks for two customers being one, the strongest evidence alone."""
    said = {item["field"]: item["verdict"] for item in why}
    names = [said[name] for name in NAMES if name in said]
    name = ("Name" if "differs" not in names else "Part of the name") if names else ""
    if not set(names) & {"same", "similar"}:
        name = ""
    if said.get("document_number") == "same":
        return "Same document number"
    if said.get("document_number") == "similar":
        return "Document number, but for one sign"
    born = {"same": "birth date", "similar": "nearly the birth date"}.get(said.get("dob", ""), "")
    if name and born:
        return f"{name} and {born}"
    return f"{name} only" if name else born.capitalize()


def codes_shown(history: Iterable[Row], fields: Sequence[str]) -> list[str]:
    """Codes of the details table: the four that identify, then all others by name."""
    used = {row["detail_code"] for row in history if row["type"] == "detail"}
    rest = sorted((used | set(fields)) - set(wording.IDENTIFYING))
    return [*wording.IDENTIFYING, *rest]


def details(
    *, history: Sequence[Row], fields: Sequence[str], labels: Labels, at: datetime | None = None
) -> list[DetailRow]:
    """The fields of a customer now or, with `at`, as they held then beside what holds now."""
    rows = [row for row in history if row["type"] == "detail"]
    now = {row["detail_code"]: row for row in rows if row["valid_to"] is None}
    held = now if at is None else {row["detail_code"]: row for row in rows if _holds(row, at)}
    return [
        _detail(code, labels, held.get(code), now.get(code) if at else None, is_past=at is not None)
        for code in codes_shown(rows, fields)
    ]


def _detail(
    code: str, labels: Labels, held: Row | None, now: Row | None, *, is_past: bool
) -> DetailRow:
    return DetailRow(
        code=code,
        label=wording.label(code, labels),
        value=wording.in_words(held["value"]) if held else "",
        since=_instant(held["valid_from"]) if held else None,
        until=_instant(held["valid_to"]) if held else None,
        actor=held["actor"] if held else "",
        location_id=held["location_id"] if held else "",
        event_id=str(held["event_id"]) if held else "",
        now=(wording.in_words(now["value"]) if now else "") if is_past else None,
    )


def _holds(row: Row, at: datetime) -> bool:
    until = _instant(row["valid_to"])
    return wording.instant(row["valid_from"]) <= at and (until is None or at < until)


def _instant(value: Any) -> datetime | None:
    return None if value is None else wording.instant(value)


def changes(history: Iterable[Row]) -> list[datetime]:
    """The instants at which something about the customer became true or ended, oldest first."""
    found = {
        wording.instant(row[end])
        for row in history
        for end in ("valid_from", "valid_to")
        if row[end] is not None
    }
    return sorted(found)


def neighbours(
    instants: Sequence[datetime], at: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """The changes before and after the one shown, for the time bar; None at an end.

    Now (`at` None) shows the last change; the one before it is a step back, nothing is after it.
    """
    past = instants if at is None else [one for one in instants if one <= at]
    back = past[-2] if len(past) > 1 else None
    later = [] if at is None else [one for one in instants if one > at]
    return back, later[0] if later else None


def stale_save(
    *, original: Row, theirs: Row, yours: Row, chosen: Row, labels: Mapping[str, str]
) -> StaleSave:
    """Who changed which form field since the page was opened. Rows map form names to values.

    What only one of the two changed is decided; what both changed differently waits in `chosen`.
    """
    disputed: list[Choice] = []
    fitting: list[Choice] = []
    unchanged: list[str] = []
    for name, title in labels.items():
        was, them, you = (str(row.get(name) or "") for row in (original, theirs, yours))
        if was == them == you:
            unchanged.append(title)
        elif was in (them, you) or them == you:
            side = "yours" if you != was else "theirs"
            fitting.append(Choice(name, title, was, them, you, side))
        else:
            disputed.append(Choice(name, title, was, them, you, str(chosen.get(name) or "")))
    return StaleSave(tuple(disputed), tuple(fitting), tuple(unchanged))
