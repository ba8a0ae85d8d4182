"""What a customer asks about themselves: three answers of the same calm, what is recorded, masked,
and how many questions are left."""

import re

import pytest
from playwright.sync_api import expect

PERSON = {
    "surname": "Ísleifsdóttir",
    "name": "Svanlaug Ýr",
    "dob": "1987-06-04",
    "document_number": "IS-77120041",
}


@pytest.fixture(scope="module")
def listed(site):
    return site.create(**PERSON)


@pytest.fixture
def customer(visit):
    return visit(role="customer")


def ask(page, surname="Ísleifsdóttir", name="Svanlaug Ýr", born="4 June 1987"):
    page.get_by_label("Surname").fill(surname)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Birth date", exact=True).fill(born)
    page.get_by_role("button", name="Ask").click()


def test_a_yes_shows_what_is_recorded_partly_hidden(customer, listed):
    page = customer.go("/")

    ask(page)

    expect(page.get_by_role("heading", name="Yes, you are on the list")).to_be_focused()
    recorded = page.locator(".recorded")
    expect(recorded).to_contain_text("Í***")
    expect(recorded).to_contain_text("S*** Ý***")
    expect(recorded).to_contain_text("1987")
    expect(recorded).to_contain_text("***41")
    expect(recorded).not_to_contain_text("Svanlaug")
    expect(page.get_by_role("heading", name="What you can do")).to_be_visible()


@pytest.mark.parametrize(
    ("values", "answer", "way_on"),
    [
        (
            {"surname": "Isleifsdotir"},
            "Someone similar is on the list",
            "Ask with my document number",
        ),
        ({"surname": "Wxyzq", "name": "Qqqvv"}, "No, you are not on the list", "other values"),
    ],
)
def test_similar_and_no_show_nobody_and_a_way_on(customer, listed, values, answer, way_on):
    page = customer.go("/")

    ask(page, **values)

    expect(page.get_by_role("heading", name=answer)).to_be_focused()
    expect(page.locator(".recorded")).to_have_count(0)
    expect(page.locator("main")).not_to_contain_text("***")
    expect(page.get_by_role("link", name=way_on)).to_be_visible()


def test_the_way_on_from_similar_asks_with_the_document(customer, listed):
    page = customer.go("/")
    ask(page, surname="Isleifsdotir")

    page.get_by_role("link", name="Ask with my document number").click()

    expect(page.get_by_label("Document and birth date")).to_be_checked()
    expect(page.get_by_label("Surname")).to_be_hidden()
    page.get_by_label("Document number").fill("is 7712 0041")
    page.get_by_label("Birth date", exact=True).fill("1987-06-04")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Yes, you are on the list")).to_be_focused()


def test_each_question_leaves_one_less(customer, listed):
    page = customer.go("/")
    before = left(page)

    ask(page)

    assert left(page) == before - 1


def left(page) -> int:
    found = re.search(r"You can ask (\d+) more times", page.locator("main").inner_text())
    assert found
    return int(found[1])


def test_the_three_answers_look_alike(customer, listed):
    sizes = []
    for surname in ("Ísleifsdóttir", "Isleifsdotir", "Wxyzq"):
        page = customer.go("/")
        ask(page, surname=surname, name="Qqqvv" if surname == "Wxyzq" else "Svanlaug Ýr")
        heading = page.locator(".answer h2")
        expect(heading).to_be_visible()
        sizes.append(heading.evaluate("e => getComputedStyle(e).font + getComputedStyle(e).color"))

    assert len(set(sizes)) == 1


def test_type_and_fields_are_larger_than_those_of_staff(customer):
    page = customer.go("/")

    assert page.get_by_label("Surname").bounding_box()["height"] == 40
    line = "e => getComputedStyle(e).fontSize + '/' + getComputedStyle(e).lineHeight"
    assert page.locator(".lead").evaluate(line) == "15px/24px"


@pytest.mark.parametrize("javascript", [True, False])
def test_the_page_fits_the_smallest_screen(visit, listed, javascript):
    visitor = visit(role="customer", width=320, touch=True, javascript=javascript)
    page = visitor.go("/")

    ask(page)

    expect(page.get_by_role("heading", name="Yes, you are on the list")).to_be_visible()
    box = page.locator("main").bounding_box()
    assert box["width"] <= 320
