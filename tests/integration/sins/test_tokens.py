"""Tokens: who gets one, what it says about its holder, and what is noted of it."""

import json
import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import OperationalError
from django.db.models import F
from django.test import Client

from audit import logins
from audit.models import AskedQuestion, AuditEntry
from events.principal import ROLES
from sins import identity, middleware
from tests.integration.sins.callers import LIST, PASSWORD, a_user, a_write, by_token, key_of

pytestmark = pytest.mark.django_db

PATHS = ["/api/v1/auth/token", "/api/v1/auth/token/", "/api/auth/token", "/api/auth/token/"]
PATH = PATHS[0]
NOWHERE = "/api/customers/nowhere"  # asks the database for nothing but who asks


@pytest.fixture(params=["header", "token"], autouse=True)
def mode(request, settings):
    settings.AUTH_MODE = request.param
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast
    return request.param


def ask(body, path=PATH, address="127.0.0.1", **headers):
    raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
    client = Client(REMOTE_ADDR=address)
    return client.post(path, raw, content_type="application/json", headers=headers)


def log_in(name="anna", password=PASSWORD, path=PATH, **headers):
    return ask({"username": name, "password": password}, path, **headers)


def entry() -> AuditEntry:
    return AuditEntry.objects.latest("audit_id")


@pytest.mark.parametrize("path", PATHS)
def test_a_password_gives_the_users_token(path):
    user = a_user("service_agent")

    answer = log_in(path=path)

    assert (answer.status_code, answer.json()) == (200, {"token": key_of(user)})
    assert "no-store" in answer["Cache-Control"]
    noted = entry()
    assert (noted.action, noted.actor, noted.auth) == ("login.succeeded", "anna", "token")
    assert noted.role == "service_agent"


@pytest.mark.parametrize("path", PATHS)
def test_a_program_that_still_sends_its_old_token_gets_another(path):
    a_user("service_agent")

    assert log_in(path=path, Authorization="Token old").status_code == 200
    assert log_in(password="wrong", path=path, Authorization="Token old").status_code == 400
    assert Client().post(LIST, headers={"Authorization": "Token old"}).status_code == 401


def test_a_token_that_was_given_is_given_again_and_works():
    a_user("service_agent")

    first, second = log_in().json(), log_in().json()

    assert first == second
    client = Client(headers={"Authorization": f"Bearer {first['token']}"})
    assert a_write(client).status_code == 201


@pytest.mark.parametrize(
    ("name", "password"),
    [("anna", "wrong"), ("nobody", PASSWORD), ("ANNA", PASSWORD), ("gone", PASSWORD), ("ä", "ß")],
)
def test_a_wrong_login_says_not_what_was_wrong(name, password):
    a_user()
    a_user(name="gone", is_active=False)

    answer = log_in(name, password)

    assert (answer.status_code, answer.json()) == (
        400,
        {"non_field_errors": ["Unable to log in with provided credentials."]},
    )
    noted = AuditEntry.objects.get()
    assert (noted.action, noted.outcome) == ("login.failed", "refused")
    assert noted.actor in ("anna", "gone", "unknown")
    assert password not in str(noted.__dict__)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "username"),
        ({"username": "anna"}, "password"),
        ({"username": "", "password": "x"}, "username"),
        ({"username": None, "password": "x"}, "username"),
        ({"username": ["anna"], "password": "x"}, "username"),
        ({"username": "x" * 151, "password": "x"}, "username"),
        ({"username": "anna", "password": "x" * 5_000}, "password"),
        ({"username": "anna", "password": "x", "role": "service_agent"}, "role"),
        ([], "non_field_errors"),
        ("", "username"),
    ],
)
def test_a_body_that_is_none_is_told_why_by_field(body, field):
    answer = ask(body)

    assert answer.status_code == 400
    assert isinstance(answer.json()[field], list)


