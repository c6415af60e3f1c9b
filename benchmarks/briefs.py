"""How well briefs show what an editor would, and the fit of what makes a fact important.

    python -m benchmarks.briefs ../shared/data            scores: each set of stories left out of the fit in turn
    python -m benchmarks.briefs ../shared/data --write    … and write pipeline/figures/briefs/importance.json
    … --homes FOLDER                                      keep the replayed sets there, and use those that are there

The folder holds ``desk/briefs.gold.jsonl`` and ``stories``. Each set is replayed as a user would; that takes some
minutes. The scores are those of ``desk/score_briefs.py``: ``good`` counts what is among the first five figures, worded
right, with its witnesses. Needs scikit-learn (dependency group ``compare``).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.desk_data import Row, rows
from pipeline.figures.briefs import brief_figures
from pipeline.figures.briefs import importance as rank
from pipeline.figures.briefs.fuse import Fact, facts_of
from pipeline.figures.telling.models import Models
from pipeline.figures.worth import Stream
from pipeline.record import Record
from pipeline.steps.known.briefs import Briefs
from pipeline.tell.words import headline_of
from schemas.brief import Report

WEIGHTS = Path(rank.__file__).with_name("importance.json")
LOOSE = 1.0
"""The inverse of how much weights are held back (scikit-learn's ``C``); 0.1 scores alike."""
Rarity = Callable[[str], float]


@dataclass(frozen=True)
class Labelled:
    """A story as it was replayed, with the figures an editor would show of it."""

    set: str
    gold: Row
    articles: tuple[str, ...]
    reports: list[Report]
    rarity: Rarity


def replayed(folder: Path, name: str, homes: Path) -> Path:
    """The home in which a set of stories was replayed."""
    home = homes / name
    if not home.exists():
        source = folder / "stories" / f"{name}.jsonl.gz"
        command = [sys.executable, "-m", "pipeline.cli", "replay", str(source), "--home", str(home)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return home


def labelled(folder: Path, sets: Sequence[str], homes: Path) -> Iterator[Labelled]:
    """Each story that an editor labelled, as the story that holds most of its articles."""
    gold = rows(folder / "desk/briefs.gold.jsonl")
    for name in sets:
        ids = {row["id"] for row in rows(folder / "stories" / f"{name}.jsonl.gz")}
        record = Record(f"sqlite:///{replayed(folder, name, homes) / 'tallywire.db'}")
        with record.read() as tx:
            stories, briefs = tx.stories.find(), Briefs(tx)
            rarity = cache(Stream(tx.told.articles("replay")).rarity)
            for row in gold:
                if set(row["articles"]) <= ids:
                    wanted = set(row["articles"])
                    story = max(stories, key=lambda one: len({*one.articles, *one.copies} & wanted))
                    articles = (*story.articles, *story.copies)
                    yield Labelled(name, row, articles, briefs.reports(story), rarity)


def lessons(story: Labelled, score: ModuleType) -> Iterator[tuple[dict[str, float], int]]:
    """What speaks for each fact of a story, and its worth to the editor: 0, 1 or 2."""
    own = [report for report in story.reports if report.copy_of is None]
    facts = facts_of(sorted(own, key=lambda one: (one.published, one.id)), {}, story.rarity, Models.shipped())
    facts.sort(key=lambda fact: -fact.worth)
    left = sorted(story.gold["figures"], key=lambda figure: -figure["worth"])
    for fact in facts:
        hit = next((figure for figure in left if _shows(fact, figure, score)), None)
        if hit is not None:
            left.remove(hit)
        if set(fact.articles) & set(story.gold["articles"]):
            yield rank.cues_of(fact, len(own)), hit["worth"] if hit else 0


def _shows(fact: Fact, wanted: Row, score: ModuleType) -> bool:
    said = score.of(fact.best.mention.figure.model_dump())
    if said is None or None in said or not set(fact.articles) & set(wanted["by"]):
        return False
    return bool(score.same(score.interval(wanted["holds"]), said))


def fit(found: Sequence[tuple[dict[str, float], int]]) -> dict[str, float]:
    """Weights that tell what is shown from what is not, and what must be from what may be, added up."""
    names = sorted(found[0][0])
    cells = np.array([[cues[name] for name in names] for cues, _ in found])
    worth = np.array([value for _, value in found])
    total = dict.fromkeys((*names, "always"), 0.0)
    for least in (1, 2):
        scale, learned = make_pipeline(StandardScaler(), LogisticRegression(C=LOOSE)).fit(cells, worth >= least)
        slopes = learned.coef_[0] / scale.scale_
        for name, slope in zip(names, slopes, strict=True):
            total[name] += float(slope) / 2
        total["always"] += float(learned.intercept_[0] - slopes @ scale.mean_) / 2
    return {name: round(weight, 3) for name, weight in total.items()}


@contextmanager
def weighed_by(weights: Mapping[str, float]) -> Iterator[None]:
    """Facts ranked by these weights instead of the shipped ones."""
    shipped = rank._weights
    rank._weights = lambda: weights
    try:
        yield
    finally:
        rank._weights = shipped


def told(story: Labelled) -> dict[str, Any]:
    """The brief of a story in the form the scorer takes."""
    figures = brief_figures(story.reports, story.rarity, headline_of)
    return {"articles": story.articles, "figures": [json.loads(figure.model_dump_json()) for figure in figures]}


def scored(stories: Sequence[Labelled], weights: Sequence[Mapping[str, float]], folder: Path) -> None:
    """Write each brief as ``export briefs`` would, and let the scorer that lies with the labels read them."""
    lines = []
    for story, own in zip(stories, weights, strict=True):
        with weighed_by(own):
            lines.append(json.dumps(told(story)))
    _score(folder, stories, lines)


def _score(folder: Path, stories: Sequence[Labelled], lines: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        for name in {story.set for story in stories}:
            own = [line for story, line in zip(stories, lines, strict=True) if story.set == name]
            Path(place, name).write_text("\n".join(own) + "\n", encoding="utf-8")
        gold = Path(place, "gold.jsonl")
        gold.write_text("".join(json.dumps(story.gold) + "\n" for story in stories), encoding="utf-8")
        # The scorer runs `COMMAND replay SET --home H` and then `COMMAND export briefs --home H …`.
        command = Path(place, "command")
        command.write_text(
            f'#!/bin/sh\ncase $1 in\nreplay) basename "$2" .jsonl.gz > {place}/set ;;\n'
            f"export) cat {place}/$(cat {place}/set) ;;\nesac\n",
            encoding="utf-8",
        )
        command.chmod(0o755)
        subprocess.run(
            [sys.executable, str(folder / "desk/score_briefs.py"), str(gold), str(folder / "stories"), str(command)],
            check=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--homes", type=Path)
    options = parser.parse_args()
    sys.path.insert(0, str(options.folder / "desk"))
    import score_briefs as score  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory() as place:
        stories = list(labelled(options.folder, score.SETS, options.homes or Path(place)))
    taught = [list(lessons(story, score)) for story in stories]
    left_out = {
        name: fit([one for story, some in zip(stories, taught, strict=True) if story.set != name for one in some])
        for name in score.SETS
    }
    print("each set left out of the fit:", flush=True)
    scored(stories, [left_out[story.set] for story in stories], options.folder)
    for name in score.SETS:
        own = [story for story in stories if story.set == name]
        print(f"{name}:", flush=True)
        scored(own, [left_out[name]] * len(own), options.folder)
    weights = fit([one for some in taught for one in some])
    print("fitted on all:", weights)
    if options.write:
        WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
