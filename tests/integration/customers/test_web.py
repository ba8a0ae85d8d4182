"""The pages' edge: the matrix row by row, one audit entry per act, bad input, bounded queries."""

import logging
import re
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers import urls_web
from customers.web import search as search_page
from customers.web.access import MATRIX
from events.principal import ROLES
from tests.integration.customers.registry import a_customer, a_run, agent, entries, provider

pytestmark = pytest.mark.django_db

PATHS = {
    "search": "/?q=kanarienvogel",
    "check": "/check",
    "sync-pill": "/sync-pill",
    "customer-new": "/customers/new",
    "customer-similar": "/customers/similar",
    "customer": "/customers/{id}",
    "customer-timeline": "/customers/{id}/timeline",
    "customer-confirmed": "/customers/{id}/confirmed",
    "customer-provenance": "/customers/{id}/provenance/SURNAME",
    "customer-edit": "/customers/{id}/edit",
    "customer-delete": "/customers/{id}/delete",
    "customer-restore": "/customers/{id}/restore",
    "customer-hold": "/customers/{id}/hold",
    "customer-lift": "/customers/{id}/lift",
    "customer-erase": "/customers/{id}/erase",
    "customer-erasure-cancel": "/customers/{id}/cancel-erasure",
    "customer-merge": "/customers/{id}/merge",
    "customer-unmerge": "/customers/{id}/unmerge",
    "customer-access-log": "/customers/{id}/access-log",
    "customer-subject-report": "/customers/{id}/subject-report",
    "customer-restrict": "/customers/{id}/restrict",
    "customer-unrestrict": "/customers/{id}/unrestrict",
    "restricted": "/retention/restricted",
    "retention": "/retention",
    "retention-preview": "/retention/preview",
    "retention-run": "/retention/runs/{run}",
    "erasure-ledger": "/retention/ledger",
    "retention-policies": "/retention/policies",
    "retention-policy": "/retention/policies/STANDARD",
    "retention-policy-retire": "/retention/policies/STANDARD/retire",
    "retention-unjudged": "/retention/policies/STANDARD/unjudged",
    "transactions": "/transactions",
    "transaction": "/transactions/{audit}",
    "transactions-export": "/transactions/export?format=csv",
    "transactions-verify": "/transactions/verify",
    "fields": "/fields",
    "field-new": "/fields/new",
    "field": "/fields/{field}",
    "field-change": "/fields/{field}/change",
    "field-decide": "/fields/{field}/retire",
    "field-settle": "/fields/{field}/settle",
    "field-invalid": "/fields/{field}/invalid",
    "duplicates": "/duplicates",
    "merge-history": "/duplicates/history",
    "duplicate": "/duplicates/{id}/{other}",
    "duplicate-distinct": "/duplicates/{id}/{other}/distinct",
}
CANARY = {
    "surname": "Kanarienvogel",
    "name": "Zwitscher",
    "dob": "1977-03-09",
    "document_number": "PIEP770309",
}
VALUES = ("kanarien", "zwitscher", "9.3.1977", "1977-03-09", "piep")


def a_path(name):
    """To a page about a customer; beside it stands another one of nearly the same name."""
    made, other = a_customer(**CANARY), a_customer(surname="Kanarienvogl")
    if name == "customer-unmerge":
        agent("POST", f"items/{made['id']}/merge/", {"into": other["id"]})
    field = a_field() if name.startswith("field-") or name == "field" else ""
    audit = entries()[-1].audit_id
    run = a_run() if name == "retention-run" else 0
    return PATHS[name].format(id=made["id"], other=other["id"], audit=audit, field=field, run=run)


def a_field():
    """One that is in use."""
    answer = provider("POST", "fields/", {"key": "shoe_size", "label": "Shoe size"})
    return answer.json()["id"]


