"""The pages of duplicates: what they show, what they write, and what they leave in the audit."""

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import DuplicatePair
from customers.web import pairs
from entities.governance import define_detail_type
from tests.integration.customers.registry import a_customer, agent, entries
from tests.integration.entities.rows import an_act

pytestmark = pytest.mark.django_db

TWIN = {"surname": "Kanarienvogel", "name": "Zwitscher", "dob": "1977-03-09"}


def a_pair(score=0.97, **changes):
    """Two customers on the work list: (older, younger)."""
    first = a_customer(**TWIN, document_number=f"A-{uuid4().hex[:8]}")
    second = a_customer(**(TWIN | {"name": "Zwitschr"} | changes))
    a, b = sorted((UUID(first["id"]), UUID(second["id"])))
    DuplicatePair.objects.create(
        a=a, b=b, score=score, found_at=timezone.now(), weights_version="test"
    )
    return first["id"], second["id"]


def get(path, role="service_agent", **headers):
    return Client(headers={"X-Role": role, **headers}).get(path)


def post(path, data=None, role="service_agent", **headers):
    return Client(headers={"X-Role": role, **headers}).post(path, data or {})


def listed(page):
    """The pairs of the work list."""
    return set(re.findall(r'<li><a href="/duplicates/([^/"]+/[^/"?]+)', page))


def digests(page):
    return dict(re.findall(r'name="(digest:[^"]+)" value="([^"]*)"', page.content.decode()))


def test_the_list_opens_its_best_pair_and_notes_who_was_shown():
    worse = a_pair(score=0.7)
    better = a_pair(score=0.9)
    known = len(entries())

    page = get("/duplicates").content.decode()

    assert page.count('aria-current="true"') == 1
    assert 'id="pair"' in page
    assert re.search(r'<form method="post" action="/duplicates/([^/]+)/([^/"]+)"', page)
    assert all(f"digest:{uid}" in page for uid in better)
    (entry,) = entries()[known:]
    assert entry.action == "duplicates.listed"
    assert set(map(str, entry.hit_ids)) == {*better, *worse}


def test_the_filter_leaves_out_what_is_less_alike():
    a_pair(score=0.75)

    assert "1 pair" in get("/duplicates?least=0.7").content.decode()
    assert "0 pairs" in get("/duplicates?least=0.9").content.decode()


@pytest.mark.parametrize("query", ["least=x", "least=-1", "least=nan"])
def test_a_filter_that_is_none_is_any(query):
    a_pair(score=0.61)

    assert "1 pair" in get(f"/duplicates?{query}").content.decode()


def test_a_place_in_the_list_that_is_none_is_refused():
    answer = get("/duplicates?cursor=nonsense")

    assert answer.status_code == 400


def test_more_pairs_are_a_page_away():
    for number in range(12):
        a_pair(score=0.99 - number / 100)

    page = get("/duplicates").content.decode()
    more = re.search(r'href="(/duplicates\?cursor=[^"]+)"', page)
    assert "12 pairs" in page
    assert more
    following = get(more[1].replace("&amp;", "&")).content.decode()

    assert len(listed(page)) == 10
    assert len(listed(following)) == 2
    assert not listed(page) & listed(following)


def test_looking_writes_nothing():
    first, second = a_pair()
    before = agent("GET", f"items/{first}/").json(), agent("GET", f"items/{second}/").json()

    get(f"/duplicates/{first}/{second}")
    post(f"/duplicates/{first}/{second}", {"stays": "b", "take:name": "a", "show": "1"})

    after = agent("GET", f"items/{first}/").json(), agent("GET", f"items/{second}/").json()
    assert after == before


def test_a_part_shows_the_pair_alone_with_what_was_chosen():
    first, second = a_pair()

    part = post(
        f"/duplicates/{first}/{second}",
        {"stays": "b", "take:name": "a", "reason": "Seen the passport"},
        **{"HX-Request": "true"},
    ).content.decode()

    assert "<html" not in part
    assert re.search(r'id="stays-b"[^>]* checked', part)
    assert re.search(r'id="a-name"[^>]* checked', part)
    assert 'value="Seen the passport"' in part


