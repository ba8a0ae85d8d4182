"""An export proves itself, by the script of docs/audit.md: it knows neither us nor PostgreSQL."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from audit.chain import lines
from audit.chain.hashing import hash_of, split
from audit.chain.numbering import number_entries
from audit.entries import add_entry
from audit.models import AuditEntry
from tests.integration.audit.chains import an_act, tamper
from tests.integration.entities.api.face import provider

pytestmark = pytest.mark.django_db

SCRIPT = re.compile(r"```python\n(.+?)```", re.DOTALL)
KINDS = ["csv", "ndjson"]
ODD = [
    "",
    "NULL",
    "{a,b}",
    "a b",
    'qu"ote',
    "back\\slash",
    "tab\tline\nreturn\r",
    "=1+1",
    "'='",
    "Åsa",
]


@pytest.fixture
def verified(tmp_path):
    """What the script says of a file: (exit code, sentences)."""
    [script] = SCRIPT.findall(Path("docs/audit.md").read_text(encoding="utf-8"))
    path = tmp_path / "verify_export.py"
    path.write_text(script, encoding="utf-8")

    def verify(body, kind):
        file = tmp_path / f"transactions.{kind}"
        file.write_bytes(body)
        command = [sys.executable, "-I", path, file]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return verify


def exported(kind, **query):
    answer = provider("GET", "transactions/export", query={"format": kind, **query})
    return b"".join(answer.streaming_content)


def odd_entries(count=5):
    for number in range(count):
        add_entry(
            an_act(actor=f"{ODD[number]} {number}", address="192.0.2.0/24"),
            action="customer.searched",
            codes=ODD,
            hit_ids=[uuid4() for _ in range(number)],
            event_ids=[uuid4()],
            entity_uid=uuid4() if number else None,
            query="Lindqvist" if number else None,
            batch_id=uuid4() if number else None,
        )
    number_entries()


def changed(body, kind, audit_id, **values):
    """The file after somebody changed these columns of one entry."""
    if kind == "ndjson":
        rows = [json.loads(line) for line in body.splitlines()]
    else:
        rows = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
    for row in rows:
        row.update(values if row["audit_id"] == audit_id else {})
    if kind == "ndjson":
        return b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_verified_by_whoever_has_it(kind, verified):
    odd_entries()
    last = AuditEntry.objects.get(seq=5)

    code, said = verified(exported(kind), kind)

    assert (code, said.splitlines()) == (
        0,
        [
            "5 entries are as they were numbered, 0 have no number yet.",
            "Of the numbers 1 to 5, 0 are not in this file.",
            f"The last: 5 {bytes(last.hash).hex()}",
        ],
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_asked_for_and_what_has_no_number_is_counted(kind, verified):
    odd_entries()
    add_entry(an_act(), action="entity.created")

    code, said = verified(exported(kind), kind)
    assert code == 0
    assert "5 entries are as they were numbered, 1 have no number yet." in said

    code, said = verified(exported(kind, actor=AuditEntry.objects.get(seq=3).actor), kind)
    assert "1 entries are as they were numbered" in said
    assert "Of the numbers 3 to 3, 0 are not" in said


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_of_nothing_is_no_error(kind, verified):
    assert verified(exported(kind, actor="nobody"), kind)[0] == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "values",
    [
        {"actor": "mallory"},
        {"at": "2026-01-05T10:00:00.000001Z"},
        {"codes": "NAME"},
        {"entity_uid": ""},
        {"outcome": "refused"},
        {"address": "198.51.100.0/24"},
        {"query_hash": "00"},
        {"hash": "00"},
        {"prev_hash": "00"},
        {"seq": "2"},
    ],
)
def test_a_changed_column_is_found(kind, values, verified):
    odd_entries()
    entry = AuditEntry.objects.get(seq=4)

    body = changed(exported(kind), kind, str(entry.audit_id), **values)

    assert verified(body, kind) == (1, "Entry 4 is not as it was numbered.\n")


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_that_was_altered_in_the_database_is_found(kind, verified):
    odd_entries()
    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 2")

    assert verified(exported(kind), kind) == (1, "Entry 2 is not as it was numbered.\n")


def test_an_entry_that_was_hashed_anew_does_not_follow(verified):
    odd_entries()
    tamper("UPDATE audit_entry SET prev_hash = sha256('') WHERE seq = 3")
    with transaction.atomic():
        [row] = lines.rows(first=3, last=3)
    digits = hash_of(split(row)[1]).decode()
    tamper(f"UPDATE audit_entry SET hash = decode('{digits}', 'hex') WHERE seq = 3")  # noqa: S608

    assert verified(exported("csv"), "csv") == (1, "Entry 3 does not follow entry 2.\n")


def test_the_line_of_an_export_is_the_one_that_was_hashed():
    odd_entries(9)

    told = [json.loads(line) for line in exported("ndjson").splitlines()]

    with transaction.atomic():
        rows = [split(row) for row in lines.rows(first=1, last=9)]
    assert [(row["hash"], row["line"]) for row in sorted(told, key=lambda row: row["seq"])] == [
        (digits.decode(), line.decode()) for digits, line in rows
    ]
