"""The Postman collection is in step with the OpenAPI document and has what a request needs."""

import json
import re
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


def test_every_variable_is_in_the_collection_and_has_a_description(made):
    text = (made / NAMES[0]).read_text()
    described = {one["key"] for one in json.loads(text)["variable"] if one["description"]}

    for part in text.split("{{")[1:]:
        name = part.split("}}")[0]
        assert name.startswith("$") or name in described


def test_what_requests_leave_behind_is_not_hidden_by_the_environment(made):
    """A value of the environment wins over one of the collection."""
    text = (made / NAMES[0]).read_text()
    values = json.loads((made / NAMES[1]).read_text())["values"]

    kept = set(re.findall(r'pm\.collectionVariables\.set\(\\"(\w+)\\"', text))

    own = {"hold_id", "field_id", "policy_code", "run"}
    assert kept == {"token", "entity_uid", "audit_id"} | own
    assert kept.isdisjoint(value["key"] for value in values)


def test_a_request_says_itself_that_it_needs_a_provider(made):
    folders = json.loads((made / NAMES[0]).read_text())["item"]
    requests = {one["name"]: one["request"] for folder in folders for one in folder["item"]}

    roles = {name: request["header"][0]["value"] for name, request in requests.items()}

    assert roles["Define an entity type"] == roles["Messages set aside"] == "service_provider"
    assert roles["Change a customer"] == "{{role}}"
