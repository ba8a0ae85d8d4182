"""Lens state → Elasticsearch aggregations, and their answer → rows.

No more than our panels need, and as Kibana would ask: buckets inside each other in the order of the
columns, measures inside the last, a measure's filter around it. Two things differ. Kibana chooses
the steps of time by the range; here the caller does. The last value of a field Kibana asks of
`top_metrics`, which Elasticsearch's Maven artefacts lack: here it is the newest hit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from tests.kibana import kql
from tests.kibana.files import Json, lens_state

STEP_S = {"1m": 60, "1h": 3600, "1d": 86400}
PER_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SIMPLE = {"sum": "sum", "average": "avg", "max": "max", "min": "min", "unique_count": "cardinality"}
# Exact up to there (docs of the cardinality aggregation); Kibana's default is 3000.
PRECISION = 3000

Row = tuple[Any, ...]


class Untranslatable(ValueError):
    """The translator does not know this column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """`since` ≤ @timestamp < `until`, in steps of `step`."""

    since: str
    until: str
    step: str = "1h"


def rows(client: Elasticsearch, pattern: str, panel: Json, when: Range) -> list[Row]:
    """What the panel shows: bucket keys and measures in the order of its columns. Times are
    milliseconds."""
    layer = next(iter(lens_state(panel)["datasourceStates"]["formBased"]["layers"].values()))
    body = _body(lens_state(panel)["query"]["query"], layer, when)
    answer = client.search(index=pattern, size=0, query=body["query"], aggs=body["aggs"])
    names, columns = _split(layer)
    return list(_read(answer["aggregations"], names, columns, when))


def _body(query: str, layer: Json, when: Range) -> Json:
    time = {"range": {"@timestamp": {"gte": when.since, "lt": when.until}}}
    names, columns = _split(layer)
    measures = [name for name in names if not columns[name]["isBucketed"]]
    aggs = {name: _measure(columns[name]) for name in measures}
    for name in reversed([name for name in names if columns[name]["isBucketed"]]):
        aggs = {name: _bucket(columns[name], columns, when) | {"aggs": aggs}}
    return {"query": {"bool": {"filter": [time, kql.translated(query)]}}, "aggs": aggs}


def _split(layer: Json) -> tuple[list[str], Json]:
    return layer["columnOrder"], layer["columns"]


def _bucket(column: Json, columns: Json, when: Range) -> Json:
    params = column["params"]
    match column["operationType"]:
        case "date_histogram":
            steps = {"fixed_interval": when.step, "time_zone": "UTC", "min_doc_count": 1}
            return {"date_histogram": {"field": column["sourceField"], **steps}}
        case "terms":
            order = _order(params, columns)
            return {
                "terms": {"field": column["sourceField"], "size": params["size"], "order": order}
            }
        case "filters":
            parts = {
                part["label"]: kql.translated(part["input"]["query"]) for part in params["filters"]
            }
            return {"filters": {"filters": parts}}
    raise Untranslatable(column["operationType"])


def _order(params: Json, columns: Json) -> dict[str, str]:
    direction = params["orderDirection"]
    if params["orderBy"]["type"] == "alphabetical":
        return {"_key": direction}
    name = params["orderBy"]["columnId"]
    column = columns[name]
    if column["operationType"] == "count" and "filter" not in column:
        return {"_count": direction}
    if "filter" in column or column["operationType"] not in SIMPLE:
        raise Untranslatable(f"order by {name}")
    return {name: direction}


def _measure(column: Json) -> Json:
    inner = _inner(column)
    if "filter" in column or inner is None:
        query = kql.translated(column.get("filter", {}).get("query", ""))
        return {"filter": query, **({"aggs": {"value": inner}} if inner else {})}
    return inner


def _inner(column: Json) -> Json | None:
    """The aggregation itself; None: the number of documents."""
    field, operation = column["sourceField"], column["operationType"]
    if operation == "count":
        return None
    if operation == "percentile":
        return {"percentiles": {"field": field, "percents": [column["params"]["percentile"]]}}
    if operation == "last_value":
        newest = [{column["params"]["sortField"]: "desc"}]
        return {"top_hits": {"size": 1, "sort": newest, "_source": False, "fields": [field]}}
    if operation in SIMPLE:
        precise = {"precision_threshold": PRECISION} if operation == "unique_count" else {}
        return {SIMPLE[operation]: {"field": field, **precise}}
    raise Untranslatable(operation)


def _read(aggs: Json, names: list[str], columns: Json, when: Range) -> Iterator[Row]:
    """Rows of one level: for each of its buckets those of the level below."""
    name, *below = names
    if not columns[name]["isBucketed"]:
        yield tuple(_number(aggs[measure], columns[measure], when) for measure in names)
        return
    for key, bucket in _buckets(aggs[name]["buckets"], columns[name]):
        if not bucket["doc_count"]:
            continue
        for tail in _read(bucket, below, columns, when):
            yield (key, *tail)


def _buckets(found: Any, column: Json) -> list[tuple[Any, Json]]:
    """In the order in which they are shown."""
    if isinstance(found, list):
        return [(bucket["key"], bucket) for bucket in found]
    return [(part["label"], found[part["label"]]) for part in column["params"]["filters"]]


def _number(answer: Json, column: Json, when: Range) -> Any:
    operation = column["operationType"]
    if operation == "count":
        seconds = PER_S.get(column.get("timeScale", ""))
        count = answer["doc_count"]
        return count * seconds / STEP_S[when.step] if seconds else count
    inner = answer.get("value") if "filter" in column else answer
    if operation == "percentile":
        return next(iter(inner["values"].values()))
    if operation == "last_value":
        hits = inner["hits"]["hits"]
        return hits[0]["fields"][column["sourceField"]][0] if hits else None
    return inner["value"]
