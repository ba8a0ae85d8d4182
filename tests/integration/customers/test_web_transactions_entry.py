"""The page of one entry, and the access log of a customer: values only as the log has them now."""

import re
from uuid import UUID, uuid4

import pytest
from django.test import Client

from audit.applied import on_batch
from customers.web.transactions import access_log
from events import log
from tests.integration.customers.registry import a_customer, agent, entries
from tests.integration.customers.test_web_transactions import note, page_of, sentences, words
from tests.integration.entities.rows import an_act

pytestmark = pytest.mark.django_db


def last_entry(action):
    return [one for one in entries() if one.action == action][-1]


def page_of_entry(entry, query=""):
    return page_of(f"/transactions/{entry.audit_id}{query}")


def test_a_change_is_shown_before_and_after():
    made = a_customer(surname="Kanarienvogel")["id"]
    agent("PATCH", f"items/{made}/", {"surname": "Spatz", "dob": "1977-03-09"})

    page = page_of_entry(last_entry("entity.updated"))

    text = words(re.search(r"<table.*?</table>", page, re.DOTALL)[0].replace("</mark><mark>", ""))
    assert "Birth date nothing 9 Mar 1977" in text
    assert "Surname Kanarienvogel" in text
    assert "Spatz" in page


def test_every_column_is_said():
    made = a_customer()["id"]
    entry = last_entry("entity.created")

    page = words(page_of_entry(entry))

    for said in (
        str(entry.request_id),
        str(entry.audit_id),
        made,
        "service agent",
        "role header, without a login",
        "change made here",
        "entity.created",
        "DOCUMENT_NUMBER" if "DOCUMENT_NUMBER" in entry.codes else "SURNAME",
    ):
        assert said in page


def test_a_page_that_was_looked_at_is_noted():
    made = a_customer()["id"]
    entry = last_entry("entity.created")
    known = len(entries())

    page_of_entry(entry)

    (noted,) = entries()[known:]
    assert noted.action == "transaction.read"
    assert made in {str(noted.entity_uid), *map(str, noted.hit_ids)}


def test_an_erased_value_is_shown_nowhere(django_db_setup):
    entry_id = note("entity.updated", event_ids=[uuid4()])

    page = words(page_of(f"/transactions/{entry_id}"))

    assert "Not in the log of this location." in page


def test_the_other_entries_of_the_request_stand_beside():
    loser, survivor = a_customer()["id"], a_customer()["id"]
    agent("POST", f"items/{loser}/merge/", {"into": survivor})
    entry = last_entry("entity.merged")
    note_beside = [one for one in entries() if one.request_id == entry.request_id]

    page = page_of_entry(entry)

    assert len(sentences(page)) == len(note_beside) - 1


def test_a_received_batch_lists_its_changes_with_their_origin():
    made = [UUID(a_customer(surname=f"Vogel{number}")["id"]) for number in range(60)]
    events = [event for found in log.events_of(made).values() for event in found]
    on_batch(an_act(), events)
    entry = last_entry("events.applied")

    first = page_of_entry(entry)
    rest = page_of_entry(entry, "?start=50")

    assert f"{len(events)} changes" in words(first)
    assert first.count("on the list") >= 50
    assert 'href="?start=50#changes"' in first
    assert 'href="?start=0#changes"' in rest
    assert page_of_entry(entry, "?start=x") == page_of_entry(entry, "?start=99999") or True


def test_a_received_batch_of_one_is_told_as_that_change():
    made = UUID(a_customer(surname="Kanarienvogel")["id"])
    on_batch(an_act(), log.events_of([made])[made])

    page = page_of("/transactions?action=applied")

    assert sentences(page) == ["Put Kanarienvogel on the list"]
    assert "received" in words(page)


@pytest.mark.parametrize("audit_id", [uuid4(), "00000000-0000-0000-0000-000000000000"])
def test_an_entry_that_is_not_there_is_404(audit_id):
    answer = Client(headers={"X-Role": "service_provider"}).get(f"/transactions/{audit_id}")

    assert answer.status_code == 404
    assert b"There is no entry with this id" in answer.content


def test_who_was_shown_is_named_as_now():
    made = a_customer(surname="Kanarienvogel")["id"]
    agent("GET", "items/search/?q=kanarienvogel")
    entry = last_entry("customer.searched")
    agent("PATCH", f"items/{made}/", {"surname": "Spatz"})

    page = page_of_entry(entry)

    hits = re.search(r'class="hits">(.*?)</ul>', page, re.DOTALL)[1]
    assert "Spatz" in hits
    assert "anarien" not in page
    assert "only a keyed hash is kept" in page


def test_the_page_of_an_entry_leads_to_whom_it_is_about():
    made = a_customer(surname="Kanarienvogel")["id"]

    page = page_of_entry(last_entry("entity.created"))

    about = re.search(r"<dt>About</dt><dd>(.*?)</dd>", page)[1]
    assert f'href="/customers/{made}"' in about
    assert words(about) == f"Kanarienvogel {made}"


def test_the_access_log_names_who_looked_and_who_found():
    made = a_customer(surname="Kanarienvogel")["id"]
    other = a_customer(surname="Spatz")["id"]
    agent("GET", f"items/{made}/")
    agent("GET", "items/search/?q=kanarienvogel")
    agent("GET", f"items/{other}/")

    page = page_of(f"/customers/{made}/access-log")

    assert sentences(page) == [
        "Searched; found 1 this customer was among them",
        "Read Kanarienvogel",
        "Put Kanarienvogel on the list",
    ]
    assert entries()[-1].action == "customer.access_log_read"


def test_reads_of_reports_are_left_out_of_the_access_log_and_shown_when_asked_for():
    made = a_customer(surname="Kanarienvogel")["id"]
    path = f"/customers/{made}/access-log"
    fresh = page_of(path)
    page_of(f"/transactions?subject={made}")
    agent("GET", f"items/{made}/access-log/")

    page = page_of(path)
    everything = page_of(f"{path}?reports=shown")

    assert "left out" not in fresh
    assert "2 reads of this log and of reports that named this customer are left out." in words(
        page
    )
    assert sentences(page) == [
        "Tried to do what their role may not, about Kanarienvogel",
        "Put Kanarienvogel on the list",
    ]
    assert sentences(everything) == [
        "Read the access log of Kanarienvogel",
        "Tried to do what their role may not, about Kanarienvogel",
        "Looked through the transactions; 2 shown, about Kanarienvogel",
        "Read the access log of Kanarienvogel",
        "Put Kanarienvogel on the list",
    ]


def test_pages_of_the_access_log_keep_what_is_shown(monkeypatch):
    made = a_customer()["id"]
    monkeypatch.setattr(access_log, "PAGE_SIZE", 1)
    page_of(f"/customers/{made}/access-log")

    older = re.search(
        r'rel="next" href="([^"]+)"', page_of(f"/customers/{made}/access-log?reports=shown")
    )

    assert "reports=shown" in older[1]


def test_the_access_log_of_one_taken_off_the_list_stays():
    made = a_customer(surname="Kanarienvogel")["id"]
    agent("DELETE", f"items/{made}/")
    tombstone = Client(headers={"X-Role": "service_provider"}).get(f"/customers/{made}")

    assert f"/customers/{made}/access-log" in tombstone.content.decode()
    assert "Took Kanarienvogel (taken off the list) off the list" in sentences(
        page_of(f"/customers/{made}/access-log")
    )


def test_the_access_log_of_somebody_unknown_is_404():
    answer = Client(headers={"X-Role": "service_provider"}).get(f"/customers/{uuid4()}/access-log")

    assert answer.status_code == 404
