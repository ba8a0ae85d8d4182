"""Dashboards → Kibana's saved objects, in the oldest shape that has what we need.

Kibana raises old shapes by itself and refuses newer ones, so these load into 8.9 and all later
ones (docs/decisions/0024). `…JSON` attributes are strings: Kibana keeps them so.
"""

import json
from collections.abc import Iterator
from typing import Any

from deploy.kibana import lens
from deploy.kibana.spec import Control, Dashboard, DataView, Entries, Listing, Panel
from deploy.kibana.views import TIME_FIELD

CORE_VERSION = "8.8.0"
VERSIONS = {"index-pattern": "8.0.0", "search": "7.9.3", "dashboard": "8.9.0"}
COLUMNS = 48  # of a dashboard's grid
HEADER_HEIGHT = 4
HEADER_ID = "header"
SOURCE_REFERENCE = "kibanaSavedObjectMeta.searchSourceJSON.index"

Json = dict[str, Any]


def file_of(dashboard: Dashboard) -> str:
    """All that the dashboard needs, one object a line: it can be imported by itself."""
    listings = [panel.entries for panel in dashboard.panels if isinstance(panel, Listing)]
    views = {view.id: view for view in [dashboard.view, *(entries.view for entries in listings)]}
    objects = [
        *(data_view(view) for view in views.values()),
        *(saved_search(entries) for entries in listings),
        saved_dashboard(dashboard),
    ]
    return "".join(f"{_text(saved)}\n" for saved in objects)


def data_view(view: DataView) -> Json:
    return _object(
        "index-pattern",
        view.id,
        {
            "title": view.pattern,
            "name": view.name,
            "timeFieldName": TIME_FIELD,
            "allowNoIndex": True,  # the pages open before anything was shipped
            "fieldFormatMap": _text(view.formats),
            "fields": "[]",
        },
    )


def saved_search(entries: Entries) -> Json:
    source = {"query": lens.kql(entries.where), "filter": [], "indexRefName": SOURCE_REFERENCE}
    return _object(
        "search",
        entries.id,
        {
            "title": entries.title,
            "description": "",
            "columns": list(entries.columns),
            "sort": [[TIME_FIELD, "desc"]],
            "grid": {},
            "hideChart": False,
            "kibanaSavedObjectMeta": {"searchSourceJSON": _text(source)},
        },
        [{"type": "index-pattern", "id": entries.view.id, "name": SOURCE_REFERENCE}],
    )


def saved_dashboard(dashboard: Dashboard) -> Json:
    panels, references = [_header(dashboard)], list(_control_references(dashboard))
    for panel, grid in _placed(dashboard):
        saved, named = _panel(panel, grid, dashboard.view)
        panels.append(saved)
        references.append(named)
    options = {
        "useMargins": True,
        "syncColors": True,
        "syncCursor": True,
        "syncTooltips": False,
        "hidePanelTitles": False,
    }
    refresh_ms = 1000 * dashboard.refresh_s
    attributes = {
        "title": dashboard.title,
        "description": dashboard.description,
        "panelsJSON": _text(panels),
        "optionsJSON": _text(options),
        "kibanaSavedObjectMeta": {"searchSourceJSON": _text({"query": lens.kql(""), "filter": []})},
        "controlGroupInput": _controls(dashboard.controls),
        "timeRestore": True,
        "timeFrom": dashboard.since,
        "timeTo": "now",
        "refreshInterval": {"pause": not refresh_ms, "value": refresh_ms},
        "version": 1,
    }
    return _object("dashboard", dashboard.id, attributes, references)


def _placed(dashboard: Dashboard) -> Iterator[tuple[Panel, Json]]:
    """Each panel with its place: rows under each other, panels of a row from the left."""
    y = HEADER_HEIGHT
    for row in dashboard.rows:
        x = 0
        for panel in row.panels:
            yield panel, {"x": x, "y": y, "w": panel.width, "h": row.height, "i": panel.id}
            x += panel.width
        y += row.height


def _panel(panel: Panel, grid: Json, view: DataView) -> tuple[Json, Json]:
    """The panel, and what it refers to; Kibana wants the latter at the dashboard as well."""
    saved = {"panelIndex": panel.id, "gridData": grid, "title": panel.title, "version": "8.9.0"}
    if isinstance(panel, Listing):
        name = f"panel_{panel.id}"
        saved |= {"type": "search", "panelRefName": name, "embeddableConfig": {"enhancements": {}}}
        return saved, _reference(f"{panel.id}:{name}", "search", panel.entries.id)
    config = {"attributes": lens.attributes(panel, view), "enhancements": {}}
    saved |= {"type": "lens", "embeddableConfig": config}
    name = f"{panel.id}:{lens.layer_reference()}"
    return saved, _reference(name, "index-pattern", view.id)


def _header(dashboard: Dashboard) -> Json:
    shown = {
        "title": "",
        "description": "",
        "type": "markdown",
        "params": {"fontSize": 12, "openLinksInNewTab": False, "markdown": dashboard.header},
        "uiState": {},
        "data": {"aggs": [], "searchSource": {"query": lens.kql(""), "filter": []}},
    }
    place = {"x": 0, "y": 0, "w": COLUMNS, "h": HEADER_HEIGHT, "i": HEADER_ID}
    return {
        "panelIndex": HEADER_ID,
        "gridData": place,
        "version": "8.9.0",
        "type": "visualization",
        "embeddableConfig": {"savedVis": shown, "enhancements": {}, "hidePanelTitles": True},
    }


def _controls(controls: tuple[Control, ...]) -> Json:
    ignored = {
        "ignoreFilters": False,
        "ignoreQuery": False,
        "ignoreTimerange": False,
        "ignoreValidations": False,
    }
    return {
        "controlStyle": "oneLine",
        "chainingSystem": "HIERARCHICAL",
        "panelsJSON": _text({_control_id(one): _control(n, one) for n, one in enumerate(controls)}),
        "ignoreParentSettingsJSON": _text(ignored),
    }


def _control(order: int, control: Control) -> Json:
    asked = {
        "id": _control_id(control),
        "fieldName": control.field,
        "title": control.title,
        "selectedOptions": [],
        "enhancements": {},
    }
    return {
        "order": order,
        "width": "medium",
        "grow": True,
        "type": "optionsListControl",
        "explicitInput": asked,
    }


def _control_references(dashboard: Dashboard) -> Iterator[Json]:
    for control in dashboard.controls:
        name = f"controlGroup_{_control_id(control)}:optionsListDataView"
        yield _reference(name, "index-pattern", dashboard.view.id)


def _control_id(control: Control) -> str:
    return control.field.replace(".", "-").replace("_", "-")


def _reference(name: str, kind: str, id: str) -> Json:
    return {"type": kind, "id": id, "name": name}


def _object(kind: str, id: str, attributes: Json, references: list[Json] | None = None) -> Json:
    return {
        "type": kind,
        "id": id,
        "attributes": attributes,
        "references": references or [],
        "coreMigrationVersion": CORE_VERSION,
        "typeMigrationVersion": VERSIONS[kind],
        "managed": False,
    }


def _text(value: object) -> str:
    """One way to write everything, so that the same words give the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
