"""Example bodies of `/api/v1`, for people and tools that read the document."""

from typing import Any

UID = "0b6f4a0e-6c53-5f0a-9d57-2f1f8d3c9a11"
EVENT = "019f7a3e-2f10-7c41-9d0e-5b8a7c1d2e3f"
AT, LATER = "2026-03-02T09:15:04.120000Z", "2026-03-20T14:00:00.000000Z"
_HASHDIFF = "5b6216bf36d8aa124044fc53b43080c8c6506de2e0f609a32c1602d9e6f4df59"
_LIFE: dict[str, Any] = {
    "valid_from": AT,
    "valid_to": None,
    "is_current": True,
    "hashdiff": _HASHDIFF,
}
_ROOT = "http://127.0.0.1:8001/api/v1"

NEW: dict[str, Any] = {
    "entity_type": "PERSON",
    "details": [
        {"detail_code": "SURNAME", "value": "Lindqvist"},
        {"detail_code": "NAME", "value": "Åsa"},
        {"detail_code": "EMAIL", "value": "asa@example.org"},
    ],
}
NEW_INSTITUTION: dict[str, Any] = {
    "entity_type": "INSTITUTION",
    "display_name": "Harbour Library",
    "details": [{"detail_code": "WEBSITE", "value": "https://library.example.org"}],
}
CHANGE = {"details": [{"detail_code": "EMAIL", "value": "asa.maria@example.org"}]}
BACK_DATED = {
    "details": [{"detail_code": "EMAIL", "value": "asa@old.example.org"}],
    "valid_from": "2026-03-05",
}
ENTITY: dict[str, Any] = {
    "entity_uid": UID,
    "entity_type": "PERSON",
    "display_name": "Lindqvist, Åsa",
    **_LIFE,
    "details": [
        {"detail_code": "EMAIL", "value": "asa@example.org", **_LIFE},
        {"detail_code": "NAME", "value": "Åsa", **_LIFE},
        {"detail_code": "SURNAME", "value": "Lindqvist", **_LIFE},
    ],
    "location_id": "loc1",
    "created_at": AT,
    "updated_at": AT,
}
ENTITY_PAGE = {
    "count": 180,
    "next": f"{_ROOT}/entities?page_size=1&cursor=aMGI2ZjRhMGU",
    "previous": None,
    "results": [ENTITY],
}
DELETED = {"detail": "This entity is deleted; restore it first.", "code": "deleted"}
EXISTS = {
    "detail": "An entity with this id exists and has other content; change that one.",
    "code": "exists",
}
DUPLICATE = {
    "detail": "A customer with this document number is listed already.",
    "code": "duplicate_document",
    "entity_uid": UID,
}
_SAID = {"event_id": EVENT, "location_id": "loc1", "actor": "agent", "recorded_at": AT}
HISTORY = {
    "count": 1,
    "next": None,
    "previous": None,
    "results": [
        {"type": "detail", "detail_code": "EMAIL", "value": "asa@example.org", **_LIFE, **_SAID}
    ],
}
_EMAIL = {
    "type": "detail",
    "detail_code": "EMAIL",
    "before": "asa@example.org",
    "after": "asa.maria@example.org",
    "at": LATER,
}
DIFF = [{"entity_uid": UID, "display_name": "Lindqvist, Åsa", "changes": [_EMAIL]}]
DIFF_AUDIT = [{"entity_uid": UID, "display_name": "Lindqvist, Åsa", **_EMAIL, **_SAID}]

ENTITY_TYPE = {
    "code": "VESSEL",
    "label": "Vessel",
    "status": "authorised",
    "active": True,
    "created_at": AT,
}
NEW_ENTITY_TYPE = {"code": "VESSEL", "label": "Vessel"}
DETAIL_TYPE = {**ENTITY_TYPE, "code": "FLAG", "label": "Flag", "type": "choice"}
NEW_DETAIL_TYPE = {
    "code": "FLAG",
    "label": "Flag",
    "type": "choice",
    "options": ["SE", "NO", "DK"],
}
TAKEN = {"detail": "PERSON is built in.", "code": "exists"}

KEEP = {"keep": EVENT}
CONFLICTS = {
    "next": None,
    "previous": None,
    "results": [
        {
            "conflict_id": "7e0c2f8a-91c4-5c6e-8a49-3f6d0b1a2c4d",
            "entity_uid": UID,
            "display_name": "Lindqvist, Åsa",
            "attribute": "NAME",
            "opened_at": LATER,
            "holds": EVENT,
            "heads": [
                {
                    "event_id": EVENT,
                    "value": "Åsa Maria",
                    "location_id": "loc1",
                    "actor": "agent",
                    "at": LATER,
                },
                {
                    "event_id": "019f7a3e-3a20-7b11-8c55-6d7e8f901a2b",
                    "value": "Åsa-Maria",
                    "location_id": "loc2",
                    "actor": "provider",
                    "at": AT,
                },
            ],
        }
    ],
}
SYNC = {
    "location_id": "loc1",
    "origin": "loc1/1763733600",
    "identical": None,
    "locations": [
        {
            "location_id": "loc1",
            "origin": "loc1/1763733600",
            "seen_at": AT,
            "lag_events": 0,
            "lag_s": 0.0,
            "sealed": 412,
            "unsealed": 0,
            "pending": 0,
            "wants": 0,
            "digest": "9ce1cf7e3fc696df70104ec23ef2a6b0727cb3077f70958003ee933c65701d0c",
            "conflicts": 0,
            "dead_letters": 0,
            "clock_offset_ms": 0,
        }
    ],
}
DEAD_LETTERS = {
    "next": None,
    "previous": None,
    "results": [
        {
            "id": 7,
            "reason_code": "bad_json",
            "topic": "customer.events",
            "partition": 0,
            "offset": 1041,
            "origin": None,
            "sequence": None,
            "entity_uid": None,
            "first_seen": AT,
            "attempts": 1,
        }
    ],
}
PING = {"status": "ok", "location_id": "loc1", "version": "0.1.0", "at": AT}
TOKEN = {"token": "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b"}
TOO_MANY_LOGINS = {
    "detail": "Too many logins have failed from your network. Try again in 292 seconds.",
    "code": "too_many_requests",
}
