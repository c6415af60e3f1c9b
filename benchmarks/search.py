"""How well search finds what is known to be relevant.

usage: nice .venv/bin/python -m benchmarks.search [--elasticsearch URL]
       nice .venv/bin/python -m benchmarks.search --speed 100000

With ``--speed``, the embedded index is filled with so many articles, made of two of the labelled ones each, and asked
some questions; what is printed is the processor time of the best of five.

The queries of `labels/search.jsonl.gz` are asked of an index of all labelled articles there are, as they would have
been asked the day after the last relevant article. What is relevant was found in two ways that know nothing of each
other:

- *stories*: queries of a few words, as someone types who has read the news, for events of the sets in ``data/stories``;
  relevant is what the annotators of these sets called the same event.
- *desk*: the words in which a reader of ``data/desk`` named a thing that is counted; relevant are the articles in which
  that reader marked a count of it.

For each way, and for the half on which weights were tuned and the other: MRR, the mean of 1 / place of the first
relevant article (0 beyond ten), and recall@10, the share of relevant ones among the first ten, of ten at most.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import process_time

from benchmarks.group import shared
from pipeline.index.contract import Batch, SearchIndex
from pipeline.index.elastic.index import ElasticIndex
from pipeline.index.elastic.server import Address, Server
from pipeline.index.sqlite import SqliteIndex
from schemas.search import ArticleDocument, IndexKind, Query

LABELS = Path(__file__).parent / "labels" / "search.jsonl.gz"
SETS = [f"stories/{name}" for name in ("basil", "allsides21", "ecbplus", "fnc1")]
SETS += [f"desk/{name}" for name in ("haiti", "syria", "finan", "karzai", "enron", "zimbabwe", "budget")]
DEPTH = 10

Key = tuple[str, str]
Measure = tuple[float, float, int]


@dataclass(frozen=True)
class Asked:
    """A labelled query."""

    query: str
    way: str
    half: str
    relevant: frozenset[str]


def asked() -> list[Asked]:
    with gzip.open(LABELS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Asked(row["query"], row["way"], row["half"], frozenset(row["relevant"])) for row in rows]


def documents() -> Iterator[ArticleDocument]:
    """Every article of the labelled sets."""
    for name in SETS:
        with gzip.open(shared().parent / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                published = datetime.fromisoformat(row["published"])
                yield ArticleDocument(
                    id=row["id"],
                    version=1,
                    url=row["url"],
                    title=row.get("title") or "",
                    text=row["text"],
                    outlet=row["source"],
                    language=row["language"],
                    published=published if published.tzinfo else published.replace(tzinfo=UTC),
                    ingested=datetime(2026, 1, 1, tzinfo=UTC),
                    topics=("all",),
                    outcome="indexed",
                )


def measured(index: SearchIndex, queries: list[Asked], published: dict[str, datetime]) -> dict[Key, Measure]:
    """MRR, recall@10 and number of queries, by way and half."""
    scores: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for one in queries:
        at = max(published[id] for id in one.relevant) + timedelta(days=1)
        found = [hit.document.id for hit in index.search(Query(text=one.query, at=at, until=at, limit=DEPTH)).hits]
        first = next((place for place, id in enumerate(found, 1) if id in one.relevant), None)
        recall = len(one.relevant & set(found)) / min(DEPTH, len(one.relevant))
        scores[one.way, one.half].append((1 / first if first else 0.0, recall))
    return {
        key: (sum(a for a, _ in some) / len(some), sum(b for _, b in some) / len(some), len(some))
        for key, some in sorted(scores.items())
    }


SPEED = ("", "benghazi", "benghazi committee clinton email interview", '"supreme court"', "people killed", "deport*")


def speed(count: int) -> None:
    """Print how long the embedded index takes when it holds ``count`` articles."""
    given, chance = list(documents()), Random(1)
    start = datetime(2024, 1, 1, tzinfo=UTC)

    def made(number: int) -> ArticleDocument:
        one, other = given[number % len(given)], chance.choice(given)
        changes = {
            "id": f"article-{number}",
            "text": f"{one.text[:2000]}\n{other.text[:1500]}",
            "published": start + timedelta(minutes=5 * number),
            "outlet": f"Outlet {chance.randrange(60)}",
            "story": f"story-{number // 6}",
            "topics": (f"topic-{chance.randrange(4)}",),
        }
        return one.model_copy(update=changes)

    with tempfile.TemporaryDirectory() as folder:
        index = SqliteIndex(Path(folder) / "index.db")
        for first in range(0, count, 1000):
            last = min(first + 1000, count)
            index.write(Batch([made(number) for number in range(first, last)], last))
        for words in SPEED:
            times = []
            for _ in range(5):
                began = process_time()
                results = index.search(Query(text=words, at=start + timedelta(minutes=5 * count)))
                times.append(process_time() - began)
            found = f"{results.total:,}{'+' if results.more else ''}"
            print(f"{words or '(the latest)':45} {found:>8} found  {min(times) * 1000:5.0f} ms")
        index.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="How well search finds what is known to be relevant.")
    parser.add_argument("--elasticsearch", metavar="URL", help="a server to ask as well; indices come and go")
    parser.add_argument("--speed", metavar="N", type=int, help="measure the time of searches among N articles instead")
    options = parser.parse_args()
    if options.speed:
        speed(options.speed)
        return
    url = options.elasticsearch
    found = list(documents())
    published = {document.id: document.published for document in found}
    print(f"{len(asked())} queries, {len(found)} articles")
    with tempfile.TemporaryDirectory() as folder:
        indexes: dict[str, SearchIndex] = {"sqlite": SqliteIndex(Path(folder) / "index.db")}
        if url:
            indexes["elasticsearch"] = ElasticIndex(
                Server(Address(url)), prefix=f"b{uuid.uuid4().hex[:8]}", analyzers={"*": "folding", "en": "english"}
            )
        for name, index in indexes.items():
            index.setup()
            for start in range(0, len(found), 500):
                index.write(Batch(found[start : start + 500], start + 500, IndexKind.ARTICLES))
            for (way, half), (mrr, recall, count) in measured(index, asked(), published).items():
                print(f"{name:14} {way:8} {half:6} {count:3} queries  MRR {mrr:.3f}  recall@10 {recall:.3f}")
            index.close()


if __name__ == "__main__":
    main()
