"""What customers see of customers."""

import json

from customers.masking import masked_customer, masked_hit
from entities.masking import masked_document, masked_words

SIGRIDUR = {
    "id": "01900000-0000-7000-8000-000000000001",
    "surname": "Ólafsdóttir",
    "name": "Sigríður Ása",
    "dob": "1987-05-12",
    "document_number": "AB123441",
    "extra_fields": {"email": "canary@example.org"},
    "display_name": "Ólafsdóttir, Sigríður Ása",
}


def test_masked_view_is_the_one_that_was_promised():
    masked = masked_customer(SIGRIDUR)

    assert masked == {
        "id": SIGRIDUR["id"],
        "surname": "Ó***",
        "name": "S*** Á***",
        "dob": "1987",
        "document_number": "***41",
        "extra_fields": {},
        "display_name": "Ó***, S*** Á***",
    }


def test_null_stays_null():
    nobody = dict.fromkeys(SIGRIDUR) | {"extra_fields": {}, "display_name": "The Cook"}

    masked = masked_customer(nobody)

    assert masked["surname"] is masked["dob"] is masked["document_number"] is None
    assert masked["display_name"] == "T*** C***"


def test_short_document_numbers_show_nothing():
    assert masked_document("12345") == "***"
    assert masked_document("123456") == "***56"
    assert masked_words("x") == "x***"


def test_masked_hit_gives_no_value_away():
    why = [{"field": "dob", "verdict": "same", "query": "12.05.1987", "value": "1987-05-12"}]

    masked = masked_hit({**SIGRIDUR, "score": 0.8669, "why": why})

    assert masked["score"] == 0.9
    assert masked["why"] == [{"field": "dob", "verdict": "same"}]
    for canary in ("lafsd", "igr", "05-12", "1234", "canary"):
        assert canary not in json.dumps(masked, ensure_ascii=False)
