"""Example bodies of the registry's face, for people and tools that read the document."""

from typing import Any

from entities.http.components import SAMPLE_UID

ID = "0b6f4a0e-6c53-5f0a-9d57-2f1f8d3c9a11"
AT = "2026-03-02T09:15:04.120000Z"

NEW: dict[str, Any] = {
    "surname": "Lindqvist",
    "name": "Åsa",
    "dob": "1984-02-11",
    "document_number": "SE-19840211",
    "extra_fields": {"email": "asa@example.org"},
}
CHANGE = {"name": "Åsa Maria", "extra_fields": {"email": None}}
CUSTOMER = {
    "id": ID,
    **NEW,
    "created_at": AT,
    "updated_at": AT,
    "location_id": "loc1",
    "display_name": "Lindqvist, Åsa",
}
DUPLICATE = {
    "detail": "A customer with this document number is listed already.",
    "code": "duplicate_document",
    "customer": CUSTOMER,
}
DELETED = {"detail": "This entity is deleted; restore it first.", "code": "deleted"}
SEARCH = {
    "mode": "fuzzy",
    "results": [
        {
            **CUSTOMER,
            "score": 0.97,
            "why": [
                {
                    "field": "surname",
                    "verdict": "similar",
                    "query": "lindkvist",
                    "value": "Lindqvist",
                },
                {"field": "name", "verdict": "same", "query": "asa", "value": "Åsa"},
            ],
            "also_named": 0,
        }
    ],
}
MATCH = {"surname": "Lindkvist", "name": "Åsa", "dob": "11 Feb 1984"}
MATCHED = {"results": SEARCH["results"]}
MERGE = {"into": SAMPLE_UID, "reason": "Entered twice."}
MERGE_TAKING = {"into": SAMPLE_UID, "take": ["dob", "email"]}
OTHER = {**CUSTOMER, "id": SAMPLE_UID, "name": "Asa", "display_name": "Lindqvist, Asa"}
PREVIEW = {
    "survivor": OTHER,
    "loser": CUSTOMER,
    "fields": [
        {
            "key": "name",
            "survivor": "Asa",
            "loser": "Åsa",
            "result": "Asa",
            "is_same": False,
            "taken_from": "survivor",
        }
    ],
    "taken": [],
    "also": ["Search finds the survivor by both names."],
}
SAME = {"detail": "These are one and the same record; choose another one.", "code": "same"}
ALREADY_MERGED = {
    "detail": f"{ID} was merged already; choose the record that stands for it.",
    "code": "already_merged",
    "entity_uid": ID,
    "merged_into": SAMPLE_UID,
}
NOT_MERGED = {"detail": "This record is not merged into another one.", "code": "not_merged"}
PAIR = {
    "a": CUSTOMER,
    "b": OTHER,
    "score": 0.98,
    "why": [{"field": "name", "verdict": "similar", "query": "Åsa", "value": "Asa"}],
    "found_at": AT,
}
PAIRS = {"next": None, "previous": None, "results": [PAIR]}
DISTINCT = {"a": ID, "b": SAMPLE_UID, "distinct": True}
CHECK = {"surname": "Lindqvist", "name": "Åsa", "dob": "1984-02-11"}
CHECK_DOCUMENT = {"document_number": "SE-19840211", "dob": "1984-02-11"}
CHECKED = {"listed": "yes", "checked_at": AT}
VERSION = {
    "type": "detail",
    "detail_code": "SURNAME",
    "value": "Lindqvist",
    "valid_from": AT,
    "valid_to": None,
    "is_current": True,
    "hashdiff": "5b6216bf36d8aa124044fc53b43080c8c6506de2e0f609a32c1602d9e6f4df59",
    "event_id": "019f7a3e-2f10-7c41-9d0e-5b8a7c1d2e3f",
    "location_id": "loc1",
    "actor": "agent",
    "recorded_at": AT,
}
EVENT = {
    "event_id": "019f7a3e-2f10-7c41-9d0e-5b8a7c1d2e3f",
    "type": "entity.created.v1",
    "at": AT,
    "valid_from": AT,
    "origin": "loc1/1763733600",
    "sequence": 42,
    "location_id": "loc1",
    "actor": "agent",
    "role": "service_agent",
    "request_id": "019f7a3e-2f0f-7d02-8e77-0c1d2e3f4a5b",
    "reason_code": None,
    "reason": None,
    "codes": ["NAME", "SURNAME"],
    "details": {"SURNAME": "Lindqvist", "NAME": "Åsa"},
}
NEW_FIELD: dict[str, Any] = {
    "key": "preferred_language",
    "label": "Preferred language",
    "type": "choice",
    "options": ["Deutsch", "polski", "English"],
    "help": "Which they read best.",
    "reason": "Every third customer asks for it.",
}
FIELD = {
    "id": "6a8e1f0c-1f0e-5a35-9a0b-0d1b8a4f6c21",
    "active": False,
    "status": "proposed",
    "class": "ordinary",
    "order": None,
    "min": None,
    "max": None,
    "max_length": None,
    "format": None,
    **NEW_FIELD,
    "built_in": False,
    "created_at": AT,
}
FIELD_AUTHORISED = {**FIELD, "active": True, "status": "authorised"}
FIELD_WHOLE = {key: FIELD[key] for key in ("label", "type", "options", "class", "help")}
FIELD_DECISION = {"active": True, "reason": "Useful at every counter."}
FIELD_AMENDMENT = {"label": "Language", "order": 3}
FIELD_TAKEN = {"detail": "PREFERRED_LANGUAGE is a field already.", "code": "exists"}
FIELD_WRONG_STATUS = {"detail": "It is only proposed; reject it instead.", "code": "wrong_status"}
FIELD_TYPE_FIXED = {
    "detail": "HEIGHT is a field of type integer; its type cannot change any more. Retire it and "
    "propose another field.",
    "code": "type_is_fixed",
}
INVALID_VALUES = {
    "next": None,
    "previous": None,
    "examined": 240,
    "results": [
        {
            "id": ID,
            "display_name": "Lindqvist, Åsa",
            "value": "svenska",
            "problem": "Must be one of: Deutsch, polski, English.",
        }
    ],
}
HOLD_PLACE = {"reason": "A claim is before the court.", "reference": "4 C 112/26"}
HOLD = {
    "hold_id": "01a2d1f0c7d27e3b9a4f6b1c2d3e4f50",
    "customer": ID,
    **HOLD_PLACE,
    "placed_at": AT,
    "actor": "provider",
    "location_id": "loc1",
}
HOLD_LIFT = {"hold_id": HOLD["hold_id"], "reason": "The claim was settled."}
HOLD_LIFTED = {"hold_id": HOLD["hold_id"], "lifted": True}
ERASURE_REQUEST = {"basis": "subject_request", "reason": "By letter of 2 March."}
ERASURE = {"basis": "subject_request", "execute_after": AT}
ERASURE_CANCEL = {"reason": "The person has changed their mind."}
ERASURE_CANCELLED = {"customer": ID, "cancelled": True}
STANDING = {"holds": [HOLD], "erasure": None}
ERASURE_DUE = {
    "detail": "This entity is due to be erased, and no hold can be placed any more. Cancel the "
    "erasure, if it must not happen.",
    "code": "erasure_due",
}
NOT_HELD = {"detail": "No hold with this id stands.", "code": "not_held"}
HELD = {
    "detail": "A hold stands, and nothing is erased before it is lifted.",
    "code": "held",
}
NOT_SCHEDULED = {"detail": "No erasure is scheduled for this entity.", "code": "not_scheduled"}
