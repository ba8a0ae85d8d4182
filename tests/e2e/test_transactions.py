"""The Transactions page in a browser: its drawings, filters, keys, one entry, the access log."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_appearance import SCREENS, picture
from tests.sync.locations import eventually

REPORT = "/transactions"


@pytest.fixture(scope="module")
def keeper(site):
    """The worker that numbers entries."""
    site.start("keep")
    yield site
    site.stop("keep")


@pytest.fixture
def provider(visit):
    return visit(role="service_provider")


@pytest.fixture(scope="module")
def subject(site):
    return somebody(site)


def somebody(site):
    """Somebody who was put on the list, changed, read, found, and not deleted by a customer."""
    uid = site.create(surname="Kanarienvogelstein", name="Zwitscher", dob="1977-03-09")
    site.change(uid, name="Piep")
    site.request("GET", f"/api/customers/items/{uid}/")
    site.request("GET", "/api/customers/items/search/?q=kanarienvogelstein")
    site.request("DELETE", f"/api/customers/items/{uid}/", role="customer")
    return uid


@pytest.fixture(scope="module")
def entry(site, subject):
    """The page of one of its entries."""
    found = site.request(
        "GET",
        f"/api/v1/transactions?subject={subject}&action=entity.updated",
        role="service_provider",
    )
    return f"/transactions/{found.body['results'][0]['audit_id']}"


@pytest.fixture(scope="module")
def pages(subject, entry):
    return {
        "transactions": REPORT,
        "transactions-tables": f"{REPORT}?days=table&hours=table",
        "transactions-about": f"{REPORT}?subject={subject}",
        "transactions-empty": f"{REPORT}?actor=nobody",
        "transactions-wrong": f"{REPORT}?subject=somebody&from=yesterday",
        "transaction": entry,
        "access-log": f"/customers/{subject}/access-log",
    }


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_no_page_scrolls_sideways(visit, pages, width, scheme):
    visitor = visit(role="service_provider", width=width, touch=width < 768, scheme=scheme)
    overflowing = []

    for name, path in pages.items():
        visitor.go(path)
        picture(visitor, f"{name}-{width}-{scheme}")
        if visitor.is_overflowing():
            overflowing.append(name)

    assert overflowing == []


def test_pages_hold_no_inline_style_and_obey_the_policy(provider, pages):
    for path in pages.values():
        response = provider.page.goto(f"http://127.0.0.1:{provider.site.port}{path}")

        assert "unsafe" not in response.headers["content-security-policy"]
        assert provider.page.locator("[style]").count() == 0


def test_the_menu_leads_providers_there(provider, agent):
    menu = provider.go("/").get_by_role("navigation", name="Pages", exact=True)
    menu.get_by_role("link", name="Transactions").click()

    expect(provider.page.get_by_role("heading", level=1)).to_have_text("Transactions")
    expect(agent.go("/").get_by_role("link", name="Transactions")).to_have_count(0)
    expect(agent.go(REPORT).get_by_role("heading", level=1)).to_contain_text("may not see")


def test_drawings_turn_into_tables_and_back(provider, subject):
    page = provider.go(REPORT)
    expect(page.get_by_role("img", name="Entries per day")).to_be_visible()

    page.get_by_role("navigation", name="Show per day as").get_by_role("link", name="Table").click()

    table = page.get_by_role("table", name="Entries per day")
    expect(table.get_by_role("columnheader", name="Refused, failed")).to_be_visible()
    expect(page.get_by_role("img", name="Entries by hour and weekday")).to_be_visible()
    page.get_by_role("navigation", name="Show per day as").get_by_role("link", name="Chart").click()
    expect(page.get_by_role("img", name="Entries per day")).to_be_visible()


def test_a_chosen_filter_is_sent_at_once(provider, subject):
    page = provider.go(REPORT)

    page.get_by_label("Outcome").select_option("refused")

    expect(page).to_have_url(re.compile("outcome=refused"))
    told = page.get_by_role("table", name="Entries", exact=True)
    expect(told).to_contain_text("Tried to")
    expect(told).not_to_contain_text("done")
    page.get_by_role("link", name="Clear", exact=True).click()
    expect(page.get_by_label("Outcome")).to_have_value("")


def test_a_customer_is_asked_for_by_id_or_by_its_address(provider, subject):
    page = provider.go(REPORT)

    page.get_by_label("About customer").fill(f"http://sins/customers/{subject}")
    page.get_by_label("About customer").press("Enter")

    told = page.get_by_role("table", name="Entries", exact=True)
    expect(told).to_contain_text("Put Kanarienvogelstein, Piep on the list")
    expect(told).to_contain_text("Changed name of Kanarienvogelstein, Piep")


def test_keys_move_through_entries_and_open_one(provider, subject):
    page = provider.go(f"{REPORT}?subject={subject}")
    links = page.locator("[data-step]")

    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(links.nth(1)).to_be_focused()
    target = links.nth(1).get_attribute("href")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(target))


def test_a_row_opens_its_entry_with_before_and_after(provider, subject):
    page = provider.go(f"{REPORT}?subject={subject}&action=entity.updated")

    page.locator(".told tbody tr:not(.group) .what-cell").first.click(position={"x": 2, "y": 2})

    changes = page.get_by_role("table", name="Changes")
    expect(changes).to_contain_text("Zwitscher")
    expect(changes).to_contain_text("Piep")
    expect(page.get_by_role("complementary")).to_contain_text("service agent")


def test_the_access_log_says_who_looked_and_through_what(provider, site):
    page = provider.go(f"/customers/{somebody(site)}")

    page.get_by_role("link", name="Access log").click()

    log = page.get_by_role("table", name="Who looked")
    expect(log).to_contain_text("Read Kanarienvogelstein, Piep")
    expect(log).to_contain_text("this customer was among them")
    expect(log).to_contain_text("refused: role not allowed")


def test_the_chain_is_verified_when_asked(provider, subject, keeper):
    page = provider.go(REPORT)
    eventually(
        lambda: "Entries 1…" in provider.go(REPORT).locator("main").inner_text(), "numbered entries"
    )

    page.get_by_role("button", name="Verify now").click()

    expect(page.get_by_role("status").filter(has_text="complete and unaltered")).to_be_visible()
    expect(page.locator("main")).to_contain_text("complete, chain verified today")


@pytest.mark.parametrize(("words", "first"), [("CSV", "audit_id,"), ("NDJSON", "{")])
def test_what_is_asked_is_exported(provider, subject, words, first):
    page = provider.go(f"{REPORT}?subject={subject}")
    page.get_by_text(re.compile(r"Export \d+ row")).click()

    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(f"^{words}")).click()

    text = download.value.path().read_text()
    assert text.startswith(first)
    assert "entity.updated" in text
    assert "Kanarienvogel" not in text


def test_everything_works_without_javascript(visit, subject):
    page = visit(role="service_provider", javascript=False).go(REPORT)

    page.get_by_label("Action").select_option("search")
    page.get_by_role("button", name="Show").last.click()

    expect(page.get_by_role("table", name="Entries", exact=True)).to_contain_text("Searched")
    page.get_by_role("link", name="Table").first.click()
    expect(page.get_by_role("table", name=re.compile("Entries per day"))).to_be_visible()
    expect(page.get_by_label("Action")).to_have_value("search")
    page.get_by_text(re.compile(r"\d+ \w{3} – \d+ \w{3}")).first.click()
    page.get_by_role("link", name="7 days").click()
    expect(page).to_have_url(re.compile("from=.*to="))
    page.locator("[data-step]").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("[Ee]ntry"))


def test_what_cannot_be_asked_is_said_beside_what_was_typed(provider):
    page = provider.go(f"{REPORT}?subject=somebody")

    expect(page.get_by_role("alert")).to_contain_text("Customer id: this is no customer's id.")
    expect(page.get_by_label("About customer")).to_have_value("somebody")


def test_every_control_has_a_name(provider, pages):
    nameless = """() => [...document.querySelectorAll("a[href], button, input, select, textarea")]
        .filter(e => e.type !== "hidden" && e.checkVisibility())
        .filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.length || e.title))
        .map(e => e.outerHTML)"""

    for path in pages.values():
        assert provider.go(path).evaluate(nameless) == []
