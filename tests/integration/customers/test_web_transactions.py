"""The Transactions page: what it shows of the audit, what it hides, and that it is noted itself."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.entries import add_entry
from customers.web.transactions import kibana, report
from deploy.kibana.dashboards import DASHBOARDS
from events.principal import Act, Principal
from tests.integration.customers.registry import a_customer, agent, customer, entries

pytestmark = pytest.mark.django_db


def get(path, role="service_provider"):
    return Client(headers={"X-Role": role}).get(path)


def page_of(path, role="service_provider"):
    answer = get(path, role)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def words(page):
    """The text of a page, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def sentences(page):
    return [words(cell) for cell in re.findall(r'what-cell">(.*?)</td>', page, re.DOTALL)]


def note(action, *, at=None, actor="agent7", role="service_agent", **values):
    at = at or timezone.now()
    act = Act(Principal(actor, role, "loc1", "session"), uuid4(), int(at.timestamp() * 1_000_000))
    return add_entry(act, action=action, **values)


def test_what_was_done_is_told_newest_first():
    made = a_customer(surname="Kanarienvogel", name="Zwitscher")["id"]
    agent("PATCH", f"items/{made}/", {"dob": "1977-03-09"})
    agent("DELETE", f"items/{made}/")

    told = sentences(page_of("/transactions"))

    name = "Kanarienvogel, Zwitscher (taken off the list)"
    assert told[:3] == [
        f"Took {name} off the list",
        f"Changed birth date of {name}",
        f"Put {name} on the list",
    ]


def test_looking_is_noted_with_whom_it_showed():
    made = a_customer()["id"]
    known = len(entries())

    page_of(f"/transactions?subject={made}")

    (entry,) = entries()[known:]
    assert (entry.action, entry.kind, str(entry.entity_uid)) == ("transactions.read", "read", made)
    assert list(map(str, entry.hit_ids)) == [made]


def test_people_and_commands_are_apart_among_those_who_may_be_asked_for():
    note("customer.read", actor="m.rossi")
    note("command.run", actor="publish_events")

    menu = re.search(r'<select name="actor".*?</select>', page_of("/transactions"), re.DOTALL)[0]

    people, commands = (words(part) for part in menu.split("<optgroup")[1:])
    assert "m.rossi" in people
    assert "publish_events" not in people
    assert "publish_events" in commands
    assert "m.rossi" not in commands


def test_the_page_leads_to_the_same_period_in_kibana(settings):
    path = "/transactions?from=2026-03-01&to=2026-03-02"
    settings.TIME_ZONE = "Europe/Zurich"
    without = page_of(path)

    settings.KIBANA_URL = "https://kibana.example/s/space"
    page = page_of(path)

    assert "Kibana" not in without
    (link,) = re.findall(r'href="(https://kibana[^"]+)"', page)
    assert html.unescape(link) == (
        "https://kibana.example/s/space/app/dashboards#/view/sins-transactions"
        "?_g=(time:(from:'2026-02-28T23:00:00.000Z',to:'2026-03-02T22:59:59.999Z'))"
    )
    assert kibana.DASHBOARD in {dashboard.id for dashboard in DASHBOARDS}


def test_numbers_add_up():
    made = a_customer()["id"]
    agent("GET", f"items/{made}/")
    agent("GET", "items/search/?q=nobody")
    customer("DELETE", f"items/{made}/")
    note("login.succeeded")
    note("login.failed", outcome="refused")
    note("command.run", outcome="failed")

    page = page_of("/transactions")

    tiles = re.findall(r"</i>([^<]+)</span>\s*<b>([\d,]+)</b>", page)
    assert dict(tiles) == {
        "Reads": "1",
        "Searches": "1",
        "Changes here": "1",
        "Received": "0",
        "Logins, commands": "1",
        "Refused, failed": "3",
    }
    assert "Export" not in page or "Export 7 rows" in words(page)


def test_drawings_have_tables_with_the_same_numbers():
    note("customer.read", entity_uid=uuid4())

    tables = page_of("/transactions?days=table&hours=table")
    chart = page_of("/transactions")

    assert chart.count('role="img"') == 2
    assert 'role="img"' not in tables
    assert "By hour and weekday" in tables
    day = timezone.localdate()
    row = re.search(rf"{day.day} {day:%b} {day.year}</th>(.*?)</tr>", tables, re.DOTALL)
    assert re.findall(r">(\d+)<", row[1])[-1] == "1"
    assert 'href="?hours=table#per-day"' in tables
    assert '<input type="hidden" name="days" value="table">' in tables


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("actor=agent7", 2),
        ("actor=nobody", 0),
        ("role=customer", 1),
        ("action=customer.read", 2),
        ("action=read", 2),
        ("action=search", 1),
        ("outcome=refused", 0),
        ("location=loc9", 0),
        ("from=2020-01-01&to=2020-01-02", 1),
        (f"request_id={uuid4()}", 0),
    ],
)
def test_filters_choose_entries(query, count):
    note("customer.read")
    note("customer.read", at=timezone.now() - timedelta(days=1))
    note("customer.searched", actor="customer", role="customer")
    note("customer.read", at=timezone.now().replace(year=2020, month=1, day=1))

    assert len(sentences(page_of(f"/transactions?{query}"))) == count


