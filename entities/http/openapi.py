"""A face's operations and its matrix → its part of the OpenAPI document."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from entities.http import components
from entities.http.access import NOBODY, Access, Matrix
from entities.http.operations import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    Body,
    FaceDocument,
    Operation,
    Parameter,
    Reply,
)
from events.principal import ROLES

JSON = "application/json"
READABLE = {
    NOBODY: "nobody (no credentials)",
    "customer": "customer",
    "service_agent": "service agent",
    "service_provider": "service provider",
}

Endpoint = tuple[str, str, str, Any]  # path, its regex, method, view function


class FaceSchema(AutoSchema):
    """The schema of every JsonView: nothing is guessed from code, all of it is said as data."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> dict[str, Any] | None:
        view: Any = self.view
        document: FaceDocument | None = getattr(view, "document", None)
        if document is None:
            return None
        _register(registry, document)
        key = (view.endpoint, method)
        operation, access = document.operations[key], view.matrix.get(key)
        said = {
            "operationId": operation.name,
            "summary": operation.summary,
            "description": "\n\n".join(filter(None, (operation.description, _who(access)))),
            "tags": [document.tag],
            "parameters": [
                *_path_parameters(path, document),
                *(_query_parameter(one, view.matrix) for one in operation.parameters),
                *(_ref("parameters", name) for name in operation.takes),
            ],
            "security": _security(access),
            "responses": _responses(operation, has_path_id="{" in path),
            "x-roles": _ordered(access),
        }
        if operation.body:
            said["requestBody"] = _request_body(operation.body)
        return said


def _who(access: Access | None) -> str:
    roles = ", ".join(READABLE[role] for role in _ordered(access))
    return f"**Who may:** {roles}."


def _query_parameter(parameter: Parameter, matrix: Matrix) -> dict[str, Any]:
    """Without a default: Swagger UI would fill it in, and `page=1` beside a cursor is refused."""
    access = matrix.get((parameter.endpoint, "GET"))
    schema = dict(parameter.schema)
    default = schema.pop("default", None)
    sentences = (
        parameter.description,
        f"Default: `{default}`." if default is not None else "",
        _who(access) if access else "",
    )
    said: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": " ".join(filter(None, sentences)),
        "required": parameter.is_required,
        "schema": schema,
    }
    if parameter.example is not None:
        said["example"] = parameter.example
    if access:
        said["x-roles"] = _ordered(access)
    if parameter.is_suggested:
        said["x-suggested"] = True
    return said


def _security(access: Access | None) -> list[dict[str, list[str]]]:
    """Any one of them; none at all where nobody in particular may ask, which for customers' rows is
    so in `header` mode."""
    is_open = access is None or not access.roles.isdisjoint({NOBODY, "customer"})
    return [{"role": []}, {"token": []}, {"session": []}, *([{}] if is_open else [])]


def security_schemes() -> Mapping[str, Mapping[str, Any]]:
    return {
        "role": {
            "type": "apiKey",
            "in": "header",
            "name": settings.ROLE_HEADER,
            "description": f"One of {', '.join(f'`{role}`' for role in ROLES)}; in the demo, give "
            "`service_agent`. Alone it counts only in `header` mode (the demo), where it may be "
            "any, also beside a token or session; in `token` mode it selects among the roles that "
            "the user of the token or session holds.",
        },
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "`Authorization: Bearer …`; `Token …` is understood, too.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The login of the pages. Writes also need the CSRF token in "
            "`X-CSRFToken`.",
        },
    }


def documented(endpoints: Iterable[Endpoint], **kwargs: Any) -> list[Endpoint]:
    """drf-spectacular's hook: only the faces, each operation once, in the face's form of path."""
    found: dict[tuple[str, str, str], Endpoint] = {}
    for path, regex, method, view in endpoints:
        document: FaceDocument | None = getattr(view.cls, "document", None)
        endpoint = view.initkwargs.get("endpoint") or getattr(view.cls, "endpoint", "")
        if document is None or not path.startswith(document.root):
            continue
        clean = path.rstrip("/") + ("/" if document.has_slash else "")
        found.setdefault((document.tag, endpoint, method), (clean, regex, method, view))
    return list(found.values())


def _register(registry: ComponentRegistry, document: FaceDocument) -> None:
    parts: Mapping[str, Mapping[str, Any]] = {
        "schemas": {**components.SCHEMAS, **document.schemas},
        "headers": components.HEADERS,
        "parameters": components.REQUEST_HEADERS,
        "responses": dict(components.REFUSALS.values()),
        "securitySchemes": security_schemes(),
    }
    for kind, named in parts.items():
        for name, schema in named.items():
            registry.register_on_missing(ResolvedComponent(name, kind, schema, object=FaceSchema))


def _ordered(access: Access | None) -> list[str]:
    everybody = [NOBODY, *ROLES]
    return [role for role in everybody if access is None or role in access.roles]


def _path_parameters(path: str, document: FaceDocument) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, **schema}
        for name, schema in document.path_parameters.items()
        if f"{{{name}}}" in path
    ]


def _request_body(body: Body) -> dict[str, Any]:
    return {"required": body.is_required, "content": _content(body.schema, body.examples)}


def _responses(operation: Operation, *, has_path_id: bool) -> dict[str, Any]:
    said: dict[int, Any] = {
        status: _ref("responses", components.REFUSALS[status][0])
        for status in _refusals(operation, has_path_id=has_path_id)
    }
    said |= {status: _response(reply) for status, reply in operation.answers.items()}
    if IF_NONE_MATCH in operation.takes:
        said[304] = _response(Reply("Nothing has changed.", headers=("ETag",)))
    return {str(status): said[status] for status in sorted(said)}


def _refusals(operation: Operation, *, has_path_id: bool) -> set[int]:
    """What an operation may refuse by its form; what only it refuses stands in its answers."""
    statuses = {400, 401, 403, 503, *operation.refuses}
    if has_path_id:
        statuses |= {404, 410, 423}
    if operation.body or IDEMPOTENCY_KEY in operation.takes:
        statuses |= {411, 413, 415}
    if IDEMPOTENCY_KEY in operation.takes:
        statuses |= {409, 422}
    if IF_MATCH in operation.takes:
        statuses.add(412)
    return statuses


def _response(reply: Reply) -> dict[str, Any]:
    names = (*components.ALWAYS, *reply.headers)
    said: dict[str, Any] = {
        "description": reply.description,
        "headers": {name: _ref("headers", name) for name in names},
    }
    if reply.schema is not None:
        said["content"] = _content(reply.schema, reply.examples)
    if reply.files:
        said["content"] = {
            media: {"schema": {"type": "string"}, "examples": {"file": {"value": example}}}
            for media, example in reply.files.items()
        }
    return said


def _content(schema: Mapping[str, Any], examples: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: {"value": value} for name, value in examples.items()}
    return {JSON: {"schema": dict(schema), **({"examples": said} if said else {})}}


def _ref(kind: str, name: str) -> dict[str, Any]:
    return cast(dict[str, Any], {"$ref": f"#/components/{kind}/{name}"})
