"""People of a certain age on the list, and policies for them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from customers.retention import policies
from customers.retention.due import Due, list_due
from customers.retention.policy import Policy
from customers.services import change_customer, create_customer
from events.clock import us_of
from events.principal import Act
from tests.integration.entities.rows import an_act

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def ago_us(days: float) -> int:
    return us_of(NOW - timedelta(days=days))


def act_at(*, days_ago: float = 0) -> Act:
    return an_act(now_us=ago_us(days_ago), role="service_provider")


def a_person(surname: str, *, days_ago: float, **extra_fields: Any) -> UUID:
    """Created so many days ago."""
    act = act_at(days_ago=days_ago)
    values = {"surname": surname}
    return create_customer(act, values=values, extra_fields=extra_fields).entity_uid


def change(uid: UUID, *, days_ago: float) -> None:
    act = act_at(days_ago=days_ago)
    change_customer(act, entity_uid=uid, values={"name": f"since {days_ago}"})


def a_policy(code: str = "STANDARD", **parts: Any) -> Policy:
    given = {"CODE": code, "BASIS": "changed", "DAYS": 100, "DELAY_DAYS": 7, "APPROVAL": True}
    return policies.define_policy(act_at(), parts=given | parts).policy


def due_people(*, in_days: float = 0, of_policy: str | None = None, limit: int = 100) -> list[Due]:
    return list_due(
        policies.active_policies(),
        until_us=ago_us(-in_days),
        limit=limit,
        of_policy=of_policy,
    )


def due_names(*, in_days: float = 0, of_policy: str | None = None) -> list[str | None]:
    return [row.display_name for row in due_people(in_days=in_days, of_policy=of_policy)]
