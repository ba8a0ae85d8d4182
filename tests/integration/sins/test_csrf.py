"""Forms of pages that refer to nobody are accepted from here and from nowhere else."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def post_role(**headers: str) -> int:
    client = Client(enforce_csrf_checks=True, headers={"Host": "127.0.0.1"})
    client.get("/login")
    token = client.cookies["csrf_loc1"].value
    form = {"role": "service_agent", "csrfmiddlewaretoken": token}
    return client.post("/role", form, headers=headers).status_code


def test_a_form_without_referrer_from_this_origin_is_accepted() -> None:
    assert post_role(Origin="null", **{"Sec-Fetch-Site": "same-origin"}) == 302


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_a_form_from_elsewhere_is_refused(site: str) -> None:
    assert post_role(Origin="null", **{"Sec-Fetch-Site": site}) == 403
    assert post_role(Origin="http://elsewhere.example") == 403


def test_pages_send_their_address_nowhere() -> None:
    assert Client().get("/login").headers["Referrer-Policy"] == "no-referrer"
