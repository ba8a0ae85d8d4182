"""Applied batches as audit entries: one for each, in the batch's own transaction."""

from collections.abc import Sequence

from audit.entries import add_entry
from events.event import Event
from events.principal import Act


def on_batch(act: Act, events: Sequence[Event]) -> None:
    """Who did what elsewhere is in that location's audit; here stands what was taken over."""
    add_entry(
        act,
        action="events.applied",
        event_ids=[event.event_id for event in events],
        codes=sorted({event.location_id for event in events}),
        result_count=len(events),
    )
