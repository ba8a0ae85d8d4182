"""Heartbeats for tests."""

from typing import Any
from uuid import UUID

from events.heartbeat import Heartbeat

AN_INSTANCE = UUID("00000000-0000-7000-8000-000000000001")


def a_heartbeat(**overrides: Any) -> Heartbeat:
    """One of loc2, which has nothing and wants nothing."""
    location_id = overrides.get("location_id", "loc2")
    fields: dict[str, Any] = {
        "location_id": location_id,
        "instance_id": AN_INSTANCE,
        "origin": f"{location_id}/1700000000",
        "version": "0.1.0",
        "fold_version": 1,
        "at": 1_750_000_000_000_000,
        "floor": 0,
        "sealed": 0,
        "unsealed": 0,
        "pending": 0,
        "received": {},
        "wants": {},
        "digest": None,
        "buckets": None,
        "conflicts": 0,
        "dead_letters": 0,
    }
    return Heartbeat(**{**fields, **overrides})
