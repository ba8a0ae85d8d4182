"""What another location said while it did not know of the erasure leaves nothing behind either."""

from uuid import UUID

import pytest

from customers.models import SearchWord
from entities import erasing, holding
from events.receiving import receive
from tests.builders import an_event
from tests.integration.customers.registry import a_customer
from tests.integration.entities.resolved import first_origin
from tests.integration.erasure.worlds import an_act, execute, now_us, seal_all, tables_with
from tests.integration.events.builders import messages_of

pytestmark = pytest.mark.django_db

CANARY = "Kanarienvogelsteiner"


def from_there(uid: UUID, seq: int, *, sees: int, **said: object) -> None:
    event = an_event(
        entity_uid=uid,
        origin="loc3/1",
        seq=seq,
        at=now_us(),
        sees={first_origin(uid): sees},
        **said,
    )
    receive(an_act(), messages_of([event], first=seq), cluster_id="cluster")


@pytest.mark.parametrize("is_before", [True, False])
def test_a_change_that_crosses_the_deletion(is_before):
    uid = UUID(a_customer(surname=CANARY, name="Zwitscher", document_number="PIEP77")["id"])
    if is_before:
        from_there(uid, 1, sees=1, details={"NAME": "Tirili"})
    erasing.request_erasure(an_act(), entity_uid=uid, basis="subject_request")
    if not is_before:
        from_there(uid, 1, sees=1, details={"NAME": "Tirili"})
    from_there(uid, 2, sees=1, type="hold.placed.v1", hold_id="court")
    assert execute().held == [uid]
    holding.lift_hold(an_act(), entity_uid=uid, hold_id="court", reason="Settled")
    seal_all()

    assert execute().erased == 1
    assert tables_with(CANARY) == {}
    assert not SearchWord.objects.filter(word__icontains="kanarienvogel").exists()
