"""Loads the sample: its fields, then all histories in one transaction with one audit entry."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db import transaction
from uuid_utils.compat import uuid7

from audit.entries import add_entry
from customers.sample_data import FIELDS, REFERENCE, sample
from entities import governance, vocabulary
from entities.load_input import History
from entities.loading import Loaded, load
from events.clock import us_of
from events.errors import Refused
from events.principal import Act

# Entities per recording: 1,000 take 1.5 s, so the progress bar moves.
SLICE = 1_000


class ClockBehind(Refused):
    """The machine's clock stands before the sample's last day."""

    code = "clock_behind"


def load_sample(
    act: Act, *, extras: int = 0, on_progress: Callable[[int], object] = lambda count: None
) -> Loaded:
    """Write whoever of the sample is missing here; all of them or none.

    `on_progress` gets the number of entities just done. Raises ClockBehind.
    """
    if act.now_us < us_of(REFERENCE):
        raise ClockBehind(
            f"The sample ends on {REFERENCE:%Y-%m-%d}, and this machine's clock has not reached "
            "that day. Set the clock."
        )
    batch_id = uuid7()
    loaded = Loaded()
    define_fields(act)
    with transaction.atomic():
        for histories in slices(sample(extras=extras)):
            loaded += load(act, histories=histories, batch_id=batch_id)
            on_progress(len(histories))
        if loaded.entities:
            add_entry(
                act,
                action="sample_data.loaded",
                result_count=loaded.entities,
                batch_id=batch_id,
            )
    return loaded


def define_fields(act: Act) -> None:
    """The sample's own fields; one that somebody defined or retired stays as it is."""
    for field in FIELDS:
        if vocabulary.detail_type(field.code) is None:
            governance.define_detail_type(
                act, code=field.code, label=field.label, value_type=field.value_type
            )


def slices(histories: Iterable[History]) -> Iterator[list[History]]:
    rest = iter(histories)
    while part := list(islice(rest, SLICE)):
        yield part
