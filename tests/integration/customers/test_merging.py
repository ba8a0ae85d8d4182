"""Merge, un-merge and "different persons", through the services of the registry."""

from uuid import UUID, uuid4

import pytest

from audit.models import AuditEntry
from customers import merging, queries, services
from customers.models import Customer
from customers.person_rules import DuplicateDocument
from customers.queries import CustomerMerged, CustomerNotFound
from customers.search import search
from entities.merging import AlreadyMerged, Erased, NotMerged, Same
from entities.models import Conflict, DetailVersion, EntityVersion, StateValue
from entities.refusals import Deleted, Invalid, Stale
from entities.vocabulary import define_detail_type
from events.clock import instant_of
from events.models import EntityHead, LoggedEvent
from tests.integration.entities.rows import an_act

pytestmark = pytest.mark.django_db


def a_person(**values) -> UUID:
    values = values or {"surname": f"Person {uuid4().hex}"}
    extra = {key: values.pop(key) for key in list(values) if key in ("email", "phone")}
    made = services.create_customer(
        an_act(), values=values, extra_fields=extra, allow_duplicate=True
    )
    return made.entity_uid


def merge(loser: UUID, into: UUID, *take: str, **more) -> None:
    merging.merge_customers(an_act(), survivor=into, loser=loser, take=take, **more)


def unmerge(uid: UUID) -> None:
    merging.unmerge_customer(an_act(), entity_uid=uid)


def state_of(uid: UUID) -> tuple[str, UUID | None]:
    row = Customer.objects.get(pk=uid)
    return row.state, row.merged_into


def listed(*uids: UUID) -> set[UUID]:
    found = Customer.objects.filter(pk__in=uids, state="listed")
    return set(found.values_list("pk", flat=True))


def found_by(q: str) -> list[UUID]:
    today = instant_of(an_act().now_us).date()
    return [hit.customer.entity_uid for hit in search(q=q, mode="exact", limit=10, today=today)]


def rows_of(*uids: UUID) -> list:
    """Everything that is derived for these, but for local ids and what tells when it was learned."""
    tables = [
        EntityVersion.objects.filter(entity_uid__in=uids).order_by("entity_uid", "valid_from"),
        DetailVersion.objects.filter(entity_uid__in=uids).order_by(
            "entity_uid", "detail_code", "valid_from"
        ),
        StateValue.objects.filter(entity_uid__in=uids).order_by("entity_uid", "attribute"),
        Customer.objects.filter(pk__in=uids).order_by("pk"),
    ]
    local = ("id", "recorded_at", "needs_match")
    rows = [
        {name: value for name, value in row.items() if name not in local}
        for table in tables
        for row in table.values()
    ]
    digests = EntityHead.objects.filter(pk__in=uids).order_by("pk").values_list("digest", flat=True)
    return [*rows, *map(bytes, digests)]


def test_survivor_stands_for_the_loser():
    loser, survivor = a_person(surname="Smyth"), a_person(surname="Smith")

    merge(loser, survivor)

    assert state_of(loser) == ("merged", survivor)
    assert state_of(survivor) == ("listed", None)
    with pytest.raises(CustomerMerged) as refused:
        queries.get_customer(uid=loser)
    assert refused.value.extra == {"merged_into": str(survivor)}


def test_taken_values_extra_fields_too_are_the_survivors():
    loser = a_person(surname="Smyth", name="Jon", dob="1980-01-02", email="j@example.org")
    survivor = a_person(surname="Smith", name="John", phone="+1 555")

    merge(loser, survivor, "dob", "email", "name")

    row = queries.get_customer(uid=survivor)
    assert (row.surname, row.name, str(row.dob)) == ("Smith", "Jon", "1980-01-02")
    assert row.extra_fields == {"email": "j@example.org", "phone": "+1 555"}
    assert row.display_name == "Smith, Jon"


def test_preview_writes_nothing_and_says_what_the_merge_does():
    loser = a_person(surname="Smyth", name="Jon", dob="1980-01-02", email="j@example.org")
    survivor = a_person(surname="Smith", name="John", email="john@example.org", phone="+1 555")
    before = LoggedEvent.objects.count(), AuditEntry.objects.count(), rows_of(loser, survivor)
    take = ("surname", "dob", "email", "phone")

    preview = merging.preview_merge(survivor=survivor, loser=loser, take=take)

    assert before == (
        LoggedEvent.objects.count(),
        AuditEntry.objects.count(),
        rows_of(loser, survivor),
    )
    assert preview.taken == ("surname", "dob", "email", "phone")
    merge(loser, survivor, *take)
    row = queries.get_customer(uid=survivor)
    result = {field.key: field.result for field in preview.fields}
    assert result == {
        "surname": row.surname,
        "name": row.name,
        "dob": str(row.dob),
        "document_number": None,
        "email": row.extra_fields["email"],
        "phone": row.extra_fields.get("phone"),
    }


def test_unmerge_restores_both_sides_exactly():
    loser = a_person(surname="Smyth", name="Jon", dob="1980-01-02", email="j@example.org")
    survivor = a_person(surname="Smith", name="John", document_number="A 1")
    before = rows_of(loser, survivor)

    merge(loser, survivor, "surname", "dob", "document_number", "email")
    assert rows_of(loser, survivor) != before
    unmerge(loser)

    assert rows_of(loser, survivor) == before
