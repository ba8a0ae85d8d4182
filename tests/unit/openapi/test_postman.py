"""The Postman collection is in step with the OpenAPI document and has what a request needs."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from sins import apidocs

KEPT = Path(__file__).resolve().parents[3] / "deploy" / "postman"
NAMES = ("sins.postman_collection.json", "demo.postman_environment.json")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("postman")
    call_command("export_postman", "--to", home)
    return home


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_is_in_step(made, name):
    is_same = (made / name).read_text() == (KEPT / name).read_text()

    assert is_same, f"{name} is out of step. Run: manage.py export_postman"


def test_every_operation_is_in_a_folder_of_its_face(made):
    document = json.loads(apidocs.document_as_json())
    folders = json.loads((made / NAMES[0]).read_text())["item"]

    requests = {item["name"] for folder in folders for item in folder["item"]}

    summaries = {one["summary"] for path in document["paths"].values() for one in path.values()}
    assert [folder["name"] for folder in folders] == ["Registry", "Entities"]
    assert requests == summaries


def test_every_variable_is_in_the_environment(made):
    text = (made / NAMES[0]).read_text()
    values = json.loads((made / NAMES[1]).read_text())["values"]

    for part in text.split("{{")[1:]:
        name = part.split("}}")[0]
        assert name.startswith("$") or name in {value["key"] for value in values}
