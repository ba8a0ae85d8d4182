"""The audit door, its partitions, logins, and that entries are only ever added."""

import time
from datetime import date
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client

from audit import applied
from audit.actions import KIND_OF_ACTION, Kind, Outcome, UnknownAction, kind_of
from audit.addresses import network_of
from audit.chain import numbering as chain
from audit.chain import partitions
from audit.entries import Entry, add_entries, add_entry, query_hash
from audit.models import AuditEntry
from events import receiving
from events.principal import Act, Principal
from tests.builders import a_created, an_instant

pytestmark = pytest.mark.django_db


def an_act(*, at="10:00", address="192.0.2.77", **overrides):
    principal = Principal("anna", "service_agent", "loc1", "header")
    values = {"principal": principal, "request_id": uuid4(), "now_us": an_instant(at)}
    return Act(**{**values, "address": address, **overrides})


def test_entry_says_who_what_when_where():
    act, uid = an_act(started_ns=time.perf_counter_ns()), uuid4()

    audit_id = add_entry(act, action="customer.read", entity_uid=uid, codes=["DOB"])

    entry = AuditEntry.objects.get(audit_id=audit_id)
    assert (entry.actor, entry.role, entry.auth) == ("anna", "service_agent", "header")
    assert (entry.request_id, entry.entity_uid, entry.codes) == (act.request_id, uid, ["DOB"])
    assert entry.at.isoformat() == "2026-01-05T10:00:00+00:00"
    assert entry.duration_us >= 0
    assert entry.outcome == "ok"


def test_many_entries_cost_one_statement(django_assert_num_queries):
    entries = [Entry(act=an_act(), action="customer.read") for _ in range(50)]

    with django_assert_num_queries(1):
        assert len(set(add_entries(entries))) == 50


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_addresses_are_kept_as_networks(address, network):
    assert network_of(address) == network


def test_query_hash_is_keyed(settings):
    first = query_hash("Alice")
    assert first == query_hash(" alice ")

    settings.SECRET_KEY = "another"
    assert query_hash("alice") != first


@pytest.mark.parametrize(
    "change", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"]
)
def test_chained_entries_stay_as_they_are(change):
    add_entry(an_act(), action="customer.read")
    chain.number_entries()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_every_action_has_a_kind_that_the_table_takes():
    for action in KIND_OF_ACTION:
        add_entry(an_act(), action=action)

    entries = AuditEntry.objects.values_list("action", "kind")
    assert dict(entries) == KIND_OF_ACTION


def test_unknown_action_is_an_error_at_once():
    with pytest.raises(UnknownAction, match="is not in the list"):
        add_entry(an_act(), action="customer.eaten")


def test_refused_read_is_a_refusal_but_a_refused_login_a_login():
    assert kind_of("customer.read", Outcome.REFUSED) == Kind.REFUSAL
    assert kind_of("customer.read", Outcome.OK) == Kind.READ
    assert kind_of("login.failed", Outcome.REFUSED) == Kind.LOGIN


def test_partitions_are_made_ahead_once():
    assert partitions.ensure_partitions(today=date.today()) == []

    made = partitions.ensure_partitions(today=date(2041, 12, 31))

    assert len(made) == partitions.MONTHS_AHEAD + 1
    assert (made[0], made[1]) == ("audit_entry_2041_12", "audit_entry_2042_01")
    assert partitions.ensure_partitions(today=date(2041, 12, 1)) == []


def test_entries_lie_in_the_partition_of_their_month():
    partitions.ensure_partitions(today=date(2026, 1, 5))
    add_entry(an_act(), action="customer.read")

    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM audit_entry")
        assert cursor.fetchall() == [("audit_entry_2026_01",)]


def test_month_that_is_in_the_default_partition_stays_there():
    add_entry(an_act(at="2061-05-05T10:00"), action="customer.read")

    made = partitions.ensure_partitions(today=date(2061, 4, 1))

    assert "audit_entry_2061_04" in made
    assert "audit_entry_2061_05" not in made


def test_applied_batch_is_one_entry_of_the_consumer():
    act = an_act()
    events = [a_created(entity_uid=uuid4()) for _ in range(3)]

    applied.on_batch(act, events)

    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.kind, entry.result_count) == ("events.applied", "applied", 3)
    assert entry.event_ids == [event.event_id for event in events]
    assert applied.on_batch in receiving._observers


@pytest.fixture
def anna():
    return User.objects.create_user("anna", password="correct horse battery")


def login(username, password):
    return Client().post("/login/", {"username": username, "password": password})


def test_login_and_logout_leave_an_entry_each(anna):
    client = Client()
    client.post("/login/", {"username": "anna", "password": "correct horse battery"})
    client.post("/logout/")

    entries = AuditEntry.objects.order_by("audit_id")
    assert [entry.action for entry in entries] == ["login.succeeded", "logout.done"]
    assert {entry.actor for entry in entries} == {"anna"}


def test_failed_login_of_a_user_names_it(anna):
    login("anna", "wrong")

    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.outcome, entry.actor) == ("login.failed", "refused", "anna")


@pytest.mark.parametrize("typed", ["correct horse battery", "Kanarienvogel", "x" * 150])
def test_failed_login_of_nobody_keeps_only_a_hash(anna, typed):
    login(typed, "anything")

    (entry,) = AuditEntry.objects.all()
    assert entry.actor == "unknown"
    assert bytes(entry.query_hash) == query_hash(typed)
    assert typed not in str(entry.__dict__)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("action", "is_durable", "wanted"),
    [
        ("customer.read", False, "off"),
        ("customer.searched", False, "off"),
        ("customer.read", True, "on"),
        ("entity.updated", False, "on"),
        ("login.succeeded", False, "on"),
        ("roles.set", False, "on"),
    ],
)
def test_only_entries_of_reads_do_not_wait_for_the_disk(settings, action, is_durable, wanted):
    """The commit looks at the setting as it is when the statement has run."""
    settings.AUDIT_DURABLE_READS = is_durable
    said = []
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")

    def listen(execute, statement, *rest):
        said.append("'off'" in statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(listen):
        add_entry(an_act(), action=action)

    assert said == [wanted == "off"]
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
        cursor.execute("TRUNCATE audit_entry")


def test_an_entry_beside_other_writes_always_waits_for_the_disk():
    """It shares their commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
        add_entry(an_act(), action="customer.read")
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
