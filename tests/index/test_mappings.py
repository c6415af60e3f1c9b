"""The mappings say of every field of every document what it is, and nothing else."""

from __future__ import annotations

import math
import types
from datetime import UTC, date, datetime
from typing import Any, Union, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.index.elastic.documents import article_of, source_of
from pipeline.index.elastic.mappings import FIELDS, STEMS, TEXT_CAP, fingerprint, mappings
from pipeline.index.elastic.writing import key_of
from schemas.search import (
    AlertDocument,
    ArticleDocument,
    BriefDocument,
    Document,
    EntryDocument,
    FigureDocument,
    IndexKind,
    StoryDocument,
)
from tests.index.test_contract import NOON, document

ANALYZERS = {"*": "folding", "en": "english"}
MODELS: dict[IndexKind, type[Document]] = {
    IndexKind.ARTICLES: ArticleDocument,
    IndexKind.STORIES: StoryDocument,
    IndexKind.FIGURES: FigureDocument,
    IndexKind.ALERTS: AlertDocument,
    IndexKind.ENTRIES: EntryDocument,
    IndexKind.BRIEFS: BriefDocument,
}
TYPES = {
    str: {"keyword", "text"},
    int: {"integer", "long"},
    float: {"double"},
    bool: {"boolean"},
    datetime: {"date"},
    date: {"date"},
}
ECS = {"@timestamp", "url.full", "event.ingested", "error.message"}
OURS = {
    "id",
    "topic",
    "outlet",
    "language",
    "article",
    "story",
    "thread",
    "brief",
    "figure",
    "series",
    "telling",
    "verdict",
    "alert",
    "entry",
    "feed",
}


def plain_type(annotation: Any) -> type:
    """``str`` of ``str | None`` and of ``tuple[str, ...]``."""
    while get_origin(annotation) is not None:
        parts = get_args(annotation)
        if get_origin(annotation) in (Union, types.UnionType):
            parts = tuple(part for part in parts if part is not type(None))
        annotation = parts[0]
    assert isinstance(annotation, type)
    return annotation


def leaves(properties: dict[str, Any], path: str = "") -> dict[str, dict[str, Any]]:
    found = {}
    for name, described in properties.items():
        if "properties" in described:
            found |= leaves(described["properties"], f"{path}{name}.")
        else:
            found[path + name] = described
    return found


@pytest.mark.parametrize("kind", IndexKind)
def test_every_field_of_a_document_is_mapped_as_what_it_is(kind: IndexKind) -> None:
    model = MODELS[kind].model_fields
    assert FIELDS[kind].keys() == model.keys() - {"version"}
    for field, (_, described) in FIELDS[kind].items():
        assert described["type"] in TYPES[plain_type(model[field].annotation)], field


@pytest.mark.parametrize("kind", IndexKind)
def test_the_mapping_is_strict_and_holds_these_fields_and_the_stems(kind: IndexKind) -> None:
    made = mappings(kind, ANALYZERS)
    assert made["dynamic"] == "strict"
    extra = {f"{STEMS}.en"} if kind is IndexKind.ARTICLES else set()
    assert leaves(made["properties"]).keys() == {name for name, _ in FIELDS[kind].values()} | extra
    assert made.get("_source", {}).get("excludes", []) == ([STEMS] if extra else [])


def test_names_are_ecs_where_it_says_the_same_and_our_nouns_elsewhere() -> None:
    for fields in FIELDS.values():
        for name, _ in fields.values():
            assert name in ECS or name.split(".")[0] in OURS, name


def test_a_name_means_the_same_type_in_every_index() -> None:
    seen: dict[str, Any] = {}
    for fields in FIELDS.values():
        for name, described in fields.values():
            assert seen.setdefault(name, described) == described, name


def test_no_name_is_also_the_parent_of_another() -> None:
    for kind, fields in FIELDS.items():
        taken = {name for name, _ in fields.values()}
        assert not [name for name in taken if any(other.startswith(f"{name}.") for other in taken)], kind


