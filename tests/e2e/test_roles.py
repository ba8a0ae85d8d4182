"""Who sees what: customers ask about themselves, staff see the list."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def listed(site):
    return site.create(surname="Ólafsdóttir", name="Sigríður Ása", dob="1987-06-04")


@pytest.mark.parametrize(
    ("surname", "name", "dob", "answer"),
    [
        ("Ólafsdóttir", "Sigríður Ása", "4 June 1987", "Yes, you are on the list"),
        ("Olafsdotir", "Sigridur Asa", "4 June 1987", "Someone similar is on the list"),
        ("Wxyzq", "Qqqvv", "1 Jan 1901", "No, you are not on the list"),
    ],
)
def test_a_customer_learns_yes_similar_or_no(visit, listed, surname, name, dob, answer):
    page = visit(role="customer").go("/")
    page.get_by_label("Surname").fill(surname)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Birth date", exact=True).fill(dob)

    page.get_by_role("button", name="Ask").click()

    expect(page.get_by_role("heading", name=answer)).to_be_focused()


def test_a_customer_can_ask_with_a_document_without_javascript(visit, site):
    site.create(surname="Dokument", dob="1950-01-02", document_number="DOC-55512")
    page = visit(role="customer", javascript=False).go("/")
    page.get_by_label("Document and birth date").check()
    page.get_by_label("Document number").fill("doc 55512")
    page.get_by_label("Birth date", exact=True).fill("1950-01-02")

    page.get_by_role("button", name="Ask").click()

    expect(page.get_by_role("heading", name="Yes, you are on the list")).to_be_visible()


def test_a_question_with_a_gap_says_what_is_missing(visit):
    page = visit(role="customer").go("/")
    page.get_by_label("Surname").fill("Ólafsdóttir")

    page.get_by_role("button", name="Ask").click()

    expect(page.locator(".errors")).to_contain_text("Birth date")
    expect(page.get_by_label("Surname")).to_have_value("Ólafsdóttir")


def test_a_customer_sees_masked_results_only(visit, listed):
    page = visit(role="customer").go("/?q=Ólafsdóttir Sigríður 1987-06-04")

    row = page.locator("#results tbody tr").first
    expect(row).to_contain_text("Ó***, S*** Á***")
    expect(row).to_contain_text("1987")
    expect(page.locator("#results a.who-name")).to_have_count(0)
    expect(page.locator("#results tbody")).not_to_contain_text("Ólafsdóttir")
    expect(page.locator("#results tbody")).not_to_contain_text("4 Jun")


@pytest.mark.parametrize("page_of", ["", "/timeline", "/edit", "/delete", "/provenance/SURNAME"])
def test_a_customer_sees_no_page_of_the_staff(visit, listed, page_of):
    page = visit(role="customer").go(f"/customers/{listed}{page_of}")

    expect(page.get_by_text("Error 403")).to_be_visible()
    expect(page.get_by_text("Ólafsdóttir")).to_have_count(0)


def test_the_role_switch_changes_the_pages(chromium, site):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{site.port}/")
    expect(page.get_by_role("heading", name="Am I on the list?")).to_be_visible()

    page.get_by_label("Role").select_option("service_agent")

    expect(page.get_by_role("heading", name="Search customers")).to_be_attached()
    context.close()


def test_a_form_from_elsewhere_is_refused(agent):
    address = f"http://127.0.0.1:{agent.site.port}/customers/new"

    answer = agent.context.request.post(address, form={"surname": "Fremd"})

    assert answer.status == 403
    assert "This page was open too long" in answer.text()
