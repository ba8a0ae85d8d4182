"""The panels as they stand in the files, and which of them show nothing of a run."""

from elasticsearch import Elasticsearch

from deploy.kibana.build import HERE
from deploy.kibana.dashboards import DASHBOARDS
from tests.kibana import files, kql, translator
from tests.kibana.files import Json
from tests.kibana.translator import Range

SAVED = {one.id: files.read((HERE / f"{one.id}.ndjson").read_text()) for one in DASHBOARDS}


def lens_panels() -> dict[str, Json]:
    """By dashboard and panel, like "sins-sync/latency"."""
    return {
        f"{name}/{panel['panelIndex']}": panel
        for name, objects in SAVED.items()
        for dashboard in files.of_type(objects, "dashboard")
        for panel in files.panels(dashboard, "lens")
    }


def pattern_of(panel: Json) -> str:
    """The indices that a panel asks."""
    reference = panel["embeddableConfig"]["attributes"]["references"][0]
    return f"{reference['id']}*"


def listed(client: Elasticsearch) -> dict[str, int]:
    """How many entries each saved search lists."""
    found = {}
    for objects in SAVED.values():
        for search in files.of_type(objects, "search"):
            source = search["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"]
            query = kql.translated(source["query"]["query"])
            pattern = f"{search['references'][0]['id']}*"
            found[search["id"]] = client.count(index=pattern, query=query)["count"]
    return found


def empty_panels(client: Elasticsearch, when: Range) -> list[str]:
    """Panels that show no row, or only rows without a number, of what was shipped."""
    found = [name for name, count in listed(client).items() if not count]
    for name, panel in lens_panels().items():
        rows = translator.rows(client, pattern_of(panel), panel, when)
        if all(row[-1] is None for row in rows):
            found.append(name)
    return found
