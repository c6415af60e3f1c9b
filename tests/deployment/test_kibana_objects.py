"""The objects that Kibana is given: as the sources say, whole, and made of fields that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.index.elastic.mappings import mappings
from pipeline.index.kibana.build import OLDEST, as_ndjson, build, identity, view_identity
from pipeline.index.kibana.spec import DashboardSpec, Show, load_sources
from schemas.article import CopyKind
from schemas.feed import Outcome
from schemas.figure import VerdictKind
from schemas.search import IndexKind

SHIPPED = Path(__file__).resolve().parents[2] / "kibana" / f"tallywire-{OLDEST}.ndjson"
SOURCES = load_sources()
OBJECTS = build(SOURCES)
BY_ID = {(one["type"], one["id"]): one for one in OBJECTS}
TYPES = {"keyword": "string", "text": "string", "date": "date", "boolean": "boolean"} | dict.fromkeys(
    ("integer", "long", "double"), "number"
)
KQL_FIELD = re.compile(r"([@\w][\w.]*)\s*(?::|>=|<=|>|<)")


def mapped(kind: str) -> dict[str, str]:
    """Field → Elasticsearch type, of one index."""

    def walk(properties: dict[str, Any], before: str) -> Iterator[tuple[str, str]]:
        for name, described in properties.items():
            if "type" in described:
                yield before + name, described["type"]
            yield from walk(described.get("properties", {}) | described.get("fields", {}), f"{before}{name}.")

    return dict(walk(mappings(IndexKind(kind), {})["properties"], ""))


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    return list(json.loads(dashboard["attributes"]["panelsJSON"]))


DASHBOARDS = [one for one in OBJECTS if one["type"] == "dashboard"]
CHARTS = [
    pytest.param(dashboard, panel, id=f"{dashboard['id']}: {panel['title']}")
    for dashboard in DASHBOARDS
    for panel in panels(dashboard)
    if panel["type"] == "lens"
]


def test_what_is_shipped_is_what_the_sources_say() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == as_ndjson(OBJECTS), (
        f"run: tallywire kibana export --out kibana/{SHIPPED.name}"
    )


def test_every_kind_has_a_view_and_every_search_and_dashboard_is_there() -> None:
    assert set(SOURCES.views) == set(IndexKind)
    assert {"new-coverage", "copies", "unread-stories"} <= set(SOURCES.searches)
    assert [one["id"] for one in DASHBOARDS] == [identity(name) for name in ("newsroom", "figures", "feed-health")]


def test_ids_are_fixed_and_no_two_are_alike() -> None:
    assert len(BY_ID) == len(OBJECTS)
    assert build(load_sources()) == OBJECTS
    assert all(re.fullmatch(r"tallywire-[a-z-]+", one["id"]) for one in OBJECTS)


@pytest.mark.parametrize("kind", SOURCES.views)
def test_every_field_of_a_view_is_in_the_mapping_with_its_type(kind: str) -> None:
    found = mapped(kind)
    view = SOURCES.views[kind]
    assert {name: TYPES[found[name]] for name in view.fields} == {name: spec.kind for name, spec in view.fields.items()}
    assert view.types[view.time] == "date"
    for spec in view.computed.values():
        assert [view.types[field] for field in spec.minutes] == ["date", "date"]
    assert not set(view.computed) & set(found)


@pytest.mark.parametrize("name", SOURCES.searches)
def test_a_search_names_fields_of_its_view(name: str) -> None:
    search = SOURCES.searches[name]
    types = SOURCES.views[search.view].types
    assert set(search.columns) <= set(types)
    assert types[search.newest] == "date"
    assert set(KQL_FIELD.findall(search.where)) <= set(types)


@pytest.mark.parametrize(("dashboard", "panel"), CHARTS)
def test_a_chart_counts_fields_that_can_be_counted(dashboard: dict[str, Any], panel: dict[str, Any]) -> None:
    attributes = panel["embeddableConfig"]["attributes"]
    (reference,) = attributes["references"]
    kind = reference["id"].removeprefix(view_identity(""))
    found, view = mapped(kind), SOURCES.views[kind]
    (layer,) = attributes["state"]["datasourceStates"]["formBased"]["layers"].values()
    for column in layer["columns"].values():
        field = column.get("sourceField")
        if field not in (None, "___records___"):
            assert field in view.types, field
            assert found.get(field) != "text", f"{field} is text: Elasticsearch can't count its values"
        if column["operationType"] == "last_value":
            assert view.types[column["params"]["sortField"]] == "date"
        if column["operationType"] in ("last_value", "max", "min", "terms", "date_histogram"):
            assert column["dataType"] == view.types[field]
        asked = column.get("filter", {}).get("query", "").replace('"', "")
        assert set(KQL_FIELD.findall(asked)) <= set(view.types), asked
    assert set(KQL_FIELD.findall(attributes["state"]["query"]["query"])) <= set(view.types)


@pytest.mark.parametrize(("dashboard", "panel"), CHARTS)
def test_a_chart_draws_columns_that_it_asks_for(dashboard: dict[str, Any], panel: dict[str, Any]) -> None:
    state = panel["embeddableConfig"]["attributes"]["state"]
    ((layer_id, layer),) = state["datasourceStates"]["formBased"]["layers"].items()
    columns = layer["columns"]
    assert sorted(layer["columnOrder"]) == sorted(columns)
    groups_first = [not columns[name]["isBucketed"] for name in layer["columnOrder"]]
    assert groups_first == sorted(groups_first), "groups stand before what is counted in them"
    for column in columns.values():
        for reference in column.get("references", []):
            assert reference in columns
        ordering = column.get("params", {}).get("orderBy", {})
        if ordering.get("type") == "column":
            assert columns[ordering["columnId"]]["operationType"] not in ("formula", "math", "last_value")
            assert "reducedTimeRange" not in columns[ordering["columnId"]]
    drawn = json.dumps(state["visualization"])
    assert layer_id in drawn
    helpers = {name for name in columns if re.search(r"X\d+$", name)}
    for name in set(columns) - helpers:
        assert f'"{name}"' in drawn, f"{columns[name]['label']} is asked for and not drawn"
    for name in re.findall(r'"(?:columnId|xAccessor|splitAccessor|metricAccessor)": "([^"]+)"', drawn):
        assert name in columns


def test_what_holds_stands_by_thread_the_most_important_first_with_its_lines_in_order() -> None:
    (panel,) = [
        panel
        for dashboard in DASHBOARDS
        for panel in panels(dashboard)
        if panel["title"].startswith("Current figures") and panel["type"] == "lens"
    ]
    state = panel["embeddableConfig"]["attributes"]["state"]
    (layer,) = state["datasourceStates"]["formBased"]["layers"].values()
    threads, places = [one for one in layer["columns"].values() if one["operationType"] == "terms"]
    assert (threads["sourceField"], places["sourceField"]) == ("thread.id", "brief.place")
    order = layer["columns"][threads["params"]["orderBy"]["columnId"]]
    assert (order["sourceField"], threads["params"]["orderDirection"]) == ("thread.importance", "desc")
    assert places["params"]["orderBy"] == {"type": "alphabetical", "fallback": False}
    assert places["params"]["orderDirection"] == "asc"
    assert "sorting" not in state["visualization"], "sorted by a column, lines would leave their threads"


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda one: str(one["id"]))
def test_every_reference_of_a_dashboard_resolves_and_is_used(dashboard: dict[str, Any]) -> None:
    named = {reference["name"]: reference for reference in dashboard["references"]}
    assert len(named) == len(dashboard["references"])
    for reference in named.values():
        assert (reference["type"], reference["id"]) in BY_ID
    used = set()
    for panel in panels(dashboard):
        if panel["type"] == "search":
            used.add(f"{panel['panelIndex']}:{panel['panelRefName']}")
        for reference in panel["embeddableConfig"].get("attributes", {}).get("references", []):
            used.add(f"{panel['panelIndex']}:{reference['name']}")
            assert named[f"{panel['panelIndex']}:{reference['name']}"]["id"] == reference["id"]
    for control in json.loads(dashboard["attributes"]["controlGroupInput"]["panelsJSON"]):
        used.add(f"controlGroup_{control}:optionsListDataView")
    assert used == set(named)


def test_every_reference_of_a_search_resolves_before_it_comes() -> None:
    seen = set()
    for one in OBJECTS:
        for reference in one["references"]:
            assert (reference["type"], reference["id"]) in seen
        seen.add((one["type"], one["id"]))
        if one["type"] == "search":
            source = json.loads(one["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
            assert source["indexRefName"] == one["references"][0]["name"]


@pytest.mark.parametrize("dashboard", SOURCES.dashboards, ids=lambda one: str(one.id))
def test_panels_fit_the_grid_without_lying_over_each_other(dashboard: DashboardSpec) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard.panels:
        x, y, width, height = panel.at
        assert 0 <= x < x + width <= 48
        cells = {(column, row) for column in range(x, x + width) for row in range(y, y + height)}
        assert not cells & taken, panel.title
        taken |= cells


@pytest.mark.parametrize("dashboard", SOURCES.dashboards, ids=lambda one: str(one.id))
def test_controls_are_of_fields_with_values_to_choose_from(dashboard: DashboardSpec) -> None:
    for control in dashboard.controls:
        assert mapped(control.view)[control.field] == "keyword"


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda one: str(one["id"]))
def test_links_between_dashboards_lead_somewhere(dashboard: dict[str, Any]) -> None:
    links = re.findall(r"#/view/([\w-]+)", dashboard["attributes"]["panelsJSON"])
    assert len(links) == 2
    assert all(("dashboard", link) in BY_ID for link in links)


def test_values_that_are_asked_for_exist() -> None:
    known = {
        "article.outcome": set(Outcome),
        "entry.outcome": set(Outcome),
        "verdict.kind": set(VerdictKind),
        "copy": set(CopyKind),
    }
    text = as_ndjson(OBJECTS)
    found = re.findall(r"(article\.outcome|entry\.outcome|verdict\.kind): (?:\(([\w ]+)\)|(\w+))", text)
    assert found
    for field, several, one in found:
        assert set(several.split(" or ") if several else [one]) <= known[field]


def test_objects_carry_the_versions_of_the_oldest_kibana() -> None:
    assert OLDEST == "9.0"
    for one in OBJECTS:
        assert one["coreMigrationVersion"] == "8.8.0"
        assert set(one) == {
            "type",
            "id",
            "attributes",
            "references",
            "managed",
            "coreMigrationVersion",
            "typeMigrationVersion",
        }
        for name in ("panelsJSON", "optionsJSON", "fieldAttrs", "runtimeFieldMap"):
            assert isinstance(one["attributes"].get(name, ""), str), f"{name} is JSON within a string"


def test_another_prefix_looks_at_other_indices_under_the_same_ids() -> None:
    other = build(SOURCES, "second")
    assert [one["id"] for one in other] == [one["id"] for one in OBJECTS]
    assert other[0]["attributes"]["title"] == "second-articles"


def test_a_slip_in_a_source_is_an_error() -> None:
    with pytest.raises(ValidationError, match="needs a field"):
        Show(what="unique", called="Outlets")
    with pytest.raises(ValidationError, match="percentle"):
        Show.model_validate({"what": "percentile", "field": "x", "called": "x", "percentle": 95})
