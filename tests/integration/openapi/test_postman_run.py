"""The Postman collection, from top to bottom and twice, against a location as the demo has it."""

import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest

from deploy.local.ports import HOST
from tests.services import HOME
from tests.sync.locations import Location

COLLECTION = Path(__file__).resolve().parents[3] / "deploy/postman/sins.postman_collection.json"
NOTHING_TO_FIND = {
    "Resolve a conflict": 404,  # there is none
    "Read a run and its proof": 404,  # nobody of the sample is due: the preview is a dry run
    "Approve a run": 404,
    "Withdraw a run": 404,
}


@pytest.fixture(scope="module")
def site(postgres):
    location = Location("loc1", postgres.create_database("postman"), HOME, {})
    location.manage("migrate", "-v0")
    location.manage("load_sample_data")
    location.manage("demo_users")
    location.start("web")
    yield location
    location.stop()


def test_every_request_finds_what_the_ones_before_it_left(site):
    collection = json.loads(COLLECTION.read_text())
    values = {one["key"]: one["value"] for one in collection["variable"]}
    values["baseUrl"] = f"http://{HOST}:{site.port}"
    items = [item for folder in collection["item"] for item in folder["item"]]

    # The same person is taken, by its document number; the same field is found as it is now.
    again = {"Create a customer": 409, "Propose a field": 200}
    for refused in (NOTHING_TO_FIND, NOTHING_TO_FIND | again):
        for item in items:
            status, answer = send(item["request"], values)

            assert status == refused.get(item["name"], status), (item["name"], answer)
            assert item["name"] in refused or status < 300, (item["name"], answer)
            keep(item, answer, values)


def send(request, values):
    headers = {
        one["key"]: filled(one["value"], values)
        for one in request["header"]
        if not one.get("disabled")
    }
    body = filled(request["body"]["raw"], values).encode() if "body" in request else None
    url = quote(filled(request["url"]["raw"], values), safe=":/?&=")
    wanted = urllib.request.Request(url, body, headers, method=request["method"])
    try:
        with urllib.request.urlopen(wanted) as answer:
            sent = answer.read()
            is_json = answer.headers["Content-Type"] == "application/json"
            return answer.status, json.loads(sent) if sent and is_json else sent
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def filled(text, values):
    known = {**values, "$guid": str(uuid4())}
    return re.sub(r"\{\{(.+?)\}\}", lambda found: known[found[1]], text)


def keep(item, answer, values):
    """What its script does: `answer.a || (answer.b && answer.b.c)`, into a variable."""
    for event in item.get("event", []):
        script = "".join(event["script"]["exec"])
        (variable,) = re.findall(r'collectionVariables\.set\("(\w+)"', script)
        (wanted,) = re.findall(r"const kept = (.+?);", script)
        for path in re.findall(r"answer\.([a-z_.\[\]0]+)", wanted):
            value = answer
            for key in re.findall(r"[a-z_]+|0", path):
                value = value[0] if key == "0" else value.get(key) if value else None
            if isinstance(value, str):
                values[variable] = value