@pytest.mark.parametrize(
    "raw", [b"x", b'{"username": "\\u0000", "password": "x"}', b'{"username": "\\ud800"}', b"\xff"]
)
def test_bytes_that_are_no_json_are_refused(raw):
    assert ask(raw).status_code == 400


def test_other_methods_are_not_there_and_nobody_may_ask():
    assert Client().get(PATH).status_code == 405
    assert ask({}, f"{PATH}?q=x").json() == {"q": ["Unknown parameter. Known here: none."]}


def test_guessing_has_to_wait(monkeypatch):
    monkeypatch.setattr(logins, "MAX_FAILED", 2)
    a_user()
    log_in(password="wrong")
    assert log_in().status_code == 200
    log_in(password="wrong")

    answers = [log_in(), Client().post("/login", {"username": "anna", "password": PASSWORD})]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert {290 < int(answer["Retry-After"]) <= 300 for answer in answers} == {True}
    assert answers[0].json()["code"] == "too_many_requests"
    sentence = f"Try again in {answers[0]['Retry-After']} seconds."
    assert answers[0].json()["detail"].endswith(f"from your network. {sentence}")
    assert b"Try again in 5 minutes" in answers[1].content
    assert b"wrong" not in answers[1].content
    assert entry().codes == ["too_many_requests"]


def test_waiting_ends_and_others_do_not_wait(monkeypatch):
    monkeypatch.setattr(logins, "MAX_FAILED", 1)
    a_user()
    log_in(password="wrong")
    assert log_in().status_code == 429  # the refused try does not make it longer
    assert log_in(address="203.0.113.7").status_code == 200

    long_ago = timedelta(seconds=logins.WINDOW_S)
    AskedQuestion.objects.update(at=F("at") - long_ago)
    assert log_in().status_code == 200


@pytest.mark.parametrize("kept", ["network", "hash", "none"])
def test_waiting_does_not_depend_on_what_the_audit_keeps(kept, monkeypatch, settings):
    settings.AUDIT_ADDRESS = kept
    monkeypatch.setattr(logins, "MAX_FAILED", 1)
    a_user()

    log_in(password="wrong")

    assert log_in().status_code == 429
    assert log_in(address="203.0.113.7").status_code == 200


@pytest.mark.parametrize("scheme", ["Token", "Bearer", "bearer", "TOKEN", " Token "])
def test_a_token_names_its_user_and_its_strongest_role(scheme):
    key = key_of(a_user("customer", "service_agent"))

    assert a_write(Client(headers={"Authorization": f"{scheme} {key}"})).status_code == 201

    noted = entry()
    assert (noted.actor, noted.role, noted.auth) == ("anna", "service_agent", "token")


@pytest.mark.parametrize("held", [(), ("customer",), *[(role,) for role in ROLES[1:]]])
def test_roles_are_groups_and_without_one_a_user_is_a_customer(held):
    Group.objects.create(name="editors").user_set.add(user := a_user(*held))

    status = a_write(by_token(user)).status_code

    assert status == (201 if set(held) & set(ROLES[1:]) else 403)
    assert entry().role == (held[0] if held else "customer")


def test_a_superuser_holds_all_roles():
    user = a_user(is_superuser=True)

    assert a_write(by_token(user)).status_code == 201
    assert entry().role == "service_provider"
    for role in ROLES:
        assert by_token(user, **{"X-Role": role}).get(LIST).status_code == 200
        assert entry().role == role


def test_the_header_selects_among_the_roles_held():
    user = a_user("customer", "service_provider")

    assert a_write(by_token(user), **{"X-Role": " Customer "}).status_code == 403
    assert entry().role == "customer"
    assert a_write(by_token(user), **{"X-Role": "king"}).status_code == 400