def test_the_older_one_stays_unless_something_else_is_chosen():
    first, second = a_pair()

    straight = get(f"/duplicates/{first}/{second}").content.decode()
    turned = get(f"/duplicates/{second}/{first}").content.decode()

    assert re.search(r'id="stays-a"[^>]* checked', straight)
    assert re.search(r'id="stays-b"[^>]* checked', turned)


def test_chosen_values_are_merged_with_the_reason():
    first, second = a_pair()
    page = get(f"/duplicates/{first}/{second}")
    known = len(entries())

    answer = post(
        f"/duplicates/{first}/{second}",
        {
            **digests(page),
            "stays": "a",
            "take:name": "b",
            "take:document_number": "a",
            "reason": "Same passport",
            "merge": "1",
        },
    )

    assert answer.status_code == 302
    assert answer["Location"] == "/duplicates"
    assert agent("GET", f"items/{first}/").json()["name"] == "Zwitschr"
    assert agent("GET", f"items/{second}/").json()["merged_into"] == first
    (entry,) = [one for one in entries()[known:] if one.action == "entity.merged"]
    assert (str(entry.entity_uid), entry.outcome) == (second, "ok")
    history = get("/duplicates/history").content.decode()
    assert f"/customers/{second}/unmerge" in history


def test_a_stale_form_merges_nothing_and_says_so():
    first, second = a_pair()
    page = get(f"/duplicates/{first}/{second}")
    agent("PATCH", f"items/{second}/", {"name": "Piep"})

    answer = post(f"/duplicates/{first}/{second}", {**digests(page), "stays": "a", "merge": "1"})

    assert answer.status_code == 409
    assert b"nothing is merged yet" in answer.content
    assert agent("GET", f"items/{second}/").status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        {"stays": "c", "merge": "1"},
        {"take:nonsense": "b", "stays": "a", "merge": "1"},
        {"take:name": "c", "stays": "b", "show": "1"},
        {"digest:x": "y", "reason": "r" * 9000, "merge": "1"},
        {"take:" + "k" * 900: "b", "stays": "a"},
        {"reason": "\x00", "merge": "1"},
    ],
)
def test_no_form_of_a_pair_is_an_internal_error(data):
    first, second = a_pair()

    answer = post(f"/duplicates/{first}/{second}", data)

    assert answer.status_code in (200, 302, 400, 409)


@pytest.mark.parametrize("path", ["", "/distinct"])
def test_somebody_unknown_is_404(path):
    made = a_customer()["id"]

    assert get(f"/duplicates/{made}/{uuid4()}{path}").status_code == 404


def test_merged_ones_are_no_pair():
    first, second = a_pair()
    agent("POST", f"items/{second}/merge/", {"into": first})

    assert get(f"/duplicates/{first}/{second}").status_code in (409, 410)
    assert "0 pairs" in get("/duplicates").content.decode()


def test_different_persons_leave_the_list_and_the_panel():
    first, second = a_pair()

    answer = post(f"/duplicates/{first}/{second}/distinct", {"reason": "Sisters"})

    assert answer.status_code == 302
    assert "0 pairs" in get("/duplicates").content.decode()
    assert pairs.told_apart(UUID(first), [UUID(second)]) == {UUID(second)}
    assert pairs.told_apart(UUID(second), [UUID(first)]) == {UUID(first)}
    edited = TWIN | {"customer": first}
    assert second not in post("/customers/similar", edited).content.decode()


def test_an_unmerge_puts_both_back():
    first, second = a_pair()
    before = agent("GET", f"items/{first}/").json()
    agent("POST", f"items/{second}/merge/", {"into": first, "take": ["name"]})

    asked = get(f"/customers/{second}/unmerge")
    answer = post(f"/customers/{second}/unmerge", {"reason": "Not the same after all"})

    assert "Zwitschr" in asked.content.decode()
    assert answer["Location"] == f"/customers/{second}"
    after = agent("GET", f"items/{first}/").json()
    assert after["name"] == before["name"]
    assert agent("GET", f"items/{second}/").status_code == 200


def test_the_page_of_a_survivor_tells_what_the_merge_replaced():
    first, second = a_pair(document_number="ZZ-77")
    number = agent("GET", f"items/{first}/").json()["document_number"]
    take = ["name", "document_number"]
    agent("POST", f"items/{second}/merge/", {"into": first, "take": take})

    page = get(f"/customers/{first}").content.decode()
    aside = page.split("Also known as")[1].split("</section>")[0]

    assert "Kanarienvogel, Zwitscher<" in aside
    assert number in aside
    agent("POST", f"items/{second}/unmerge/", {})
    assert "Also known as" not in get(f"/customers/{first}").content.decode()


