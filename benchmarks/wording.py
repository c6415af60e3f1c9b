"""How often the wording of a figure says what an editor's label says.

usage: python -m benchmarks.wording [FOLDER] [--show TOPIC] [--wrong TOPIC]

FOLDER holds, for each TOPIC, TOPIC.jsonl.gz, TOPIC.yaml, TOPIC.gold.jsonl, and score_desk.py, which explains the labels
(default: ../shared/data/desk). Labels of topics without a stream are passed over. A label's figure is the one read from
the same article with the same value, in the same sentence. Per topic: the share of labels whose wording is right, of
those worth 2 and of those worth 1 or 2; of labels whose figure was read; the median number of words; the share cut.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.figures.reading import read_figures


def scorer(folder: Path) -> Any:
    """The module that comes with the labels."""
    spec = importlib.util.spec_from_file_location("score_desk", folder / "score_desk.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pairs(score: Any, folder: Path, topic: str) -> tuple[list[tuple[dict[str, Any], Any]], float]:
    """Each label worth 1 or 2 with its figure, if it was read; and the CPU seconds an article took."""
    read: dict[str, Any] = {}
    began = time.process_time()
    for article in score.rows(folder / f"{topic}.jsonl.gz"):
        published = datetime.fromisoformat(article["published"].replace("Z", "+00:00"))
        found = read_figures(article["text"], title=article.get("title") or "", language="en", published=published)
        read[article["id"]] = found.figures
    took = (time.process_time() - began) / max(len(read), 1)
    found = []
    for label in score.rows(folder / f"{topic}.gold.jsonl"):
        if label["worth"] < 1:
            continue
        near = [
            figure
            for figure in read.get(label["article"], ())
            if score.same(score.of(figure.model_dump()), score.of(label)) and score.near(label["quote"], figure.quote)
        ]
        near.sort(key=lambda figure: label["surface"] not in figure.surface and figure.surface not in label["surface"])
        found.append((label, near[0] if near else None))
    return found, took


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path, default=Path("../shared/data/desk"))
    options.add_argument("--show", metavar="TOPIC", action="append", default=[])
    options.add_argument("--wrong", metavar="TOPIC", action="append", default=[])
    given = options.parse_args()
    score = scorer(given.folder)
    read_figures("Ten men drowned.", language="en")
    print("topic      worth 2        worth 1-2      words  cut   ms an article")
    for gold in sorted(given.folder.glob("*.gold.jsonl")):
        topic = gold.name.removesuffix(".gold.jsonl")
        if not (given.folder / f"{topic}.jsonl.gz").exists():
            continue
        found, took = pairs(score, given.folder, topic)
        report(score, given, topic, found, took)


def report(score: Any, given: argparse.Namespace, topic: str, found: list[tuple[Any, Any]], took: float) -> None:
    """One row of the table, and the wordings where they are asked for."""
    line = next(x for x in (given.folder / f"{topic}.yaml").read_text().splitlines() if x.startswith("title:"))
    title = line.split(":", 1)[1].strip()
    marks: dict[int, list[bool]] = {1: [], 2: []}
    counts, cut = [], 0
    for label, figure in found:
        if figure is None or figure.wording is None:
            continue
        text = figure.wording.text
        right = score.label_right(text, label, figure.unit or "", title)
        marks[label["worth"]].append(right)
        counts.append(len(score.words(text)))
        cut += figure.wording.cut
        if topic in given.show or (topic in given.wrong and not right and label["worth"] == 2):
            print(f"{'ok ' if right else 'NO '}{label['worth']} {label['surface']} | {text}\n      < {figure.quote}")
            if not right:
                print(f"      = {label['what']} {label['nouns']} {label['actions']} {label['place']}")
    both = marks[1] + marks[2]
    print(
        f"{topic:10} {share(marks[2])}  {share(both)}  {statistics.median(counts or [0]):4.1f}  "
        f"{cut / max(len(counts), 1):.2f}  {took * 1000:.0f}"
    )


def share(marks: list[bool]) -> str:
    """A share with its numbers."""
    return f"{sum(marks) / max(len(marks), 1):.2f} ({sum(marks):3}/{len(marks):3})"


if __name__ == "__main__":
    main()
