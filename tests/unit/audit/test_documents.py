"""What is told to Elasticsearch: the columns and keys that are named, and nothing else."""

import ast
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from audit.shipping import documents
from audit.shipping.documents import AuditRow, Unfit, audit_document, log_document

ROOT = Path(__file__).resolve().parents[3]
OUR_APPS = ("sins", "customers", "entities", "audit", "events")
AT = datetime(2026, 11, 30, 23, 30, 0, 123456, tzinfo=UTC)
UID = UUID("0193a000-0000-7000-8000-000000000001")
OTHER = UUID("0193a000-0000-7000-8000-000000000002")


def template(name: str) -> dict:
    file = ROOT / "deploy/elasticsearch" / f"{name}.json"
    return json.loads(file.read_text())["template"]["mappings"]


def a_row(**overrides) -> AuditRow:
    values = {
        "audit_id": UID,
        "at": AT,
        "location_id": "loc1",
        "request_id": OTHER,
        "kind": "read",
        "actor": "anna",
        "role": "service_agent",
        "auth": "header",
        "action": "customer.read",
        "outcome": "ok",
        "entity_uid": OTHER,
        "hit_ids": [UID],
        "event_ids": [UID, OTHER],
        "codes": ["DOB"],
        "query_hash": b"\x01\xff",
        "result_count": 1,
        "duration_us": 1500,
        "address": "192.0.2.0/24",
        "batch_id": OTHER,
        "seq": 7,
        "hash": b"\x02",
    }
    return AuditRow(**{**values, **overrides})


def a_line(**overrides) -> bytes:
    values = {
        "@timestamp": "2026-11-21T10:00:00.000000+00:00",
        "message": "http.request",
        "log.level": "info",
        "labels.location": "loc1",
    }
    found = {key.replace("__", "."): value for key, value in {**values, **overrides}.items()}
    return json.dumps(found).encode()


def test_an_entry_with_everything_fills_every_field_of_the_template():
    full = audit_document(a_row(), zone=UTC).source
    applied = audit_document(a_row(kind="applied", codes=["loc2"]), zone=UTC).source

    assert set(full) | set(applied) == set(template("sins-audit")["properties"])
    assert (full["sins.codes"], applied["sins.origins"]) == (["DOB"], ["loc2"])
    assert "sins.origins" not in full
    assert "sins.codes" not in applied


def test_an_entry_lies_in_the_month_of_utc_and_tells_the_hour_of_the_location():
    document = audit_document(a_row(), zone=ZoneInfo("Europe/Zurich"))

    assert document.index == "sins-audit-2026.11"
    assert document.document_id == str(UID)
    assert document.source["@timestamp"] == "2026-11-30T23:30:00.123Z"
    assert (document.source["sins.hour"], document.source["sins.weekday"]) == (0, "2 Tue")
    assert document.source["event.duration"] == 1_500_000


def test_what_an_entry_does_not_say_is_left_out():
    row = a_row(
        entity_uid=None, hit_ids=[], event_ids=[], codes=[], query_hash=None, result_count=None
    )

    source = audit_document(row, zone=UTC).source

    missing = {"sins.entity_uid", "sins.hit_ids", "sins.event_ids", "sins.codes"}
    assert not missing & set(source)
    assert source["sins.changes"] == 0


def test_a_line_is_named_by_its_file_its_place_and_its_bytes():
    one = log_document(a_line(), file="loc1-web-1.ndjson", offset=0)
    again = log_document(a_line(), file="loc1-web-1.ndjson", offset=0)
    other = log_document(a_line(message="http.failed"), file="loc1-web-1.ndjson", offset=0)

    assert one == again
    assert one.index == "sins-logs-2026.11"
    assert one.document_id != other.document_id


@pytest.mark.parametrize(
    ("line", "reason_code"),
    [
        (b"Traceback (most recent call last):", "no_json"),
        (b"[]", "no_object"),
        (b"{}", "without @timestamp"),
        (a_line(surname="Kanarienvogel"), "unknown key surname"),
        (a_line(**{"Ana Kanarienvogel": 1}), "odd key"),
        (a_line(process__pid="one"), "bad value of process.pid"),
        (a_line(**{"@timestamp": "yesterday"}), "bad value of @timestamp"),
        (a_line(http__request__id=[1]), "bad value of http.request.id"),
        (a_line(sins__reason={"surname": "x"}), "bad value of sins.reason"),
    ],
)
def test_a_line_that_does_not_fit_says_why_without_its_values(line, reason_code):
    with pytest.raises(Unfit) as refused:
        log_document(line, file="loc1-web-1.ndjson", offset=0)

    assert refused.value.reason_code == reason_code


def test_sentences_of_libraries_are_not_told():
    line = a_line(message="Invalid header: 'Kanarienvogel'", event__action="Invalid")

    source = log_document(line, file="loc1-web-1.ndjson", offset=0).source

    assert source["message"] == source["event.action"] == documents.OTHER_MESSAGE


@pytest.mark.parametrize("name", ["sins-audit", "sins-logs"])
def test_templates_take_nothing_that_they_do_not_name(name):
    assert template(name)["dynamic"] == "strict"


def test_every_key_of_a_line_has_its_field():
    assert set(documents.LOG_KEYS) == set(template("sins-logs")["properties"])


def extra_keys() -> set[str]:
    """The keys that our code gives its log lines, as the formatter writes them."""
    found = set()
    for file in (file for app in OUR_APPS for file in (ROOT / app).rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and _is_logging(call):
                found |= {key for word in call.keywords for key in _keys(word)}
    return {key if "." in key else f"sins.{key}" for key in found}


def _is_logging(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "logger"
    )


def _keys(word: ast.keyword) -> set[str]:
    if word.arg != "extra":
        return set()
    assert isinstance(word.value, ast.Dict), (
        "extra= is written out, so that its keys can be checked"
    )
    return {key.value for key in word.value.keys if isinstance(key, ast.Constant)}


def test_every_key_that_our_code_logs_is_told():
    keys = extra_keys()

    assert "sins.reason" in keys
    assert keys - set(documents.LOG_KEYS) == set()
