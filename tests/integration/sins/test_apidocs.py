"""The OpenAPI document is open to everybody, in both forms, in every mode."""

import pytest
import yaml
from django.test import Client

pytestmark = pytest.mark.django_db

PATHS = ("/schema", "/schema/", "/docs", "/docs/", "/redoc", "/redoc/")


@pytest.mark.parametrize("mode", ["header", "token"])
@pytest.mark.parametrize("path", PATHS)
def test_everybody_may_read_it(settings, path, mode):
    settings.AUTH_MODE = mode

    assert Client().get(path).status_code == 200


@pytest.mark.parametrize(
    ("accept", "query", "content_type"),
    [
        ("*/*", "", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "", "application/json"),
        ("application/yaml", "", "application/yaml"),
        ("application/vnd.oai.openapi", "?format=yaml", "application/yaml"),
        ("application/yaml", "?format=json", "application/json"),
    ],
)
def test_its_form_is_the_one_that_was_asked_for(accept, query, content_type):
    answer = Client().get(f"/schema/{query}", headers={"Accept": accept})

    assert answer["Content-Type"] == content_type
    assert yaml.safe_load(answer.content)["info"]["title"] == "SINS"


def test_another_format_is_refused():
    assert Client().get("/schema/?format=xml").status_code == 400
