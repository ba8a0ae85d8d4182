"""The report of transactions as programs ask for it: contract, roles, refusals, files, entries."""

import csv
import io
import json
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from audit.applied import on_batch
from audit.chain import keeping
from audit.chain.numbering import number_entries
from audit.chain.verification import verify
from audit.models import AuditEntry
from entities.api import transaction_files
from entities.http.transactions import MAX_IDS
from tests.builders import an_event
from tests.integration.audit.chains import hear_going_back
from tests.integration.customers import registry
from tests.integration.entities.api.face import (
    a_person,
    agent,
    an_institution,
    customer,
    nobody,
    path_of,
    provider,
)
from tests.integration.entities.rows import an_act, receive

pytestmark = pytest.mark.django_db

PATHS = ["transactions", "transactions/totals", "transactions/export", f"transactions/{uuid4()}"]


def report(**query):
    answer = provider("GET", "transactions", query=query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def body_of(answer):
    return b"".join(answer.streaming_content).decode()


def renamed(name):
    """An institution whose name was changed, and the entry of that change."""
    entity = an_institution("Northern Archive")
    assert agent("PATCH", path_of(entity), {"display_name": name}).status_code == 200
    (row,) = report(subject=entity["entity_uid"], action="entity.updated")["results"]
    return entity, row


def from_elsewhere(count=1):
    """One batch with the first events of so many people, and who they are."""
    uids = [uuid4() for _ in range(count)]
    events = [
        an_event(
            type="entity.created.v1",
            entity_type="PERSON",
            origin="loc3/1",
            entity_uid=uid,
            details={"NAME": f"Name {number}"},
        )
        for number, uid in enumerate(uids)
    ]
    receive(events)
    on_batch(an_act(), events)
    return uids


@pytest.mark.parametrize("path", PATHS)
def test_only_providers_read_the_report(path):
    assert nobody("GET", path).status_code == 401
    assert customer("GET", path).status_code == 403
    assert agent("GET", path).status_code == 403
    assert provider("GET", path).status_code in (200, 404)
    assert provider("GET", f"{path}/").status_code in (200, 404)
    assert provider("POST", path, {}).status_code == 405


def test_a_row_is_what_the_contract_says():
    entity = a_person(SURNAME="Lindqvist", NAME="Åsa")
    number_entries()

    page = report()

    (row,) = page["results"]
    assert page["next"] is page["previous"] is None
    assert row == {
        "audit_id": row["audit_id"],
        "seq": 1,
        "at": row["at"],
        "location_id": row["location_id"],
        "origins": [],
        "request_id": row["request_id"],
        "kind": "write",
        "actor": "service_agent",
        "role": "service_agent",
        "auth": "header",
        "action": "entity.created",
        "outcome": "ok",
        "entity_uid": entity["entity_uid"],
        "codes": row["codes"],
        "hit_count": 1,
        "duration_ms": row["duration_ms"],
        "event_count": 1,
        "event_ids": row["event_ids"],
        "batch_id": None,
    }
    assert "Lindqvist" not in json.dumps(page)


def test_whoever_just_wrote_sees_it_before_it_has_a_number():
    entity = an_institution()

    (row,) = report(subject=entity["entity_uid"])["results"]

    assert row["seq"] is None


def test_pages_lead_on_by_cursor_and_are_found_by_number():
    for number in range(5):
        an_institution(f"Archive {number}")
    asked = {"action": "entity.created", "page_size": "2"}

    first = report(**asked)
    second = provider.client.get(first["next"], headers={"X-Role": "service_provider"}).json()
    back = provider.client.get(second["previous"], headers={"X-Role": "service_provider"}).json()

    assert back["results"] == first["results"]
    assert report(**asked, page="2")["results"] == second["results"]
    assert len(report(**asked, page="3")["results"]) == 1
    assert provider("GET", "transactions", query={**asked, "page": "4"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": "2026-13-01"}, "to"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "to"),
        ({"location": "Loc 1"}, "location"),
        ({"role": "admin"}, "role"),
        ({"action": "customer.eaten"}, "action"),
        ({"kind": "x"}, "kind"),
        ({"outcome": "good"}, "outcome"),
        ({"subject": "7"}, "subject"),
        ({"request_id": "7"}, "request_id"),
        ({"actor": "a" * 151}, "actor"),
        ({"actor": "a\x00"}, "actor"),
        ({"who": "me"}, "who"),
        ({"page": "0"}, "page"),
        ({"page": "51", "page_size": "200"}, "page"),
        ({"page_size": "201"}, "page_size"),
        ({"page": "1", "cursor": "a"}, "page"),
    ],
)
def test_a_filter_that_is_none_is_refused_by_its_name(query, name):
    answer = provider("GET", "transactions", query=query)

    assert answer.status_code == 400
    assert list(answer.json()) == [name]


def test_a_cursor_of_nobody_is_refused():
    answer = provider("GET", "transactions", query={"cursor": "x"})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


def test_an_unknown_format_is_refused():
    answer = provider("GET", "transactions/export", query={"format": "xlsx"})

    assert (answer.status_code, list(answer.json())) == (400, ["format"])


def test_empty_filters_ask_for_all():
    an_institution()

    names = ("from", "to", "location", "actor", "role", "action", "kind", "subject", "outcome")

    assert len(report(**dict.fromkeys(names, ""))["results"]) == 1


def test_a_day_as_end_is_the_whole_day():
    an_institution()
    today = timezone.now().date().isoformat()

    assert len(report(**{"from": today, "to": today})["results"]) == 1


def test_nothing_is_said_to_be_verified_before_it_is():
    an_institution()
    number_entries()

    before = report()["complete"]
    keeping.keep_verdict(verify(), at=timezone.now())
    after = report()["complete"]

    assert (before["from"], before["to"], before["verified"]) == (1, 1, False)
    assert (after["from"], after["to"], after["verified"]) == (1, 1, True)
    assert before["detail"] != after["detail"]


def test_a_peer_that_contradicts_itself_is_told_beside_the_own_chain():
    an_institution()
    number_entries()
    keeping.keep_verdict(verify(), at=timezone.now())
    hear_going_back("loc2")

    complete = report()["complete"]
    earlier = report(to="2024-01-31")["complete"]

    assert complete["verified"] is True
    assert "What loc2 says of its chain contradicts" in complete["detail"]
    assert "contradicts" not in earlier["detail"]


def test_what_was_received_is_there_with_its_origin():
    (uid,) = from_elsewhere()

    by_location = report(location="loc3")["results"]
    by_subject = report(subject=str(uid))["results"]

    assert [row["action"] for row in by_location] == ["events.applied"]
    assert by_location[0]["origins"] == ["loc3"]
    assert by_location[0] in by_subject
    assert report(location="loc9")["results"] == []


def test_a_large_batch_tells_the_first_of_its_events_and_the_entry_itself_all():
    from_elsewhere(MAX_IDS + 5)

    (row,) = report(kind="applied")["results"]
    entry = provider("GET", f"transactions/{row['audit_id']}", query={"page_size": "100"}).json()
    rest = provider.client.get(
        entry["changes"]["next"], headers={"X-Role": "service_provider"}
    ).json()

    assert (row["event_count"], len(row["event_ids"])) == (MAX_IDS + 5, MAX_IDS)
    assert len(entry["event_ids"]) == entry["changes"]["count"] == MAX_IDS + 5
    told = [*entry["changes"]["results"], *rest["changes"]["results"]]
    assert [change["event_id"] for change in told] == entry["event_ids"]
    assert rest["changes"]["next"] is None
    assert rest["changes"]["previous"]


def test_one_entry_tells_before_and_after():
    entity, row = renamed("Harbour Archive")

    entry = provider("GET", f"transactions/{row['audit_id']}").json()

    (change,) = entry["changes"]["results"]
    assert (change["state"], change["entity_uid"]) == ("told", entity["entity_uid"])
    assert change["changes"] == [
        {"attribute": "display_name", "before": "Northern Archive", "after": "Harbour Archive"}
    ]


def test_of_an_erased_entity_before_and_after_are_gone():
    entity, row = renamed("Harbour Archive")
    receive(
        [
            an_event(
                type="entity.erased.v1",
                entity_uid=UUID(entity["entity_uid"]),
                origin="loc3/1",
                at="23:00",
                basis="request",
            )
        ]
    )

    entry = provider("GET", f"transactions/{row['audit_id']}").json()

    (change,) = entry["changes"]["results"]
    assert (change["state"], change["changes"], change["reason"]) == ("erased", [], None)
    assert "Archive" not in json.dumps(entry)


def test_whose_values_were_shown_is_in_their_access_log():
    entity, row = renamed("Harbour Archive")

    provider("GET", f"transactions/{row['audit_id']}")

    newest = report(subject=entity["entity_uid"])["results"][0]
    assert newest["action"] == "transaction.read"


@pytest.mark.parametrize("audit_id", ["7", str(uuid4())])
def test_an_entry_that_is_none_is_404(audit_id):
    answer = provider("GET", f"transactions/{audit_id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_totals_say_how_many_of_which_sort():
    an_institution()
    number_entries()
    an_institution()
    agent("GET", "entities", query={"page": "0"})

    sums = provider("GET", "transactions/totals").json()

    assert (sums["entries"], sums["changes"], sums["refused"]) == (3, 2, 1)
    assert sums["per_kind"] == {"refusal": 1, "write": 2}
    assert sums["per_actor"] == [{"actor": "service_agent", "entries": 3}]
    assert {row["kind"]: row["entries"] for row in sums["per_day"]} == {
        "refusal": 1,
        "refused": 1,
        "write": 2,
    }
    assert sum(row["entries"] for row in sums["per_hour"]) == 3
    assert set(sums["complete"]) == {"from", "to", "verified", "detail"}


def test_an_export_holds_what_the_report_has():
    from_elsewhere(2)
    an_institution()
    rows = report()["results"]

    answer = provider("GET", "transactions/export", query={"format": "ndjson"})
    lines = [json.loads(line) for line in body_of(answer).splitlines()]
    table = csv.DictReader(io.StringIO(body_of(provider("GET", "transactions/export"))))
    cells = list(table)

    assert answer["Content-Type"] == "application/x-ndjson"
    assert answer["Content-Disposition"].startswith('attachment; filename="transactions-')
    # The report that was read in between is an entry, too, and so is the first export.
    assert [line["audit_id"] for line in lines][1:] == [row["audit_id"] for row in rows]
    assert [cell["audit_id"] for cell in cells][2:] == [row["audit_id"] for row in rows]
    assert all(
        {name: line[name] for name in row} == row for line, row in zip(lines[1:], rows, strict=True)
    )
    assert cells[-1]["origins"] == "loc3"
    assert len(cells[-1]["event_ids"].split()) == 2


def test_an_export_is_audited_before_it_is_sent_and_is_not_in_it():
    an_institution()

    answer = provider("GET", "transactions/export", query={"kind": "write", "actor": ""})

    entry = AuditEntry.objects.get(action="transactions.exported")
    assert (entry.result_count, entry.codes) == (1, ["csv", "kind"])
    assert str(entry.audit_id) not in body_of(answer)


def test_an_export_of_nothing_is_a_line_of_names():
    answer = provider("GET", "transactions/export", query={"actor": "nobody-at-all"})

    assert body_of(answer) == ",".join(transaction_files.COLUMNS) + "\r\n"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_spreadsheet_never_meets_a_formula(sign):
    an_institution()
    AuditEntry.objects.create(
        audit_id=uuid4(),
        at=timezone.now(),
        location_id="loc1",
        request_id=uuid4(),
        kind="write",
        actor=f'{sign}HYPERLINK("http://example.org","x")',
        role="service_agent",
        auth="session",
        action="entity.created",
        outcome="ok",
        codes=[f"{sign}1"],
    )

    (newest, _) = csv.DictReader(
        io.StringIO(body_of(provider("GET", "transactions/export")), newline="")
    )

    assert newest["actor"].startswith(f"'{sign}")
    assert newest["codes"].startswith(f"'{sign}")


def test_the_report_of_reports_holds_names_of_filters_only():
    report(actor="somebody@example.org", **{"from": "2026-01-01"})

    entry = AuditEntry.objects.get(action="transactions.read")
    assert sorted(entry.codes) == ["actor", "from"]


@pytest.mark.parametrize("path", ["transactions", "transactions/totals"])
def test_the_report_costs_the_same_whatever_it_finds(path, django_assert_max_num_queries):
    for number in range(4):
        an_institution(f"Archive {number}")
    number_entries()

    with django_assert_max_num_queries(12):
        provider("GET", path)


def test_the_access_log_of_a_customer_is_of_providers():
    customer_uid = registry.a_customer(surname="Lindqvist", name="Åsa")["id"]
    path = f"items/{customer_uid}/access-log/"
    registry.agent("GET", f"items/{customer_uid}/")
    registry.customer("GET", "items/search/", query={"q": "Lindqvist"})

    answer = registry.provider("GET", path)

    rows = answer.json()["results"]
    assert [row["action"] for row in rows] == [
        "customer.searched",
        "customer.read",
        "entity.created",
    ]
    assert set(answer.json()) == {"next", "previous", "results", "complete"}
    assert registry.agent("GET", path).status_code == 403
    assert registry.customer("GET", path).status_code == 403
    assert registry.provider("GET", f"items/{uuid4()}/access-log/").status_code == 404
    assert registry.provider("GET", f"{path}?limit=0").status_code == 400
    newest = registry.provider("GET", path).json()["results"]
    assert "customer.access_log_read" in [row["action"] for row in newest]