def test_the_menu_counts_to_a_bound(monkeypatch):
    for number in range(4):
        a_pair(score=0.9 - number / 100)
    assert pairs.waiting() == "4"

    monkeypatch.setattr(pairs, "MOST_IN_MENU", 3)

    assert pairs.waiting() == "2+"


def test_nobody_waiting_is_no_number():
    assert pairs.waiting() == ""


def test_a_customers_page_names_who_may_be_the_same():
    first, second = a_pair()
    known = len(entries())

    page = get(f"/customers/{first}").content.decode()

    assert "Possibly the same person" in page
    assert f"/duplicates/{first}/{second}" in page
    (entry,) = entries()[known:]
    assert list(map(str, entry.hit_ids)) == [second]


def test_the_list_asks_the_database_a_bounded_number_of_questions():
    for number in range(9):
        a_pair(score=0.9 - number / 100)
    get("/duplicates")

    with CaptureQueriesContext(connection) as asked:
        assert get("/duplicates").status_code == 200

    assert len(asked) <= 32, "\n".join(one["sql"] for one in asked)


def test_who_tells_two_of_one_name_apart_can_do_so_everywhere():
    stays = a_customer(**TWIN, document_number="SAME-1")["id"]
    leaves = a_customer(**TWIN, document_number="SAME-2")["id"]
    agent("POST", f"items/{leaves}/merge/", {"into": stays, "reason": "Same face"})

    for path in (f"/customers/{leaves}/unmerge", "/duplicates/history", f"/customers/{leaves}"):
        page = get(path).content.decode()
        assert "document SAME-1" in page
        assert "document SAME-2" in page


def test_the_history_says_why_and_who_took_a_merge_back():
    stays, leaves = a_pair()
    agent("POST", f"items/{leaves}/merge/", {"into": stays, "reason": "Same face"})
    post(f"/customers/{leaves}/unmerge", role="service_provider", **{"X-Actor": "ulrike"})

    page = get("/duplicates/history").content.decode()

    assert "Same face" in page
    assert re.search(r"taken back .* by <bdi>[^<]+</bdi> loc1", page)


def test_an_unmerge_can_tell_the_two_apart_at_once():
    stays, leaves = a_pair()
    agent("POST", f"items/{leaves}/merge/", {"into": stays})
    assert "comes back to the work list" in get(f"/customers/{leaves}/unmerge").content.decode()

    post(f"/customers/{leaves}/unmerge", {"distinct": "1"})

    assert pairs.told_apart(UUID(leaves), [UUID(stays)]) == {UUID(stays)}
    assert get(f"/customers/{leaves}").status_code == 200


def test_fields_are_called_the_same_beside_each_other():
    stays, leaves = a_pair()
    define_detail_type(
        an_act(role="service_provider"),
        code="ALT_PHONE",
        label="Alternate phone",
        value_type="phone",
    )
    agent("PATCH", f"items/{leaves}/", {"extra_fields": {"alt_phone": "+1 212 555 0101"}})

    page = get(f"/duplicates/{stays}/{leaves}").content.decode()

    assert "Alternate phone" in page
    assert "Alt phone" not in page


def test_another_holder_of_the_document_number_can_be_overridden():
    stays, leaves = (a_customer(**TWIN)["id"] for _ in range(2))
    number = {"document_number": "HELD-1"}
    agent("PATCH", f"items/{leaves}/", number)
    twin = {"surname": "Holder", **number}
    holder = agent("POST", "items/?allow_duplicate=true", twin).json()
    chosen = {"stays": "a", "take:document_number": "b", "merge": "1"}

    refused = post(f"/duplicates/{stays}/{leaves}", chosen)
    page = refused.content.decode()
    merged = post(f"/duplicates/{stays}/{leaves}", chosen | {"confirmed": "1"})

    assert refused.status_code == 409
    assert 'name="confirmed" value="1"' in page
    assert "Merge anyway" in page
    assert f"/customers/{holder['id']}" in page
    assert merged.status_code == 302
    assert agent("GET", f"items/{stays}/").json()["document_number"] == "HELD-1"
