"""No personal value in the audit, a log line, a metric, an address, a header or an error."""

import json
import logging
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from audit.models import AuditEntry
from audit.shipping import documents
from customers.text_forms import plain
from entities import services
from events import deadletters
from sins import metrics
from sins.logs import EcsFormatter
from tests.builders import an_event
from tests.integration.admin import logged_in
from tests.integration.audit.addresses import admin_key, all_addresses
from tests.integration.audit.canaries import Person, a_name, found_in, table
from tests.integration.entities.rows import an_act, details, open_conflicts_of, receive

pytestmark = pytest.mark.django_db

AUDIT = ("audit_entry", "audit_gathered", "audit_question", "audit_total")
KEPT = ("customers_customer", "entities_entitydetail", "entities_entity")
ROLES = (None, "customer", "service_agent", "service_provider")


class Said:
    """What left the program, beside answers that show people what they asked for."""

    def __init__(self) -> None:
        self.places: dict[str, list[str]] = {"logs": [], "headers": [], "errors": []}

    def keep(self, what: str, answer: HttpResponse) -> HttpResponse:
        self.places["headers"].append(str(dict(answer.headers)) + str(answer.cookies))
        is_json = "json" in answer.headers.get("Content-Type", "")
        if answer.status_code >= 400 and is_json:
            self.places["errors"].append(f"{what}: {answer.content.decode()}")
        return answer

    def all(self) -> dict[str, str]:
        texts = {name: "\n".join(said) for name, said in self.places.items()}
        stored = {name: table(name) for name in AUDIT}
        return texts | stored | {"metrics": metrics.text().decode(), "shipped": self.shipped()}

    def shipped(self) -> str:
        """What Elasticsearch would get of it."""
        rows = AuditEntry.objects.values_list(*documents.AUDIT_COLUMNS)
        entries = [documents.audit_document(documents.AuditRow(*row), zone=UTC) for row in rows]
        lines = [
            documents.log_document(line.encode(), file="web.log", offset=offset)
            for offset, line in enumerate(self.places["logs"])
        ]
        return "\n".join(map(str, [*entries, *lines]))


@pytest.fixture
def said() -> Iterator[Said]:
    found = Said()
    formatter = EcsFormatter(location_id="loc1")

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.places["logs"].append(formatter.format(record))

    root, handler = logging.getLogger(), Kept()
    usual = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield found
    root.setLevel(usual)
    root.removeHandler(handler)


def calling(role: str | None, *, is_by_session: bool = False) -> Client:
    if is_by_session:
        return logged_in(role or "customer")
    return Client(headers={"X-Role": role} if role else {})


def everything(person: Person) -> dict[str, Any]:
    """Whatever any body may have, and more."""
    named = {**person.values, **person.extra, "extra_fields": person.extra}
    more = dict.fromkeys(("q", "reason", "label", "username", "code"), person.values["surname"])
    return {**named, **more, "password": person.values["name"], "display_name": a_name()}


def test_a_customers_whole_life_leaves_no_value_behind(said):
    """Made, found, changed, merged, deleted and restored by the registry's face and the pages."""
    one, other, typed = Person(), Person(), Person()
    agent = calling("service_agent")

    def ask(method: str, path: str, body: Any = None, **query: str) -> HttpResponse:
        sent = {"data": body, "content_type": "application/json"} if body is not None else {}
        root = "/api/customers/" if not path.startswith("/") else ""
        answer = getattr(agent, method)(root + path, query_params=query, **sent)
        return said.keep(f"{method} {path}", answer)

    uids = []
    for person in (one, other):
        body = {**person.values, "extra_fields": person.extra}
        answer = ask("post", "items/", body)
        assert answer.status_code == 201, answer.content
        uids.append(answer.json()["id"])
    first, second = uids
    for path in ("", "history/", "events/"):
        assert ask("get", f"items/{first}/{path}").status_code == 200
    for person in (one, typed):
        for mode in ("exact", "fuzzy"):
            assert ask("get", "items/search/", q=person.values["surname"], mode=mode)
            assert ask("get", "items/search/", mode=mode, **person.values).status_code == 200
        assert ask("post", "items/match/", person.values).status_code == 200
        check = {key: person.values[key] for key in ("document_number", "dob")}
        assert ask("post", "items/check/", check).status_code == 200
    assert ask("patch", f"items/{first}/", {"surname": typed.values["surname"]}).status_code == 200
    assert ask("patch", f"items/{first}/", {"dob": typed.values["name"]}).status_code == 400
    assert ask("put", f"items/{second}/", {**other.values, "nobody": a_name()}).status_code == 400
    assert ask("delete", f"items/{first}/").status_code == 204
    assert ask("post", f"items/{first}/restore/", {}).status_code == 200
    assert ask("post", f"items/{second}/merge/", {"into": first}).status_code == 200
    for path in ("", "/timeline", "/edit", "/delete", "/merge", "/provenance/surname"):
        said.keep(path, agent.get(f"/customers/{first}{path}"))
    live = {"HX-Request": "true"}
    for q in one.values.values():
        assert said.keep("typed", agent.get("/", {"q": q}, headers=live)).status_code == 200
        assert said.keep("sent", agent.get("/", {"q": q})).status_code == 200
    said.keep("similar", agent.post("/customers/similar", typed.values, headers=live))
    said.keep("new", agent.post("/customers/new", {**typed.values, "reason": a_name()}))
    said.keep("login", agent.post("/login", {"username": typed.values["surname"], "password": "x"}))

    canaries = [*one.canaries, *other.canaries, *typed.canaries]
    assert found_in(said.all(), canaries) == []
    kept = {name: table(name) for name in KEPT}
    lost = [c for c in [*one.canaries, *other.canaries] if not found_in(kept, [c])]
    assert lost == [], "the search would not find them where they are"


