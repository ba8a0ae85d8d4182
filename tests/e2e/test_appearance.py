"""How the pages stand on screens: no sideways scrolling, dark, strict CSP, keys, focus."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

SCREENS = (
    (320, "light"),
    (360, "light"),
    (360, "dark"),
    (768, "light"),
    (1280, "light"),
    (1280, "dark"),
)
# Where to leave pictures for people to look at; none are made without it.
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture(scope="module")
def other(site):
    """Somebody who could be the same as the subject."""
    return site.create(
        surname="Wolfeschlegelsteinhausenbergerdorf-Przybyszewska",
        name="Hrafnhildur",
        dob="1987-06-04",
        document_number="DE-0000-1111-2222-3333-4444-5555-6666-7778",
        extra_fields={"address": "Straße des 17. Juni 135, 10623 Berlin"},
    )


@pytest.fixture(scope="module")
def gone(site, subject):
    """Somebody who was merged into the subject."""
    uid = site.create(surname="Wolfeschlegelstein", name="H.")
    answer = site.request("POST", f"/api/customers/items/{uid}/merge/", {"into": subject})
    assert answer.status == 200, answer.body
    return uid


@pytest.fixture(scope="module")
def subject(site):
    """Somebody with long values and a history."""
    uid = site.create(
        surname="Wolfeschlegelsteinhausenbergerdorff-Przybyszewska",
        name="Hrafnhildur Ása Sigurjónsdóttir",
        dob="1987-06-04",
        document_number="DE-0000-1111-2222-3333-4444-5555-6666-7777",
        extra_fields={
            "email": "a.very.long.address.of.somebody.who.likes.dots@mail.example.org",
            "notes": "Calls before noon. " * 20,
        },
    )
    site.change(uid, name="Hrafnhildur")
    return uid


@pytest.fixture(scope="module")
def pages(subject, other, gone) -> dict[str, str]:
    """Every page by name, with its path."""
    customer, pair = f"/customers/{subject}", f"/duplicates/{subject}/{other}"
    return {
        "home": "/",
        "search": "/?q=alyse jonson 1990",
        "empty": "/?q=Zzyzzwicz Qwerta 14.7.1988 C-88120345",
        "customer": customer,
        "past": f"{customer}?as_of=2020-01-01",
        "timeline": f"{customer}/timeline",
        "table": f"{customer}/timeline?view=table",
        "provenance": f"{customer}/provenance/NAME",
        "new": "/customers/new",
        "edit": f"{customer}/edit",
        "delete": f"{customer}/delete",
        "pick": f"{customer}/merge",
        "duplicates": "/duplicates",
        "pair": pair,
        "distinct": f"{pair}/distinct",
        "merge-history": "/duplicates/history",
        "merged": f"/customers/{gone}",
        "unmerge": f"/customers/{gone}/unmerge",
        "login": "/login",
        "error": "/nothing-here",
    }


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_no_page_scrolls_sideways(visit, pages, width, scheme):
    visitor = visit(width=width, touch=width < 768, scheme=scheme)
    customer = visit(role="customer", width=width, touch=width < 768, scheme=scheme)
    overflowing = []

    for name, path in pages.items():
        visitor.go(path)
        picture(visitor, f"{name}-{width}-{scheme}")
        if visitor.is_overflowing():
            overflowing.append(name)
    customer.go("/")
    picture(customer, f"ask-{width}-{scheme}")

    assert overflowing == []
    assert not customer.is_overflowing()


def picture(visitor, name: str) -> None:
    if PICTURES:
        visitor.page.screenshot(path=Path(PICTURES) / f"{name}.png")


def test_pages_obey_a_strict_content_security_policy(agent, pages):
    for path in (path for name, path in pages.items() if name != "error"):
        response = agent.page.goto(f"http://127.0.0.1:{agent.site.port}{path}")

        policy = response.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert agent.page.locator("[style]").count() == 0


def test_the_chosen_theme_stays(visit, subject):
    visitor = visit(scheme="light")
    page = visitor.go("/")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)

    page.get_by_role("button", name="Light or dark").click()

    assert page.evaluate(background) != light
    visitor.go(f"/customers/{subject}")
    assert page.evaluate(background) != light


def test_the_first_key_leads_past_the_menus(agent):
    page = agent.go("/customers/new")

    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_letters_are_keys_only_outside_of_fields_and_can_be_switched_off(agent):
    page = agent.go("/customers/new")
    page.get_by_label("Surname").press_sequentially("n/e?")
    expect(page.get_by_label("Surname")).to_have_value("n/e?")

    agent.go("/login")
    page.get_by_label("User name").blur()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_label("Single letters work as keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_every_control_has_a_name(agent, pages):
    nameless = """() => [...document.querySelectorAll("a[href], button, input, select, textarea")]
        .filter(e => e.type !== "hidden" && e.checkVisibility())
        .filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.length || e.title))
        .map(e => e.outerHTML)"""

    for path in pages.values():
        assert agent.go(path).evaluate(nameless) == []


def test_a_part_that_fails_says_so_and_the_page_stands(agent):
    page = agent.go("/")
    page.route("**/?q=*", lambda route: route.fulfill(status=503, body="no"))

    page.get_by_role("searchbox").press_sequentially("smith")

    expect(page.get_by_text("This part did not load")).to_be_visible()
    agent.complaints.clear()
