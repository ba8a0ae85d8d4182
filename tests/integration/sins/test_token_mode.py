"""`token` mode: nobody without a token or a login, on the API and on the pages."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.authtoken.models import Token

from audit.models import AuditEntry
from events.principal import ROLES
from tests.integration.sins.callers import (
    LIST,
    PASSWORD,
    a_user,
    a_write,
    by_session,
    by_token,
)

pytestmark = pytest.mark.django_db

V1 = "/api/v1/entities"
UID = str(uuid4())
READS = [
    LIST,
    f"{LIST}search/?q=x",
    f"{LIST}{UID}/",
    f"{LIST}{UID}/history/",
    f"{LIST}{UID}/events/",
    "/api/v1/entities",
    f"/api/v1/entities/{UID}/",
    f"/api/v1/entities/{UID}/history",
    "/api/v1/entities-asof?as_of=2026-01-01",
    "/api/v1/diff?from=2026-01-01&to=2026-01-02",
    "/api/v1/entity-types",
    "/api/v1/detail-types/",
    "/api/v1/conflicts",
    "/api/v1/sync",
    "/api/v1/dead-letters",
]
PAGES = ["/", "/customers/new", f"/customers/{UID}", "/admin/", "/admin/entities/entity/"]


@pytest.fixture(autouse=True)
def token_mode(settings):
    settings.AUTH_MODE = "token"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast


def entry() -> AuditEntry:
    return AuditEntry.objects.latest("audit_id")


@pytest.mark.parametrize("headers", [{}, {"X-Role": "service_provider"}])
@pytest.mark.parametrize("path", READS)
def test_the_api_is_closed_to_nobody(path, headers):
    answer = Client().get(path, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"
    noted = AuditEntry.objects.get()
    assert (noted.action, noted.actor, noted.auth) == ("access.refused", "customer", "none")


def test_a_role_header_alone_writes_nothing():
    provider = {"X-Role": "service_provider"}
    assert a_write(Client(), **provider).status_code == 401
    assert Client().delete(f"{V1}/{UID}", headers=provider).status_code == 401
    assert Client().get(LIST, headers={"X-Role": "king"}).status_code == 400


@pytest.mark.parametrize("by", [by_token, by_session])
def test_the_api_is_open_to_users_in_their_role(by):
    agent, customer = by(a_user("service_agent")), by(a_user("customer", name="carl"))
    assert a_write(agent).status_code == 201

    assert agent.get(LIST).json()[0]["surname"] == "Written"
    assert customer.get(LIST).json()[0]["surname"] == "W***"
    assert a_write(customer).status_code == 403

    assert agent.get(V1).json()["results"][0]["display_name"] == "Written"
    assert customer.get(V1).json()["results"][0]["display_name"] == "W***"
    assert customer.delete(f"{V1}/{UID}").status_code == 403
    assert agent.delete(f"{V1}/{UID}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/livez", "/readyz", "/metrics", "/login", "/api/v1/ping", "/api/auth/token"]
)
def test_what_is_open_stays_open(path):
    assert Client().get(path).status_code == (405 if "token" in path else 200)


@pytest.mark.parametrize("path", PAGES)
def test_pages_lead_to_the_login_and_back_without_the_query(path):
    a_user("service_agent")
    client = Client()

    answer = client.get(path, {"q": "Kanarienvogel"}, headers={"X-Role": "service_agent"})
    assert (answer.status_code, answer["Location"]) == (302, f"/login?next={path}")

    form = client.get(answer["Location"])
    assert f'name="next" value="{path}"'.encode() in form.content
    sent = {"username": "anna", "password": PASSWORD, "next": path}
    back = client.post("/login", sent)
    assert (back.status_code, back["Location"]) == (302, path)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("held", [(), ("customer", "service_agent"), ROLES])
def test_a_login_is_noted_in_the_strongest_role_it_gives(held):
    a_user(*held)

    Client().post("/login", {"username": "anna", "password": PASSWORD})

    assert (entry().action, entry().actor) == ("login.succeeded", "anna")
    assert entry().role == (held[-1] if held else "customer")


def test_no_page_offers_a_login_that_repeats_the_query(settings):
    settings.AUTH_MODE = "header"

    page = Client().get("/", {"q": "Kanarienvogel"}).content.decode()

    assert re.findall(r'href="(/login[^"]*)"', page) == ["/login?next=/"]


def test_a_part_of_a_page_does_not_become_the_login():
    answer = Client().get("/sync-pill", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert b"<form" not in answer.content


def test_a_failed_login_says_so_and_logs_nobody_in():
    a_user("service_agent")
    client = Client()

    answer = client.post("/login", {"username": "anna", "password": "wrong"})

    assert answer.status_code == 200
    assert b"User name or password is wrong" in answer.content
    assert client.get("/").status_code == 302


def offered(client: Client) -> list[str]:
    return re.findall(r'<option value="(\w+)"', client.get("/").content.decode())


@pytest.mark.parametrize(
    ("held", "choice"),
    [
        ((), []),
        (("service_agent",), []),
        (("service_provider", "customer"), ["customer", "service_provider"]),
        (ROLES, list(ROLES)),
    ],
)
def test_the_switch_offers_the_roles_that_are_held(held, choice):
    assert offered(by_session(a_user(*held))) == choice


def test_the_switch_of_header_mode_offers_all(settings):
    settings.AUTH_MODE = "header"

    assert offered(Client()) == list(ROLES)
    assert offered(by_session(a_user("customer"))) == list(ROLES)


def test_another_role_is_taken_from_those_held():
    client = by_session(a_user("customer", "service_agent"))
    assert client.get("/customers/new").status_code == 200

    assert client.post("/role", {"role": "customer", "next": "/"}).status_code == 302

    assert client.get("/customers/new").status_code == 403
    assert a_write(client).status_code == 201  # the choice is one of the pages


@pytest.mark.parametrize("client_of", [lambda: Client(), lambda: by_session(a_user("customer"))])
def test_another_role_is_refused_when_it_is_not_held(client_of):
    client = client_of()

    answer = client.post("/role", {"role": "service_provider"})

    assert answer.status_code == 403
    assert b"You do not hold the role service_provider." in answer.content
    assert (entry().action, entry().codes) == ("access.refused", ["role_not_held"])
    assert client.get("/customers/new").status_code in (302, 403)
    assert client.post("/role", {"role": "king"}).status_code == 400


def test_what_is_taken_away_is_gone_at_once():
    user = a_user("customer", "service_agent")
    client = by_session(user)
    client.post("/role", {"role": "service_agent"})
    assert client.get("/customers/new").status_code == 200

    user.groups.remove(Group.objects.get(name="service_agent"))
    assert client.get("/customers/new").status_code == 403
    assert a_write(client).status_code == 403

    user.is_active = False
    user.save()
    assert client.get("/").status_code == 302


def test_a_session_and_its_roles_cost_two_queries(django_assert_num_queries):
    client = by_session(a_user("service_agent"))

    with django_assert_num_queries(3):  # session, user with its roles; the audit entry of the 404
        client.get("/api/customers/nowhere")


def test_a_session_on_the_api_needs_the_csrf_token_for_writes():
    client = by_session(a_user("service_agent"), enforce_csrf_checks=True)
    client.get("/customers/new")
    token = client.cookies["csrf_loc1"].value

    assert a_write(client).status_code == 403
    assert a_write(client, **{"X-CSRFToken": token}).status_code == 201


@pytest.mark.parametrize(
    "kept",
    [
        {"role": "service_agent"},
        {"role": "king", "group_role": "king"},
        {"role": None},
        {"role": 7},
        {"_auth_user_id": "7", "_auth_user_backend": "django.contrib.auth.backends.ModelBackend"},
        {"_auth_user_id": "7", "_auth_user_backend": "sins.identity.RoleBackend"},
        {"_auth_user_id": "7"},
    ],
)
@pytest.mark.parametrize("mode", ["header", "token"])
def test_an_old_session_is_no_bug(settings, kept, mode):
    settings.AUTH_MODE = mode
    client = Client()
    session = client.session
    session.update(kept)
    session.save()

    for path in ("/", "/login", LIST):
        assert client.get(path).status_code in (200, 302, 401)
    may_write = mode == "header" and kept.get("role") == "service_agent"
    assert (client.get("/customers/new").status_code == 200) is may_write


def test_a_session_that_is_no_session_is_nobody():
    client = by_session(a_user("service_agent"))
    Session.objects.update(session_data="broken")

    assert client.get("/").status_code == 302


def test_there_is_a_group_for_each_role():
    assert set(Group.objects.values_list("name", flat=True)) >= set(ROLES)


def test_roles_are_set_by_a_command(capsys):
    call_command("set_roles", "anna", "service_agent", "customer")

    assert capsys.readouterr().out == "New user anna holds: service_agent, customer.\n"
    user = User.objects.get(username="anna")
    assert not user.has_usable_password()
    assert a_write(by_token(user)).status_code == 201

    call_command("set_roles", "anna")
    assert capsys.readouterr().out == "User anna holds: none, and so is a customer.\n"
    assert a_write(by_token(user)).status_code == 403
    noted = AuditEntry.objects.filter(action="roles.set").order_by("audit_id")
    assert [one.codes for one in noted] == [["anna", "service_agent", "customer"], ["anna"]]


def test_it_is_noted_who_got_a_token(capsys):
    user = a_user("service_agent")

    call_command("drf_create_token", "anna")
    call_command("drf_create_token", "anna", "--reset")

    assert Token.objects.get(user=user).key in capsys.readouterr().out
    noted = AuditEntry.objects.filter(action="token.created").order_by("audit_id")
    assert [(one.actor, one.codes) for one in noted] == [
        ("drf_create_token", ["anna"]),
        ("drf_create_token", ["anna", "reset"]),
    ]


def test_other_groups_stay_when_roles_are_set():
    Group.objects.create(name="editors").user_set.add(user := a_user("service_agent"))

    call_command("set_roles", "anna", "customer")

    assert set(user.groups.values_list("name", flat=True)) == {"editors", "customer"}


@pytest.mark.parametrize("words", [("anna", "king"), ("a b", "customer"), ("x" * 151,)])
def test_what_is_no_role_and_no_name_is_told(words):
    with pytest.raises(CommandError):
        call_command("set_roles", *words)

    assert not User.objects.exists()