@pytest.mark.parametrize("role", ROLES)
def test_what_is_sent_to_any_address_is_not_repeated(role, said):
    """In a query, in a form, in JSON, in what should be JSON, with a wrong type."""
    person = Person()
    uid = services.create_entity(
        an_act(), entity_type="PERSON", details=details(SURNAME="Smith")
    ).entity_uid
    sent = everything(person)
    flat = {key: value for key, value in sent.items() if isinstance(value, str)}

    def value_of(name: str, part: str) -> str:
        given = {"code": "SURNAME", "url": "nowhere/", "app_label": "entities"}
        return admin_key(name) if part == "object_id" else given.get(part, str(uid))

    for address in all_addresses(value_of):
        client = calling(role, is_by_session=address.path.startswith("/admin"))
        said.keep("query", client.get(address.path, flat))
        said.keep("form", client.post(address.path, flat))
        for method in ("post", "put", "patch"):
            ask = getattr(client, method)
            said.keep("json", ask(address.path, sent, content_type="application/json"))
        broken = json.dumps(sent)[:-1]
        said.keep("broken", client.post(address.path, broken, content_type="application/json"))
        said.keep("type", client.post(address.path, broken, content_type="text/csv"))
        answer = client.get(f"{address.path}/{person.values['surname']}")
        if answer.status_code != 302:  # an address that somebody made up, with its slash
            said.keep("made up", answer)

    canaries = [*person.canaries, sent["display_name"]]
    assert found_in(said.all(), canaries) == []


def test_conflicts_dead_letters_and_commands_repeat_nothing(said):
    here, there, broken, name = (a_name() for _ in range(4))
    uid = services.create_entity(
        an_act(), entity_type="PERSON", details=details(SURNAME="Smith", NAME=here)
    ).entity_uid
    receive([an_event(entity_uid=uid, origin="loc2/1", details={"NAME": there})])
    assert open_conflicts_of(uid)
    letters = [
        deadletters.SetAside(reason_code="bad_json", raw=f'{{"name": "{broken}"'.encode()),
        deadletters.SetAside(reason_code="projection_failed", raw=f'"{name}"'.encode()),
    ]
    deadletters.set_aside(letters, now=timezone.now())

    provider = calling("service_provider")
    for path in ("/api/v1/conflicts", "/api/v1/dead-letters", f"/api/v1/entities/{uid}/history"):
        assert said.keep(path, provider.get(path)).status_code == 200
    conflict = open_conflicts_of(uid)[0].conflict_id
    choice = {"decision": "edit", "value": a_name()}
    said.keep("resolve", provider.post(f"/api/v1/conflicts/{conflict}/resolve", choice))
    for command in ("retry_dead_letters", "rebuild_entities", "rebuild_search", "find_duplicates"):
        call_command(command, verbosity=0)
    with pytest.raises(CommandError):
        call_command("set_roles", "anna", here)

    assert found_in(said.all(), [here, there, broken, name]) == []
    places = {name: table(name) for name in ("events_deadletter", *KEPT)}
    places["letters"] = "\n".join(letter.raw.decode() for letter in letters)
    assert len(found_in(places, [here, broken])) >= 2


@pytest.mark.parametrize("form", ["plain", "quoted", "base64", "hex", "lower", "search"])
def test_the_search_finds_each_form(form):
    value = a_name()
    forms = {
        "plain": value,
        "quoted": quote(value),
        "base64": b64encode(f"x{value}y".encode()).decode(),
        "hex": value.encode().hex(),
        "lower": value.lower(),
        "search": plain(value),
    }

    assert found_in({"place": f"…{forms[form]}…"}, [value])
    assert not found_in({"place": f"…{forms[form]}…"}, [a_name()])
