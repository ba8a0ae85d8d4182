"""Panel → the state that Kibana's Lens keeps: columns of one layer, and how they are drawn."""

from collections.abc import Mapping, Sequence
from typing import Any

from deploy.kibana.spec import (
    Bucket,
    Count,
    DataView,
    Graph,
    Heatmap,
    Measure,
    Number,
    Panel,
    Percentile,
    Split,
    Table,
    Time,
    Top,
    Value,
)
from deploy.kibana.views import TIME_FIELD

LAYER = "layer"
RECORDS = "___records___"  # what Lens calls the documents themselves
X, Y, SPLIT = "x", "y", "split"
# Lens' names; "across" lies on its side.
SERIES = {
    "bars": "bar",
    "stacked": "bar_stacked",
    "lines": "line",
    "areas": "area_stacked",
    "across": "bar_horizontal_stacked",
}
# From few to many, light to dark: Kibana's own "positive" palette.
SHADES = ("#d6e9e4", "#aed3ca", "#85bdb1", "#5aa898", "#209280")


def attributes(panel: Panel, view: DataView) -> dict[str, Any]:
    """What a panel of type `lens` holds by value."""
    kind, columns, drawn = _drawn(panel)
    layer = {
        "columns": columns,
        "columnOrder": list(columns),
        "incompleteColumns": {},
        "sampling": 1,
    }
    return {
        "title": "",
        "description": panel.question,
        "visualizationType": kind,
        "type": "lens",
        "references": [{"type": "index-pattern", "id": view.id, "name": layer_reference()}],
        "state": {
            "query": kql(panel.where),
            "filters": [],
            "internalReferences": [],
            "adHocDataViews": {},
            "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
            "visualization": drawn,
        },
    }


def layer_reference() -> str:
    return f"indexpattern-datasource-layer-{LAYER}"


def kql(query: str) -> dict[str, str]:
    return {"query": query, "language": "kuery"}


