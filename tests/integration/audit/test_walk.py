"""Every address, by every method, in every role: each leaves an audit entry."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from audit.models import AuditEntry, RefusedDocument
from entities.vocabulary import define_entity_type
from events import sql
from events.commands import command_act
from events.principal import ROLES
from tests.integration.audit.addresses import Address, admin_key, all_addresses
from tests.integration.openapi import seeded

pytestmark = pytest.mark.django_db

GUIDE = Path("docs/audit.md")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NOBODY = "nobody"
PASSWORD = "correct horse battery"

# What leaves no entry when it is answered, and why; when it is refused it does. docs/audit.md
# has the same list.
MACHINE = "asked by machines about this machine every few seconds"
DOCUMENT = "the OpenAPI document, the same for everybody"
EMPTY = "an empty form"
TABLES = "the list of the tables"
ABOUT_NOBODY = {
    "livez": MACHINE,
    "readyz": MACHINE,
    "metrics": MACHINE,
    "schema": DOCUMENT,
    "docs": DOCUMENT,
    "redoc": DOCUMENT,
    "v1-ping": "says that the location answers",
    "sync-pill": "how far behind the locations are; asked again by every page",
    "customer-confirmed": "where a change has arrived; asked by the customer's page, which has one",
    "login": EMPTY,
    "check": EMPTY,
    "search": EMPTY,
    "customer-new": EMPTY,
    "field-new": EMPTY,
    "admin:index": TABLES,
    "admin:app_list": TABLES,
    "admin:jsi18n": "the words of Django's scripts",
    "admin:entities_entityversion_add": EMPTY,
    "admin:entities_detailversion_add": EMPTY,
    "admin:entities_entitytype_add": EMPTY,
    "admin:entities_detailtype_add": EMPTY,
    "logout": "nobody was logged in",
    "customer-similar": "nothing is typed yet",
}
# Addresses that only lead to another one, which leaves the entry.
LEADING = ("", "admin:", "admin:entities_detailversion_history")
UNWATCHED = {name for name, why in ABOUT_NOBODY.items() if why == MACHINE}

FIRST, SECOND = (str(uid) for uid in seeded.PERSONS[1:3])
PERSON = {"surname": "Walker", "name": "Ann", "dob": "1980-02-03", "document_number": "W-778812"}
NAMED = {"entity_type": "INSTITUTION", "display_name": "School"}
# Queries and bodies that are taken; whatever is not here is asked without and often refused.
QUERIES = {
    "search": {"q": "Lindqvist1"},
    "api-search": {"q": "Lindqvist1"},
    "v1-entities-asof": {"as_of": "2026-01-01T00:00:00Z"},
    "v1-diff": {"from": "2026-01-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"},
}
BODIES: dict[tuple[str, str], Any] = {
    ("login", "POST"): {"username": "service_provider", "password": PASSWORD},
    ("role", "POST"): {"role": "service_agent"},
    ("check", "POST"): {"by": "document", "document_number": "W-778812", "dob": "1980-02-03"},
    ("customer-new", "POST"): {**PERSON, "key": str(uuid4())},
    ("customer-similar", "POST"): PERSON,
    ("customer-edit", "POST"): {**PERSON, "reason": "moved"},
    ("customer-merge", "POST"): {"q": "Lindqvist2"},
    ("duplicate", "POST"): {"merge": "1", "stays": "a"},
    ("api-token", "POST"): {"username": "service_provider", "password": PASSWORD},
    ("api-items", "POST"): PERSON,
    ("api-item", "PUT"): PERSON,
    ("api-item", "PATCH"): {"surname": "Walker"},
    ("api-check", "POST"): {"document_number": "W-778812", "dob": "1980-02-03"},
    ("api-match", "POST"): PERSON,
    ("api-merge", "POST"): {"into": SECOND},
    ("field-decide", "POST"): {"reason": "Nobody fills it in."},
    ("field-change", "POST"): {"label": "Size", "class": "ordinary", "reason": "Clearer."},
    ("api-fields", "POST"): {"key": "sail", "label": "Sail"},
    ("api-field", "PUT"): {"label": "Size", "type": "integer"},
    ("api-field", "PATCH"): {"label": "Size of shoes"},
    ("v1-entities", "POST"): NAMED,
    ("v1-entity", "PATCH"): {"details": [{"detail_code": "EMAIL", "value": "w@example.org"}]},
    ("v1-entity-types", "POST"): {"code": "SHIP", "label": "Ship"},
    ("v1-detail-types", "POST"): {"code": "MAST", "label": "Mast"},
}


TRACES_SQL = """
SELECT (SELECT count(*) FROM audit_entry) + (SELECT coalesce(sum(times), 0) FROM audit_gathered)
"""


@pytest.fixture
def world(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast
    seeded.seed()
    RefusedDocument.objects.create(
        stream="audit", document_id="1", seq=1, reason_code="strict", refused_at=timezone.now()
    )
    define_entity_type(command_act("seed"), code="BOAT", label="Boat")
    for role in ROLES:
        user = User.objects.create_user(role, password=PASSWORD)
        user.groups.add(Group.objects.get_or_create(name=role)[0])


def value_of(name: str, part: str) -> str:
    ids = {
        "uid": FIRST,
        "other": SECOND,
        "a": FIRST,
        "b": SECOND,
        "code": "surname",
        "app_label": "entities",
        "url": "nowhere/",
        "audit_id": str(AuditEntry.objects.earliest("at").audit_id),
        "conflict_id": str(seeded.IDS["conflict_id"][0]),
        "field_id": str(seeded.IDS["field_id"][1]),
        "decision": "retire",
        "run": FIRST,
    }
    if part == "uid" and name.startswith("field"):
        return ids["field_id"]
    if part == "object_id":
        return "BOAT" if "entitytype" in name else admin_key(name)
    return ids[part]


def caller(role: str, *, is_by_session: bool) -> Client:
    if role == NOBODY:
        return Client()
    if not is_by_session:
        return Client(headers={"X-Role": role})
    client = Client()
    client.force_login(User.objects.get(username=role))
    return client


def traces() -> int:
    """Entries, and acts that wait to be one."""
    return int(sql.fetch(TRACES_SQL)[0][0])


def ask(
    client: Client, address: Address, method: str, *, is_full: bool
) -> tuple[HttpResponse, int]:
    """The answer, and how many traces it left. The world stays as it was."""
    body = BODIES.get((address.name, method), {}) if is_full else {}
    query = QUERIES.get(address.name, {}) if is_full and method in ("GET", "HEAD") else {}
    sent: dict[str, Any] = {"data": body} if method == "POST" else {}
    if body and address.path.startswith("/api/"):
        sent = {"data": body, "content_type": "application/json"}
    with transaction.atomic():
        before = traces()
        answer = getattr(client, method.lower())(address.path, query_params=query, **sent)
        left = traces() - before
        transaction.set_rollback(True)
    return answer, left


def is_about_nobody(address: Address, method: str, answer: HttpResponse, *, is_full: bool) -> bool:
    if address.name in UNWATCHED:
        return True
    if answer.status_code in (301, 302) and address.name in LEADING:
        return not answer["Location"].startswith("/login")
    if answer.status_code >= 400:
        return False
    is_read = method in ("GET", "HEAD") or (method == "POST" and not is_full)
    return method == "OPTIONS" or (is_read and address.name in ABOUT_NOBODY)


def test_an_unknown_row_of_the_admin_is_a_refusal(world):
    client = caller("service_provider", is_by_session=True)
    changes = [one for one in all_addresses(lambda *_: "nobody") if one.name.endswith("_change")]

    answers = {one.path: ask(client, one, "GET", is_full=False) for one in changes}

    assert len(answers) > 5
    assert {(answer.status_code, left) for answer, left in answers.values()} == {(404, 1)}


@pytest.mark.parametrize(
    ("role", "mode"), [*((role, "header") for role in (NOBODY, *ROLES)), (NOBODY, "token")]
)
def test_each_address_leaves_an_entry_by_each_method(role, mode, world, settings):
    settings.AUTH_MODE = mode
    silent = []
    for address in all_addresses(value_of):
        by_session = mode == "token" or address.path.startswith("/admin")
        client = caller(role, is_by_session=by_session)
        for method in METHODS:
            for is_full in {False, (address.name, method) in BODIES or address.name in QUERIES}:
                answer, left = ask(client, address, method, is_full=is_full)
                if not left and not is_about_nobody(address, method, answer, is_full=is_full):
                    silent.append(f"{method} {address.path} {address.name} {answer.status_code}")

    assert silent == [], "\n".join(silent)


def test_what_should_be_taken_is_taken(world):
    """Otherwise the walk would see refusals only."""
    client = caller("service_provider", is_by_session=False)
    refused = {}
    for address in all_addresses(value_of):
        for method in METHODS:
            if (address.name, method) in BODIES or (method == "GET" and address.name in QUERIES):
                answer, left = ask(client, address, method, is_full=True)
                if answer.status_code >= 400 or not left:
                    refused[f"{method} {address.path}"] = (answer.status_code, answer.content)

    assert refused == {}, refused


def test_whatever_the_guide_excepts_is_what_the_walk_excepts():
    told = GUIDE.read_text(encoding="utf-8")

    assert [name for name in ABOUT_NOBODY if f"`{name}`" not in told] == []
