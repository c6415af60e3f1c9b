"""From the sources to what Kibana imports: one saved object a line, the same bytes from the same sources.

Kibana takes objects of its own version and of older ones, never of newer ones. So each is written in the form of
Kibana 9.0, the oldest we promise, and every later 9.x migrates it while importing. Ids are fixed: importing again
replaces, and links keep.
"""

from __future__ import annotations

import json
from typing import Any

from pipeline.index.kibana.lens import Json, chart, kql
from pipeline.index.kibana.spec import ComputedSpec, DashboardSpec, PanelSpec, SearchSpec, Sources, ViewSpec

OLDEST = "9.0"
"""The oldest Kibana that takes these objects."""

PREFIX = "tallywire"
"""How the names of the indices begin, unless set otherwise."""

_CORE_VERSION = "8.8.0"
_TYPE_VERSIONS = {"index-pattern": "8.0.0", "search": "10.5.0", "dashboard": "10.2.0"}
"""How far each type had been migrated in Kibana 9.0. Newer ones would be refused by it; older ones run migrations meant
for other forms."""
_PANEL_VERSION = "9.0.0"
_INDEX_OF_SEARCH = "kibanaSavedObjectMeta.searchSourceJSON.index"


def identity(name: str) -> str:
    """The id of a saved search or a dashboard."""
    return f"tallywire-{name}"


def view_identity(name: str) -> str:
    """The id of a data view."""
    return identity(f"view-{name}")


def build(sources: Sources, prefix: str = PREFIX) -> list[Json]:
    """Every object, what is referred to before what refers to it; ``prefix`` begins the names of the indices."""
    return [
        *(_view(name, view, f"{prefix}-{name}") for name, view in sources.views.items()),
        *(_search(name, search) for name, search in sources.searches.items()),
        *(_dashboard(dashboard, sources) for dashboard in sources.dashboards),
    ]


def as_ndjson(objects: list[Json]) -> str:
    """The objects as Kibana's import takes them."""
    return "".join(json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in objects)


def _object(kind: str, identity: str, attributes: Json, references: list[Json]) -> Json:
    return {
        "type": kind,
        "id": identity,
        "attributes": attributes,
        "references": references,
        "managed": False,
        "coreMigrationVersion": _CORE_VERSION,
        "typeMigrationVersion": _TYPE_VERSIONS[kind],
    }


def _packed(value: Any) -> str:
    # Kibana keeps much of its state as text that is JSON once more.
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _view(name: str, view: ViewSpec, index: str) -> Json:
    labels = {field: {"customLabel": spec.called} for field, spec in view.fields.items()}
    labels |= {field: {"customLabel": spec.called} for field, spec in view.computed.items()}
    links = {
        field: {"id": "url", "params": {"type": "a", "urlTemplate": None, "labelTemplate": None}}
        for field, spec in view.fields.items()
        if spec.link
    }
    attributes = {
        "title": index,
        "name": view.name,
        "timeFieldName": view.time,
        "fieldAttrs": _packed(labels),
        "fieldFormatMap": _packed(links),
        "fields": "[]",
        "runtimeFieldMap": _packed({field: _computed(spec) for field, spec in view.computed.items()}),
        "sourceFilters": "[]",
        "typeMeta": "{}",
        "allowHidden": False,
    }
    return _object("index-pattern", view_identity(name), attributes, [])


def _computed(spec: ComputedSpec) -> Json:
    start, end = (f"doc['{field}']" for field in spec.minutes)
    source = (
        f"if ({start}.size() == 0 || {end}.size() == 0) {{ return; }} "
        f"emit(Math.max(0, {end}.value.toInstant().toEpochMilli() - {start}.value.toInstant().toEpochMilli())"
        " / 60000.0);"
    )
    return {"type": "double", "script": {"source": source}}


