"""Labelled streams of news for the desk: what editors wanted told, in which words, against what.

Two kinds: streams in a folder (``TOPIC.yaml``, ``TOPIC.jsonl.gz``, ``TOPIC.gold.jsonl``; see its README), and those of
``labels/desk.jsonl.gz``, whose texts are found by id in the ``stories`` folder of the shared data: the labels hold
places in these texts, and no text. ``labels/corpora.jsonl.gz`` and ``labels/unseen.jsonl.gz`` are of the same form,
with texts in corpora that others have published (see ``corpora.py``); no weights are fitted on the second.
``labels/moves.jsonl.gz`` says of figures of other articles there which value told before they come from, and nothing
else. ``labels/worth.jsonl.gz`` holds plain worths of the figures of some 350 stories.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from benchmarks import corpora
from pipeline.figures.claims import is_claim
from pipeline.figures.following.context import marks_of_article
from pipeline.figures.reading import read_figures
from pipeline.figures.worth import ArticleText
from schemas.base import stable_id
from schemas.figure import FigureInArticle, Marks

HERE = Path(__file__).resolve().parent
Row = dict[str, Any]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Item:
    """One article, with the figures read from it."""

    id: str
    url: str
    text: ArticleText
    figures: tuple[FigureInArticle, ...]
    marks: tuple[Marks, ...]


@dataclass
class LabelledStream:
    """A topic's articles in order, and what its editor wanted; ``kind`` is given, ours, corpora, worth or moves."""

    name: str
    title: str
    kind: str
    items: list[Item]
    gold: list[Row] = field(default_factory=list)
    worths: dict[str, int] = field(default_factory=dict)
    """By the id of a figure; only where worth alone was labelled."""
    moves: dict[str, Interval | None] = field(default_factory=dict)
    """What a figure moved from, by its id; only where moves alone were labelled."""
    kin: str = ""
    """The desk stream on the same events; only there too."""