def test_nothing_found_says_what_to_do():
    page = words(page_of("/transactions?actor=nobody"))

    assert "No entries" in page
    assert "Choose a longer one, or fewer filters." in page


@pytest.mark.parametrize(
    "query", ["from=yesterday", "subject=Smith", "role=king", "to=9999-12-31", "action=x"]
)
def test_what_cannot_be_asked_is_marked_and_kept(query):
    answer = get(f"/transactions?{query}")

    name, text = query.split("=")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert f'id="problem-{name}"' in page
    assert "This cannot be asked" in page
    assert name in ("role", "action") or f'value="{text}"' in page
    assert (entries()[-1].action, entries()[-1].outcome) == ("transactions.read", "refused")


def test_a_place_in_the_list_that_is_none_is_refused():
    assert get("/transactions?cursor=nonsense").status_code == 400


def test_older_and_newer_lead_through_all_entries():
    for number in range(120):
        note("customer.read", at=timezone.now() - timedelta(minutes=number + 1), actor=f"a{number}")
    path, seen = "/transactions?action=customer.read", []

    while path:
        page = page_of(path)
        seen.append(re.findall(r"<bdi>(a\d+)</bdi>", page))
        older = re.search(r'rel="next" href="(\?[^"#]+)', page)
        path = older and "/transactions" + older[1].replace("&amp;", "&")

    assert [len(part) for part in seen] == [50, 50, 20]
    assert [one for part in seen for one in part] == [f"a{number}" for number in range(120)]
    newer = re.search(r'rel="prev" href="(\?[^"#]+)', page)
    back = page_of("/transactions" + newer[1].replace("&amp;", "&"))
    assert re.findall(r"<bdi>(a\d+)</bdi>", back) == seen[1]


def test_no_name_stands_in_an_address():
    made = a_customer(surname="Kanarienvogel")["id"]

    page = page_of(f"/transactions?subject={made}")

    addresses = re.findall(r'(?:href|action|hx-get)="([^"]*)"', page)
    assert not [one for one in addresses if "anarien" in one]


@pytest.mark.parametrize("role", ["customer", "service_agent"])
@pytest.mark.parametrize("path", ["/transactions", "/customers/{id}/access-log"])
def test_only_providers_see_it(role, path):
    made = a_customer(surname="Kanarienvogel")["id"]

    answer = get(path.format(id=made), role)

    assert answer.status_code == 403
    assert b"anarien" not in answer.content
    assert b"Transactions</span>" not in answer.content
    assert (
        b"/access-log"
        not in Client(headers={"X-Role": "service_agent"}).get(f"/customers/{made}").content
    )


def test_the_page_asks_the_database_a_bounded_number_of_questions():
    for _ in range(30):
        a_customer()
    page_of("/transactions")

    with CaptureQueriesContext(connection) as asked:
        page_of("/transactions")

    assert len(asked) <= 40, "\n".join(one["sql"] for one in asked)


@pytest.mark.parametrize(("kind", "lines"), [("csv", 4), ("ndjson", 3)])
def test_what_is_asked_is_exported_without_names(kind, lines):
    made = a_customer(surname="Kanarienvogel")["id"]
    for _ in range(2):
        agent("GET", f"items/{made}/")
    a_customer()

    answer = get(f"/transactions/export?format={kind}&subject={made}")

    text = b"".join(answer.streaming_content).decode()
    assert len(text.splitlines()) == lines
    assert "anarien" not in text
    assert f".{kind}" in answer["Content-Disposition"]
    noted = entries()[-1]
    assert (noted.action, noted.result_count) == ("transactions.exported", 3)
    assert noted.codes == [kind, "subject"]


@pytest.mark.parametrize("query", ["", "format=xlsx", "format=csv&from=x"])
def test_what_cannot_be_exported_is_refused(query):
    assert get(f"/transactions/export?{query}").status_code == 400


def test_numbers_that_do_not_come_in_time_leave_the_entries_standing(monkeypatch):
    note("customer.read")

    def times_out(_asked):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(report, "totals", times_out)

    page = page_of("/transactions")

    assert "The numbers did not load" in words(page)
    assert sentences(page) == ["Read a customer"]