def _search(name: str, search: SearchSpec) -> Json:
    asked = {"query": kql(search.where), "filter": [], "indexRefName": _INDEX_OF_SEARCH, "highlightAll": True}
    attributes = {
        "title": f"Tallywire: {search.title}",
        "description": search.description,
        "columns": list(search.columns),
        "sort": [[search.newest, "desc"]],
        "grid": {},
        "hideChart": False,
        "isTextBasedQuery": False,
        "timeRestore": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": _packed(asked)},
    }
    references = [{"type": "index-pattern", "id": view_identity(search.view), "name": _INDEX_OF_SEARCH}]
    return _object("search", identity(name), attributes, references)


def _dashboard(dashboard: DashboardSpec, sources: Sources) -> Json:
    panels: list[Json] = []
    references: list[Json] = []
    for at, spec in enumerate(dashboard.panels):
        panel, needed = _panel(spec, f"{dashboard.id}-{at}", sources)
        panels.append(panel)
        references += needed
    controls, needed = _controls(dashboard, sources)
    attributes = {
        "title": dashboard.title,
        "description": dashboard.description,
        "panelsJSON": _packed(panels),
        "optionsJSON": _packed(
            {
                "useMargins": True,
                "syncColors": True,
                "syncCursor": True,
                "syncTooltips": False,
                "hidePanelTitles": False,
            }
        ),
        "controlGroupInput": controls,
        "timeRestore": True,
        "timeFrom": dashboard.period,
        "timeTo": "now",
        "refreshInterval": {"pause": False, "value": 60000},
        "kibanaSavedObjectMeta": {"searchSourceJSON": _packed({"query": kql(""), "filter": []})},
        "version": 3,
    }
    return _object("dashboard", identity(dashboard.id), attributes, references + needed)


def _panel(spec: PanelSpec, panel_id: str, sources: Sources) -> tuple[Json, list[Json]]:
    x, y, width, height = spec.at
    panel: Json = {
        "panelIndex": panel_id,
        "gridData": {"x": x, "y": y, "w": width, "h": height, "i": panel_id},
        "version": _PANEL_VERSION,
        "title": spec.title,
    }
    if spec.text is not None:
        saved = {
            "id": "",
            "title": "",
            "description": "",
            "type": "markdown",
            "params": {"fontSize": 12, "openLinksInNewTab": False, "markdown": spec.text},
            "uiState": {},
            "data": {"aggs": [], "searchSource": {"query": kql(""), "filter": []}},
        }
        settings = {"savedVis": saved, "enhancements": {}, "hidePanelTitles": True}
        return panel | {"type": "visualization", "embeddableConfig": settings}, []
    if spec.search is not None:
        name = f"panel_{panel_id}"
        needed = [{"type": "search", "id": identity(spec.search), "name": f"{panel_id}:{name}"}]
        return panel | {"type": "search", "panelRefName": name, "embeddableConfig": {"enhancements": {}}}, needed
    assert spec.view is not None
    attributes, within = chart(spec, sources.views[spec.view], view_identity(spec.view), panel_id)
    needed = [reference | {"name": f"{panel_id}:{reference['name']}"} for reference in within]
    settings = {"attributes": attributes, "enhancements": {}, "hidePanelTitles": False}
    return panel | {"type": "lens", "embeddableConfig": settings}, needed


def _controls(dashboard: DashboardSpec, sources: Sources) -> tuple[Json, list[Json]]:
    controls: Json = {}
    references = []
    for at, spec in enumerate(dashboard.controls):
        control = f"{dashboard.id}-control-{at}"
        controls[control] = {
            "type": "optionsListControl",
            "order": at,
            "grow": True,
            "width": "medium",
            "explicitInput": {
                "id": control,
                "fieldName": spec.field,
                "title": sources.views[spec.view].fields[spec.field].called,
                "searchTechnique": "wildcard",
                "selectedOptions": [],
                "sort": {"by": "_count", "direction": "desc"},
                "enhancements": {},
            },
        }
        name = f"controlGroup_{control}:optionsListDataView"
        references.append({"type": "index-pattern", "id": view_identity(spec.view), "name": name})
    heard = dict.fromkeys(("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations"), False)
    group = {
        "chainingSystem": "HIERARCHICAL",
        "controlStyle": "oneLine",
        "showApplySelections": False,
        "ignoreParentSettingsJSON": _packed(heard),
        "panelsJSON": _packed(controls),
    }
    return group, references
