"""Fields in the browser: an agent proposes, a provider decides, the form follows at once."""

import re

import pytest
from playwright.sync_api import expect


def propose(page, *, label, key):
    page.get_by_role("link", name="Propose a field").first.click()
    page.get_by_label("Label", exact=True).fill(label)
    page.get_by_label("Key", exact=True).fill(key)
    page.get_by_label("Type", exact=True).select_option("choice")
    page.get_by_label("Personal data").select_option("ordinary")
    page.get_by_label("Options", exact=True).fill("Deutsch\npolski\nукраїнська")
    page.get_by_label("Help text").fill("Which they read best")
    page.get_by_label("Why").fill("Every third customer asks for it.")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("heading", name=label, level=2)).to_be_visible()


def test_a_proposal_is_authorised_with_the_keyboard_and_stands_in_the_form_at_once(visit):
    agent = visit(role="service_agent")
    page = agent.go("/fields")
    propose(page, label="Preferred language", key="preferred_language")
    expect(page.get_by_text("It waits for a service provider")).to_be_visible()
    expect(page.get_by_role("button", name="Authorise")).to_have_count(0)

    desk = visit(role="service_provider").go("/fields")
    panel = desk.locator("#field")
    expect(panel.get_by_role("heading", level=2)).to_have_text("Preferred language")
    expect(panel).to_contain_text("Every third customer asks for it.")
    desk.get_by_label("Your reason").fill("Useful at every counter.")
    desk.get_by_label("Your reason").press("Tab")
    desk.keyboard.press("a")
    expect(panel.locator(".tag").first).to_have_text("Authorised")
    expect(panel).to_contain_text("Useful at every counter.")

    page = agent.go("/customers/new")
    page.get_by_label("Surname").fill("Feldmann")
    page.get_by_label("Preferred language").select_option("polski")
    expect(page.get_by_text("Which they read best.")).to_be_visible()
    page.get_by_role("button", name="Create customer").click()
    expect(page.locator(".value-cell", has_text="polski")).to_be_visible()
    assert not agent.is_overflowing()


def test_a_field_is_rejected_and_proposed_again_without_javascript(visit):
    agent = visit(role="service_agent", javascript=False)
    page = agent.go("/fields")
    propose(page, label="Blood group", key="blood_group")
    address = page.url

    desk = visit(role="service_provider", javascript=False)
    page = desk.go(address[address.index("/fields/") :])
    page.get_by_role("link", name="Reject…").click()
    page.get_by_role("button", name="Reject").click()
    expect(page.locator(".errors")).to_contain_text("Say why")
    page.get_by_label("Your reason").fill("A special category; nobody here needs it.")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#field .tag").first).to_have_text("Rejected")

    page = agent.go("/fields?status=rejected")
    expect(page.get_by_role("link", name="Blood group")).to_be_visible()
    propose(page, label="Blood group", key="blood_group")
    expect(page.locator("#field .tag").first).to_have_text("Proposed")


def test_what_is_wrong_is_named_and_nothing_typed_is_lost(visit):
    page = visit(role="service_provider").go("/fields/new")
    page.get_by_label("Label", exact=True).fill("Height")
    page.get_by_label("Key", exact=True).fill("Größe")
    page.get_by_label("Type", exact=True).select_option("integer")
    page.get_by_label("At least").fill("250")
    page.get_by_label("At most").fill("20")
    page.get_by_role("button", name="Authorise").click()

    expect(page.locator(".errors")).to_be_focused()
    expect(page.locator("#hint-key .form-error")).to_be_visible()
    expect(page.get_by_label("Label", exact=True)).to_have_value("Height")
    expect(page.get_by_label("At least")).to_have_value("250")
    expect(page.get_by_label("Type", exact=True)).to_have_value("integer")


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit(visit, width, scheme):
    visitor = visit(role="service_provider", width=width, scheme=scheme)
    for path in ("/fields", "/fields?status=retired", "/fields/new"):
        page = visitor.go(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert not visitor.is_overflowing(), path
    page = visitor.go("/fields?status=authorised")
    page.get_by_role("link", name=re.compile("Alternate phone")).click()
    expect(page.get_by_role("heading", name="Alternate phone", level=2)).to_be_visible()
    assert not visitor.is_overflowing()
