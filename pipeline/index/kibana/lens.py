"""Charts as Kibana's Lens keeps them: a layer of columns that say what to ask, and a picture that says how to draw it.

The structure is that of Lens' form-based layers as Kibana 9.0 exports them; later versions bring it up to date when it
is imported or opened. Column ids are made of the panel and the place, so that the same source gives the same bytes.
"""

from __future__ import annotations

from typing import Any

from pipeline.index.kibana.spec import By, PanelSpec, Show, ViewSpec

Json = dict[str, Any]

RECORDS = "___records___"
_OPERATIONS = {"unique": "unique_count", "last": "last_value"}


def kql(query: str) -> Json:
    return {"query": query, "language": "kuery"}


def chart(panel: PanelSpec, view: ViewSpec, view_id: str, panel_id: str) -> tuple[Json, list[Json]]:
    """The attributes of a Lens chart, and the references it needs."""
    layer_id = f"{panel_id}-layer"
    groups = {f"{panel_id}-by-{at}": by for at, by in enumerate(panel.by)}
    shown = {f"{panel_id}-show-{at}": show for at, show in enumerate(panel.show)}
    columns: Json = {identity: _group(by, view, shown) for identity, by in groups.items()}
    for identity, show in shown.items():
        columns |= _metric(identity, show, view)
    kind, picture = _picture(panel, layer_id, groups, shown)
    references = [{"type": "index-pattern", "id": view_id, "name": f"indexpattern-datasource-layer-{layer_id}"}]
    layer = {"columns": columns, "columnOrder": list(columns), "incompleteColumns": {}, "sampling": 1}
    state = {
        "visualization": picture,
        "query": kql(panel.where),
        "filters": [],
        "datasourceStates": {
            "formBased": {"layers": {layer_id: layer}},
            "textBased": {"layers": {}},
        },
        "internalReferences": [],
        "adHocDataViews": {},
    }
    attributes = {
        "title": panel.title,
        "visualizationType": kind,
        "type": "lens",
        "references": references,
        "state": state,
    }
    return attributes, references


def _group(by: By, view: ViewSpec, shown: dict[str, Show]) -> Json:
    if by.time is not None:
        return {
            "label": by.called or called(view, by.time),
            "customLabel": True,
            "dataType": "date",
            "operationType": "date_histogram",
            "sourceField": by.time,
            "isBucketed": True,
            "scale": "interval",
            "params": {"interval": by.every, "includeEmptyRows": True, "dropPartials": False},
        }
    assert by.field is not None
    ordering = next(((identity, show) for identity, show in shown.items() if show.order), None)
    identity, show = ordering or next(
        ((identity, show) for identity, show in shown.items() if show.what == "count"), (None, None)
    )
    if by.in_order:
        identity, show = None, None
    return {
        "label": by.called or called(view, by.field),
        "customLabel": True,
        "dataType": view.types[by.field],
        "operationType": "terms",
        "sourceField": by.field,
        "isBucketed": True,
        "scale": "ordinal",
        "params": {
            "size": by.top,
            "orderBy": {"type": "column", "columnId": identity}
            if identity
            else {"type": "alphabetical", "fallback": not by.in_order},
            "orderDirection": "asc" if identity is None or (show is not None and show.order == "least") else "desc",
            "otherBucket": False,
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
            "include": [],
            "exclude": [],
            "includeIsRegex": False,
            "excludeIsRegex": False,
        },
    }


def _metric(identity: str, show: Show, view: ViewSpec) -> Json:
    if show.what == "difference":
        return _difference(identity, show, view)
    kind = view.types[show.field] if show.field and show.what in ("last", "max", "min") else "number"
    column: Json = {
        "label": show.called,
        "customLabel": True,
        "dataType": kind,
        "operationType": _OPERATIONS.get(show.what, show.what),
        "sourceField": show.field or RECORDS,
        "isBucketed": False,
        "scale": "ordinal" if kind == "string" else "ratio",
        "params": _params(show, view),
    }
    where = show.where or (f'"{show.field}": *' if show.what == "last" else "")
    return {
        identity: column
        | ({"filter": kql(where)} if where else {})
        | ({"reducedTimeRange": show.within} if show.within else {})
    }


def _params(show: Show, view: ViewSpec) -> Json:
    match show.what:
        case "last":
            return {"sortField": view.time, "showArrayValues": False}
        case "percentile":
            return {"percentile": show.percent}
        case "count" | "unique":
            return {"emptyAsNull": False}
        case _:
            return {}