def call(method, path, role="service_agent", data=None, **headers):
    client = Client(headers={"X-Role": role, **headers})
    return getattr(client, method.lower())(path, data or {})


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("name", "method"), sorted(MATRIX))
def test_each_row_of_the_matrix(name, method, role):
    answer = call(method, a_path(name), role)

    if role in MATRIX[name, method].roles:
        assert answer.status_code in (200, 302, 400, 409), answer.content
    else:
        assert answer.status_code == 403
        assert b"Kanarien" not in answer.content
        assert (entries()[-1].action, entries()[-1].outcome) == ("access.refused", "refused")


def test_every_page_has_a_row():
    names = {pattern.name for pattern in urls_web.urlpatterns}

    assert {name for name, _ in MATRIX} == names == set(PATHS)


@pytest.mark.parametrize("name", sorted(PATHS))
def test_a_method_without_a_row_is_405(name):
    answer = call("PUT", a_path(name))

    assert answer.status_code == 405


@pytest.mark.parametrize("name", sorted(PATHS))
def test_every_path_answers_with_and_without_its_slash(name):
    path, _, query = a_path(name).partition("?")
    other = path.rstrip("/") + "/"

    assert call("GET", f"{path}?{query}").status_code == call("GET", f"{other}?{query}").status_code


@pytest.mark.parametrize(
    ("method", "path", "data", "action", "outcome"),
    [
        ("GET", "/?q=kanarienvogl", {}, "customer.searched", "ok"),
        ("POST", "/customers/similar", {"surname": "kanarienvogl"}, "customer.searched", "ok"),
        ("GET", "/customers/{id}", {}, "customer.read", "ok"),
        ("GET", "/customers/{id}?as_of=2030-01-01", {}, "customer.read_as_of", "ok"),
        ("GET", "/customers/{id}?as_of=never", {}, "customer.read", "refused"),
        ("GET", "/customers/{id}/timeline", {}, "customer.events_read", "ok"),
        ("GET", "/customers/{id}/provenance/SURNAME", {}, "customer.history_read", "ok"),
        ("GET", "/customers/{id}/edit", {}, "customer.read", "ok"),
        ("GET", "/customers/{id}/delete", {}, "customer.read", "ok"),
        ("POST", "/customers/{id}/edit", {"surname": "Spatz"}, "entity.updated", "ok"),
        ("GET", "/customers/{id}/merge", {}, "customer.read", "ok"),
        ("POST", "/customers/{id}/merge", {"q": "kanarienvogl"}, "customer.searched", "ok"),
        ("GET", "/customers/{id}/unmerge", {}, "customer.read", "refused"),
        ("POST", "/customers/{id}/unmerge", {}, "entity.unmerged", "refused"),
        ("GET", "/duplicates", {}, "duplicates.listed", "ok"),
        ("GET", "/duplicates/history", {}, "duplicates.listed", "ok"),
        ("GET", "/duplicates/{id}/{id}", {}, "customer.merge_previewed", "refused"),
        ("POST", "/duplicates/{id}/{id}", {"merge": "1"}, "entity.merged", "refused"),
        ("POST", "/customers/{id}/delete", {"reason": "Zwitscher"}, "entity.deleted", "ok"),
        ("POST", "/customers/new", {"confirmed": "1"}, "entity.created", "refused"),
        ("POST", "/customers/new", CANARY | {"confirmed": "1"}, "entity.created", "ok"),
        (
            "POST",
            "/check",
            {"by": "document", "document_number": "PIEP770309", "dob": "9.3.1977"},
            "customer.checked",
            "ok",
        ),
    ],
)
def test_each_act_leaves_one_entry_without_values(method, path, data, action, outcome, caplog):
    caplog.set_level(logging.INFO)
    made = a_customer(**CANARY)
    known, lines = len(entries()), len(caplog.records)

    answer = call(method, path.format(id=made["id"]), data=data)

    (entry,) = entries()[known:]
    assert (entry.action, entry.outcome) == (action, outcome)
    assert str(entry.request_id) == answer["X-Request-Id"]
    texts = [str(entry.__dict__), *(str(line.__dict__) for line in caplog.records[lines:])]
    for value in VALUES:
        assert value not in "\n".join(texts).lower().replace(made["id"], "")


