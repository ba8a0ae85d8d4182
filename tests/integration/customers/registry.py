"""The registry's API as its tests call it: three people whose names are their roles."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from customers import services
from customers.retention import runs
from customers.retention.policy import DAY_US
from events.commands import command_act
from tests.integration import callers
from tests.integration.callers import as_json, entries

__all__ = [
    "Caller",
    "a_customer",
    "a_run",
    "agent",
    "as_json",
    "customer",
    "entries",
    "nobody",
    "provider",
]


class Caller(callers.Caller):
    root = "/api/customers/"


nobody = Caller(None)
customer = Caller("customer")
agent = Caller("service_agent")
provider = Caller("service_provider")


def a_customer(**values: Any) -> dict[str, Any]:
    """Made through the API; without values somebody whose name nobody else has."""
    values = values or {"surname": f"Person {uuid4().hex}"}
    answer = agent("POST", "items/", values)
    assert answer.status_code == 201, answer.content
    return answer.json()


def a_run() -> int:
    """Of somebody whom nobody has changed for four years."""
    act = command_act("forgotten")
    long_ago = replace(act, now_us=act.now_us - 4 * 366 * DAY_US)
    services.create_customer(long_ago, values={"surname": "Forgotten"})
    return runs.preview_run(act).run_id or 0
