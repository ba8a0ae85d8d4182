"""All that is held about a person, in the browser and on paper; and a restriction, by its forms."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def olga(agent):
    """A customer whose name was corrected once."""
    uid = agent.site.create(surname="Zawadzka", name="Olga", dob="1979-08-02")
    agent.site.change(uid, surname="Zawadzka-Kruk")
    return uid


def test_the_report_is_printed_with_all_values_and_without_buttons(visit, olga):
    page = visit(role="service_provider").go(f"/customers/{olga}")
    page.get_by_role("link", name="All that is held").click()

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("All that is held about Zawadzka-Kruk, Olga")
    page.emulate_media(media="print")
    expect(heading).to_be_visible()
    expect(page.get_by_role("table", name="Every value")).to_contain_text("1979-08-02")
    expect(page.get_by_role("table", name="What was said")).to_contain_text("Zawadzka-Kruk")
    expect(page.get_by_role("table", name="Who looked").first).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Pages", exact=True)).to_be_hidden()
    page.emulate_media(media="screen")


def test_a_provider_restricts_and_lifts_without_javascript(visit, olga):
    page = visit(role="service_provider", javascript=False).go(f"/customers/{olga}")
    page.get_by_role("link", name="Restrict…").click()
    page.get_by_label("Why").fill("The name is disputed")
    page.get_by_role("button", name="Restrict").click()

    expect(page.get_by_text("Restricted", exact=True)).to_be_visible()
    refused = visit(role="service_agent").go(f"/customers/{olga}")
    expect(refused.get_by_text(re.compile("restricted; only a provider"))).to_be_visible()

    page.get_by_role("link", name="Lift the restriction…").click()
    page.get_by_label("Why").fill("Settled")
    page.get_by_role("button", name="Lift the restriction").click()
    expect(page.get_by_text("On the list", exact=True).first).to_be_visible()
