"""OpenAPI document → a Postman collection with a folder per face, and the demo's environment."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from customers.api.field_operations import SAMPLE_FIELD
from entities.http.components import SAMPLE_UID

FORMAT = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
NAMESPACE = UUID("6d0e6a0c-5a52-4a4e-9d3c-1c6f0b8f7e21")
METHODS = ("get", "post", "put", "patch", "delete")

Document = Mapping[str, Any]

# Where to ask and in which role: the demo's first location. An environment's values win over the
# collection's, so what requests leave behind for the next ones is the collection's alone.
ENVIRONMENT: Mapping[str, tuple[str, str]] = {
    "baseUrl": ("http://127.0.0.1:8001", "A location."),
    "role": ("service_agent", "Requests that need more say so themselves."),
}
LEFT_BEHIND: Mapping[str, tuple[str, str]] = {
    "token": ("", "Of the last `Get a token`."),
    "entity_uid": (SAMPLE_UID, "Alice Johnson of the sample; then what was created last."),
    "other_uid": (SAMPLE_UID, "Whom to merge with or to tell apart from: Alice Johnson."),
    "audit_id": (
        "00000000-0000-0000-0000-000000000000",
        "The newest of the last `Report all transactions`.",
    ),
    "hold_id": ("0", "Of the last `Place a legal hold`."),
    "field_id": (SAMPLE_FIELD, "The sample's middle name; then what was proposed last."),
    "policy_code": ("STANDARD", "Of the last `Define a retention policy`."),
    "run": ("0", "Of the last `Preview a retention run`."),
    "conflict_id": (
        "00000000-0000-0000-0000-000000000000",
        "Put in one from `List open conflicts`; with this placeholder nothing is found.",
    ),
}
# Path parameter → the variable that fills it.
VARIABLE: Mapping[str, str] = {
    "uid": "entity_uid",
    "conflict_id": "conflict_id",
    "audit_id": "audit_id",
    "field_id": "field_id",
    "code": "policy_code",
    "run": "run",
    "a": "entity_uid",
    "b": "other_uid",
}
# Operation → the variable that it sets, and its value. The person may be here since the last run:
# then it is the one that the refusal names.
KEEPS: Mapping[str, tuple[str, str]] = {
    "getToken": ("token", "answer.token"),
    "createCustomer": ("entity_uid", "answer.id || (answer.customer && answer.customer.id)"),
    "proposeField": ("field_id", "answer.id"),
    "defineRetentionPolicy": ("policy_code", "answer.code"),
    "previewRetentionRun": ("run", 'answer.id || "0"'),
    "placeHold": ("hold_id", "answer.hold_id"),
    "createEntity": ("entity_uid", "answer.entity_uid"),
    "listTransactions": ("audit_id", "answer.results[0].audit_id"),
}
# Operation → the key of its body that a variable of the same name fills.
FILLS: Mapping[str, str] = {"liftHold": "hold_id"}


def collection(document: Document) -> dict[str, Any]:
    title = document["info"]["title"]
    return {
        "info": {
            "_postman_id": str(uuid5(NAMESPACE, title)),
            "name": title,
            "description": document["info"]["description"],
            "schema": FORMAT,
        },
        "item": [_folder(document, tag["name"]) for tag in document["tags"]],
        "variable": [
            {"key": key, "value": value, "description": said}
            for key, (value, said) in {**ENVIRONMENT, **LEFT_BEHIND}.items()
        ],
    }


def environment() -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE, "demo")),
        "name": "SINS demo",
        "values": [
            {"key": key, "value": value, "type": "default", "enabled": True}
            for key, (value, _) in ENVIRONMENT.items()
        ],
        "_postman_variable_scope": "environment",
    }


def _operations(document: Document) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def _folder(document: Document, tag: str) -> dict[str, Any]:
    items = [
        _item(document, path, method, operation)
        for path, method, operation in _operations(document)
        if operation["tags"] == [tag]
    ]
    return {"name": tag, "item": items}


def _item(
    document: Document, path: str, method: str, operation: Mapping[str, Any]
) -> dict[str, Any]:
    request = _request(document, path, method, operation)
    item = {
        "name": operation["summary"],
        "request": request,
        "response": _responses(operation, request),
    }
    if kept := KEEPS.get(operation["operationId"]):
        variable, value = kept
        lines = [
            "const answer = pm.response.json();",
            f"const kept = {value};",
            f'if (kept) pm.collectionVariables.set("{variable}", kept);',
        ]
        item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": lines}}]
    return item


def _request(
    document: Document, path: str, method: str, operation: Mapping[str, Any]
) -> dict[str, Any]:
    parameters = [_resolved(document, one) for one in operation["parameters"]]
    request: dict[str, Any] = {
        "method": method.upper(),
        "description": operation["description"],
        "header": _headers(document, operation["x-roles"], parameters),
        "url": _url(path, [one for one in parameters if one["in"] == "query"]),
    }
    if "requestBody" in operation:
        (content,) = operation["requestBody"]["content"].values()
        example = _first_example(content)
        if filled := FILLS.get(operation["operationId"]):
            example = {**example, filled: f"{{{{{filled}}}}}"}
        request["body"] = {
            "mode": "raw",
            "raw": _as_text(example),
            "options": {"raw": {"language": "json"}},
        }
        request["header"].append({"key": "Content-Type", "value": "application/json"})
    return request


def _headers(
    document: Document, roles: list[str], parameters: list[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The role counts; a token is there to be switched on, because an empty one is refused."""
    name = document["components"]["securitySchemes"]["role"]["name"]
    usual, _ = ENVIRONMENT["role"]
    headers: list[dict[str, Any]] = [
        {"key": name, "value": "{{role}}" if usual in roles else roles[-1]},
        {"key": "Authorization", "value": "Bearer {{token}}", "disabled": True},
    ]
    for one in parameters:
        if one["name"] == "Idempotency-Key":
            headers.append({"key": one["name"], "value": "{{$guid}}"})
        elif one["in"] == "header":
            headers.append({"key": one["name"], "value": "", "disabled": True})
    return headers


def _url(path: str, query: list[Mapping[str, Any]]) -> dict[str, Any]:
    named = re.sub(r"\{(\w+)\}", lambda found: f"{{{{{VARIABLE[found[1]]}}}}}", path)
    values = [
        {
            "key": one["name"],
            "value": str(one.get("example", "")),
            "description": one["description"],
            **({} if one["required"] or one.get("x-suggested") else {"disabled": True}),
        }
        for one in query
    ]
    sent = "&".join(f"{one['key']}={one['value']}" for one in values if "disabled" not in one)
    return {
        "raw": "{{baseUrl}}" + named + (f"?{sent}" if sent else ""),
        "host": ["{{baseUrl}}"],
        "path": named.strip("/").split("/") + ([""] if named.endswith("/") else []),
        **({"query": values} if values else {}),
    }


def _responses(operation: Mapping[str, Any], request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a success looks like."""
    return [
        {
            "name": answer["description"],
            "originalRequest": dict(request),
            "code": int(status),
            "header": [{"key": "Content-Type", "value": media}],
            "body": _as_text(_first_example(content)),
        }
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for media, content in answer.get("content", {}).items()
    ]


def _first_example(content: Mapping[str, Any]) -> Any:
    return next(iter(content["examples"].values()))["value"]


def _resolved(document: Document, part: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in part:
        return part
    kind, name = part["$ref"].split("/")[-2:]
    found: Mapping[str, Any] = document["components"][kind][name]
    return found


def _as_text(value: Any) -> str:
    """A file as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