def _drawn(panel: Panel) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Visualization type, columns (the outer buckets first), state of the visualization."""
    match panel:
        case Number():
            return "lnsMetric", *_number(panel)
        case Graph():
            return "lnsXY", *_graph(panel)
        case Table():
            return "lnsDatatable", *_table(panel)
        case Heatmap():
            return "lnsHeatmap", *_heatmap(panel)
    raise TypeError(f"{panel.id}: a {type(panel).__name__} is not drawn by Lens")


def _number(panel: Number) -> tuple[dict[str, Any], dict[str, Any]]:
    buckets = {} if panel.each is None else {SPLIT: panel.each}
    columns = _columns(buckets, [panel.measure])
    drawn = _data_layer() | {"metricAccessor": "m0"}
    if panel.each is not None:
        drawn |= {"breakdownByAccessor": SPLIT, "maxCols": 3}
    return columns, drawn


def _graph(panel: Graph) -> tuple[dict[str, Any], dict[str, Any]]:
    # The series outside, the time inside: its greatest values are those of the whole range.
    buckets: dict[str, Bucket] = {} if panel.split is None else {SPLIT: panel.split}
    columns = _columns(buckets | {X: panel.x}, panel.measures)
    series = SERIES[panel.chart]
    layer = _data_layer() | {
        "seriesType": series,
        "position": "top",
        "showGridlines": False,
        "xAccessor": X,
        "accessors": _names(panel.measures),
    }
    if panel.split is not None:
        layer["splitAccessor"] = SPLIT
    shown = {"x": True, "yLeft": True, "yRight": True}
    drawn = {
        "preferredSeriesType": series,
        "layers": [layer],
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        "fittingFunction": "None",
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": False},
        "tickLabelsVisibilitySettings": shown,
        "gridlinesVisibilitySettings": shown,
        "labelsOrientation": {"x": 0, "yLeft": 0, "yRight": 0},
    }
    return columns, drawn


def _table(panel: Table) -> tuple[dict[str, Any], dict[str, Any]]:
    columns = _columns({f"r{i}": row for i, row in enumerate(panel.rows)}, panel.measures)
    shown = [{"columnId": name, "isTransposed": False} for name in columns]
    return columns, _data_layer() | {"columns": shown}


def _heatmap(panel: Heatmap) -> tuple[dict[str, Any], dict[str, Any]]:
    columns = _columns({Y: panel.y, X: panel.x}, [panel.measure])
    stops = [{"color": color, "stop": 20 * step} for step, color in enumerate(SHADES)]
    drawn = _data_layer() | {
        "shape": "heatmap",
        "xAccessor": X,
        "yAccessor": Y,
        "valueAccessor": "m0",
        "legend": {"isVisible": True, "position": "right", "type": "heatmap_legend"},
        "gridConfig": {
            "type": "heatmap_grid",
            "isCellLabelVisible": False,
            "isXAxisLabelVisible": True,
            "isXAxisTitleVisible": False,
            "isYAxisLabelVisible": True,
            "isYAxisTitleVisible": False,
        },
        "palette": {
            "type": "palette",
            "name": "positive",
            "accessor": "m0",
            "params": {
                "name": "positive",
                "steps": len(SHADES),
                "continuity": "above",
                "reverse": False,
                "rangeType": "percent",
                "rangeMin": 0,
                "rangeMax": None,
                "stops": stops,
            },
        },
    }
    return columns, drawn


def _data_layer() -> dict[str, Any]:
    return {"layerId": LAYER, "layerType": "data"}


def _names(measures: Sequence[Measure]) -> list[str]:
    return [f"m{number}" for number in range(len(measures))]


def _columns(buckets: Mapping[str, Bucket], measures: Sequence[Measure]) -> dict[str, Any]:
    columns = {name: _bucket(bucket) for name, bucket in buckets.items()}
    return columns | dict(zip(_names(measures), map(_measure, measures), strict=True))


def _bucket(bucket: Bucket) -> dict[str, Any]:
    match bucket:
        case Time():
            return {
                "label": TIME_FIELD,
                "dataType": "date",
                "isBucketed": True,
                "scale": "interval",
                "operationType": "date_histogram",
                "sourceField": TIME_FIELD,
                "params": {"interval": "auto", "includeEmptyRows": True, "dropPartials": False},
            }
        case Top():
            return _top(bucket)
        case Split():
            filters = [{"input": kql(query), "label": label} for label, query in bucket.parts]
            return {
                "label": bucket.label,
                "customLabel": True,
                "dataType": "string",
                "isBucketed": True,
                "scale": "ordinal",
                "operationType": "filters",
                "params": {"filters": filters},
            }


def _top(bucket: Top) -> dict[str, Any]:
    order = (
        {"type": "alphabetical", "fallback": False}
        if bucket.by_name
        else {"type": "column", "columnId": "m0"}
    )
    return {
        "label": bucket.label,
        "customLabel": True,
        "dataType": "number" if bucket.is_number else "string",
        "isBucketed": True,
        "scale": "ordinal",  # of numbers, too: values beside each other, not a measure
        "operationType": "terms",
        "sourceField": bucket.field,
        "params": {
            "size": bucket.size,
            "orderBy": order,
            "orderDirection": "asc" if bucket.by_name else "desc",
            "otherBucket": False,
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
            "include": [],
            "exclude": [],
            "includeIsRegex": False,
            "excludeIsRegex": False,
        },
    }


def _measure(measure: Measure) -> dict[str, Any]:
    column: dict[str, Any] = {
        "label": measure.label,
        "customLabel": True,
        "dataType": "number",
        "isBucketed": False,
        "scale": "ratio",
    }
    if measure.where:
        column["filter"] = kql(measure.where)
    match measure:
        case Count():
            column |= {"operationType": "count", "sourceField": RECORDS}
            column |= {"params": {"emptyAsNull": False}}
            column |= {"timeScale": measure.per} if measure.per else {}
        case Percentile():
            column |= {"operationType": "percentile", "sourceField": measure.field}
            column |= {"params": {"percentile": measure.percent}}
        case Value(how="last_value"):
            column |= {"operationType": "last_value", "sourceField": measure.field}
            column |= {"params": {"sortField": TIME_FIELD, "showArrayValues": False}}
            # As Kibana does by itself: the last of those that have the field.
            column.setdefault("filter", kql(f"{measure.field}: *"))
        case Value():
            column |= {"operationType": measure.how, "sourceField": measure.field}
            column |= {"params": {"emptyAsNull": False}}
    return column
