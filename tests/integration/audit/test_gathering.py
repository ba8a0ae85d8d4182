"""One entry for what belongs together: a search while it is typed, refusals of strangers."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from audit import gathering
from audit.addresses import kept_address
from audit.entries import (
    REFUSALS_NOTED,
    TYPING_PAUSE,
    Entry,
    add_entry,
    add_settled,
    add_typed,
    is_kept,
    query_hash,
    watched,
)
from audit.gathering import MOST_TOGETHER
from audit.models import AuditEntry, GatheredEntry
from events.clock import instant_of
from events.principal import Act, Principal
from tests.builders import an_instant
from tests.integration.customers.registry import a_customer

pytestmark = pytest.mark.django_db

NOW_US = an_instant("10:00")
NOW = instant_of(NOW_US)
LIVE = {"HX-Request": "true"}


def an_act(*, after_s=0.0, auth="none", address="192.0.2.77"):
    principal = Principal("customer", "customer", "loc1", auth)
    return Act(principal, uuid4(), NOW_US + int(after_s * 1_000_000), address)


def typed(query, *, after_s, hits=(), typist="anna"):
    entry = Entry(
        act=an_act(after_s=after_s, auth="session"),
        action="customer.searched",
        query=query,
        hit_ids=hits,
        result_count=len(hits),
    )
    add_typed(entry, typist=typist)
    return entry


def settle(*, after_s):
    return gathering.settle(now=NOW + timedelta(seconds=after_s))


def refuse(**overrides):
    act = replace(an_act(), **overrides) if overrides else an_act()
    add_entry(act, action="customer.read", outcome="refused", codes=["not_found"])


def test_what_is_typed_without_a_pause_is_one_entry_of_the_last_query():
    ann, bob = uuid4(), uuid4()
    typed("s", after_s=0, hits=[ann, bob])
    typed("sm", after_s=1, hits=[ann])
    last = typed("smx", after_s=2)

    assert settle(after_s=3.9) == 0
    assert settle(after_s=4) == 1

    (entry,) = AuditEntry.objects.all()
    assert bytes(entry.query_hash) == query_hash("smx")
    assert (entry.result_count, set(entry.hit_ids)) == (0, {ann, bob})
    assert (entry.request_id, entry.at) == (last.act.request_id, instant_of(last.act.now_us))
    assert not GatheredEntry.objects.exists()


def test_a_pause_ends_a_query():
    typed("smith", after_s=0)
    typed("smythe", after_s=TYPING_PAUSE.total_seconds())

    settle(after_s=10)

    hashes = {bytes(entry.query_hash) for entry in AuditEntry.objects.all()}
    assert hashes == {query_hash("smith"), query_hash("smythe")}


def test_whoever_never_pauses_has_an_entry_all_the_same():
    for second in range(MOST_TOGETHER + 2):
        typed(f"smith {second}", after_s=second)

    (entry,) = AuditEntry.objects.all()
    assert bytes(entry.query_hash) == query_hash(f"smith {MOST_TOGETHER}")


def test_two_people_who_type_at_once_have_an_entry_each():
    typed("smith", after_s=0, typist="anna")
    typed("jones", after_s=0, typist="bob")

    assert settle(after_s=2) == 2


def test_what_is_sent_in_the_end_is_the_entry():
    ann, bob = uuid4(), uuid4()
    before = typed("smit", after_s=0, hits=[ann, bob])
    add_settled(replace(before, query="smith", hit_ids=[bob]), typist="anna")

    assert settle(after_s=10) == 0
    (entry,) = AuditEntry.objects.all()
    assert entry.hit_ids == [bob, ann]


def test_the_first_refusals_of_a_minute_have_an_entry_each_and_the_others_one():
    for _ in range(REFUSALS_NOTED + 7):
        refuse()

    assert AuditEntry.objects.count() == REFUSALS_NOTED
    assert settle(after_s=60) == 1
    last = AuditEntry.objects.get(action="access.refused")
    assert (last.kind, last.outcome, last.result_count) == ("refusal", "refused", 7)
    assert (last.codes, last.address) == (["not_found"], "192.0.2.0/24")


def test_whoever_asks_does_not_wait_for_all_that_was_left():
    for number in range(25):
        typed("smith", after_s=0, typist=f"user {number}")

    typed("jones", after_s=60)

    assert AuditEntry.objects.count() == 20
    typed("jones", after_s=61)
    assert AuditEntry.objects.count() == 25


def test_few_refusals_leave_nothing_to_settle():
    refuse()

    assert settle(after_s=60) == 0
    assert AuditEntry.objects.count() == 1
    assert not GatheredEntry.objects.exists()


def test_networks_and_minutes_are_counted_apart():
    for number in range(2 * REFUSALS_NOTED):
        refuse(address=f"203.0.113.{number}" if number % 2 else "2001:db8::1")
    for _ in range(REFUSALS_NOTED):
        refuse(now_us=NOW_US + 60_000_000)

    assert AuditEntry.objects.count() == 3 * REFUSALS_NOTED


def test_whoever_says_who_he_is_has_each_refusal_noted():
    for _ in range(REFUSALS_NOTED + 5):
        refuse(principal=an_act(auth="session").principal)

    assert AuditEntry.objects.count() == REFUSALS_NOTED + 5


def test_what_was_rolled_back_is_not_kept():
    with watched() as noted:
        with transaction.atomic():
            refuse(principal=an_act(auth="session").principal)
            transaction.set_rollback(True)
        assert not is_kept(noted)
        refuse(principal=an_act(auth="session").principal)

    assert is_kept(noted)


@pytest.mark.parametrize(
    ("kept", "address", "found"),
    [
        ("network", "192.0.2.77", "192.0.2.0/24"),
        ("none", "192.0.2.77", ""),
        ("hash", "unix:", ""),
    ],
)
def test_the_setting_says_what_is_kept_of_an_address(kept, address, found, settings):
    settings.AUDIT_ADDRESS = kept

    assert kept_address(address) == found


def test_a_hashed_address_is_the_same_for_one_key_only(settings):
    settings.AUDIT_ADDRESS = "hash"
    first = kept_address("192.0.2.77")

    assert first == kept_address("::ffff:192.0.2.77") != kept_address("192.0.2.78")
    settings.SECRET_KEY = "another"
    assert kept_address("192.0.2.77") != first


def test_the_search_page_gathers_what_is_typed_until_it_is_sent():
    found = a_customer(surname="Quellmalz", name="Ada")["id"]
    agent = Client(headers={"X-Role": "service_agent"})
    before = AuditEntry.objects.filter(action="customer.searched").count()

    for q in ("Quel", "Quellm", "Quellmalz"):
        assert agent.get("/", {"q": q}, headers=LIVE).status_code == 200
    assert AuditEntry.objects.filter(action="customer.searched").count() == before
    agent.get("/", {"q": "Quellmalz Ada"})

    (entry,) = AuditEntry.objects.filter(action="customer.searched")
    assert [str(uid) for uid in entry.hit_ids] == [found]
    assert bytes(entry.query_hash) == query_hash("Quellmalz Ada")


def test_people_with_one_role_and_other_browsers_are_told_apart():
    for browser in ("Firefox", "Opera"):
        agent = Client(headers={"X-Role": "service_agent", "User-Agent": browser})
        agent.get("/", {"q": "Quellmalz"}, headers=LIVE)

    assert GatheredEntry.objects.count() == 2
