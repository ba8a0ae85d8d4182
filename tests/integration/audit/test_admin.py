"""Audit entries in the admin: found by index, shown to providers, changed by nobody."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.entries import add_entry
from audit.models import AuditEntry, RefusedDocument
from events.clock import us_of
from events.principal import Act, Principal
from tests.integration.admin import get, noted, post, text_of

pytestmark = pytest.mark.django_db

LIST = "audit/auditentry/"
REFUSED = "audit/refuseddocument/"
UID = uuid4()


@pytest.fixture
def entry():
    principal = Principal("anna", "service_agent", "loc1", "session")
    act = Act(principal, uuid4(), us_of(datetime(2026, 3, 29, 22, 30, tzinfo=UTC)))
    audit_id = add_entry(act, action="entity.updated", entity_uid=UID, codes=["DOB"])
    return AuditEntry.objects.get(audit_id=audit_id)


def address(entry):
    return f"/admin/{LIST}{entry.audit_id}/change/"


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("{uid}", True),
        ("{audit_id}", True),
        ("anna", True),
        ("ann", False),
        ("2026-03-29", True),
        ("2026-03-30", False),
        ("anna 2026-03-29 {uid}", True),
        ("anna 2026-03-30", False),
        ("0001-01-01", False),
    ],
)
def test_entries_are_found_by_what_has_an_index(entry, query, is_found):
    answer = get(LIST, q=query.format(uid=UID, audit_id=entry.audit_id))

    assert answer.status_code == 200
    assert (address(entry) in text_of(answer)) is is_found


def test_a_day_is_that_of_the_readers_zone(entry, settings):
    settings.TIME_ZONE = "Europe/Zurich"  # 22:30 UTC is 00:30 of the next day there

    assert address(entry) in text_of(get(LIST, q="2026-03-30"))
    assert address(entry) not in text_of(get(LIST, q="2026-03-29"))


@pytest.mark.parametrize("day", ["2026-03-29", "not-a-day"])
def test_the_filter_takes_one_day(entry, day):
    shown = address(entry) in text_of(get(LIST, day=day))

    assert shown is True  # what is no day filters nothing


def test_an_entry_shows_what_was_done_and_is_noted(entry):
    shown = text_of(get(address(entry).removeprefix("/admin/")))

    assert "DOB" in shown
    assert str(UID) in shown
    (read,) = noted()[1:]
    assert (read.action, read.entity_uid, read.actor) == ("audit.read", UID, "service_provider")


@pytest.mark.parametrize("page", ["change/", "delete/"])
def test_no_post_changes_an_entry(entry, page):
    path = address(entry).removeprefix("/admin/").removesuffix("change/")

    assert post(f"{path}{page}", actor="somebody", post="yes").status_code == 403
    assert AuditEntry.objects.get(audit_id=entry.audit_id).actor == "anna"


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ({}, '"audit_entry"."audit_id" DESC'),
        ({"q": "anna"}, '"audit_entry"."at" DESC'),
        ({"day": "2026-03-29"}, '"audit_entry"."at" DESC'),
        ({"day": "not-a-day"}, '"audit_entry"."audit_id" DESC'),
    ],
)
def test_each_search_is_in_the_order_of_its_index(entry, query, order):
    with CaptureQueriesContext(connection) as queries:
        get(LIST, **query)

    asked = [one["sql"] for one in queries if 'FROM "audit_entry"' in one["sql"]]
    assert asked[-1].partition("ORDER BY ")[2].startswith(order)


@pytest.mark.parametrize("name", ["kind", "query_hash", "actor__icontains"])
def test_other_filters_are_refused(entry, name):
    assert get(LIST, **{name: "x"}).status_code == 400


@pytest.fixture
def refused():
    return RefusedDocument.objects.create(
        stream="logs",
        document_id="loc1-web-20261121T222005123456-3f9a01bc.ndjson:7",
        file="loc1-web-20261121T222005123456-3f9a01bc.ndjson",
        file_offset=7,
        line=b'{"message": "<b>odd</b>',
        reason_code="no_json",
        refused_at=datetime(2026, 3, 29, tzinfo=UTC),
    )


def test_what_elasticsearch_refused_is_shown_with_its_reason_and_its_line(refused):
    assert "no_json" in text_of(get(REFUSED))
    assert "&lt;b&gt;odd" in text_of(get(f"{REFUSED}{refused.pk}/change/"))


def test_what_elasticsearch_refused_is_not_for_agents(refused):
    assert get(REFUSED, role="service_agent").status_code == 403
