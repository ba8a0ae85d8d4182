"""Finding customers: while typing, by keyboard, without JavaScript, and when nobody is there."""

import re

from playwright.sync_api import expect

ALICE = "alyse jonson 1990"


def test_results_appear_while_typing_and_say_why(agent):
    page = agent.go("/")

    page.get_by_role("searchbox").press_sequentially(ALICE)

    first = page.locator("#results tbody tr").first
    expect(first).to_contain_text("Johnson, Alice")
    expect(first.locator(".chip").first).to_contain_text("surname")
    expect(first.locator("mark").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=alyse"))


def test_enter_opens_the_best_result(agent):
    page = agent.go("/")
    page.get_by_role("searchbox").press_sequentially(ALICE)
    expect(page.locator("#results tbody tr.is-chosen")).to_contain_text("Johnson, Alice")

    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Johnson, Alice")


def test_arrows_move_through_the_results(agent):
    page = agent.go("/?q=maria")
    names = page.locator("#results .who-name")
    page.get_by_role("searchbox").focus()

    page.keyboard.press("ArrowDown")
    expect(names.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(names.nth(1)).to_be_focused()
    expect(page.locator("#results tbody tr").nth(1)).to_have_class(re.compile("is-chosen"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")

    expect(page.get_by_role("searchbox")).to_be_focused()


def test_search_works_without_javascript(visit):
    page = visit(javascript=False).go("/")

    page.get_by_role("searchbox").fill(ALICE)
    page.get_by_role("button", name="Search").click()

    page.get_by_role("link", name="Johnson, Alice").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Johnson, Alice")
    assert "alyse" not in page.url
    expect(page.get_by_label("Where you came from").get_by_role("link")).to_have_text("Search")


def test_the_way_back_leads_to_the_search_one_came_from(agent):
    page = agent.go("/")
    page.get_by_role("searchbox").press_sequentially(ALICE)
    page.locator("#results").get_by_role("link", name="Johnson, Alice").click()

    page.get_by_role("link", name="Search “alyse jonson 1990”").click()

    expect(page.get_by_role("searchbox")).to_have_value(ALICE)
    expect(page.locator("#results tbody tr").first).to_contain_text("Johnson, Alice")


def test_more_people_of_a_name_are_a_link_away(agent):
    for day in range(1, 30):
        agent.site.create(surname="Namensvetter", name="Jo", dob=f"1970-01-{day:02}")

    page = agent.go("/?q=namensvetter jo")

    found = page.locator("#results tbody tr")
    more = page.get_by_role("link", name=re.compile("more of this name")).first
    expect(found).to_have_count(25)
    expect(more).to_contain_text("4 more of this name")
    more.click()
    expect(page.get_by_role("searchbox")).to_have_value("Namensvetter Jo")
    expect(found.first).to_contain_text("Namensvetter, Jo")


def test_new_with_these_values_carries_them_past_the_address(agent):
    page = agent.go(f"/?q={ALICE}")

    page.get_by_role("button", name="New customer with these values").click()

    expect(page.get_by_label("Surname")).to_have_value("Alyse")
    assert page.url.endswith("/customers/new")


def test_a_phone_has_one_row_of_header_and_its_tools_behind_a_button(visit):
    page = visit(width=360, touch=True).go(f"/?q={ALICE}")

    assert page.locator(".topbar").bounding_box()["height"] < 56
    expect(page.get_by_label("Role", exact=True)).to_be_hidden()
    page.get_by_role("button", name="More").click()

    expect(page.get_by_label("Role", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()


def test_exact_search_finds_parts_and_has_no_score(agent):
    page = agent.go("/?q=garc&mode=exact")

    expect(page.locator("#results tbody tr")).not_to_have_count(0)
    expect(page.get_by_role("columnheader", name="Match")).to_have_count(0)
    expect(page.locator("#results")).to_contain_text("García, María")


def test_nobody_found_offers_to_create_with_these_values(agent):
    page = agent.go("/")
    page.get_by_role("searchbox").press_sequentially("Zzyzzwicz Qwerta 14.7.1988 C-88120345")
    expect(page.get_by_role("heading", name="Nobody like that is on the list")).to_be_visible()

    page.get_by_role("button", name="Create customer").click()

    expect(page.get_by_label("Surname")).to_have_value("Zzyzzwicz")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Qwerta")
    expect(page.get_by_label("Birth date")).to_have_value("14 Jul 1988")
    expect(page.get_by_label("Document number")).to_have_value("C-88120345")


def test_clear_empties_the_box_and_the_results(agent):
    page = agent.go(f"/?q={ALICE}")

    page.get_by_role("button", name="Clear").click()

    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(page.locator("#results tbody tr")).to_have_count(0)


def test_other_scripts_are_found_and_shown_as_written(agent):
    agent.site.create(surname="Джонстонов", name="Алисандра", dob="1990-08-17")

    page = agent.go("/?q=dzhonstonov alisandra")

    expect(page.locator("#results tbody tr").first).to_contain_text("Джонстонов, Алисандра")


def test_a_query_of_signs_is_no_error(agent):
    page = agent.go("/?q=%00%25_%27%22%3Cscript%3E" + "x" * 600)

    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.locator("#results .banner-bad")).to_contain_text("at most")
