"""The admin in a browser, under the strict policy: a value edited, its version, its event."""

import pytest
from playwright.sync_api import expect

MAKE_USERS = """
from django.contrib.auth.models import Group, User
for role in ("service_agent", "service_provider"):
    user = User.objects.create_user(role, password="browser test")
    user.groups.add(Group.objects.get(name=role))
"""


@pytest.fixture(scope="module")
def users(site):
    site.manage("shell", "-c", MAKE_USERS)


def log_in(visitor, role):
    page = visitor.go("/admin/")
    page.get_by_label("User name").fill(role)
    page.get_by_label("Password").fill("browser test")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Admin")).to_be_visible()
    return page


@pytest.fixture
def provider(visit, users):
    return log_in(visit(role="service_provider"), "service_provider")


def test_a_value_is_edited_and_its_event_is_in_the_log(provider, site):
    uid = site.create(surname="Beispielova", dob="1987-06-04")

    provider.get_by_role("link", name="Entities").last.click()
    provider.get_by_role("textbox", name="Search").fill("beispielova")
    provider.get_by_role("button", name="Search").click()
    provider.get_by_role("link", name="Beispielova").click()
    expect(provider.locator("#history tbody tr")).to_have_count(3)

    provider.get_by_role("link", name="SURNAME").click()
    provider.get_by_label("Value").fill("Musterova")
    provider.get_by_role("button", name="Save").click()

    expect(provider.locator(".messagelist")).to_contain_text("SURNAME saved at loc1")
    newest = provider.locator("#history tbody tr").filter(has_text="Musterova").last
    expect(newest).to_contain_text("service_provider")
    expect(newest).to_contain_text("loc1")
    assert site.read(uid).body["surname"] == "Musterova"

    newest.get_by_role("link").last.click()
    expect(provider.locator("pre")).to_contain_text('"SURNAME": "Musterova"')
    expect(provider.get_by_text("entity.updated.v1").first).to_be_visible()


def test_two_people_at_one_value_do_not_overwrite_each_other(provider, site):
    uid = site.create(surname="Zweimal", dob="1987-06-04")
    address = f"http://127.0.0.1:{site.port}/admin/entities/detailversion/{uid}:SURNAME/change/"
    provider.goto(address)
    assert site.change(uid, surname="Dreimal").status == 200

    provider.get_by_label("Value").fill("Viermal")
    provider.get_by_role("button", name="Save").click()

    expect(provider.locator(".errorlist").first).to_contain_text("changed by somebody else")
    expect(provider.get_by_label("Value")).to_have_value("Viermal")
    expect(provider.get_by_role("button", name="Save")).to_have_count(0)
    assert site.read(uid).body["surname"] == "Dreimal"

    provider.get_by_role("link", name="Open the page again").click()
    expect(provider.get_by_label("Value")).to_have_value("Dreimal")
    expect(provider.get_by_role("button", name="Save")).to_have_count(1)


@pytest.mark.parametrize("path", ["entityversion", "detailversion"])
def test_a_list_shows_all_its_columns_on_a_small_screen(visit, users, site, path):
    site.create(surname="Nakamura-Wojciechowska", name="Maximiliane Theodora")
    page = log_in(visit(role="service_provider", width=1280), "service_provider")

    page.goto(f"http://127.0.0.1:{site.port}/admin/entities/{path}/")

    cut = "one => one.scrollWidth > one.clientWidth"
    assert not page.locator("#changelist .results").evaluate(cut)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_cannot_be_typed_looks_so(provider, site, scheme):
    uid = site.create(surname="Beispielova", dob="1987-06-04")
    provider.emulate_media(color_scheme=scheme)
    provider.goto(f"http://127.0.0.1:{site.port}/admin/entities/entityversion/{uid}/change/")

    look = "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).borderStyle]"
    computed = provider.get_by_label("Display name").evaluate(look)
    typed = provider.get_by_label("Reason").evaluate(look)

    assert computed[0] != typed[0]
    assert (computed[1], typed[1]) == ("dashed", "solid")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "entities/entityversion/",
        "entities/entityversion/add/",
        "entities/detailversion/?q=mia",
        "entities/detailtype/",
        "entities/detailtype/add/",
        "entities/entitytype/",
        "events/loggedevent/",
        "events/deadletter/",
        "audit/auditentry/",
    ],
)
def test_every_page_keeps_the_policy(provider, site, path):
    """The console of `visit` must stay silent: nothing inline, nothing from elsewhere."""
    answer = provider.goto(f"http://127.0.0.1:{site.port}/admin/{path}")

    assert answer.status == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    provider.wait_for_load_state("networkidle")


def test_the_way_to_the_admin_and_back(visit, users):
    page = visit(role="service_agent").go("/")
    page.locator("nav.side").get_by_role("link", name="Admin").click()
    page.get_by_label("User name").fill("service_agent")
    page.get_by_label("Password").fill("browser test")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("link", name="Audit entries")).to_have_count(0)
    page.get_by_role("link", name="Registry").click()

    expect(page.get_by_role("heading", name="Search customers")).to_be_attached()