def test_a_role_that_is_not_held_is_refused_where_roles_must_be_held(mode):
    answer = a_write(by_token(a_user("customer")), **{"X-Role": "service_provider"})

    if mode == "header":
        assert answer.status_code == 201
        return
    assert (answer.status_code, answer.json()) == (
        403,
        {"detail": "You do not hold the role service_provider.", "code": "role_not_held"},
    )
    noted = entry()
    assert (noted.action, noted.actor, noted.role) == ("access.refused", "anna", "customer")


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token ",
        "Bearer",
        "Token {key} x",
        "Token x{key}",
        "Token {upper}",
        "Token " + "a" * 40,
        "Token " + "a" * 5_000,
        "Bearer aaaa.bbbb.cccc",
        "Token ä\x7f",
        "Token %00",
    ],
)
def test_a_token_that_is_none_is_refused_and_not_repeated(lines, header):
    key = key_of(a_user("service_provider"))
    sent = header.format(key=key, upper=key.upper())

    answer = Client().get(LIST, headers={"Authorization": sent, "X-Role": "service_agent"})

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert (answer["WWW-Authenticate"], "detail" in answer.json()) == ("Token", True)
    noted = AuditEntry.objects.get()
    assert (noted.action, noted.codes, noted.auth) == ("access.refused", ["invalid_token"], "none")
    for value in (sent.split(" ", 1)[-1].strip(), "anna"):
        assert not value or value not in f"{noted.__dict__}{lines.text}{answer.content!r}"


def test_a_key_without_its_scheme_is_refused(mode):
    answer = Client().get(LIST, headers={"Authorization": key_of(a_user("service_agent"))})

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


@pytest.mark.parametrize("scheme", ["Basic dXNlcjpwYXNz", "Digest x", "tokenish x", ""])
def test_other_schemes_are_none_of_ours(mode, scheme):
    answer = Client().get(LIST, headers={"Authorization": scheme})

    assert answer.status_code == (200 if mode == "header" else 401)
    assert answer.status_code == 200 or answer.json()["code"] == "not_authenticated"


def test_what_is_taken_away_is_gone_at_once():
    user = a_user("service_agent")
    client = by_token(user)
    assert a_write(client).status_code == 201

    user.groups.clear()
    assert a_write(client).status_code == 403
    user.groups.set(Group.objects.filter(name="service_agent"))
    user.is_active = False
    user.save()
    assert a_write(client).status_code == 401
    user.is_active = True
    user.save()
    assert a_write(client).status_code == 201
    call_command("drf_create_token", "anna", "--reset", verbosity=0, stdout=_Nowhere())
    assert a_write(client).status_code == 401
    assert a_write(by_token(user)).status_code == 201


class _Nowhere:
    def write(self, text: str) -> None:
        """The key is of no interest."""


def test_a_token_costs_one_query(django_assert_num_queries):
    user = a_user("customer", "service_agent")
    client = by_token(user)
    Client().get(NOWHERE)

    with django_assert_num_queries(2) as queries:  # the second one is the audit entry of the 404
        assert client.get(NOWHERE).status_code == 404
    assert "auth_group" in queries[0]["sql"]

    with django_assert_num_queries(5):  # none but what counts the refusal of a stranger
        assert Client().get(NOWHERE).status_code == 404


def test_a_program_needs_no_csrf_token():
    client = Client(enforce_csrf_checks=True, headers={"Host": "127.0.0.1"})
    client.force_login(a_user("customer", name="session"))
    key = key_of(a_user("service_agent"))

    assert a_write(client).status_code == 403
    assert a_write(client, Authorization=f"Token {key}").status_code == 201
    assert entry().actor == "anna"
    body = json.dumps({"username": "anna", "password": PASSWORD})
    assert client.post(PATH, body, content_type="application/json").status_code == 200


def test_a_database_that_is_away_is_no_bug(monkeypatch):
    def fail(key):
        raise OperationalError

    monkeypatch.setattr(identity, "user_of_token", fail)

    answer = Client(headers={"Authorization": "Token x"}).get(LIST)

    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer["Retry-After"] == "1"


def test_a_refusal_that_cannot_be_noted_stays_a_refusal(monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr(middleware, "add_entry", fail)

    answer = Client(headers={"Authorization": "Token x"}).get(LIST)

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
