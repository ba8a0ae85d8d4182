"""NDJSON file → objects whose `…JSON` strings are unpacked, as the checks read them."""

import json
from typing import Any

Json = dict[str, Any]

# Attributes that Kibana keeps as strings, by type of object.
STRINGS = {
    "index-pattern": ("fieldFormatMap", "fields"),
    "search": ("kibanaSavedObjectMeta.searchSourceJSON",),
    "dashboard": (
        "panelsJSON",
        "optionsJSON",
        "kibanaSavedObjectMeta.searchSourceJSON",
        "controlGroupInput.panelsJSON",
        "controlGroupInput.ignoreParentSettingsJSON",
    ),
}


def read(text: str) -> list[Json]:
    return [unpacked(json.loads(line)) for line in text.splitlines()]


def write(objects: list[Json]) -> str:
    return "".join(f"{json.dumps(packed(one), ensure_ascii=False)}\n" for one in objects)


def unpacked(saved: Json) -> Json:
    return _changed(saved, json.loads)


def packed(saved: Json) -> Json:
    return _changed(saved, json.dumps)


def of_type(objects: list[Json], kind: str) -> list[Json]:
    return [saved for saved in objects if saved.get("type") == kind]


def panels(dashboard: Json, kind: str = "") -> list[Json]:
    found = dashboard["attributes"]["panelsJSON"]
    return [panel for panel in found if panel["type"] == kind or not kind]


def lens_state(panel: Json) -> Json:
    return panel["embeddableConfig"]["attributes"]["state"]


def layers(panel: Json) -> dict[str, Json]:
    return lens_state(panel)["datasourceStates"]["formBased"]["layers"]


def _changed(saved: Json, change: Any) -> Json:
    copy = json.loads(json.dumps(saved))
    for path in STRINGS.get(copy.get("type", ""), ()):
        *way, last = path.split(".")
        place = copy["attributes"]
        for step in way:
            place = place.get(step, {})
        if last in place:
            place[last] = change(place[last])
    return copy
