"""Step 1: what Kibana's own schemas would say of each object, for the versions we write.

Written from Kibana's sources: dashboard_saved_object (schema v1 = 8.9.0, unknown keys forbidden),
saved_search (8.8.0, forbidden), data_views (none of its own), Lens' form-based columns and
visualization states (`any` in Kibana: a wrong one imports and stays blank).
"""

from typing import Any

from jsonschema import Draft202012Validator

from tests.kibana.files import Json, layers, lens_state, of_type, panels
from tests.kibana.lens_shapes import LAYER, OPERATIONS, VISUALIZATIONS
from tests.kibana.schema import FLAG, NAME, NUMBER, QUERY, TEXT, WHOLE, exactly, lists, one_of

# The newest version of each type that Kibana 8.9 knows: a greater one is a hard error there.
VERSIONS = {"index-pattern": "8.0.0", "search": "8.8.0", "dashboard": "8.9.0"}
CORE_VERSION = "8.8.0"

REFERENCE = exactly({"type": one_of("index-pattern", "search"), "id": NAME, "name": NAME})
ENVELOPE = exactly(
    {
        "type": one_of(*VERSIONS),
        "id": {"type": "string", "pattern": "^sins-[a-z-]+$"},
        "attributes": {"type": "object"},
        "references": lists(REFERENCE),
        "coreMigrationVersion": {"const": CORE_VERSION},
        "typeMigrationVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "managed": {"const": False},
    }
)
DATA_VIEW = exactly(
    {
        "title": NAME,
        "name": NAME,
        "timeFieldName": {"const": "@timestamp"},
        "allowNoIndex": FLAG,
        "fields": {"const": []},
        "fieldFormatMap": {
            "type": "object",
            "additionalProperties": exactly({"id": NAME, "params": {"type": "object"}}),
        },
    }
)
SAVED_SEARCH = exactly(
    {
        "title": NAME,
        "description": TEXT,
        "columns": lists(NAME, minItems=1),
        "sort": lists(lists(NAME, minItems=2, maxItems=2), minItems=1),
        "grid": exactly({}, {"columns": {"type": "object"}}),
        "hideChart": FLAG,
        "kibanaSavedObjectMeta": exactly(
            {
                "searchSourceJSON": exactly(
                    {"query": QUERY, "filter": lists({"type": "object"}), "indexRefName": NAME}
                )
            }
        ),
    },
    {"rowHeight": NUMBER, "rowsPerPage": NUMBER, "timeRestore": FLAG, "version": NUMBER},
)
CONTROL = exactly(
    {
        "order": WHOLE,
        "width": one_of("small", "medium", "large"),
        "grow": FLAG,
        "type": {"const": "optionsListControl"},
        "explicitInput": exactly(
            {
                "id": NAME,
                "fieldName": NAME,
                "title": NAME,
                "selectedOptions": lists(TEXT),
                "enhancements": exactly({}),
            },
            {"singleSelect": FLAG},
        ),
    }
)
IGNORED = exactly(
    dict.fromkeys(("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations"), FLAG)
)
OPTIONS = ("useMargins", "syncColors", "syncCursor", "syncTooltips", "hidePanelTitles")
DASHBOARD = exactly(
    {
        "title": NAME,
        "description": NAME,
        "panelsJSON": lists({"type": "object"}, minItems=1),
        "optionsJSON": exactly(dict.fromkeys(OPTIONS, FLAG)),
        "kibanaSavedObjectMeta": exactly(
            {"searchSourceJSON": exactly({"query": QUERY, "filter": lists({"type": "object"})})}
        ),
        "controlGroupInput": exactly(
            {
                "controlStyle": one_of("oneLine", "twoLine"),
                "chainingSystem": one_of("HIERARCHICAL", "NONE"),
                "panelsJSON": {"type": "object", "additionalProperties": CONTROL},
                "ignoreParentSettingsJSON": IGNORED,
            }
        ),
        "timeRestore": {"const": True},
        "timeFrom": {"type": "string", "pattern": r"^now-\d+[mhdw]$"},
        "timeTo": {"const": "now"},
        "refreshInterval": exactly({"pause": FLAG, "value": WHOLE}),
        "version": {"const": 1},
    }
)
GRID = exactly(
    {"x": WHOLE, "y": WHOLE, "w": WHOLE | {"minimum": 1}, "h": WHOLE | {"minimum": 1}, "i": NAME}
)


