"""Retention in a browser: a policy by form, who is due, a run that is approved and withdrawn."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_appearance import SCREENS, picture

PAGES = {
    "retention": "/retention",
    "retention-table": "/retention?days=table",
    "retention-policies": "/retention/policies",
    "erasure-ledger": "/retention/ledger",
}


@pytest.fixture
def provider(visit):
    return visit(role="service_provider")


@pytest.fixture
def policy(site):
    """Whoever has a birth date is due since the day after it."""
    body = {"code": "BIRTH", "label": "After birth", "basis": "date", "field": "DOB", "days": 1}
    path = "/api/customers/retention/policies/"
    site.request("POST", path, body, role="service_provider")
    yield "BIRTH"
    site.request("DELETE", f"{path}BIRTH/", role="service_provider")


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_no_page_scrolls_sideways(visit, policy, width, scheme):
    visitor = visit(role="service_provider", width=width, touch=width < 768, scheme=scheme)
    overflowing = []

    for name, path in PAGES.items():
        visitor.go(path)
        picture(visitor, f"{name}-{width}-{scheme}")
        if visitor.is_overflowing():
            overflowing.append(name)

    assert overflowing == []


def test_pages_hold_no_inline_style(provider, policy):
    for path in PAGES.values():
        page = provider.go(path)

        assert page.locator("[style]").count() == 0


def test_a_policy_is_made_by_form_and_says_what_is_wrong(provider):
    page = provider.go("/retention/policies")

    page.get_by_label("Code").fill("trial")
    page.get_by_label("Days", exact=True).fill("many")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Must be a whole number from 1 to 36,525.")).to_be_visible()
    page.get_by_label("Days", exact=True).fill("36500")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("cell", name="36,500")).to_be_visible()
    page.get_by_role("link", name="trial").click()
    page.get_by_role("button", name="Retire the policy").click()
    expect(page.get_by_role("row", name=re.compile("trial"))).to_contain_text("retired")


def test_a_run_is_previewed_approved_and_withdrawn(provider, policy):
    page = provider.go("/retention")
    menu = page.get_by_role("navigation", name="Pages", exact=True)
    expect(menu.get_by_role("link", name="Retention")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("img", name="Customers who become due, by day")).to_be_visible()
    expect(page.get_by_text("1 day after", exact=False).first).to_be_visible()

    page.get_by_role("button", name="Preview a run").click()
    expect(page).to_have_url(re.compile(r"/retention/runs/\d+$"))
    page.get_by_role("button", name=re.compile("Approve .* erasures")).click()
    expect(page.get_by_text("Approved", exact=True)).to_be_visible()

    page.get_by_label("Why").fill("It was only a trial.")
    page.get_by_role("button", name="Withdraw the run").click()
    expect(page.get_by_text("Withdrawn", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Withdraw the run")).to_have_count(0)


def test_without_javascript_the_same_is_possible(visit, policy):
    page = visit(role="service_provider", javascript=False).go("/retention?policy=BIRTH")

    expect(page.get_by_label("Policy")).to_have_value("BIRTH")
    page.get_by_role("link", name="Show more").click()
    expect(page.get_by_role("link", name="From the top")).to_be_visible()
    page.get_by_role("link", name="Erasure ledger").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Erasure ledger")
