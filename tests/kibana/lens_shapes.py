"""Step 1 for Lens: the columns of a layer and the states of each visualization.

Kibana itself takes any state: a wrong one imports and stays blank.
"""

from typing import Any

from tests.kibana.files import Json
from tests.kibana.schema import FLAG, NAME, NUMBER, QUERY, TEXT, WHOLE, exactly, lists, one_of

# Columns of a layer: what every operation has, and what each one has besides.
COLUMN = {"label": NAME, "dataType": one_of("string", "number", "date"), "isBucketed": FLAG}
LABELLED = {"customLabel": {"const": True}}
EMPTY_AS_NULL = exactly({"emptyAsNull": FLAG})


def _bucket(scale: Json, **more: Any) -> Json:
    return exactly(COLUMN | {"isBucketed": {"const": True}, "scale": scale} | more, LABELLED)


def _metric(operation: str, params: Json, **more: Any) -> Json:
    required = {
        "isBucketed": {"const": False},
        "dataType": {"const": "number"},
        "scale": {"const": "ratio"},
        "operationType": {"const": operation},
        "sourceField": NAME,
        "params": params,
    }
    return exactly(COLUMN | required, LABELLED | {"filter": QUERY} | more)


ORDERS = {
    "oneOf": [
        exactly({"type": {"const": "column"}, "columnId": NAME}),
        exactly({"type": {"const": "alphabetical"}, "fallback": FLAG}),
    ]
}
TERMS = exactly(
    {
        "size": {"type": "integer", "minimum": 1, "maximum": 1000},
        "orderBy": ORDERS,
        "orderDirection": one_of("asc", "desc"),
        "otherBucket": FLAG,
        "missingBucket": FLAG,
        "parentFormat": exactly({"id": {"const": "terms"}}),
        "include": lists(TEXT),
        "exclude": lists(TEXT),
        "includeIsRegex": FLAG,
        "excludeIsRegex": FLAG,
    }
)
STEPS = exactly({"interval": NAME, "includeEmptyRows": FLAG, "dropPartials": FLAG})
PARTS = exactly({"filters": lists(exactly({"input": QUERY, "label": TEXT}), minItems=1)})
OPERATIONS = {
    "date_histogram": _bucket(
        {"const": "interval"},
        dataType={"const": "date"},
        operationType={"const": "date_histogram"},
        sourceField=NAME,
        params=STEPS,
    ),
    "terms": _bucket(
        {"const": "ordinal"},
        operationType={"const": "terms"},
        sourceField=NAME,
        params=TERMS,
    ),
    "filters": _bucket(
        {"const": "ordinal"},
        dataType={"const": "string"},
        operationType={"const": "filters"},
        params=PARTS,
    ),
    "count": _metric("count", EMPTY_AS_NULL, timeScale=one_of("s", "m", "h", "d")),
    "percentile": _metric(
        "percentile",
        exactly({"percentile": {"type": "number", "exclusiveMinimum": 0, "maximum": 100}}),
    ),
    "last_value": _metric("last_value", exactly({"sortField": NAME, "showArrayValues": FLAG})),
    **{
        operation: _metric(operation, EMPTY_AS_NULL)
        for operation in ("sum", "average", "max", "min", "unique_count")
    },
}
LAYER = exactly(
    {
        "columns": {"type": "object", "minProperties": 1},
        "columnOrder": lists(NAME, minItems=1, uniqueItems=True),
        "incompleteColumns": {"const": {}},
        "sampling": {"const": 1},
    }
)
SERIES = one_of("bar", "bar_stacked", "line", "area_stacked", "bar_horizontal_stacked")
AXES = exactly(dict.fromkeys(("x", "yLeft", "yRight"), FLAG))
DATA = {"layerId": NAME, "layerType": {"const": "data"}}
PALETTE = exactly(
    {
        "type": {"const": "palette"},
        "name": NAME,
        "accessor": NAME,
        "params": exactly(
            {
                "name": NAME,
                "steps": WHOLE,
                "continuity": one_of("above", "below", "all", "none"),
                "reverse": FLAG,
                "rangeType": one_of("percent", "number"),
                "rangeMin": {"type": ["number", "null"]},
                "rangeMax": {"type": ["number", "null"]},
                "stops": lists(
                    exactly(
                        {
                            "color": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
                            "stop": NUMBER,
                        }
                    )
                ),
            }
        ),
    }
)
VISUALIZATIONS = {
    "lnsXY": exactly(
        {
            "preferredSeriesType": SERIES,
            "layers": lists(
                exactly(
                    DATA
                    | {
                        "seriesType": SERIES,
                        "position": {"const": "top"},
                        "showGridlines": FLAG,
                        "xAccessor": NAME,
                        "accessors": lists(NAME, minItems=1),
                    },
                    {"splitAccessor": NAME},
                ),
                minItems=1,
                maxItems=1,
            ),
            "legend": exactly({"isVisible": FLAG, "position": {"const": "right"}}),
            "valueLabels": one_of("hide", "show"),
            "fittingFunction": one_of("None", "Zero", "Linear", "Carry"),
            "axisTitlesVisibilitySettings": AXES,
            "tickLabelsVisibilitySettings": AXES,
            "gridlinesVisibilitySettings": AXES,
            "labelsOrientation": exactly(dict.fromkeys(("x", "yLeft", "yRight"), NUMBER)),
        }
    ),
    "lnsMetric": exactly(
        DATA | {"metricAccessor": NAME}, {"breakdownByAccessor": NAME, "maxCols": WHOLE}
    ),
    "lnsDatatable": exactly(
        DATA | {"columns": lists(exactly({"columnId": NAME, "isTransposed": FLAG}), minItems=1)}
    ),
    "lnsHeatmap": exactly(
        DATA
        | {
            "shape": {"const": "heatmap"},
            "xAccessor": NAME,
            "yAccessor": NAME,
            "valueAccessor": NAME,
            "legend": exactly(
                {
                    "isVisible": FLAG,
                    "position": {"const": "right"},
                    "type": {"const": "heatmap_legend"},
                }
            ),
            "gridConfig": exactly(
                {
                    "type": {"const": "heatmap_grid"},
                    "isCellLabelVisible": FLAG,
                    "isXAxisLabelVisible": FLAG,
                    "isXAxisTitleVisible": FLAG,
                    "isYAxisLabelVisible": FLAG,
                    "isYAxisTitleVisible": FLAG,
                }
            ),
            "palette": PALETTE,
        }
    ),
}
