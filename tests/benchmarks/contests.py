"""The questions of the history core, the product's functions beside their naive forms."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from entities import history, listing
from events import sql
from events.clock import us_of
from events.paging import Window
from tests.benchmarks import naive
from tests.benchmarks.histories import END, SEED, START
from tests.benchmarks.measuring import Contest
from tests.benchmarks.naive import Place

PAGE = 25
SUBJECTS = 100
DEEP = 500_000
# Late enough that a page 500,000 deep exists.
AS_OF = END - timedelta(days=45)
DIFF_LIMIT = 1_000

UIDS_SQL = "SELECT entity_uid FROM events_head ORDER BY entity_uid"


class Subjects:
    """What the questions are about: places in lists and entities, chosen with a fixed seed."""

    def __init__(self) -> None:
        self.rng = random.Random(f"{SEED} questions")
        self.uids = _uids(UIDS_SQL)
        self.as_of_keys = _uids(naive.AS_OF_KEYS_SQL, at=AS_OF)
        self.current_keys = _uids(naive.CURRENT_KEYS_SQL)
        # A small dataset is not so deep.
        self.deep = min(DEEP, len(self.as_of_keys) * 3 // 4 // PAGE * PAGE)

    def entities(self) -> list[UUID]:
        return self.rng.choices(self.uids, k=SUBJECTS)

    def lives(self) -> list[tuple[UUID, datetime]]:
        """Entities with an instant at which they were alive."""
        return [(uid, AS_OF) for uid in self.rng.choices(self.as_of_keys, k=SUBJECTS)]

    def as_of_places(self, depth: int) -> list[Place]:
        return _places(self.as_of_keys, depth, at=AS_OF)

    def current_places(self, depth: int) -> list[Place]:
        return _places(self.current_keys, depth, at=None)

    def days(self) -> list[tuple[datetime, datetime]]:
        starts = [START + timedelta(days=self.rng.randrange(700, 1090)) for _ in range(SUBJECTS)]
        return [(start, start + timedelta(days=1)) for start in starts]


def contests(data: Subjects) -> list[Contest]:
    return [
        Contest(
            "one entity as of an instant",
            "range operator (GiST)",
            lambda life: history.entity_as_of(life[0], instant_us=us_of(life[1])),
            naive.one_by_range,
            data.lives(),
            _one,
        ),
        as_of_page(data, 0, "page of 25 as of an instant", "range operator (GiST)"),
        as_of_page(data, data.deep, f"the same {data.deep:,} deep", "OFFSET"),
        Contest(
            "history of one entity",
            "fold its events",
            lambda uid: history.history_page(uid, window=Window(size=200)),
            naive.history_from_the_log,
            data.entities(),
            _version_count,
        ),
        Contest(
            "diff of a day",
            "full join of two snapshots",
            _whole_diff,
            naive.diff_by_full_join,
            data.days(),
            _changed_uids,
            least_ratio=10,
        ),
        _current_page(data, 0, "page of 25 today"),
        _current_page(data, data.deep, f"the same {data.deep:,} deep"),
    ]


def as_of_page(data: Subjects, depth: int, name: str, naive_name: str) -> Contest:
    forms: dict[str, Callable[..., Any]] = {
        "OFFSET": naive.page_by_offset,
        "range operator (GiST)": naive.page_by_range,
    }
    return Contest(
        name,
        naive_name,
        lambda place: history.entities_as_of(instant_us=us_of(place.at), window=_window(place)),
        partial(forms[naive_name], size=PAGE),
        data.as_of_places(depth),
        _page,
        most_sql_ms=1,
    )


def _current_page(data: Subjects, depth: int, name: str) -> Contest:
    return Contest(
        name,
        "OFFSET",
        lambda place: listing.list_entities(window=_window(place)),
        partial(naive.current_page_by_offset, size=PAGE),
        data.current_places(depth),
        _page,
    )


def _window(place: Place) -> Window[UUID]:
    return Window(size=PAGE, after=place.after)


def _whole_diff(window: tuple[datetime, datetime]) -> list[dict[str, Any]]:
    """All pages of it, as a client reads them."""
    start, end = map(us_of, window)
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = history.diff(from_us=start, to_us=end, after=after, limit=DIFF_LIMIT)
        found += page.rows
        if not page.has_next:
            return found
        after = page.rows[-1]["entity_uid"]


# What has to be equal: which entities, with how many details; which versions; what changed.


def _one(result: Any) -> Any:
    if isinstance(result, tuple):
        rows, details = result
        return [(row[0], row[2], len(details)) for row in rows]
    return [(result.entity_uid, result.display_name, len(result.details))]


def _page(result: Any) -> Any:
    if isinstance(result, tuple):
        rows, details = result
        return [row[0] for row in rows], len(details)
    return [row.entity_uid for row in result.rows], sum(len(row.details) for row in result.rows)


def _version_count(result: Any) -> int:
    versions = getattr(result, "rows", None)
    if versions is None:
        versions = (*result.entity_versions, *result.detail_versions)
    return len(versions)


def _changed_uids(result: Any) -> list[UUID]:
    if isinstance(result, tuple):
        return sorted({row[0] for rows in result for row in rows})
    return [row["entity_uid"] for row in result]


def _uids(statement: str, **params: Any) -> list[UUID]:
    return [uid for (uid,) in sql.fetch_bound(statement, params)]


def _places(keys: Sequence[UUID], depth: int, *, at: datetime | None) -> list[Place]:
    """Neighbouring pages from `depth` on, or the first one at several instants, so that not the
    same page is asked for over and over."""
    if not depth:
        return [Place(at and at - timedelta(days=number), None, 0) for number in range(SUBJECTS)]
    last = max(len(keys) - PAGE, 1)
    depths = [min(depth + number * PAGE, last) for number in range(SUBJECTS)]
    return [Place(at, keys[deep - 1], deep) for deep in depths]
