"""Persons merged in tests, and what is then true of them."""

from uuid import UUID, uuid4

from customers import merging, services
from customers.models import Customer
from customers.search.search import Hit, Mode, Question, search_for
from entities.models import DetailVersion, EntityVersion, StateValue
from events.clock import instant_of
from events.event import Event
from events.models import EntityHead, LoggedEvent
from tests.builders import an_event
from tests.integration.entities.rows import an_act


def a_person(**values) -> UUID:
    values = values or {"surname": f"Person {uuid4().hex}"}
    extra = {key: values.pop(key) for key in list(values) if key in ("email", "phone")}
    made = services.create_customer(
        an_act(), values=values, extra_fields=extra, allow_duplicate=True
    )
    return made.entity_uid


def from_there(uid: UUID, verb: str, *, after: int = 5, **data) -> Event:
    """What another location says of somebody whom it knew as created, `after` seconds from now."""
    born = LoggedEvent.objects.filter(entity_uid=uid).order_by("hlc").first()
    return an_event(
        type=f"entity.{verb}.v1",
        entity_uid=uid,
        origin="loc2/1",
        at=an_act().now_us + after * 1_000_000,
        sees={born.origin: 1} if born else {},
        name=str(uuid4()),
        seq=LoggedEvent.objects.filter(entity_uid=uid, location_id="loc2").count() + 1,
        **data,
    )


def merge(loser: UUID, into: UUID, *take: str, **more) -> None:
    merging.merge_customers(an_act(), survivor=into, loser=loser, take=take, **more)


def unmerge(uid: UUID) -> None:
    merging.unmerge_customer(an_act(), entity_uid=uid)


def state_of(uid: UUID) -> tuple[str, UUID | None]:
    row = Customer.objects.get(pk=uid)
    return row.state, row.merged_into


def listed(*uids: UUID) -> set[UUID]:
    found = Customer.objects.filter(pk__in=uids, state="listed")
    return set(found.values_list("pk", flat=True))


def hits_for(q: str, mode: Mode = "exact", **fields: str) -> list[Hit]:
    today = instant_of(an_act().now_us).date()
    return search_for(Question(q, **fields), mode=mode, limit=10, today=today)


def found_by(q: str, mode: Mode = "exact", **fields: str) -> list[UUID]:
    return [hit.customer.entity_uid for hit in hits_for(q, mode, **fields)]


def rows_of(*uids: UUID) -> list:
    """All that is derived for these, but for local ids and when it was learned."""
    tables = [
        EntityVersion.objects.filter(entity_uid__in=uids).order_by("entity_uid", "valid_from"),
        DetailVersion.objects.filter(entity_uid__in=uids).order_by(
            "entity_uid", "detail_code", "valid_from"
        ),
        StateValue.objects.filter(entity_uid__in=uids).order_by("entity_uid", "attribute"),
        Customer.objects.filter(pk__in=uids).order_by("pk"),
    ]
    local = ("id", "recorded_at", "needs_match")
    rows = [
        {name: value for name, value in row.items() if name not in local}
        for table in tables
        for row in table.values()
    ]
    digests = EntityHead.objects.filter(pk__in=uids).order_by("pk").values_list("digest", flat=True)
    return [*rows, *map(bytes, digests)]
