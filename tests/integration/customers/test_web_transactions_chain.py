"""What the Transactions page says of the chain, and "Verify now"."""

import psycopg
import pytest
from django.db import connection
from django.test import Client

from audit.chain import numbering as chain
from customers.web.transactions import verifying
from tests.integration.audit.chains import hear_going_back, tamper
from tests.integration.customers.registry import entries
from tests.integration.customers.test_web_transactions import note, page_of, words

pytestmark = pytest.mark.django_db


def numbered(count=3):
    for _ in range(count):
        note("customer.read")
    while chain.number_entries():
        pass


def verify_now(role="service_provider", **sent):
    return Client(headers={"X-Role": role}).post("/transactions/verify", sent)


def test_entries_get_their_numbers_a_moment_later():
    note("customer.read")

    before = page_of("/transactions")
    chain.number_entries()
    after = page_of("/transactions?action=customer.read")

    assert "No numbered entries" in before
    assert "1 entry waits for its number." in words(before)
    assert 'title="Numbered within seconds">new</span>' in before
    assert ">1</a>" in after


def test_what_nobody_verified_is_said_so():
    numbered()

    assert "Entries 1…3, not verified yet" in words(page_of("/transactions"))


def test_verifying_says_that_all_is_well_and_comes_back_to_the_same_page():
    numbered()

    answer = verify_now(action="customer.read", actor="")

    assert answer.status_code == 302
    assert answer["Location"] == "/transactions?action=customer.read"
    assert (entries()[-1].action, entries()[-1].outcome) == ("audit.verified", "ok")
    page = words(page_of("/transactions"))
    assert "Entries 1…3 complete, chain verified" in page


def test_what_is_sent_with_it_leads_nowhere_else():
    numbered()

    answer = verify_now(subject="//elsewhere.example", **{"from": "never"})

    assert answer["Location"] == "/transactions"


def test_a_broken_chain_is_said_with_its_entry():
    numbered()
    tamper("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 2")

    verify_now()

    page = words(page_of("/transactions"))
    assert "Chain broken" in page
    assert "Entry 2" in page
    assert (entries()[-2].action, entries()[-2].outcome) == ("audit.verified", "failed")


def test_a_peer_that_contradicts_itself_is_named_with_what_to_do():
    numbered()
    verify_now()
    hear_going_back("loc2")
    hear_going_back("loc3")

    page = words(page_of("/transactions"))
    earlier = words(page_of("/transactions?from=2024-01-01&to=2024-01-31"))

    assert "chain verified" in page
    assert "loc2 contradicts itself" in page
    assert "What loc2 and loc3 say of their chains contradicts what they had said before." in page
    assert "verify_audit --peer" in page
    assert "contradicts" not in earlier


def test_a_chain_may_be_broken_here_and_elsewhere():
    numbered()
    tamper("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 2")
    verify_now()
    hear_going_back("loc2")

    page = words(page_of("/transactions"))

    assert "Chain broken" in page
    assert "What loc2 says of its chain contradicts what it had said before." in page


def test_one_verifies_at_a_time():
    numbered()
    client = Client(headers={"X-Role": "service_provider"})
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute(verifying.LOCK_SQL, verifying.TASK)

        answer = client.post("/transactions/verify", {"action": "customer.read"})

    assert answer["Location"] == "/transactions?action=customer.read"
    noted = entries()[-1]
    assert (noted.action, noted.outcome) == ("audit.verified", "refused")
    assert noted.codes == ["already_verifying"]
    assert "Somebody verifies just now" in words(client.get("/transactions").content.decode())
    assert verify_now().status_code == 302
    assert entries()[-1].outcome == "ok"


@pytest.mark.parametrize("role", ["customer", "service_agent"])
def test_only_providers_verify(role):
    assert verify_now(role).status_code == 403
