"""The files for Kibana are what Kibana 8.9 and later read, and follow from the description."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.actions import KIND_OF_ACTION
from deploy.kibana import build
from deploy.kibana.dashboards import DASHBOARDS
from deploy.kibana.spec import Dashboard
from tests.kibana import files, kql, references, shapes, wiring
from tests.kibana.files import Json

FOLDER = Path(build.__file__).parent
NAMES = sorted(path.name for path in FOLDER.glob("*.ndjson"))


def faults(objects: list[Json]) -> list[str]:
    """What the checks that need no Elasticsearch find."""
    return shapes.faults(objects) or references.faults(objects) + wiring.faults(objects)


def stored(name: str) -> list[Json]:
    return files.read((FOLDER / name).read_text())


def test_there_are_the_four_dashboards():
    titles = [dashboard.title for dashboard in DASHBOARDS]

    assert titles == ["SINS Operations", "SINS Transactions", "SINS Sync", "SINS Data protection"]
    assert sorted(f"{dashboard.id}.ndjson" for dashboard in DASHBOARDS) == NAMES


def test_building_again_gives_the_same_files_and_tables():
    different = [path.name for path, text in build.files().items() if path.read_text() != text]

    assert different == [], "run: python -m deploy.kibana.build"


@pytest.mark.parametrize("name", NAMES)
def test_kibana_can_read_it(name):
    assert faults(stored(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_line_is_one_object_and_its_strings_are_json(name):
    text = (FOLDER / name).read_text()

    assert text.endswith("}\n")
    assert files.read(files.write(files.read(text))) == files.read(text)
    assert {saved["type"] for saved in files.read(text)} == {"index-pattern", "search", "dashboard"}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.id)
def test_rows_fill_the_page(dashboard: Dashboard):
    assert {sum(panel.width for panel in row.panels) for row in dashboard.rows} == {48}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.id)
def test_each_panel_asks_a_question_of_its_own(dashboard: Dashboard):
    questions = [panel.question for panel in dashboard.panels]

    assert all(question.endswith(("?", "?)")) for question in questions)
    assert len(set(questions)) == len(questions)


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.id)
def test_the_header_leads_to_what_exists(dashboard: Dashboard):
    links = re.findall(r"\]\((\w+)#/view/([\w-]+)\)", dashboard.header)
    searches = {saved["id"] for name in NAMES for saved in files.of_type(stored(name), "search")}
    there = {("dashboards", one.id) for one in DASHBOARDS} | {("discover", id) for id in searches}

    assert set(links) <= there
    assert {id for kind, id in links if kind == "dashboards"} == (
        {one.id for one in DASHBOARDS} - {dashboard.id}
    )


def test_the_actions_asked_for_are_those_that_are_written():
    queries = re.findall(r"event\.action: ?[^\"]+", "".join(map(str, map(stored, NAMES))))
    asked = {value for query in queries for value in kql.values(query, "event.action")}
    asked = {value.rstrip("'},") for value in asked}

    assert asked
    assert asked <= set(KIND_OF_ACTION)


# One thing wrong each: what a slip in the builder, or a hand in the file, may do.


def dashboard_of(objects: list[Json]) -> Json:
    return files.of_type(objects, "dashboard")[0]


def lens_of(objects: list[Json], name: str) -> Json:
    panels = files.panels(dashboard_of(objects), "lens")
    return next(panel for panel in panels if panel["panelIndex"] == name)


def drop_reference(objects: list[Json]) -> None:
    dashboard_of(objects)["references"].pop()


def drop_data_view(objects: list[Json]) -> None:
    objects.remove(files.of_type(objects, "index-pattern")[0])


def add_unused_search(objects: list[Json]) -> None:
    (search,) = files.of_type(objects, "search")
    objects.append(search | {"id": "sins-unused"})


def point_elsewhere(objects: list[Json]) -> None:
    attributes = lens_of(objects, "who")["embeddableConfig"]["attributes"]
    attributes["references"][0]["id"] = "sins-logs"


def rename_accessor(objects: list[Json]) -> None:
    files.lens_state(lens_of(objects, "hours"))["visualization"]["xAccessor"] = "hour"


def forget_column_in_order(objects: list[Json]) -> None:
    next(iter(files.layers(lens_of(objects, "who")).values()))["columnOrder"].pop()


def put_measure_first(objects: list[Json]) -> None:
    next(iter(files.layers(lens_of(objects, "who")).values()))["columnOrder"].reverse()


def forget_scale(objects: list[Json]) -> None:
    layer = next(iter(files.layers(lens_of(objects, "kinds")).values()))
    del layer["columns"]["x"]["scale"]


def order_by_nothing(objects: list[Json]) -> None:
    layer = next(iter(files.layers(lens_of(objects, "who")).values()))
    layer["columns"]["r0"]["params"]["orderBy"]["columnId"] = "gone"


def forget_fitting(objects: list[Json]) -> None:
    del files.lens_state(lens_of(objects, "kinds"))["visualization"]["fittingFunction"]


def add_unknown_attribute(objects: list[Json]) -> None:
    dashboard_of(objects)["attributes"]["sections"] = []


def be_of_a_newer_kibana(objects: list[Json]) -> None:
    dashboard_of(objects)["typeMigrationVersion"] = "10.2.0"


def be_of_no_version(objects: list[Json]) -> None:
    del dashboard_of(objects)["typeMigrationVersion"]


def use_a_formula(objects: list[Json]) -> None:
    layer = next(iter(files.layers(lens_of(objects, "who")).values()))
    layer["columns"]["m0"]["operationType"] = "formula"


def use_an_old_visualization(objects: list[Json]) -> None:
    panel = files.panels(dashboard_of(objects), "visualization")[0]
    panel["embeddableConfig"]["savedVis"]["type"] = "metrics"


def add_a_drilldown(objects: list[Json]) -> None:
    lens_of(objects, "who")["embeddableConfig"]["enhancements"] = {"dynamicActions": {}}


def overlap(objects: list[Json]) -> None:
    lens_of(objects, "hours")["gridData"]["x"] -= 1


def leave_the_page(objects: list[Json]) -> None:
    lens_of(objects, "hours")["gridData"]["w"] += 1


def take_anothers_place(objects: list[Json]) -> None:
    lens_of(objects, "hours")["gridData"]["i"] = "who"


def rename_control(objects: list[Json]) -> None:
    controls = dashboard_of(objects)["attributes"]["controlGroupInput"]["panelsJSON"]
    controls["renamed"] = controls.pop("user-name")


def rename_listing(objects: list[Json]) -> None:
    files.panels(dashboard_of(objects), "search")[0]["panelRefName"] = "panel_of_entries"


MUTANTS = [
    drop_reference,
    drop_data_view,
    add_unused_search,
    point_elsewhere,
    rename_accessor,
    forget_column_in_order,
    put_measure_first,
    forget_scale,
    order_by_nothing,
    forget_fitting,
    add_unknown_attribute,
    be_of_a_newer_kibana,
    be_of_no_version,
    use_a_formula,
    use_an_old_visualization,
    add_a_drilldown,
    overlap,
    leave_the_page,
    take_anothers_place,
    rename_control,
    rename_listing,
]


@pytest.mark.parametrize("mutate", MUTANTS, ids=lambda mutate: mutate.__name__)
def test_a_file_with_one_thing_wrong_is_refused(mutate: Callable[[list[Json]], None]):
    objects = stored("sins-transactions.ndjson")

    mutate(objects)

    assert faults(objects) != []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", {"match_all": {}}),
        ("message: http.request", {"term": {"message": "http.request"}}),
        ('user.name: "or"', {"term": {"user.name": "or"}}),
        ("sins.entity_uid: *", {"exists": {"field": "sins.entity_uid"}}),
        ("event.action: erasure.*", {"prefix": {"event.action": "erasure."}}),
        ("a >= 500", {"range": {"a": {"gte": 500.0}}}),
        (
            "a: 1 and b: 2 or not c: 3",
            {
                "bool": {
                    "should": [
                        {"bool": {"filter": [{"term": {"a": "1"}}, {"term": {"b": "2"}}]}},
                        {"bool": {"must_not": [{"term": {"c": "3"}}]}},
                    ],
                    "minimum_should_match": 1,
                }
            },
        ),
        (
            "a: (1 or 2)",
            {
                "bool": {
                    "should": [{"term": {"a": "1"}}, {"term": {"a": "2"}}],
                    "minimum_should_match": 1,
                }
            },
        ),
    ],
)
def test_queries_are_read_as_kibana_reads_them(text, query):
    assert kql.translated(text) == query


@pytest.mark.parametrize("text", ["a:", "a: (1 or", "a b", "a: *b", "a >= x", ": a", "a: and"])
def test_a_query_that_is_none_is_refused(text):
    with pytest.raises(kql.BadQuery):
        kql.translated(text)
