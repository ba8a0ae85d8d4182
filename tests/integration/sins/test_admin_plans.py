"""The lists of the admin answer from indexes: no plan reads a whole table if it can be avoided.

That of entities is the list of the API, whose plans are looked at where it is tested.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.integration.admin import logged_in

pytestmark = pytest.mark.django_db

UID = "01900000-0000-7000-8000-000000000001"
GROWING = re.compile(r"(entities_entitydetail|events_event|audit_entry)")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("entities/detailversion/", {}),
        ("entities/detailversion/", {"q": "smith"}),
        ("entities/detailversion/", {"q": UID}),
        ("events/loggedevent/", {}),
        ("events/loggedevent/", {"q": UID}),
        ("events/loggedevent/", {"q": "loc1/1"}),
        ("events/loggedevent/", {"q": "loc1/1 42"}),
        ("events/loggedevent/", {"pending": "1"}),
        ("audit/auditentry/", {}),
        ("audit/auditentry/", {"q": UID}),
        ("audit/auditentry/", {"q": "anna"}),
        ("audit/auditentry/", {"q": "2026-11-21"}),
        ("audit/auditentry/", {"day": "2026-11-21"}),
    ],
)
def test_a_list_reads_no_whole_table(path, query):
    client = logged_in("service_provider")

    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/admin/{path}", query).status_code == 200

    plans = [plan_of(one["sql"]) for one in asked if is_a_list(one["sql"])]
    assert plans
    assert not [plan for plan in plans if "Seq Scan" in plan], plans


def is_a_list(sql):
    """Counts are bounded by a LIMIT, so that reading from the start of a table is cheap."""
    is_count = "count(" in sql.lower()
    return sql.startswith("SELECT") and GROWING.search(sql) and not is_count


def plan_of(sql):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"), [])
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("SET LOCAL enable_seqscan = on")
    return f"{sql}\n{plan}"
