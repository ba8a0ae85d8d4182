"""Step 3: inside a dashboard everything that is drawn exists, and panels stay on the page."""

from itertools import combinations

from tests.kibana.files import Json, layers, lens_state, of_type, panels

COLUMNS = 48


def faults(objects: list[Json]) -> list[str]:
    found = []
    for dashboard in of_type(objects, "dashboard"):
        found += _grid(panels(dashboard))
        found += _controls(dashboard)
        for panel in panels(dashboard, "lens"):
            found += [f"panel {panel['panelIndex']}: {fault}" for fault in _lens(panel)]
        for panel in panels(dashboard, "search"):
            if panel["panelRefName"] != f"panel_{panel['panelIndex']}":
                found.append(f"panel {panel['panelIndex']}: Kibana looks for another name")
    return found


def _grid(places: list[Json]) -> list[str]:
    found = []
    names = [panel["panelIndex"] for panel in places]
    if len(set(names)) < len(names):
        found.append("two panels of one name")
    for panel in places:
        grid = panel["gridData"]
        if grid["i"] != panel["panelIndex"]:
            found.append(f"panel {panel['panelIndex']}: its place is another's")
        if grid["x"] + grid["w"] > COLUMNS:
            found.append(f"panel {panel['panelIndex']}: leaves the page")
    for one, other in combinations(places, 2):
        if _overlap(one["gridData"], other["gridData"]):
            found.append(f"panels {one['panelIndex']} and {other['panelIndex']} overlap")
    return found


def _overlap(one: Json, other: Json) -> bool:
    beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
    below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
    return not (beside or below)


def _controls(dashboard: Json) -> list[str]:
    controls = dashboard["attributes"]["controlGroupInput"]["panelsJSON"]
    found = [
        f"control {key}: another id inside than outside"
        for key, control in controls.items()
        if control["explicitInput"]["id"] != key
    ]
    if sorted(control["order"] for control in controls.values()) != list(range(len(controls))):
        found.append("controls are not in order")
    return found


def _lens(panel: Json) -> list[str]:
    found = []
    drawn = lens_state(panel)["visualization"]
    for layer_id, layer in layers(panel).items():
        columns = layer["columns"]
        if sorted(layer["columnOrder"]) != sorted(columns):
            found.append("columns and their order differ")
        found += _order(layer)
        used = _used(drawn)
        found += [f"draws the column {name}, which is not there" for name in used - set(columns)]
        found += [f"does not draw the column {name}" for name in set(columns) - used]
        if _layer_ids(drawn) != {layer_id}:
            found.append("draws another layer")
    return found


def _order(layer: Json) -> list[str]:
    columns, found = layer["columns"], []
    buckets = [columns[name]["isBucketed"] for name in layer["columnOrder"] if name in columns]
    if buckets != sorted(buckets, reverse=True):
        found.append("buckets come before measures")
    for name, column in columns.items():
        order = column.get("params", {}).get("orderBy", {})
        if order.get("type") != "column":
            continue
        if columns.get(order["columnId"], {"isBucketed": True})["isBucketed"]:
            found.append(f"{name} is ordered by {order['columnId']}, which is no measure")
    return found


def _used(drawn: Json) -> set[str]:
    """Column ids in a visualization's state, wherever they stand."""
    found: set[str] = set()
    for key, value in drawn.items():
        if key == "accessors":
            found |= set(value)
        elif key == "columnId" or key.lower().endswith("accessor"):
            found.add(value)
        elif isinstance(value, dict):
            found |= _used(value)
        elif isinstance(value, list):
            found |= {name for each in value if isinstance(each, dict) for name in _used(each)}
    return found


def _layer_ids(drawn: Json) -> set[str]:
    inner = {layer["layerId"] for layer in drawn.get("layers", [])}
    return inner or {drawn.get("layerId", "")}
