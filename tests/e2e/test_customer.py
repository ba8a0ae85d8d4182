"""The customer's page: details, provenance with undo, timeline, the past, deletion."""

import re
import urllib.parse

import pytest
from playwright.sync_api import expect


@pytest.fixture
def anna(agent):
    """A customer whose name was corrected once."""
    uid = agent.site.create(surname="Przybylska", name="Anna", dob="1984-03-19")
    agent.site.change(uid, surname="Przybyłska")
    return uid


def test_details_say_who_set_each_value(agent, anna):
    page = agent.go(f"/customers/{anna}")

    row = page.get_by_role("row", name=re.compile("^Surname"))
    expect(row).to_contain_text("Przybyłska")
    expect(row).to_contain_text("service_agent loc1")
    expect(page.get_by_role("row", name=re.compile("^Document number"))).to_contain_text(
        "not recorded"
    )


def test_provenance_opens_beside_the_value_and_undo_brings_the_old_one_back(agent, anna):
    page = agent.go(f"/customers/{anna}")

    page.get_by_role("link", name="Przybyłska").click()
    popover = page.get_by_role("dialog")
    expect(popover).to_contain_text("Surname was Przybylska, is Przybyłska")
    expect(popover.get_by_role("button", name="Undo this change")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Przybylska, Anna")
    expect(page.get_by_role("status").filter(has_text="Surname is back")).to_be_visible()


def test_escape_closes_provenance_and_gives_the_focus_back(agent, anna):
    page = agent.go(f"/customers/{anna}")
    page.keyboard.press("p")
    expect(page.get_by_role("dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("link", name="Przybyłska")).to_be_focused()


def test_provenance_is_a_page_without_javascript(visit, anna):
    page = visit(javascript=False).go(f"/customers/{anna}")

    page.get_by_role("link", name="Przybyłska").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Where this comes from")
    page.get_by_role("button", name="Undo this change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Przybylska, Anna")


def test_undo_of_a_value_replaced_meanwhile_is_refused(agent, anna):
    page = agent.go(f"/customers/{anna}/provenance/SURNAME")
    agent.site.change(anna, surname="Kowalska")

    page.get_by_role("button", name="Undo this change").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("was replaced since")
    assert agent.site.read(anna).body["surname"] == "Kowalska"


def test_timeline_tells_the_story_in_sentences(agent, anna):
    page = agent.go(f"/customers/{anna}/timeline")

    acts = page.locator(".acts li .act-text")
    expect(acts.nth(0)).to_have_text(
        "service_agent at loc1 changed surname from Przybylska to Przybyłska."
    )
    expect(acts.nth(1)).to_have_text(
        "service_agent at loc1 put Przybylska, Anna on the list with 3 values."
    )
    expect(page.locator("svg.lanes")).to_be_visible()


def test_lanes_have_a_table_that_says_the_same(agent, anna):
    page = agent.go(f"/customers/{anna}/timeline")

    page.get_by_role("link", name="Table").click()

    expect(page.locator("svg.lanes")).to_have_count(0)
    rows = page.get_by_role("row").filter(has_text="Surname")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("holds now")


def test_timeline_filters_by_field(agent, anna):
    page = agent.go(f"/customers/{anna}/timeline")

    page.get_by_label("Field", exact=True).select_option("DOB")

    expect(page.locator(".acts li")).to_have_count(1)
    expect(page.get_by_text("1 of 2 changes, newest first")).to_be_visible()


def test_the_past_is_read_only_and_stands_beside_now(agent, anna):
    before = agent.site.request("GET", f"/api/customers/items/{anna}/events/").body[0]["at"]
    page = agent.go(f"/customers/{anna}?as_of={urllib.parse.quote(before)}")

    expect(page.get_by_text("You are looking at")).to_be_visible()
    expect(page.get_by_role("link", name="Edit")).to_have_count(0)
    expect(page.get_by_text("Read-only", exact=True)).to_be_visible()
    row = page.get_by_role("row", name=re.compile("^Surname"))
    expect(row).to_contain_text("Przybylska")
    expect(row.locator(".now-cell")).to_contain_text("Przybyłska")

    page.keyboard.press("t")
    expect(page.get_by_role("link", name="Edit")).to_be_visible()


def test_the_time_bar_steps_from_change_to_change(agent, anna):
    page = agent.go(f"/customers/{anna}")

    page.get_by_role("link", name="change", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Przybylska, Anna")
    page.get_by_role("link", name="change", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Przybyłska, Anna")


@pytest.mark.parametrize("as_of", ["yesterday", "2024-13-01", "0001-01-01", "9999-12-31T23:59"])
def test_an_instant_that_is_none_is_an_error_page(agent, anna, as_of):
    page = agent.go(f"/customers/{anna}?as_of={as_of}")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Internal")).to_have_count(0)


def test_a_deleted_customer_leaves_a_tombstone_and_comes_back(agent, anna):
    page = agent.go(f"/customers/{anna}")
    page.get_by_role("link", name="Delete…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Take Przybyłska, Anna off the list?")
    page.get_by_label("Why").fill("Asked for it")
    page.get_by_role("button", name="Delete").click()

    expect(page.get_by_text("Taken off the list").first).to_be_visible()
    expect(page.get_by_text("“Asked for it”")).to_be_visible()
    assert agent.site.read(anna).status == 404

    page.get_by_role("button", name="Put back on the list").click()
    expect(page.get_by_text("On the list").first).to_be_visible()
    assert agent.site.read(anna).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/customers/00000000-0000-7000-8000-000000000000",
        "/customers/00000000-0000-7000-8000-000000000000/timeline",
        "/customers/not-an-id",
        "/nothing-here",
    ],
)
def test_what_does_not_exist_is_a_page_in_style(agent, path):
    page = agent.go(path)

    expect(page.get_by_text("Error 404")).to_be_visible()
    expect(page.get_by_role("link", name="To the start page", exact=True)).to_be_visible()