def rows(path: Path) -> list[Row]:
    """The objects of a file of JSON lines, packed or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


@cache
def scorer(folder: Path) -> ModuleType:
    """The scorer that lies with the labels."""
    spec = importlib.util.spec_from_file_location("score_desk", folder / "score_desk.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def item_of(row: Row) -> Item:
    """An article as the whole pipeline would read it."""
    published = datetime.fromisoformat(row["published"].replace("Z", "+00:00"))
    text = ArticleText(row["title"] or "", row["text"], published)
    read = read_figures(text.text, title=text.title, language=row["language"], published=published).figures
    figures = tuple(
        FigureInArticle(
            id=stable_id("figure", row["id"], str(figure.span[0])),
            article=row["id"],
            revision=1,
            outlet=row["source"],
            published=published,
            figure=figure,
        )
        for figure in filter(is_claim, read)
    )
    return Item(row["id"], row["url"], text, figures, tuple(marks_of_article(figures, text.text)))


def given(folder: Path) -> Iterator[LabelledStream]:
    """The streams of a folder, in order of their names."""
    for gold in sorted(folder.glob("*.gold.jsonl")):
        name = gold.name.removesuffix(".gold.jsonl")
        stream = folder / f"{name}.jsonl.gz"
        if stream.exists():
            topic = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
            yield LabelledStream(name, topic["title"], "given", [item_of(row) for row in rows(stream)], rows(gold))


def ours(stories: Path, reader: str = "a") -> Iterator[LabelledStream]:
    """The streams labelled for this repository, as one of their two readers saw them."""
    yield from _labelled(rows(HERE / "labels/desk.jsonl.gz"), _stories(stories), reader, "ours")


def of_corpora(folder: Path, reader: str = "a") -> Iterator[LabelledStream]:
    """Streams of whole articles from corpora, which hold many more figures each."""
    yield from _labelled(rows(HERE / "labels/corpora.jsonl.gz"), _corpora(folder), reader, "corpora")


def unseen(folder: Path, reader: str = "a") -> Iterator[LabelledStream]:
    """The streams of corpora that no weights were fitted on, as one of their two readers saw them."""
    yield from _labelled(rows(HERE / "labels/unseen.jsonl.gz"), _corpora(folder), reader, "corpora")


def unseen_articles(folder: Path) -> dict[str, list[Row]]:
    """The articles of those of the unseen streams that are of Timeline17, by the name of the stream."""
    texts = _corpora(folder)
    topics = (row for row in rows(HERE / "labels/unseen.jsonl.gz") if "articles" in row)
    return {
        topic["topic"]: _articles(topic, texts)
        for topic in topics
        if all(one["set"] not in corpora.SOURCES for one in topic["articles"])
    }


def _articles(topic: Row, texts: _Texts) -> list[Row]:
    return [texts.of(one["set"], one["id"]) | {"published": one["published"]} for one in topic["articles"]]


def _labelled(found: list[Row], texts: _Texts, reader: str, kind: str) -> Iterator[LabelledStream]:
    labels: dict[str, list[Row]] = defaultdict(list)
    topics: list[Row] = []
    for row in found:
        if "articles" in row:
            topics.append(row)
        elif row["reader"] == reader:
            labels[row["topic"]].append(row)
    for topic in topics:
        read = _articles(topic, texts)
        gold = [_gold(label, read[label["article"]]) for label in labels[topic["topic"]]]
        yield LabelledStream(topic["topic"], topic["title"], kind, [item_of(row) for row in read], gold)


def moves(folder: Path, reader: str = "a") -> Iterator[LabelledStream]:
    """Streams of corpora whose figures were labelled by what they moved from, alone."""
    texts = _corpora(folder)
    found = rows(HERE / "labels/moves.jsonl.gz")
    for topic in (row for row in found if "articles" in row):
        items = [item_of(row) for row in _articles(topic, texts)]
        labels = [row for row in found if row["topic"] == topic["topic"] and row.get("reader") == reader]
        by_place = {(row["article"], row["span"][0]): row["from"] for row in labels}
        known = {
            figure.id: tuple(before) if (before := by_place[n, figure.figure.span[0]]) else None
            for n, item in enumerate(items)
            for figure in item.figures
            if (n, figure.figure.span[0]) in by_place
        }
        yield LabelledStream(topic["topic"], topic["title"], "moves", items, moves=known, kin=topic["kin"])


def worths(stories: Path) -> Iterator[LabelledStream]:
    """Stories whose figures were labelled by worth alone."""
    texts = _stories(stories)
    by_story: dict[str, list[Row]] = defaultdict(list)
    for row in rows(HERE / "labels/worth.jsonl.gz"):
        by_story[row["story"]].append(row)
    for story, labels in by_story.items():
        items = [item_of(texts.of(labels[0]["set"], id)) for id in dict.fromkeys(row["article"] for row in labels)]
        known = {(row["article"], row["span"][0]): row["worth"] for row in labels}
        found = {
            figure.id: known[item.id, figure.figure.span[0]]
            for item in items
            for figure in item.figures
            if (item.id, figure.figure.span[0]) in known
        }
        yield LabelledStream(story, labels[0]["title"], "worth", items, worths=found)


class _Texts:
    """Articles by the set they are of and their id; ``read`` gives those of a set, which is read once."""

    def __init__(self, read: Callable[[str], dict[str, Row]]) -> None:
        self._read = cache(read)

    def of(self, name: str, id: str) -> Row:
        return self._read(name)[id]


def _stories(folder: Path) -> _Texts:
    return _Texts(lambda name: {row["id"]: row for row in rows(folder / f"{name}.jsonl.gz")})


def _corpora(folder: Path) -> _Texts:
    return _Texts(lambda name: corpora.articles(folder, name))


def _gold(label: Row, article: Row) -> Row:
    """A label in the form the scorer reads, with its words taken from the text."""
    part = article[label["part"]]
    told = {"nouns": [], "unit": None, "actions": [], "place": [], "speaker": []} | label
    return told | {
        "article": article["id"],
        "surface": part[slice(*label["span"])],
        "quote": part[slice(*label["quote"])],
    }


def value_of(figure: FigureInArticle) -> Interval:
    """The two ends of what a figure states."""
    one = figure.figure
    if one.value is not None:
        return one.value, one.value
    assert one.low is not None
    assert one.high is not None
    return one.low, one.high


def aligned(stream: LabelledStream, score: ModuleType) -> dict[str, Row]:
    """The label of each figure that has one, by the figure's id; a label goes to one figure."""
    by_article: dict[str, list[Row]] = defaultdict(list)
    for label in stream.gold:
        by_article[label["article"]].append(label)
    found: dict[str, Row] = {}
    for item in stream.items:
        left = list(by_article[item.id])
        for figure in item.figures:
            fits = [
                label
                for label in left
                if score.same(score.of(label), value_of(figure)) and score.near(label["quote"], figure.figure.quote)
            ]
            if fits:
                best = min(fits, key=lambda label: (not _same_words(label, figure), -label["worth"]))
                found[figure.id] = best
                left.remove(best)
    return found


def _same_words(label: Row, figure: FigureInArticle) -> bool:
    one, other = (re.sub(r"\W+", " ", text.lower()) for text in (label["surface"], figure.figure.surface))
    return one in other or other in one