@pytest.mark.parametrize("path", ["/", "/sync-pill", "/customers/new", "/check"])
def test_looking_at_nothing_leaves_no_entry(path):
    assert call("GET", path).status_code == 200
    assert entries() == []


@pytest.mark.parametrize(
    "q", ["\x00", "%", "_", "' OR 1=1 --", "\ud800", "x" * 501, "1" * 400, "🐦" * 40, "،", "\\"]
)
@pytest.mark.parametrize("mode", ["exact", "fuzzy", "nonsense"])
def test_no_search_is_an_error(q, mode):
    a_customer(**CANARY)

    for role in ROLES:
        query = {"q": q.encode("utf-8", "surrogatepass"), "mode": mode}
        assert call("GET", "/", role, query).status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        {"surname": "\x00"},
        {"surname": "x" * 201},
        {"dob": "0000-00-00", "surname": "x"},
        {"x-email": "y" * 9000, "surname": "x"},
        {"x-unknown": "y"},
        {"key": "no uuid"},
        {"etag": "nonsense", "surname": "y"},
        {"stale": "1", "was:surname": "z", "choose:surname": "everything"},
        {"reason": "r" * 9000, "surname": "x"},
    ],
)
def test_no_form_is_an_internal_error(data):
    made = a_customer(**CANARY)

    for path in ("/customers/new", f"/customers/{made['id']}/edit"):
        assert call("POST", path, data=data).status_code in (200, 302, 400, 409)


def test_a_part_is_only_the_part():
    a_customer(**CANARY)

    whole = call("GET", "/?q=kanarienvogel")
    part = call("GET", "/?q=kanarienvogel", **{"HX-Request": "true"})

    assert b"<html" in whole.content
    assert b"<html" not in part.content
    assert b"Kanarienvogel" in part.content
    assert "HX-Request" in whole["Vary"]
    assert "no-store" in whole["Cache-Control"]


@pytest.mark.parametrize(
    "name",
    ["search", "customer", "customer-new", "customer-edit", "customer-merge", "duplicate"],
)
def test_no_address_on_a_page_holds_a_value_but_the_search_itself(name):
    page = call("GET", f"{a_path(name).partition('?')[0]}?q=Kanarienvogel")

    addresses = re.findall(r'(?:href|action|hx-get|hx-post)="([^"]*)"', page.content.decode())
    assert len(addresses) > 5
    for address in addresses:
        others = re.sub(r"^/\?q=Kanarienvogel", "", address)
        assert not any(value in others.lower() for value in VALUES), address


def test_a_search_hands_its_parts_to_the_form_where_they_are_wanted():
    parts = {"fill": "1", "q": "Vogel Kanarien 9.3.1977", "as": ["name", "surname", ""]}

    page = call("POST", "/customers/new", data=parts).content.decode()

    values = dict(re.findall(r'id="field-(\w+)" name="\w+" value="([^"]*)"', page))
    assert (values["surname"], values["name"], values["dob"]) == ("Kanarien", "Vogel", "")


def test_a_busy_database_is_a_page_with_a_sentence(monkeypatch):
    def times_out(*_args, **_kwargs):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(search_page, "search_as", times_out)

    answer = call("GET", "/?q=x")

    assert answer.status_code == 503
    assert b"Try again in a moment" in answer.content


@pytest.mark.parametrize(
    ("name", "most"),
    [("search", 17), ("customer", 19), ("customer-timeline", 17), ("customer-edit", 15)],
)
def test_pages_ask_the_database_a_bounded_number_of_questions(name, most):
    for number in range(5):
        made = a_customer(surname=f"Kanarienvogel{number}")
    agent("PATCH", f"items/{made['id']}/", {"name": "x"})
    path = PATHS[name].format(id=made["id"])
    call("GET", path)

    with CaptureQueriesContext(connection) as asked:
        assert call("GET", path).status_code == 200

    assert len(asked) <= most, "\n".join(one["sql"] for one in asked)


def test_an_unknown_customer_is_404_in_style():
    answer = call("GET", f"/customers/{uuid4()}")

    assert answer.status_code == 404
    assert b"There is no customer with this id." in answer.content
