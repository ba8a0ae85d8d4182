"""Step 4: every field that is named is in the templates, and is what the panel believes it is."""

from collections.abc import Iterator
from typing import Any

from tests.kibana import kql
from tests.kibana.files import Json, layers, lens_state, of_type, panels

RECORDS = "___records___"
NUMBERS = {"long", "integer", "short", "byte", "double", "float", "half_float", "scaled_float"}
TYPES = {"string": {"keyword", "ip"}, "number": NUMBERS, "date": {"date"}}
# What each operation needs of its field.
NUMERIC = {"sum", "average", "max", "min", "percentile"}
# What `_field_caps` says of an index: field → type → what can be done with it.
Capabilities = dict[str, dict[str, dict[str, Any]]]


def faults(objects: list[Json], capabilities: dict[str, Capabilities]) -> list[str]:
    """`capabilities`: those of each data view's pattern."""
    patterns = {
        view["id"]: view["attributes"]["title"] for view in of_type(objects, "index-pattern")
    }
    found = []
    for where, view, field, wanted in _uses(objects):
        known = capabilities[patterns[view]].get(field)
        if known is None:
            found.append(f"{where}: there is no field {field}")
        else:
            found += [f"{where}: {field} {fault}" for fault in _unfit(known, wanted)]
    return found


def _unfit(known: dict[str, dict[str, Any]], wanted: str) -> Iterator[str]:
    for kind, can in known.items():
        if wanted in TYPES and kind not in TYPES[wanted]:
            yield f"is {kind}, not {wanted}"
        if not can["searchable"]:
            yield "cannot be searched"
        if wanted and not can["aggregatable"]:
            yield "cannot be counted by"


def _uses(objects: list[Json]) -> Iterator[tuple[str, str, str, str]]:
    """Who uses which view's field, and as what: a data type, "any", or "" for looking only."""
    for view in of_type(objects, "index-pattern"):
        yield view["id"], view["id"], view["attributes"]["timeFieldName"], "date"
        for field in view["attributes"]["fieldFormatMap"]:
            yield view["id"], view["id"], field, ""
    for search in of_type(objects, "search"):
        view = search["references"][0]["id"]
        for field in search["attributes"]["columns"]:
            yield search["id"], view, field, ""
        for field, _ in search["attributes"]["sort"]:
            yield search["id"], view, field, "any"
        source = search["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"]
        for field in kql.fields(source["query"]["query"]):
            yield search["id"], view, field, ""
    for dashboard in of_type(objects, "dashboard"):
        views = {ref["name"]: ref["id"] for ref in dashboard["references"]}
        controls = dashboard["attributes"]["controlGroupInput"]["panelsJSON"]
        for key, control in controls.items():
            view = views[f"controlGroup_{key}:optionsListDataView"]
            yield f"control {key}", view, control["explicitInput"]["fieldName"], "string"
        for panel in panels(dashboard, "lens"):
            yield from _of_panel(panel)


def _of_panel(panel: Json) -> Iterator[tuple[str, str, str, str]]:
    name = f"panel {panel['panelIndex']}"
    view = panel["embeddableConfig"]["attributes"]["references"][0]["id"]
    queries = [lens_state(panel)["query"]["query"]]
    for layer in layers(panel).values():
        for column in layer["columns"].values():
            queries.append(column.get("filter", {}).get("query", ""))
            parts = column.get("params", {}).get("filters", [])
            queries += [part["input"]["query"] for part in parts]
            field = column.get("sourceField", RECORDS)
            if field != RECORDS:
                yield name, view, field, _wanted(column)
    for field in {field for query in queries for field in kql.fields(query)}:
        yield name, view, field, ""


def _wanted(column: Json) -> str:
    operation = column["operationType"]
    if operation in NUMERIC:
        return "number"
    return "any" if operation == "unique_count" else str(column["dataType"])
