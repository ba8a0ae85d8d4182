"""Creating and editing customers: errors that help, twins that are shown, saves that were stale."""

import re

import pytest
from playwright.sync_api import expect

CUSTOMER_PAGE = re.compile(r"/customers/[0-9a-f-]{36}")


def test_a_new_customer_is_found_by_a_misspelled_name_and_its_history_shows_the_edit(agent):
    page = agent.go("/")
    page.keyboard.press("Tab")
    page.get_by_role("link", name="New customer").click()
    page.get_by_label("Surname").fill("Vilmundardóttir")
    page.get_by_label("Name", exact=True).fill("Brynhildur")
    page.get_by_label("Birth date").fill("4.6.1987")
    page.get_by_label("Why").fill("Walk-in")
    page.get_by_role("button", name="Create customer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vilmundardóttir, Brynhildur")
    expect(page.get_by_role("status").filter(has_text="Created at loc1.")).to_be_visible()

    page.keyboard.press("/")
    page.keyboard.type("vilmundardotir brynhildr")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Vilmundardóttir, Brynhildur").click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()

    page.keyboard.press("e")
    page.get_by_label("Name", exact=True).fill("Brynhildur Ása")
    page.get_by_label("Why").fill("Second name from the passport")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Timeline").click()

    acts = page.locator(".acts li .act-text")
    expect(acts.nth(0)).to_contain_text("changed name from Brynhildur to Brynhildur Ása")
    expect(acts.nth(0)).to_contain_text("Second name from the passport")
    expect(acts.nth(1)).to_contain_text("with 3 values")


def test_who_was_created_is_no_answer_of_the_search_before(agent):
    page = agent.go("/?q=Unbekannt+Ganz")
    page.get_by_role("link", name="New customer", exact=True).click()
    page.get_by_label("Surname").fill("Nachgetragen")
    page.get_by_role("button", name="Create customer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nachgetragen")

    expect(page.locator(".crumbs a")).to_have_text("Search")


def test_create_and_edit_work_without_javascript(visit):
    page = visit(javascript=False).go("/customers/new")
    page.get_by_label("Surname").fill("Ohne")
    page.get_by_label("Name", exact=True).fill("Skript")
    page.get_by_role("button", name="Create customer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ohne, Skript")

    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Email").fill("ohne@example.org")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("link", name="ohne@example.org")).to_be_visible()


def test_an_impossible_date_says_how_to_put_it_right_and_loses_nothing(agent):
    page = agent.go("/customers/new")
    page.get_by_label("Surname").fill("Februar")
    page.get_by_label("Birth date").fill("31.02.1979")
    page.get_by_role("button", name="Create customer").click()

    expect(page.locator(".errors")).to_be_focused()
    expect(page.locator("#hint-dob")).to_contain_text("February 1979 has 28 days.")
    expect(page.get_by_label("Surname")).to_have_value("Februar")
    expect(page.get_by_label("Birth date")).to_have_value("31.02.1979")
    page.get_by_role("link", name="Birth date").click()
    expect(page.get_by_label("Birth date")).to_be_focused()


def test_an_empty_form_says_what_is_enough(agent):
    page = agent.go("/customers/new")

    page.get_by_role("button", name="Create customer").click()

    expect(page.locator(".errors")).to_contain_text("at least a surname, a name or a document")


@pytest.mark.parametrize(
    ("label", "value", "sentence"),
    [
        ("Email", "nobody", "name@example.org"),
        ("Website", "not a place", "web address"),
        ("Birth date", "1 Jan 2999", "in the future"),
    ],
)
def test_a_wrong_value_is_named_beside_its_field(agent, label, value, sentence):
    page = agent.go("/customers/new")
    page.get_by_label("Surname").fill("Falsch")
    page.get_by_label(label).fill(value)

    page.get_by_role("button", name="Create customer").click()

    field = page.locator(".field").filter(has=page.get_by_label(label))
    expect(field.locator(".form-error")).to_contain_text(sentence)


