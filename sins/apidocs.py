"""The OpenAPI document and the two pages that show it; open to everybody, without personal data."""

import functools
import json
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from sins.views import error_page

JSON_TYPE, YAML_TYPE = "application/json", "application/yaml"


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """JSON; YAML for `?format=yaml` and for whoever accepts nothing but YAML."""
    accepted = request.headers.get("Accept", "")
    wanted = request.GET.get("format") or ("yaml" if _is_yaml(accepted) else "json")
    if wanted not in ("json", "yaml"):
        return error_page(request, 400, "The format is json or yaml.")
    if wanted == "yaml":
        return HttpResponse(document_as_yaml(), content_type=YAML_TYPE)
    return HttpResponse(document_as_json(), content_type=JSON_TYPE)


@require_safe
def swagger(request: HttpRequest) -> HttpResponse:
    return render(request, "apidocs/swagger.html")


@require_safe
@csp_update({"style-src": [SELF, UNSAFE_INLINE]})
def redoc(request: HttpRequest) -> HttpResponse:
    """ReDoc writes its styles into the page; scripts stay those of this host."""
    return render(request, "apidocs/redoc.html")


def document() -> dict[str, Any]:
    generated: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return generated


@functools.cache
def document_as_json() -> bytes:
    """Made once per process: nothing in it changes while it runs."""
    return json.dumps(document(), ensure_ascii=False).encode()


@functools.cache
def document_as_yaml() -> bytes:
    return bytes(OpenApiYamlRenderer().render(document(), renderer_context={}))


def _is_yaml(accepted: str) -> bool:
    return "yaml" in accepted and "json" not in accepted and "html" not in accepted
