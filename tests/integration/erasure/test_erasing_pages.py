"""The customer's pages about holds and erasures, without JavaScript."""

import pytest
from django.test import Client

from entities import erasure_ledger
from events.clock import instant_of
from tests.integration.customers.registry import a_customer
from tests.integration.erasure.worlds import execute, hear, now_us, seal_all

pytestmark = pytest.mark.django_db

provider = Client(headers={"X-Role": "service_provider"})
agent = Client(headers={"X-Role": "service_agent"})


@pytest.fixture
def path() -> str:
    return f"/customers/{a_customer(surname='Kanarienvogel')['id']}"


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def hold(path: str, reason: str = "A claim is before the court") -> None:
    answer = provider.post(f"{path}/hold", {"reason": reason, "reference": "4 C 112/26"})
    assert (answer.status_code, answer["Location"]) == (302, path)


def test_a_hold_is_seen_by_all_staff_and_lifted_by_providers(path):
    hold(path)

    for client in (provider, agent):
        page = text(client, path)
        assert "Held" in page
        assert "A claim is before the court" in page
        assert "4 C 112/26" in page
    assert f"{path}/lift" in text(provider, path)
    assert f"{path}/lift" not in text(agent, path)

    form = text(provider, f"{path}/lift")
    hold_id = form.partition('name="hold_id" value="')[2].partition('"')[0]
    assert (
        provider.post(f"{path}/lift", {"hold_id": hold_id, "reason": "Settled"}).status_code == 302
    )
    assert "A claim is before the court" not in text(agent, path)


def test_without_a_reason_the_form_comes_again_with_what_was_typed(path):
    answer = provider.post(f"{path}/hold", {"reason": " ", "reference": "4 C 112/26"})

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Say why" in page
    assert 'value="4 C 112/26"' in page


def test_nothing_is_erased_under_a_hold(path):
    hold(path)

    answer = provider.post(f"{path}/erase", {"basis": "subject_request"})

    assert answer.status_code == 409
    assert "A hold stands" in answer.content.decode()


def test_an_erasure_is_announced_and_can_be_cancelled(path):
    answer = provider.post(f"{path}/erase", {"basis": "objection", "reason": "By letter"})
    assert (answer.status_code, answer["Location"]) == (302, path)

    page = provider.get(path)
    shown = page.content.decode()
    assert page.status_code == 404
    assert "To be erased" in shown
    assert "The person objected" in shown
    assert f"{path}/cancel-erasure" in shown
    assert f"{path}/cancel-erasure" not in text(agent, path)

    assert provider.get(f"{path}/cancel-erasure").status_code == 200
    answer = provider.post(f"{path}/cancel-erasure", {"reason": "Changed their mind"})
    assert answer.status_code == 302
    assert "To be erased" not in text(provider, path)
    assert provider.post(f"{path}/cancel-erasure", {"reason": "Again"}).status_code == 409


def test_the_tombstone_says_why_and_who_has_confirmed(path):
    hear("loc2")
    provider.post(f"{path}/erase", {"basis": "subject_request"})
    seal_all()
    hear("loc2")
    execute()
    erasure_ledger.note_confirmations(now=instant_of(now_us()))

    page = provider.get(path)
    shown = page.content.decode()
    assert page.status_code == 410
    assert "The person asked for it" in shown
    assert "Confirmed by loc1" in shown
    assert "Not confirmed yet: loc2" in shown
    assert "Kanarienvogel" not in shown
    for tail in ("hold", "lift", "erase", "cancel-erasure"):
        assert provider.get(f"{path}/{tail}").status_code == 410


def test_the_timeline_tells_of_holds_and_erasures(path):
    hold(path)

    assert "placed a hold on this customer" in text(agent, f"{path}/timeline")