def test_a_twin_is_shown_while_typing_and_can_be_created_anyway(agent):
    agent.site.create(surname="Zwilling", name="Erika", dob="1979-02-03", document_number="Q1")
    page = agent.go("/customers/new")
    page.get_by_label("Surname").press_sequentially("Zwiling")
    page.get_by_label("Name", exact=True).press_sequentially("Erika")
    page.get_by_label("Birth date").fill("3.2.1979")
    panel = page.locator("#alike")
    expect(panel.get_by_role("link", name="Zwilling, Erika")).to_be_visible()

    page.get_by_label("Document number").fill("q-1")
    expect(panel).to_contain_text("Same document number")
    expect(panel).to_contain_text("Strong match")
    expect(panel.get_by_role("link", name="Open existing")).to_have_class(re.compile("primary"))
    expect(page.locator("#submit-customer")).not_to_have_class(re.compile("primary"))
    page.get_by_role("button", name="Create anyway…").click()
    expect(page.locator(".errors")).to_contain_text("very much alike")
    page.get_by_role("button", name="Create anyway", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Zwiling, Erika")


def test_a_different_person_is_created_and_the_pair_is_not_asked_about_again(agent):
    other = agent.site.create(surname="Doppelgaenger", name="Iris", dob="1971-05-06")
    page = agent.go("/customers/new")
    page.get_by_label("Surname").fill("Doppelgaenger")
    page.get_by_label("Name", exact=True).fill("Iris")
    page.get_by_label("Birth date").fill("6 May 1971")
    page.locator("#alike").get_by_label("Different person").check()
    page.get_by_label("Why").fill("Cousins")

    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Surname").fill("Doppelgaenger-")

    expect(page.locator("#alike")).to_contain_text("Nobody else like this")
    told = agent.site.request("GET", f"/api/customers/items/{other}/events/").body
    mine = agent.site.request("GET", f"/api/customers/items/{uid_of(page)}/events/").body
    assert "entity.distinguished.v1" in {event["type"] for event in (*told, *mine)}


def uid_of(page):
    return page.url.split("/customers/")[1][:36]


def test_who_is_alike_is_shown_while_editing_and_offers_to_merge(agent):
    other = agent.site.create(surname="Zwillingsbruder", name="Emil", dob="1969-01-02")
    uid = agent.site.create(surname="Ganzanders", name="Emil", dob="1969-01-02")
    page = agent.go(f"/customers/{uid}/edit")
    expect(page.locator("#alike")).to_contain_text("compared as you type")

    page.get_by_label("Surname").fill("Zwillingsbruder")

    panel = page.locator("#alike")
    expect(panel).to_contain_text("Name and birth date")
    expect(panel.get_by_role("link", name="Ganzanders")).to_have_count(0)
    expect(page.get_by_role("button", name="Save")).not_to_have_class(re.compile("primary"))
    panel.get_by_role("link", name="Same person: merge…").click()
    expect(page).to_have_url(re.compile(f"/duplicates/{uid}/{other}$"))


def test_a_different_person_can_be_said_while_editing_without_javascript(visit, site):
    twin = site.create(surname="Ohnezweifel", name="Ute", dob="1950-03-04", document_number="OZ-77")
    uid = site.create(surname="Ohnezweifel", name="Uta", dob="1950-03-04")
    page = visit(javascript=False).go(f"/customers/{uid}/edit")
    page.get_by_label("Document number").fill("oz 77")
    page.get_by_role("button", name="Save").click()

    page.locator("#alike").get_by_label("Different person").check()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Ohnezweifel, Uta")
    told = [
        event["type"]
        for one in (twin, uid)
        for event in site.request("GET", f"/api/customers/items/{one}/events/").body
    ]
    assert "entity.distinguished.v1" in told


def test_on_a_phone_who_is_alike_stands_above_the_buttons(visit):
    page = visit(width=360, touch=True).go("/customers/new")

    panel = page.locator("#alike").bounding_box()
    button = page.get_by_role("button", name="Create customer").bounding_box()

    assert panel["y"] + panel["height"] <= button["y"]


def test_sending_the_form_twice_creates_one_customer(agent):
    page = agent.go("/customers/new")
    page.get_by_label("Surname").fill("Doppelklick")
    page.get_by_role("button", name="Create customer").click()
    page.wait_for_url(CUSTOMER_PAGE)
    first = page.url

    page.go_back()
    page.get_by_label("Surname").fill("Doppelklick")
    page.get_by_role("button", name="Create").click()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    found = agent.site.request("GET", "/api/customers/items/search/?q=doppelklick&mode=exact")
    assert [hit["id"] for hit in found.body["results"]] == [first.rsplit("/", 1)[1].split("?")[0]]


def test_a_stale_save_asks_for_each_field_that_both_changed(agent):
    uid = agent.site.create(surname="Przybyla", name="Zoë", document_number="YA 331 902")
    page = agent.go(f"/customers/{uid}/edit")
    agent.site.change(uid, surname="Przybyła", dob="1984-05-19")
    page.get_by_label("Surname").fill("Przybyla Öztürk")
    page.get_by_label("Phone", exact=True).fill("+90 212 555 04 17")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Nothing of yours is lost, and nothing is saved yet")).to_be_visible()
    page.get_by_role("button", name="Save the result").click()
    expect(page.locator(".errors")).to_contain_text("Choose one of the values.")
    page.get_by_role("radio", name="Surname: yours").check()
    expect(page.locator(".stale .result").first).to_have_text("Przybyla Öztürk")
    page.get_by_role("button", name="Save the result").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Przybyla Öztürk, Zoë")
    held = agent.site.read(uid).body
    assert (held["surname"], held["dob"]) == ("Przybyla Öztürk", "1984-05-19")
    assert held["extra_fields"] == {"phone": "+90 212 555 04 17"}


def test_saving_without_a_change_adds_nothing_to_the_history(agent):
    uid = agent.site.create(surname="Unverändert", dob="1980-12-31")
    page = agent.go(f"/customers/{uid}/edit")

    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Unverändert")
    assert len(agent.site.request("GET", f"/api/customers/items/{uid}/events/").body) == 1


def test_what_people_type_is_never_markup(agent):
    name = "<b>Bobby</b> & \"Tables'"
    uid = agent.site.create(surname=name, name="<script>document.title='x'</script>")

    for path in (f"/customers/{uid}", f"/customers/{uid}/timeline", f"/customers/{uid}/edit"):
        page = agent.go(path)
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        assert page.title() != "x"