def _difference(identity: str, show: Show, view: ViewSpec) -> Json:
    """A formula, with the columns that Lens works it out from."""
    assert show.of is not None
    formula = " - ".join(f"last_value({part.field}, kql='{part.where}')" for part in show.of)
    parts: Json = {
        f"{identity}X{at}": {
            "label": f"Part of {show.called}",
            "customLabel": True,
            "dataType": "number",
            "operationType": "last_value",
            "sourceField": part.field,
            "isBucketed": False,
            "scale": "ratio",
            "filter": kql(part.where),
            "params": {"sortField": view.time, "showArrayValues": False},
        }
        for at, part in enumerate(show.of)
    }
    math = f"{identity}X{len(parts)}"
    return parts | {
        math: {
            "label": f"Part of {show.called}",
            "customLabel": True,
            "dataType": "number",
            "operationType": "math",
            "isBucketed": False,
            "scale": "ratio",
            "params": {
                "tinymathAst": {
                    "type": "function",
                    "name": "subtract",
                    "args": list(parts),
                    "location": {"min": 0, "max": len(formula)},
                    "text": formula,
                }
            },
            "references": list(parts),
        },
        identity: {
            "label": show.called,
            "customLabel": True,
            "dataType": "number",
            "operationType": "formula",
            "isBucketed": False,
            "scale": "ratio",
            "params": {"formula": formula, "isFormulaBroken": False},
            "references": [math],
        },
    }


def _picture(panel: PanelSpec, layer_id: str, groups: dict[str, By], shown: dict[str, Show]) -> tuple[str, Json]:
    match panel.chart:
        case "number":
            return "lnsMetric", {"layerId": layer_id, "layerType": "data", "metricAccessor": next(iter(shown))}
        case "table":
            return "lnsDatatable", _table(panel, layer_id, groups, shown)
        case "treemap":
            return "lnsPie", {
                "shape": "treemap",
                "layers": [
                    {
                        "layerId": layer_id,
                        "layerType": "data",
                        "primaryGroups": list(groups),
                        "metrics": list(shown),
                        "numberDisplay": "percent",
                        "categoryDisplay": "default",
                        "legendDisplay": "default",
                        "nestedLegend": False,
                    }
                ],
            }
        case _:
            return "lnsXY", _axes(panel, layer_id, groups, shown)


def _table(panel: PanelSpec, layer_id: str, groups: dict[str, By], shown: dict[str, Show]) -> Json:
    picture: Json = {
        "layerId": layer_id,
        "layerType": "data",
        "columns": [
            *({"columnId": identity, "isMetric": False, "isTransposed": False} for identity in groups),
            *({"columnId": identity, "isMetric": True, "isTransposed": False} for identity in shown),
        ],
        "paging": {"size": 20, "enabled": True},
        "rowHeight": "auto",
        "headerRowHeight": "auto",
    }
    if any(by.in_order for by in groups.values()):
        # Groups within groups stand as they come; sorted by a column, they would be torn apart.
        return picture
    for identity, show in shown.items():
        if (show.called == panel.sorted) if panel.sorted else show.order:
            picture["sorting"] = {"columnId": identity, "direction": "asc" if show.order == "least" else "desc"}
    return picture


def _axes(panel: PanelSpec, layer_id: str, groups: dict[str, By], shown: dict[str, Show]) -> Json:
    across = next(identity for identity, by in groups.items() if by.time)
    split = next((identity for identity, by in groups.items() if by.field), None)
    series = "bar_stacked" if panel.chart == "bars" else "line"
    layer: Json = {
        "layerId": layer_id,
        "layerType": "data",
        "seriesType": series,
        "xAccessor": across,
        "accessors": list(shown),
        "position": "top",
        "showGridlines": False,
    }
    everywhere = {"x": True, "yLeft": True, "yRight": True}
    return {
        "preferredSeriesType": series,
        "layers": [layer | ({"splitAccessor": split} if split else {})],
        "legend": {"isVisible": True, "position": "right", "showSingleSeries": True},
        "valueLabels": "hide",
        "fittingFunction": "Carry" if panel.gaps == "carry" else "None" if panel.chart == "bars" else "Linear",
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": True, "yRight": True},
        "tickLabelsVisibilitySettings": everywhere,
        "gridlinesVisibilitySettings": everywhere,
        "labelsOrientation": {"x": 0, "yLeft": 0, "yRight": 0},
    }


def called(view: ViewSpec, field: str) -> str:
    """What people call a field."""
    return view.fields[field].called if field in view.fields else view.computed[field].called
