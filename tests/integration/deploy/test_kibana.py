"""Every panel's question, asked of a real Elasticsearch with our templates, is answered right."""

import json
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch as Client

from audit.shipping.documents import AUDIT, LOGS
from audit.shipping.elastic import Elastic, Sent
from deploy.local.elasticsearch import Elasticsearch
from tests.kibana import fields, files, sample, translator
from tests.kibana.answers import ANSWERS, are_near
from tests.kibana.files import Json
from tests.kibana.panels import SAVED, empty_panels, lens_panels, listed, pattern_of
from tests.kibana.translator import Range
from tests.services import empty

WEEK = Range(since=sample.SINCE.isoformat(), until=sample.UNTIL.isoformat())
PANELS = lens_panels()
# Those that show rows; a single number is 0 when there is nothing.
TABLES = [
    name
    for name, panel in PANELS.items()
    if panel["embeddableConfig"]["attributes"]["visualizationType"] != "lnsMetric"
]


@pytest.fixture(scope="module")
def client(elasticsearch_node: Elasticsearch) -> Iterator[Client]:
    """Elasticsearch with our templates, filled with the sample as the shipper would."""
    empty(elasticsearch_node)
    elastic = Elastic([elasticsearch_node.address])
    elastic.prepare()
    assert elastic.send(list(sample.documents())) == Sent()
    for alias in (AUDIT, LOGS):
        elastic.refresh(alias)
    elastic.close()
    with Client(elasticsearch_node.address, request_timeout=60) as made:
        yield made


def answers() -> dict[str, list[translator.Row]]:
    return {f"{name}/{panel}": rows for name, of in ANSWERS.items() for panel, rows in of().items()}


def capabilities(client: Client) -> dict[str, fields.Capabilities]:
    return {
        pattern: client.field_caps(index=pattern, fields="*")["fields"]
        for pattern in ("sins-audit*", "sins-logs*")
    }


def test_the_answers_are_those_of_the_panels():
    assert set(answers()) == set(PANELS)


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_shows_what_counting_by_hand_gives(client: Client, name: str):
    panel, expected = PANELS[name], answers()[name]

    shown = translator.rows(client, pattern_of(panel), panel, WEEK)

    assert expected
    assert are_near(shown, expected), (shown[:5], expected[:5])


def test_no_panel_is_empty_and_all_are_where_nothing_was_shipped(client: Client):
    long_ago = Range(since="2001-01-01", until="2001-01-02")

    assert empty_panels(client, WEEK) == []
    assert set(empty_panels(client, long_ago)) >= set(TABLES)


@pytest.mark.parametrize("name", SAVED)
def test_every_field_is_in_the_templates(client: Client, name: str):
    assert fields.faults(SAVED[name], capabilities(client)) == []


def test_the_listings_list_the_entries_behind_the_numbers(client: Client):
    lines = sample.lines()
    exchange = [line for line in lines if line["process.name"] in ("publish", "consume")]
    named = [
        entry
        for entry in sample.entries()
        if entry.entity_uid or entry.hit_ids or entry.kind == "command"
    ]
    assert listed(client) == {
        "sins-lines": len(lines),
        "sins-sync-lines": len(exchange),
        "sins-entries": len(sample.entries()),
        "sins-subject-entries": len(named),
    }


def copy_of(name: str) -> list[Json]:
    return json.loads(json.dumps(SAVED[name]))


def column(objects: list[Json], panel: str, name: str) -> Json:
    (dashboard,) = files.of_type(objects, "dashboard")
    found = next(one for one in files.panels(dashboard, "lens") if one["panelIndex"] == panel)
    return next(iter(files.layers(found).values()))["columns"][name]


@pytest.mark.parametrize(
    ("column_name", "change", "fault"),
    [
        ("r0", {"sourceField": "user.id"}, "panel who: there is no field user.id"),
        ("r0", {"dataType": "number"}, "panel who: user.name is keyword, not number"),
        (
            "m1",
            {"sourceField": "user.name"},
            "panel who: user.name is keyword, not number",
        ),
        (
            "m2",
            {"filter": {"query": "event.result: refused", "language": "kuery"}},
            "panel who: there is no field event.result",
        ),
    ],
)
def test_a_wrong_field_is_found(client: Client, column_name: str, change: Json, fault: str):
    objects = copy_of("sins-transactions")

    column(objects, "who", column_name).update(change)

    assert fields.faults(objects, capabilities(client)) == [fault]


def test_a_text_that_is_not_indexed_can_be_shown_and_not_counted(client: Client):
    objects = copy_of("sins-operations")

    column(objects, "complaints", "r0").update(sourceField="error.stack_trace")

    assert fields.faults(objects, capabilities(client)) == [
        "panel complaints: error.stack_trace is text, not string",
        "panel complaints: error.stack_trace cannot be searched",
        "panel complaints: error.stack_trace cannot be counted by",
    ]


@pytest.mark.parametrize(
    ("panel", "column_name", "change"),
    [
        ("who", "m1", {"operationType": "max"}),
        ("who", "m2", {"filter": {"query": "event.outcome: failed", "language": "kuery"}}),
        ("what", "r0", {"sourceField": "sins.kind"}),
        ("kinds", "split", {"sourceField": "user.roles"}),
    ],
)
def test_a_panel_that_asks_something_else_answers_something_else(
    client: Client, panel: str, column_name: str, change: Json
):
    objects = copy_of("sins-transactions")
    column(objects, panel, column_name).update(change)
    (dashboard,) = files.of_type(objects, "dashboard")
    changed = next(one for one in files.panels(dashboard, "lens") if one["panelIndex"] == panel)

    shown = translator.rows(client, "sins-audit*", changed, WEEK)

    assert not are_near(shown, ANSWERS["sins-transactions"]()[panel])
