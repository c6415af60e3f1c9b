"""Documents as Elasticsearch keeps them, and back."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from pipeline.index.elastic.mappings import FIELDS, NUMBER, STEMS, TEXT_CAP
from pipeline.index.words import joined
from schemas.search import ArticleDocument, Document, IndexKind


def source_of(kind: IndexKind, document: Document, languages: Collection[str] = ()) -> dict[str, Any]:
    """The ``_source`` of a document: nested by its names, without what is empty.

    An article's text is cut at `TEXT_CAP` characters and says so; its words go once more under its language, if that is
    one of ``languages``. A number that JSON has no word for (infinity) is left out.
    """
    if isinstance(document, ArticleDocument) and len(document.text) > TEXT_CAP:
        document = document.model_copy(update={"text": document.text[:TEXT_CAP], "shortened": True})
    values = document.model_dump(mode="json")
    defaults = type(document).model_fields
    source: dict[str, Any] = {}
    for field, (name, described) in FIELDS[kind].items():
        value = _finite(values[field]) if described is NUMBER else values[field]
        if value is None or value == [] or (value == "" and defaults[field].default == ""):
            continue
        *parents, leaf = name.split(".")
        place = source
        for parent in parents:
            place = place.setdefault(parent, {})
        place[leaf] = value
    if isinstance(document, ArticleDocument) and document.language in languages:
        # An analyser that comes with Elasticsearch takes no dots out of acronyms.
        source[STEMS] = {document.language: [joined(part) for part in (document.title, document.text) if part]}
    return source


def article_of(source: Mapping[str, Any], version: int) -> ArticleDocument:
    """The article that a ``_source`` holds."""
    given: dict[str, Any] = {"version": version, "language": None}
    for field, (name, _) in FIELDS[IndexKind.ARTICLES].items():
        value: Any = source
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is not None:
            given[field] = value
    return ArticleDocument.model_validate(given)


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [number for number in value if math.isfinite(number)]
    return value if value is None or math.isfinite(value) else None
