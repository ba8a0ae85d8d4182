"""The whole OpenAPI document against the real application: every answer is a declared one.

Schemathesis makes requests from the document, valid and broken ones; each is sent in all roles.
OPENAPI_EXAMPLES=300 looks deeper than the default.
"""

import os
import re
from uuid import UUID

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from events.principal import ROLES
from sins.apidocs import document
from sins.wsgi import application
from tests.integration.openapi.seeded import IDS, seed

DEFAULT_EXAMPLES = 15
EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", DEFAULT_EXAMPLES))
CONFIG = {
    "seed": 4,
    "generation": {
        "max-examples": EXAMPLES,
        "with-security-parameters": False,
        "database": "none",
    },
    "phases": {"coverage": {"enabled": EXAMPLES > DEFAULT_EXAMPLES}},
}
# What a document of parameters and shapes cannot say: a 400 that is about nothing else is right,
# and so is a 412 for an ETag that nobody has.
BEYOND_THE_DOCUMENT = {
    "invalid_cursor",  # cursors are opaque: the document cannot say which exist
    "parse_error",  # U+0000 anywhere, also inside of what is ignored
    "page",  # together with page_size, and not together with a cursor
    "dob",  # from 1850 to today, which is another day tomorrow
    "search",  # not together with q, whose other name it is
    *("as_of", "from", "to", "valid_from"),  # their order, and the bounds: years 1 to 2255
    *("type", "entity_type", "detail_code", "details"),  # which were defined, each of them once
    "extra_fields",  # the keys that were defined, each with its own type
    "options",  # of a choice only
    *("min", "max", "max_length", "format"),  # of types that know them, and of that type
    *("key", "active", "status"),  # the key stays; where the field's status leads, said once
    *("keep", "value"),  # of a conflict: its events, and the type of what it is about
    "display_name",  # needed by all but people, whose is made of surname and name
    "non_field_errors",  # at least one of several
    "",  # search: q or one of the fields
}
DETAIL_CODE = re.compile(r"[A-Z][A-Z0-9_]*")  # each has a type of its own


@schemathesis.check
def positive_data_is_accepted(context, response, case):
    """`positive_data_acceptance`, but for what is beyond the document."""
    if response.status_code == 412:
        return None
    if response.status_code == 400 and all(map(is_beyond, reasons(response.json()))):
        return None
    return positive_data_acceptance(context, response, case)


def reasons(refusal):
    """The fields of a map of errors, else its code."""
    return {refusal.get("code", "")} if "detail" in refusal else set(refusal)


def is_beyond(reason):
    return reason in BEYOND_THE_DOCUMENT or DETAIL_CODE.fullmatch(reason)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    positive_data_is_accepted,
]

pytestmark = pytest.mark.django_db

schema = schemathesis.openapi.from_dict(document(), config=SchemathesisConfig.from_dict(CONFIG))
schema.app = application


@schema.hook
def map_path_parameters(context, parameters):
    """Of the ids two in three are of something; which one is decided by what was drawn."""
    for name, value in (parameters or {}).items():
        drawn = as_uuid(value)
        if drawn and drawn.int % 3:
            parameters[name] = str(IDS[name][drawn.int % len(IDS[name])])
    return parameters


@schema.hook
def map_body(context, body):
    """As with the ids of paths: whom somebody is merged into is mostly somebody."""
    drawn = as_uuid(body.get("into")) if isinstance(body, dict) else None
    if drawn and drawn.int % 3:
        body["into"] = str(IDS["a"][drawn.int % len(IDS["a"])])
    return body


def as_uuid(value):
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """The data of all tests here, made once. As Django's own test client does it, requests leave
    the connection open, in which it is. Passwords are hashed fast: it is done hundreds of times."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with (
        override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        seed()
        yield
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
def test_every_answer_is_declared(case, seeded):
    for role in (None, *ROLES):
        headers = {"X-Role": role} if role else {}
        with transaction.atomic():
            case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)
