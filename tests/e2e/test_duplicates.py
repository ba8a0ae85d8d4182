"""Two customers who may be one person: the work list, merging with a dry run, telling apart."""

import re
from itertools import count

import pytest
from playwright.sync_api import expect

SYLLABLES = ["ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti"]
numbers = count()


def a_surname() -> str:
    """One that nobody else has, nor anything like it."""
    number = next(numbers)
    places = (number, number * 7 + 3, number // 13 + number * 5, number * 11 + 6)
    return "".join(SYLLABLES[place % 13] for place in places).title() + "wicz"


@pytest.fixture
def twins(site):
    """(elder, younger): one person, listed twice, with different numbers; matched by the worker."""
    surname = a_surname()
    elder = site.create(
        surname=surname,
        name="María",
        dob="1979-08-30",
        document_number=f"{surname}-5555",
        extra_fields={"notes": "Calls before noon"},
    )
    younger = site.create(
        surname=surname,
        name="Maria",
        dob="1979-08-30",
        document_number=f"{surname}-5556",
        extra_fields={"phone": "+1 212 555 0101"},
    )
    site.manage("match_customers", "--once")
    return elder, younger


def beside(twins) -> str:
    return "/duplicates/{}/{}".format(*twins)


def name_of(site, uid) -> str:
    return site.read(uid).body["display_name"]


def test_a_pair_stands_in_the_work_list_and_is_counted_in_the_menu(agent, twins):
    page = agent.go("/duplicates?least=0.6")

    entry = page.locator(".worklist a").filter(has_text=name_of(agent.site, twins[0]))
    while not entry.count() and page.get_by_role("link", name="Show more").count():
        page.get_by_role("link", name="Show more").click()
    expect(entry).to_contain_text(re.compile(r"\d+ %"))
    menu = page.get_by_role("navigation", name="Pages", exact=True)
    expect(menu.get_by_role("link", name="Duplicates")).to_contain_text(re.compile(r"\d"))


def test_chosen_values_show_at_once_what_merging_will_do_and_are_merged(agent, twins):
    elder, younger = twins
    page = agent.go(beside(twins))
    expect(page.get_by_text("dry run, nothing written")).to_be_visible()
    expect(page.locator(".will-do")).to_contain_text("takes 1 value: phone")

    page.get_by_label("Why").fill("Renewed passport")
    page.get_by_role("radio", name="Document number: right").check()

    expect(page.locator(".will-do")).to_contain_text("takes 2 values: document number, phone")
    expect(page.get_by_role("radio", name="Document number: right")).to_be_focused()
    expect(page.get_by_label("Why")).to_have_value("Renewed passport")
    page.get_by_role("button", name="Merge", exact=True).click()

    expect(page.get_by_role("status").filter(has_text="Merged at loc1.")).to_be_visible()
    held = agent.site.read(elder).body
    assert held["document_number"].endswith("5556")
    assert held["extra_fields"] == {"notes": "Calls before noon", "phone": "+1 212 555 0101"}
    assert agent.site.read(younger).status == 410


def test_the_other_one_can_stay_with_the_values_chosen_before(agent, twins):
    elder, younger = twins
    page = agent.go(beside(twins))

    page.locator("#stays-b").check()

    expect(page.locator(".is-kept")).to_contain_text("Maria stays")
    expect(page.locator(".will-do")).to_contain_text("takes 3 values: name, document number, notes")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Merged at loc1.")).to_be_visible()
    assert agent.site.read(elder).status == 410
    assert agent.site.read(younger).body["name"] == "María"


def test_keys_choose_sides(agent, twins):
    page = agent.go(beside(twins))

    page.keyboard.press("2")
    expect(page.locator("#stays-b")).to_be_checked()
    expect(page.locator("#stays-b")).to_be_focused()
    page.locator("#a-name").focus()
    page.keyboard.press("1")

    expect(page.locator("#a-name")).to_be_checked()
    expect(page.locator(".is-kept")).to_contain_text("Maria stays")


def test_j_opens_the_next_pair(agent, twins, site):
    surname = a_surname()
    site.create(surname=surname, name="Ada", dob="1950-02-01")
    site.create(surname=surname, name="Ada", dob="1950-02-01")
    site.manage("match_customers", "--once")
    page = agent.go("/duplicates")
    pairs = page.locator(".worklist a")
    following = pairs.nth(1).get_attribute("href")

    page.keyboard.press("j")

    expect(page).to_have_url(re.compile(following))
    expect(page.locator(".worklist a").nth(1)).to_have_attribute("aria-current", "true")


def test_merging_works_without_javascript(visit, twins, site):
    page = visit(javascript=False).go(beside(twins))
    page.get_by_role("radio", name="Document number: right").check()

    page.get_by_role("button", name="Show the result").click()

    expect(page.locator(".will-do")).to_contain_text("takes 2 values: document number, phone")
    expect(page.get_by_role("radio", name="Document number: right")).to_be_checked()
    page.get_by_role("button", name="Merge", exact=True).click()
    assert site.read(twins[1]).status == 410


def test_nothing_is_merged_when_somebody_changed_one_of_them_meanwhile(agent, twins):
    page = agent.go(beside(twins))
    agent.site.change(twins[1], name="Mariana")

    page.get_by_role("button", name="Merge", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("nothing is merged yet")
    expect(page.locator("#pair")).to_contain_text("Mariana")
    assert agent.site.read(twins[1]).status == 200


def test_different_persons_are_asked_about_no_more(agent, twins):
    page = agent.go(beside(twins))

    page.get_by_role("link", name="Different persons…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Are these two different persons?")
    page.get_by_label("Why").fill("Sisters")
    page.get_by_role("button", name="Different persons").click()

    expect(page.get_by_role("status").filter(has_text="different persons at loc1")).to_be_visible()
    found = agent.site.request("GET", "/api/customers/duplicates/?limit=100").body["results"]
    assert set(twins) not in [{one["a"]["id"], one["b"]["id"]} for one in found]
    page = agent.go(f"/customers/{min(twins)}/timeline")
    expect(page.locator(".acts")).to_contain_text("are different persons")
    expect(page.locator(".acts")).to_contain_text("Sisters")


def merge(agent, twins):
    page = agent.go(beside(twins))
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Merged at loc1.")).to_be_visible()
    return page


def test_both_pages_tell_of_a_merge(agent, twins):
    elder, younger = twins
    merge(agent, twins)

    page = agent.go(f"/customers/{elder}")
    aside = page.get_by_role("complementary")
    expect(aside).to_contain_text("Also known as")
    expect(aside).to_contain_text("merged into this customer")
    page = agent.go(f"/customers/{elder}/timeline")
    expect(page.locator(".acts")).to_contain_text("into this customer; 1 value came with it")
    page = agent.go(f"/customers/{younger}")
    expect(page.locator(".tombstone")).to_contain_text("Merged into")
    page.get_by_role("link", name="Timeline").click()
    expect(page.locator(".acts li").first).to_contain_text("merged this customer into")


@pytest.mark.parametrize("door", ["survivor", "timeline", "tombstone", "history"])
def test_a_merge_is_taken_back_from_wherever_it_is_told(agent, twins, door):
    elder, younger = twins
    before = agent.site.read(elder).body
    merge(agent, twins)
    paths = {
        "survivor": f"/customers/{elder}",
        "timeline": f"/customers/{elder}/timeline",
        "tombstone": f"/customers/{younger}",
        "history": "/duplicates/history",
    }
    page = agent.go(paths[door])

    page.get_by_role("link", name="Un-merge…").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Un-merge")
    expect(page.locator(".ask-delete li").first).to_contain_text("is back on the list")
    page.get_by_role("button", name="Un-merge", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text(name_of(agent.site, younger))
    after = agent.site.read(elder).body
    assert {**after, "updated_at": 0} == {**before, "updated_at": 0}
    assert agent.site.read(younger).status == 200
    page = agent.go("/duplicates/history")
    expect(page.locator(".merges tbody tr").first).to_contain_text("taken back")


def test_the_other_one_is_looked_for_from_a_customers_page(agent, twins):
    elder, younger = twins
    page = agent.go(f"/customers/{elder}")

    page.get_by_role("link", name="Merge…").click()
    page.get_by_role("searchbox", name="The other customer").press_sequentially(
        f"{agent.site.read(younger).body['surname']} maria"
    )
    page.locator("#picks").get_by_role("link", name="Compare…").first.click()

    expect(page).to_have_url(re.compile(f"/duplicates/{elder}/{younger}$"))
    expect(page.get_by_role("heading", name="Same person?")).to_be_visible()


def test_the_other_one_is_looked_for_without_javascript(visit, twins, site):
    page = visit(javascript=False).go(f"/customers/{twins[0]}/merge")
    page.get_by_role("searchbox", name="The other").fill(site.read(twins[1]).body["surname"])

    page.get_by_role("button", name="Look").click()

    expect(page.locator("#picks").get_by_role("link", name="Compare…")).to_have_count(1)
    assert "q=" not in page.url
