"""The shipper against a real Elasticsearch: nothing is lost, nothing comes twice."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from elasticsearch import Elasticsearch as Client

from audit.chain.numbering import number_entries
from audit.entries import add_entry
from audit.models import AuditEntry, RefusedDocument, ShippingCursor
from audit.shipping import documents, positions, reconciling
from audit.shipping import shipper as shipping
from audit.shipping.elastic import Elastic, ElasticAwayError
from audit.shipping.state import shipping_state
from events.clock import us_of
from events.principal import Act, Principal
from tests.integration.audit.chains import tamper

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def ship_there(settings, elasticsearch, tmp_path):
    settings.ELASTICSEARCH_HOST = [elasticsearch.address]
    settings.LOG_DIR = str(tmp_path / "logs")
    (tmp_path / "logs").mkdir()


@pytest.fixture
def client(elasticsearch):
    with Client(elasticsearch.address) as client:
        yield client


@pytest.fixture
def shipper(monkeypatch):
    monkeypatch.setattr(shipping, "FIRST_RETRY_S", 0.01)
    monkeypatch.setattr(shipping, "LONGEST_RETRY_S", 0.05)
    worker = shipping.Shipper()
    yield worker
    worker.close()


def an_entry(*, at=NOW, action="customer.read", **told):
    principal = Principal("anna", "service_agent", "loc1", "header")
    act = Act(principal, uuid4(), us_of(at))
    return add_entry(act, action=action, **told)


def entries(count, **told):
    made = [an_entry(**told) for _ in range(count)]
    number_entries()
    return made


def ship(shipper):
    """Until there is nothing more to do."""
    while shipper.step():
        pass


def found(client, alias):
    client.indices.refresh(index=f"{alias}-*")
    hits = client.search(index=f"{alias}-*", size=10_000)["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in hits}


def days(**asked):
    elastic = Elastic()
    today = datetime.now(UTC)
    try:
        return list(
            reconciling.reconcile(
                elastic, since=date(2020, 1, 1), until=today.date(), now=today, **asked
            )
        )
    finally:
        elastic.close()


def test_entries_arrive_once_each_in_the_index_of_their_month(shipper, client):
    made = entries(30) + entries(5, at=datetime(2026, 1, 31, 23, 59, tzinfo=UTC))

    ship(shipper)

    there = found(client, documents.AUDIT)
    assert set(there) == {str(uid) for uid in made}
    assert set(client.indices.get_alias(name=documents.AUDIT)) == {
        "sins-audit-2026.01",
        f"sins-audit-{NOW:%Y.%m}",
    }
    assert sorted(each["sins.seq"] for each in there.values()) == list(range(1, 36))
    assert all(day.is_equal for day in days())


def test_entries_without_a_number_wait(shipper, client):
    an_entry()

    ship(shipper)

    assert shipping_state().unshipped == 1
    assert not client.indices.exists_alias(name=documents.AUDIT)


def test_shipping_again_changes_nothing(shipper, client):
    entries(20)
    ship(shipper)
    before = found(client, documents.AUDIT)

    positions.start_again()
    ship(shipper)

    assert found(client, documents.AUDIT) == before
    assert ShippingCursor.objects.get(stream="audit").seq == 20


def test_while_elasticsearch_is_away_everything_waits(shipper, client, elasticsearch):
    entries(10)
    ship(shipper)
    elasticsearch.stop()
    made = entries(10)

    assert not shipper.step()
    assert shipping_state().unshipped == 10
    assert shipping_state().waiting_since == AuditEntry.objects.get(seq=11).at

    elasticsearch.start()
    wait_for_arrival(shipper)
    assert {str(uid) for uid in made} <= set(found(client, documents.AUDIT))
    assert len(found(client, documents.AUDIT)) == 20


def wait_for_arrival(shipper):
    for _ in range(100_000):
        shipper.step()
        if not shipping_state().unshipped:
            return
    raise AssertionError("not shipped")


def test_a_full_disk_is_waited_out(shipper, client):
    entries(3)
    ship(shipper)
    index = f"sins-audit-{NOW:%Y.%m}"
    # What Elasticsearch does to every index when the disk is nearly full.
    client.indices.put_settings(
        index=index, settings={"index.blocks.read_only_allow_delete": "true"}
    )
    entries(3)

    for _ in range(5):
        shipper.step()
    assert shipping_state().unshipped == 3
    assert shipping_state().refused_entries == 0

    client.indices.put_settings(index=index, settings={"index.blocks.read_only_allow_delete": None})
    wait_for_arrival(shipper)
    assert len(found(client, documents.AUDIT)) == 6


def test_refused_documents_are_set_aside_and_the_rest_goes_on(shipper, client, capsys):
    entries(2)
    an_entry(codes=["c" * 40_000])  # more than a term may have
    entries(2)

    ship(shipper)

    [refused] = RefusedDocument.objects.all()
    assert (refused.stream, refused.seq) == ("audit", 3)
    assert "cccc" not in refused.reason_code
    assert len(found(client, documents.AUDIT)) == 4
    assert shipping_state().refused_entries == 1
    assert shipping_state().unshipped == 0

    call_command("retry_refused_documents")
    assert "Tried 1 document: 0 taken, 1 refused again" in capsys.readouterr().out
    assert RefusedDocument.objects.get().attempts == 2


def test_what_was_refused_is_taken_after_the_reason_is_gone(shipper, client, capsys):
    index = f"sins-audit-{NOW:%Y.%m}"
    elastic = Elastic()
    elastic.prepare()
    client.indices.delete_index_template(name="sins-audit")
    client.indices.create(index=index, mappings={"dynamic": "strict"})
    entries(3)
    shipper._delivery._elastic = elastic

    ship(shipper)
    assert RefusedDocument.objects.count() == 3

    client.indices.delete(index=index)
    call_command("retry_refused_documents")
    assert "3 taken" in capsys.readouterr().out
    assert len(found(client, documents.AUDIT)) == 3
    assert RefusedDocument.objects.count() == 0


def test_too_many_refusals_stop_the_stream(shipper, client, monkeypatch):
    monkeypatch.setattr(shipping, "MAX_REFUSED", 2)
    RefusedDocument.objects.bulk_create(
        RefusedDocument(
            stream="audit", document_id=str(uuid4()), seq=1, reason_code="x", refused_at=NOW
        )
        for _ in range(2)
    )
    entries(3)

    ship(shipper)

    assert shipping_state().unshipped == 3


def test_months_past_their_age_are_deleted_whole(shipper, client):
    names = ("sins-logs-2020.01", "sins-audit-2010.01", f"sins-audit-{NOW:%Y.%m}", "sins-logs-x")
    for name in names:
        client.indices.create(index=name)

    ship(shipper)

    left = set(client.indices.get(index="sins-*"))
    assert left == {f"sins-audit-{NOW:%Y.%m}", "sins-logs-x"}


@pytest.mark.parametrize(
    ("today", "old"), [(date(2026, 4, 30), []), (date(2026, 5, 2), ["sins-logs-2026.01"])]
)
def test_a_month_is_old_when_its_last_day_is(today, old):
    names = ["sins-logs-2026.01", "sins-logs-2026.02", "sins-logs-old", "other"]

    assert shipping.past_age(names, alias="sins-logs", days=90, today=today) == old


def test_entries_past_their_age_are_passed_over(shipper, client, settings):
    settings.ELASTICSEARCH_AUDIT_DAYS = 31
    entries(2, at=NOW - timedelta(days=100))
    made = entries(1)

    ship(shipper)

    assert set(found(client, documents.AUDIT)) == {str(uid) for uid in made}
    assert shipping_state().unshipped == 0


def test_reconciling_names_what_differs_and_repairs_what_it_can(shipper, client, capsys):
    made = [str(uid) for uid in entries(6)]
    ship(shipper)
    index = f"sins-audit-{NOW:%Y.%m}"
    stray = dict(found(client, documents.AUDIT)[made[0]], **{"event.id": "stray"})
    client.delete(index=index, id=made[0])
    client.update(index=index, id=made[1], doc={"sins.hash": "00"})
    client.index(index=index, id="stray", document=stray)
    twice = dict(found(client, documents.AUDIT)[made[2]])
    client.index(index="sins-audit-2026.01", id=made[2], document=twice)

    [day] = days()

    assert (day.entries, day.missing, day.extra) == (6, [made[0]], ["stray"])
    assert (day.altered, day.repeated) == ([made[1]], [made[2]])
    with pytest.raises(CommandError):
        call_command("audit_reconcile", "--repair")
    assert "repaired 2" in capsys.readouterr().out
    client.delete(index="sins-audit-2026.01", id=made[2])
    client.delete(index=index, id="stray")
    call_command("audit_reconcile")
    assert (
        "6 entries compared: 0 missing, 0 extra, 0 altered, 0 repeated" in capsys.readouterr().out
    )


@pytest.mark.parametrize("repair", [[], ["--repair"]])
def test_a_column_that_was_altered_here_is_found_and_not_sent(shipper, client, capsys, repair):
    made = [str(uid) for uid in entries(3)]
    ship(shipper)
    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 2")
    index = f"sins-audit-{NOW:%Y.%m}"
    client.update(index=index, id=made[1], doc={"sins.hash": "00"})

    with pytest.raises(CommandError, match="Entries were altered in this database") as failed:
        call_command("audit_reconcile", *repair)

    said = capsys.readouterr().out
    assert failed.value.returncode == 1
    assert f"altered here 1: {made[1]}" in said
    assert "3 entries compared: 0 missing, 0 extra, 1 altered, 0 repeated, 1 altered here" in said
    assert "repaired" not in said
    assert found(client, documents.AUDIT)[made[1]]["user.name"] == "anna"


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 entry, 1 document\n"), (2, "2 entries, 2 documents\n")]
)
def test_one_entry_is_said_as_one(shipper, capsys, count, words):
    entries(count)
    ship(shipper)

    call_command("audit_reconcile")

    assert words in capsys.readouterr().out


def test_what_is_not_taken_when_it_is_repaired_is_said(shipper, client, capsys):
    made = [str(uid) for uid in entries(3)]
    ship(shipper)
    index = f"sins-audit-{NOW:%Y.%m}"
    client.delete(index=index, id=made[0])
    # As when the disk is nearly full
    client.indices.put_settings(
        index=index, settings={"index.blocks.read_only_allow_delete": "true"}
    )

    with pytest.raises(CommandError, match="1 document sent and not taken") as failed:
        call_command("audit_reconcile", "--repair")

    said = capsys.readouterr().out
    assert failed.value.returncode == 1
    assert f"not taken now 1: {made[0]}" in said
    assert "repaired" not in said
    client.indices.put_settings(index=index, settings={"index.blocks.read_only_allow_delete": None})
    with pytest.raises(CommandError):
        call_command("audit_reconcile", "--repair")
    assert "repaired 1" in capsys.readouterr().out


def test_reconciling_says_when_elasticsearch_is_away(settings):
    settings.ELASTICSEARCH_HOST = ["http://127.0.0.1:1"]

    with pytest.raises(CommandError) as failed:
        call_command("audit_reconcile")

    assert failed.value.returncode == 2


def test_without_an_address_nothing_starts(settings):
    settings.ELASTICSEARCH_HOST = []

    for command in ("ship", "audit_reconcile", "retry_refused_documents"):
        with pytest.raises(CommandError, match="ELASTICSEARCH_HOST is empty"):
            call_command(command)


def test_an_older_index_learns_the_new_fields(client):
    client.indices.create(
        index="sins-audit-2026.01",
        mappings={"dynamic": "strict", "properties": {"sins.seq": {"type": "long"}}},
    )

    Elastic().prepare()

    answer = client.indices.get_mapping(index="sins-audit-2026.01")
    properties = answer["sins-audit-2026.01"]["mappings"]["properties"]
    assert {"seq", "hash", "weekday"} <= set(properties["sins"]["properties"])


def test_a_wrong_key_is_said_and_waited_out(settings, shipper):
    settings.ELASTICSEARCH_HOST = ["http://127.0.0.1:1"]
    entries(1)

    assert not shipper.step()
    with pytest.raises(ElasticAwayError):
        Elastic().prepare()


def test_entries_hold_what_the_template_names(shipper, client):
    entries(1, entity_uid=uuid4(), codes=["DOB"], query="Kanarienvogel", event_ids=[uuid4()])

    ship(shipper)

    assert "Kanarienvogel" not in json.dumps(found(client, documents.AUDIT))
