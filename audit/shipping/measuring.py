"""How the locations stand, written into the log every few seconds: Kibana draws lines of it."""

import logging
from collections.abc import Callable

from django.conf import settings

from audit.shipping import state as shipping_state
from events import queries

logger = logging.getLogger(__name__)

EVERY_S = 15.0

# What the audit does not know is registered by the floors above.
_pair_counts: list[Callable[[], int]] = []


def register_pair_count(count: Callable[[], int]) -> None:
    """How many likely duplicates are listed here."""
    _pair_counts[:] = [count]


class Measuring:
    def __init__(self) -> None:
        self._at_s = 0.0

    def step(self, *, now_s: float) -> None:
        if now_s < self._at_s:
            return
        self._at_s = now_s + EVERY_S
        for place in queries.sync_state()["locations"]:
            is_here = place["location_id"] == settings.LOCATION_ID
            logger.info(
                "sync.measured",
                extra={
                    "labels.peer": place["location_id"],
                    "sins.lag_events": place["lag_events"],
                    "sins.lag_s": place["lag_s"],
                    "sins.unsealed": place["unsealed"],
                    "sins.pending": place["pending"],
                    "sins.dead_letters": place["dead_letters"],
                    "sins.conflicts": place["conflicts"],
                    "sins.duplicate_pairs": _pairs() if is_here else None,
                    "sins.unshipped": shipping_state.unshipped() if is_here else None,
                },
            )


def _pairs() -> int | None:
    return _pair_counts[0]() if _pair_counts else None
