"""A hold against an erasure on processes, one location cut off; and nothing left after it."""

from tests.sync.locations import Location, eventually
from tests.sync.standing import agree, rows

PROVIDER = "service_provider"
CANARY = "Kanarienvogelsteiner"
LEFT_SQL = """
SELECT (SELECT count(*) FROM events_event WHERE position(%s::bytea IN raw) > 0),
       (SELECT count(*) FROM entities_entitydetail WHERE value::text ILIKE '%%' || %s || '%%'),
       (SELECT count(*) FROM customers_customer WHERE surname ILIKE '%%' || %s || '%%'),
       (SELECT count(*) FROM customers_searchword WHERE word ILIKE '%%' || %s || '%%')
"""


def act(place: Location, uid: str, verb: str, **said: str) -> dict:
    path = f"/api/customers/items/{uid}/{verb}/"
    answer = place.request("POST", path, said, role=PROVIDER)
    assert answer.status in (200, 202), answer
    return dict(answer.body)


def cleaned(place: Location) -> str:
    return place.manage("cleanup_customers", "--dry-run").stdout


def what_is_left(place: Location) -> dict[str, int]:
    """By table, where there is anything."""
    needle = (CANARY.encode(), CANARY, CANARY, CANARY)
    counts = zip(
        ("events", "details", "customers", "words"), rows(place, LEFT_SQL, *needle)[0], strict=True
    )
    return {table: count for table, count in counts if count}


def is_erased(place: Location, uid: str) -> bool:
    answer = place.read(uid)
    return answer.status == 410 and answer.body["code"] == "erased"


def test_a_hold_placed_behind_a_cut_keeps_until_it_is_lifted(running: list[Location]) -> None:
    one, two, three = running
    uid = one.create(surname=CANARY, name="Zwitscher", document_number="PIEP77")
    agree(running)
    for place in running:
        place.start("cleanup")

    two.stop("publish", "consume")
    hold = act(two, uid, "hold", reason="A claim is before the court")
    act(one, uid, "erase", basis="subject_request")
    three.change(uid, name="Tirili")  # nobody at loc3 knows yet, or somebody does and is refused
    eventually(lambda: "for an answer of loc2" in cleaned(one), "loc1 waits for loc2")
    assert not is_erased(one, uid)

    two.start("publish", "consume")
    eventually(lambda: "because a hold stands" in cleaned(one), "loc1 knows of the hold")
    refused = three.request(
        "POST", f"/api/customers/items/{uid}/erase/", {"basis": "objection"}, role=PROVIDER
    )
    assert refused.status == 409

    act(three, uid, "lift", hold_id=hold["hold_id"], reason="Settled")
    for place in running:
        eventually(lambda place=place: is_erased(place, uid), f"{place.location_id} has erased")

    agree(running)
    assert [what_is_left(place) for place in running] == [{}, {}, {}]
    for place in running:
        eventually(
            lambda place=place: place.manage("verify_erasure", uid, check=False).returncode == 0,
            f"{place.location_id} knows that all have erased",
        )
    ledgers = {
        str(rows(place, "SELECT entity_uid, basis, erased_event, erased_us FROM entities_erasure"))
        for place in running
    }
    assert len(ledgers) == 1
    erasures = rows(one, "SELECT count(*) FROM events_event WHERE type = 'entity.erased.v1'")
    assert erasures == [(1,)]
