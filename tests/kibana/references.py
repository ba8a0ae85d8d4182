"""Step 2: nothing dangles, nothing is unused, and names are those that Kibana looks for.

The rules of elastic/package-spec in their own words: no dangling ids, panels by value (but for
saved searches, which Kibana has by reference only), no legacy visualizations, ids of one's own.
"""

from collections import Counter

from tests.kibana.files import Json, of_type, panels

SOURCE = "kibanaSavedObjectMeta.searchSourceJSON.index"


def faults(objects: list[Json]) -> list[str]:
    ids = Counter((saved["type"], saved["id"]) for saved in objects)
    found = [f"{kind} {id}: there {count} times" for (kind, id), count in ids.items() if count > 1]
    wanted = {(ref["type"], ref["id"]) for saved in objects for ref in saved["references"]}
    found += [f"{kind} {id}: is referred to and not there" for kind, id in wanted - set(ids)]
    unused = {key for key in ids if key[0] != "dashboard"} - wanted
    found += [f"{kind} {id}: is there and not referred to" for kind, id in unused]
    if len(of_type(objects, "dashboard")) != 1:
        found.append("a file holds one dashboard")
    for search in of_type(objects, "search"):
        source = search["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"]
        found += _differ(search, {("index-pattern", source["indexRefName"])})
        if source["indexRefName"] != SOURCE:
            found.append(f"search {search['id']}: its data view is not named {SOURCE}")
    for dashboard in of_type(objects, "dashboard"):
        found += _differ(dashboard, _wanted(dashboard))
        found += [fault for panel in panels(dashboard, "lens") for fault in _lens(dashboard, panel)]
    for view in of_type(objects, "index-pattern"):
        found += _differ(view, set())
    return found


def _wanted(dashboard: Json) -> set[tuple[str, str]]:
    """Every reference that the dashboard's panels and controls need, by type and name."""
    controls = dashboard["attributes"]["controlGroupInput"]["panelsJSON"]
    wanted = {("index-pattern", f"controlGroup_{key}:optionsListDataView") for key in controls}
    for panel in panels(dashboard):
        name = panel["panelIndex"]
        if panel["type"] == "search":
            wanted.add(("search", f"{name}:{panel['panelRefName']}"))
        elif panel["type"] == "lens":
            for reference in panel["embeddableConfig"]["attributes"]["references"]:
                wanted.add((reference["type"], f"{name}:{reference['name']}"))
    return wanted


def _lens(dashboard: Json, panel: Json) -> list[str]:
    """What stands in the panel stands at the dashboard, too, with the same id."""
    outer = {ref["name"]: ref["id"] for ref in dashboard["references"]}
    inner = panel["embeddableConfig"]["attributes"]["references"]
    found = []
    layers = panel["embeddableConfig"]["attributes"]["state"]["datasourceStates"]["formBased"]
    names = {f"indexpattern-datasource-layer-{layer}" for layer in layers["layers"]}
    if {ref["name"] for ref in inner} != names:
        found.append(f"panel {panel['panelIndex']}: its layers and their data views differ")
    for ref in inner:
        if outer.get(f"{panel['panelIndex']}:{ref['name']}") not in (ref["id"], None):
            found.append(f"panel {panel['panelIndex']}: another data view inside than outside")
    return found


def _differ(saved: Json, wanted: set[tuple[str, str]]) -> list[str]:
    name = f"{saved['type']} {saved['id']}"
    have = Counter((ref["type"], ref["name"]) for ref in saved["references"])
    missing = [f"{name}: lacks the reference {ref}" for _, ref in wanted - set(have)]
    unused = [f"{name}: has the unused reference {ref}" for _, ref in set(have) - wanted]
    return missing + unused + [f"{name}: {ref} twice" for (_, ref), n in have.items() if n > 1]
