"""Until when a hold may be placed on an entity, looked at with its head locked."""

import time

from entities.assertions import ERASURE
from entities.erasure_rules import may_place_hold
from entities.version_rows import Stored
from events.errors import Refused
from events.principal import Act


class ErasureDue(Refused):
    """The time for holds is over: the erasure may be under way at another location."""

    code = "erasure_due"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "This entity is due to be erased, and no hold can be placed any more. Cancel the "
            "erasure, if it must not happen."
        )


def check_may_be_held(act: Act, stored: Stored) -> None:
    """By the clock of now, read after the entity was locked: the request may have begun long before
    the erasure was due. Raises ErasureDue."""
    schedule = next((value for value in stored.state if value.attribute == ERASURE), None)
    execute_after = schedule.value["execute_after"] if schedule else None
    now_us = max(act.now_us, time.time_ns() // 1000)
    if not may_place_hold(execute_after_us=execute_after, now_us=now_us):
        raise ErasureDue
