"""Who is there while the document is tested: listed, deleted, and with every kind of detail."""

from uuid import UUID, uuid5

from customers import services
from events.commands import command_act
from events.event import NAMESPACE

SEEDED = tuple(uuid5(NAMESPACE, f"openapi-{number}") for number in range(8))
DELETED = SEEDED[-1]


def seed() -> None:
    for number, uid in enumerate(SEEDED):
        add(uid, number)
    services.delete_customer(command_act("seed"), entity_uid=DELETED)


def add(uid: UUID, number: int) -> None:
    act = command_act("seed")
    values = {
        "surname": f"Lindqvist{number}" if number % 4 else None,
        "name": "Åsa",
        "dob": "1984-02-11" if number % 3 else None,
        "document_number": f"SE-{number:08}" if number % 2 else None,
    }
    services.create_customer(
        act, values=values, extra_fields={"email": f"asa{number}@example.org"}, entity_uid=uid
    )