def test_words_that_are_not_analysed_stay_below_what_lucene_takes() -> None:
    lucene = 32_766
    for fields in FIELDS.values():
        for name, described in fields.values():
            for one in (described, *described.get("fields", {}).values()):
                if one["type"] == "keyword":
                    assert one["ignore_above"] * 4 <= lucene, name


def test_another_analyser_is_another_mapping() -> None:
    kind = IndexKind.ARTICLES
    assert fingerprint(kind, ANALYZERS) == fingerprint(kind, dict(ANALYZERS))
    assert fingerprint(kind, ANALYZERS) != fingerprint(kind, {"*": "standard", "en": "english"})
    assert fingerprint(kind, ANALYZERS) != fingerprint(kind, {"*": "folding"})


def test_a_document_is_nested_by_its_names_and_leaves_out_what_is_empty() -> None:
    source = source_of(IndexKind.ARTICLES, document("a", "Flood", "It rained.", topics=()), ["en"])
    assert source == {
        "article": {"id": "a", "title": "Flood", "text": "It rained.", "outcome": "indexed", "revision": 1}
        | {"shortened": False},
        "@timestamp": "2026-03-02T12:00:00Z",
        "event": {"ingested": "2026-03-02T12:00:00Z"},
        "url": {"full": "https://a.example/"},
        "outlet": "Nordwire",
        "language": "en",
        "stems": {"en": ["Flood", "It rained."]},
    }


def test_words_go_under_a_language_only_if_it_has_an_analyser() -> None:
    assert STEMS not in source_of(IndexKind.ARTICLES, document("a", "Inondation", language="fr"), ["en"])
    assert STEMS not in source_of(IndexKind.ARTICLES, document("a", "?", language=None), ["en"])


@given(st.builds(ArticleDocument, id=st.text(min_size=1), published=st.just(NOON), ingested=st.just(NOON)))
def test_an_article_comes_back_as_it_went(article: ArticleDocument) -> None:
    assert article_of(source_of(IndexKind.ARTICLES, article, ["en"]), article.version) == article


def test_a_text_beyond_the_cap_is_cut_and_says_so() -> None:
    long = document("a", "Live", "x" * (TEXT_CAP + 1))
    back = article_of(source_of(IndexKind.ARTICLES, long), 1)
    assert (len(back.text), back.shortened) == (TEXT_CAP, True)
    assert not article_of(source_of(IndexKind.ARTICLES, document("b", "x", "x" * TEXT_CAP)), 1).shortened


def test_an_infinite_number_is_left_out_and_a_word_that_says_so_is_not() -> None:
    figure = FigureDocument(
        id="f",
        version=1,
        figure="f",
        article="a",
        url="https://a.example/",
        title="Infinity",
        outlet="NaN",
        published=NOON,
        ingested=NOON,
        revision=1,
        start=0,
        end=4,
        surface="dozens",
        quote="Dozens.",
        low=24,
        high=math.inf,
        modifier="vague",
        kind="actual",
        as_of=date(2026, 3, 2),
        from_value=(3.0, math.inf),
    )
    source = source_of(IndexKind.FIGURES, figure)
    assert source["figure"]["low"] == 24
    assert "high" not in source["figure"]
    assert source["verdict"]["from"] == [3.0]
    assert source["article"]["title"] == "Infinity"
    assert source["outlet"] == "NaN"
    assert source["figure"]["as_of"] == "2026-03-02"


def test_times_are_said_in_utc() -> None:
    late = document("a", "x", published=datetime.fromisoformat("2026-03-02T23:30:00-05:00"))
    assert source_of(IndexKind.ARTICLES, late)["@timestamp"] == "2026-03-03T04:30:00Z"
    assert late.published == datetime(2026, 3, 3, 4, 30, tzinfo=UTC)


@given(st.text(max_size=700))
def test_every_id_has_a_key_that_elasticsearch_takes(id: str) -> None:
    key = key_of(id)
    assert 0 < len(key.encode("utf-8", "replace")) <= 512
    assert key == key_of(id)