def _panel(kind: str, config: Json, **more: Any) -> Json:
    required = {
        "type": {"const": kind},
        "panelIndex": NAME,
        "gridData": GRID,
        "version": {"const": "8.9.0"},
        "embeddableConfig": config,
    }
    return exactly(required | more)


LENS = exactly(
    {
        "title": TEXT,
        "description": NAME,
        "visualizationType": one_of("lnsXY", "lnsMetric", "lnsDatatable", "lnsHeatmap"),
        "type": {"const": "lens"},
        "references": lists(REFERENCE, minItems=1),
        "state": exactly(
            {
                "query": QUERY,
                "filters": {"const": []},
                "internalReferences": {"const": []},
                "adHocDataViews": {"const": {}},
                "datasourceStates": exactly(
                    {
                        "formBased": exactly(
                            {"layers": {"type": "object", "minProperties": 1, "maxProperties": 1}}
                        )
                    }
                ),
                "visualization": {"type": "object"},
            }
        ),
    }
)
MARKDOWN = exactly(
    {
        "title": TEXT,
        "description": TEXT,
        "type": {"const": "markdown"},
        "params": exactly({"fontSize": NUMBER, "openLinksInNewTab": FLAG, "markdown": NAME}),
        "uiState": exactly({}),
        "data": exactly(
            {
                "aggs": {"const": []},
                "searchSource": exactly({"query": QUERY, "filter": {"const": []}}),
            }
        ),
    }
)
NO_ENHANCEMENTS = exactly({})
PANELS = {
    "lens": _panel(
        "lens", exactly({"attributes": LENS, "enhancements": NO_ENHANCEMENTS}), title=NAME
    ),
    "search": _panel(
        "search", exactly({"enhancements": NO_ENHANCEMENTS}), title=NAME, panelRefName=NAME
    ),
    "visualization": _panel(
        "visualization",
        exactly({"savedVis": MARKDOWN, "enhancements": NO_ENHANCEMENTS, "hidePanelTitles": FLAG}),
    ),
}
ATTRIBUTES = {"index-pattern": DATA_VIEW, "search": SAVED_SEARCH, "dashboard": DASHBOARD}


def faults(objects: list[Json]) -> list[str]:
    found = []
    for saved in objects:
        name = f"{saved.get('type')} {saved.get('id')}"
        found += _unlike(name, saved, ENVELOPE)
        if saved.get("type") not in ATTRIBUTES:
            continue
        found += _unlike(name, saved["attributes"], ATTRIBUTES[saved["type"]])
        if _numbers(saved.get("typeMigrationVersion", "")) > _numbers(VERSIONS[saved["type"]]):
            found.append(f"{name}: newer than Kibana 8.9 can read")
    if not found:
        for dashboard in of_type(objects, "dashboard"):
            found += [fault for panel in panels(dashboard) for fault in _panel_faults(panel)]
    return found


def _panel_faults(panel: Json) -> list[str]:
    name = f"panel {panel.get('panelIndex')}"
    if panel["type"] not in PANELS:
        return [f"{name}: no panel of type {panel['type']}"]
    found = _unlike(name, panel, PANELS[panel["type"]])
    if found or panel["type"] != "lens":
        return found
    kind = panel["embeddableConfig"]["attributes"]["visualizationType"]
    found += _unlike(name, lens_state(panel)["visualization"], VISUALIZATIONS[kind])
    for layer in layers(panel).values():
        found += _unlike(name, layer, LAYER)
        for key, column in layer.get("columns", {}).items():
            schema = OPERATIONS.get(column.get("operationType"))
            if schema is None:
                found.append(f"{name}, {key}: no operation {column.get('operationType')}")
            else:
                found += _unlike(f"{name}, {key}", column, schema)
    return found


def _unlike(name: str, value: object, schema: Json) -> list[str]:
    errors = Draft202012Validator(schema).iter_errors(value)
    return [f"{name}: {error.json_path}: {error.message[:200]}" for error in errors]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
