"""The OpenAPI document says of each operation what there is, and of nothing else."""

import json
import re

import jsonschema
import pytest
from django.core.management import call_command

from customers.api.matrix import MATRIX as REGISTRY_MATRIX
from customers.api.operations import DOCUMENT as REGISTRY
from customers.sample_data import the_ten
from entities.api.auth import TokenView
from entities.api.matrix import MATRIX as ENTITIES_MATRIX
from entities.api.operations import DOCUMENT as ENTITIES
from sins import apidocs

FACES = [
    (REGISTRY, REGISTRY_MATRIX),
    (ENTITIES, {**ENTITIES_MATRIX, **TokenView.matrix}),
]


@pytest.fixture(scope="module")
def document():
    return json.loads(apidocs.document_as_json())


def operations(document):
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_valid_and_made_without_a_warning(capsys):
    call_command("spectacular", "--validate", "--fail-on-warn")

    assert "openapi: 3.1.0" in capsys.readouterr().out


@pytest.mark.parametrize(("face", "matrix"), FACES, ids=["registry", "entities"])
def test_every_row_of_the_matrix_is_documented_and_no_other(face, matrix):
    by_parameter = {
        (parameter.endpoint, "GET")
        for operation in face.operations.values()
        for parameter in operation.parameters
        if parameter.endpoint
    }

    assert set(face.operations) | by_parameter == set(matrix)
    assert set(face.operations).isdisjoint(by_parameter)


def test_every_operation_that_is_data_is_in_the_document(document):
    described = {operation.name for face, _ in FACES for operation in face.operations.values()}

    names = [operation["operationId"] for _, operation in operations(document)]

    assert sorted(names) == sorted(described)


def test_paths_have_the_form_of_their_face(document):
    for path in document["paths"]:
        assert path.endswith("/") == path.startswith("/api/customers/"), path
        assert re.fullmatch(r"/api/(customers|v1)(/[a-z-]+|/\{[a-z_]+\})+/?", path)


def test_every_operation_has_roles_examples_and_refusals(document):
    for name, operation in operations(document):
        assert operation["x-roles"], name
        assert {"400", "401", "403", "503"} <= set(operation["responses"]), name
        for content in contents(document, operation):
            assert content["examples"], name


def test_every_example_is_what_its_schema_says(document):
    for name, operation in operations(document):
        for content in contents(document, operation):
            for label, example in content["examples"].items():
                try:
                    check(document, content["schema"], example["value"])
                except jsonschema.ValidationError as error:
                    pytest.fail(f"{name}, example {label}: {error.message}")


def test_only_what_a_request_needs_is_filled_in(document):
    """Swagger UI puts examples and defaults into its form and sends them; `q` is needed, too, where
    no other evidence is given."""
    filled = {
        f"{operation['operationId']} {one['name']}"
        for _, operation in operations(document)
        for one in (resolved(document, part) for part in operation["parameters"])
        if not one.get("required")
        and ("example" in one or {"example", "default"} & set(one["schema"]))
    }

    assert filled == {"searchCustomers q"}


def test_the_id_that_is_filled_in_is_of_the_sample(document):
    filled = {
        one["example"]
        for _, operation in operations(document)
        for one in operation["parameters"]
        if one.get("name") == "uid"
    }

    alice = next(one for one in the_ten() if one.steps[0].details["NAME"] == "Alice")
    assert filled == {str(alice.entity_uid)}


def test_every_component_is_used(document):
    text = json.dumps(document)
    named = {
        f"#/components/{kind}/{name}"
        for kind, components in document["components"].items()
        if kind != "securitySchemes"
        for name in components
    }

    assert {name for name in named if f'"{name}"' not in text} == set()


def contents(document, operation):
    """Of the request and of all answers."""
    answers = [resolved(document, answer) for answer in operation["responses"].values()]
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    return [content for one in (*bodies, *answers) for content in one.get("content", {}).values()]


def resolved(document, part):
    if "$ref" in part:
        kind, name = part["$ref"].split("/")[-2:]
        return document["components"][kind][name]
    return part


def check(document, schema, value):
    whole = {**schema, "components": document["components"]}
    jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(value)
