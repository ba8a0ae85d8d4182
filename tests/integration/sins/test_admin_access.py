"""Who comes into the admin, and may do what there: the table row by row."""

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory

from audit.models import AuditEntry
from events.principal import ROLES, Act, Principal
from sins.admin_access import TABLE
from tests.integration.admin import get, logged_in, noted, text_of

pytestmark = pytest.mark.django_db

ACTIONS = ("view", "add", "change", "delete")
MODELS = sorted({model for model, _ in TABLE})
# What the pages of facts do whatever the table says.
READ_ONLY = {"events.loggedevent", "events.deadletter", "audit.auditentry"}


def a_request(role, auth="session"):
    request = RequestFactory().get("/admin/")
    principal = Principal(role, role, "loc1", auth)
    request.principal = principal
    request.act = Act(principal, request_id=None, now_us=0)
    return request


def admin_of(label):
    (found,) = [one for one in admin.site._registry.values() if one.opts.label_lower == label]
    return found


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("role", ROLES)
def test_each_row_of_the_table(role, model, action):
    may = getattr(admin_of(model), f"has_{action}_permission")(a_request(role))

    assert may is (role in TABLE.get((model, action), ()))


def test_every_model_of_the_admin_stands_in_the_table():
    assert {one.label_lower for one in (m._meta for m in admin.site._registry)} == set(MODELS)


@pytest.mark.parametrize("auth", ["header", "token", "none", "command"])
def test_only_a_login_opens_the_admin(auth):
    assert not admin.site.has_permission(a_request("service_provider", auth))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("role", ROLES)
def test_lists_are_shown_to_whom_the_table_names(role, model):
    answer = get(f"{model.replace('.', '/')}/", role=role)

    assert answer.status_code == (200 if role in TABLE[model, "view"] else 403)


def test_facts_have_no_row_but_view():
    assert {action for model, action in TABLE if model in READ_ONLY} == {"view"}


@pytest.mark.parametrize("path", ["", "login/", "audit/auditentry/", "password_change/", "nowhere"])
def test_strangers_are_sent_to_the_login(path):
    answer = Client().get(f"/admin/{path}")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=/admin/")


def test_a_role_header_alone_is_a_stranger():
    answer = Client(headers={"X-Role": "service_provider"}).get("/admin/")

    assert answer.headers["Location"].startswith("/login")


def test_a_customer_is_turned_away_and_noted():
    answer = get("", role="customer")

    assert answer.status_code == 403
    assert "Your role may not do this in the admin" in text_of(answer)
    (entry,) = noted()
    assert (entry.action, entry.actor, entry.codes) == ("access.refused", "customer", ["forbidden"])


def test_whoever_is_turned_away_can_log_in_as_somebody_else():
    answer = get("audit/auditentry/", role="service_agent")

    assert 'href="/login?next=/admin/audit/auditentry/"' in text_of(answer)
    followed = logged_in("service_agent").get("/login?next=/admin/audit/auditentry/")
    assert "Log in as someone who may" in text_of(followed)


def test_the_start_page_lists_what_the_role_may_see():
    agent, provider = text_of(get("", role="service_agent")), text_of(get(""))

    assert "/admin/audit/auditentry/" in provider
    assert "/admin/audit/auditentry/" not in agent
    assert "SINS · loc1" in provider
    assert "Recent actions" not in provider
    assert AuditEntry.objects.filter(action="access.refused").count() == 0


@pytest.mark.parametrize(
    "path", ["logout/", "password_change/", "autocomplete/", "r/1/1/", "nowhere/"]
)
def test_what_is_left_out_is_not_there(path):
    assert get(path).status_code == 404


@pytest.mark.parametrize("path", ["/admin", "/admin/audit/auditentry"])
def test_addresses_answer_without_their_slash(path):
    answer = logged_in("service_provider").get(path, follow=True)

    assert answer.status_code == 200


def test_a_form_from_elsewhere_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.cookies = logged_in("service_provider").cookies

    answer = client.post("/admin/entities/entityversion/add/", {"entity_type": "PERSON"})

    assert answer.status_code == 403
