"""What the YAML sources may say: data views, saved searches, dashboards and their panels."""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

DASHBOARDS = ("newsroom", "figures", "feed-health")

FieldType = Literal["string", "number", "date", "boolean"]


class Spec(BaseModel):
    """A part of a source; an unknown word is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class FieldSpec(Spec):
    """A field of the index, as Kibana types it, and what people call it."""

    kind: FieldType = Field(alias="is")
    called: str
    link: bool = False
    hidden: bool = Field(default=False, description="used for counting only; another field shows the same")


class ComputedSpec(Spec):
    """Minutes between two times of one document; nothing where one of them is missing."""

    called: str
    minutes: tuple[str, str]


class ViewSpec(Spec):
    name: str
    time: str
    fields: dict[str, FieldSpec]
    computed: dict[str, ComputedSpec] = {}

    @cached_property
    def types(self) -> dict[str, FieldType]:
        """Every field that may be named, with its type."""
        computed: dict[str, FieldType] = dict.fromkeys(self.computed, "number")
        return {name: field.kind for name, field in self.fields.items()} | computed


class SearchSpec(Spec):
    title: str
    description: str
    view: str
    where: str = ""
    columns: tuple[str, ...]
    newest: str


class By(Spec):
    """What to count apart: spans of time, or the most frequent values of a field."""

    time: str | None = None
    every: str = Field(default="auto", description="1h, 1d …; auto fits the period shown")
    field: str | None = None
    top: int = 10
    in_order: bool = Field(default=False, description="the values themselves, ascending, whatever is shown of them")
    called: str | None = None

    @model_validator(mode="after")
    def _time_or_field(self) -> By:
        if (self.time is None) == (self.field is None):
            raise ValueError("give either time or field")
        return self


class Part(Spec):
    """One side of a difference: the last value of a field."""

    field: str
    where: str


class Show(Spec):
    """One number, text or time for each group."""

    what: Literal["count", "unique", "last", "max", "min", "median", "percentile", "difference"]
    called: str
    field: str | None = None
    where: str = ""
    within: str | None = Field(default=None, description="counts only the last part of the period, such as 1d")
    percent: int | None = None
    order: Literal["most", "least"] | None = Field(default=None, description="which groups are kept and shown first")
    of: tuple[Part, Part] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Show:
        if (self.what in ("count", "difference")) != (self.field is None):
            raise ValueError(f"{self.what} {'has no' if self.field else 'needs a'} field")
        if (self.what == "difference") != (self.of is not None):
            raise ValueError("`of` belongs to a difference, and a difference needs it")
        if (self.what == "percentile") != (self.percent is not None):
            raise ValueError("`percent` belongs to a percentile, and a percentile needs it")
        return self


class PanelSpec(Spec):
    """A part of a dashboard: a text, a saved search or a chart. ``at`` is x, y, width and height; 48 are the width."""

    at: tuple[int, int, int, int]
    title: str = ""
    text: str | None = None
    search: str | None = None
    chart: Literal["bars", "lines", "table", "treemap", "number"] | None = None
    view: str | None = None
    where: str = ""
    by: tuple[By, ...] = ()
    show: tuple[Show, ...] = ()
    sorted: str | None = Field(default=None, description="table: the column by which its rows stand, the most first")
    gaps: Literal["none", "carry"] = Field(default="none", description="lines: whether the last value is carried on")

    @model_validator(mode="after")
    def _one_kind(self) -> PanelSpec:
        if [self.text, self.search, self.chart].count(None) != 2:
            raise ValueError("a panel is a text, a search or a chart")
        if self.chart is not None and (self.view is None or not self.show):
            raise ValueError("a chart needs a view and something to show")
        return self


class ControlSpec(Spec):
    view: str
    field: str


class DashboardSpec(Spec):
    id: str
    title: str
    description: str
    period: str
    controls: tuple[ControlSpec, ...]
    panels: tuple[PanelSpec, ...]


class Sources(Spec):
    """All of it."""

    views: dict[str, ViewSpec] = Field(description="by the kind of document each shows")
    searches: dict[str, SearchSpec]
    dashboards: tuple[DashboardSpec, ...]


def load_sources() -> Sources:
    """The sources that come with Tallywire. Raises ``pydantic.ValidationError`` where they are not what they may be."""
    return Sources(
        views=TypeAdapter(dict[str, ViewSpec]).validate_python(_read("views")),
        searches=TypeAdapter(dict[str, SearchSpec]).validate_python(_read("searches")),
        dashboards=tuple(DashboardSpec.model_validate(_read(name)) for name in DASHBOARDS),
    )


def _read(name: str) -> Any:
    return yaml.safe_load((files(__package__) / "source" / f"{name}.yaml").read_text(encoding="utf-8"))
