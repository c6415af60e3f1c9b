"""How well threads hold developments together, on streams of news of which people said which development each is of.

    python -m benchmarks.threads [--timeline17 FOLDER]            each stream left out of the fit: B-cubed of articles
    python -m benchmarks.threads [--timeline17 FOLDER] --write    … and fit on all, into pipeline/group/threads.json

``labels/threads.jsonl.gz`` holds the developments: of the stories of allsides21 and the articles of the desk's streams,
as two readers saw them; of Timeline17 what its streams are about; each event of ecbplus counts as a development of its
own. The desk's streams are laid over one another from their first days on, and so are those of Timeline17.

The weights are fitted on what threads meet: first on portraits of articles brought together at random within and across
developments, then, with these weights, on all that is held against each other while the streams come in.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.desk_data import unseen_articles
from benchmarks.group import reading, rows, shared
from pipeline.group import Grouper
from pipeline.group.portraits import portrait_of, together
from pipeline.group.relation import COLUMNS, Comparer, Sight, ThreadModel, relation
from pipeline.group.threads import LATEST, Threads, rarity
from pipeline.steps.judging.developments import PORTRAYED
from schemas.story import Portrait

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE.parent / "pipeline/group/threads.json"
DESK = ("budget", "enron", "finan", "haiti", "karzai", "syria", "zimbabwe")
JOIN = 0.55
"""Found on streams left out: below it alike developments run together, above it one falls apart."""
RIDGE = 1.0
ROUNDS = 2
CHUNK = 16
Row = dict[str, Any]
Examples = list[tuple[list[float], bool]]


@dataclass
class Stream:
    """Articles in order of arrival, and the development each is of."""

    rows: list[Row]
    development: dict[str, str]


def streams(folder: Path, corpus: Path | None) -> dict[str, Stream]:
    """The labelled streams by name; those of Timeline17 only if its ``corpus`` is there."""
    read: dict[str, dict[str, str]] = defaultdict(dict)
    with gzip.open(HERE / "labels/threads.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["reader"] == "a":
                read[row["set"]][row["id"]] = row["development"]
    found = {}
    allsides = rows(folder / "allsides21.jsonl.gz")
    found["allsides21"] = Stream(allsides, {row["id"]: read["allsides21"][row["gold"]["story"]] for row in allsides})
    desk = {name: rows(folder.parent / f"desk/{name}.jsonl.gz") for name in DESK}
    found["desk"] = _laid_over(desk, {name: read[f"desk/{name}"] for name in DESK})
    events = rows(folder / "ecbplus.jsonl.gz")
    found["ecbplus"] = Stream(events, {row["id"]: row["gold"]["story"] for row in events})
    if corpus is not None:
        parts = unseen_articles(corpus)
        about = {name: dict.fromkeys((row["id"] for row in part), name.rstrip("123")) for name, part in parts.items()}
        found["timeline17"] = _laid_over(parts, about)
    return found


def _laid_over(parts: Mapping[str, Sequence[Row]], development: Mapping[str, Mapping[str, str]]) -> Stream:
    """Streams as one, each beginning on the same day."""
    start = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    laid, of = [], {}
    for name, members in parts.items():
        begins = min(datetime.fromisoformat(row["published"]) for row in members)
        for row in members:
            id = f"{name}/{row['id']}"
            when = start + (datetime.fromisoformat(row["published"]) - begins)
            laid.append(row | {"id": id, "published": when.isoformat()})
            of[id] = development[name][row["id"]]
    return Stream(sorted(laid, key=lambda row: row["published"]), of)


@dataclass(frozen=True)
class Refreshed:
    """A story as it is after some articles came in; without any where it is no more."""

    story: str
    articles: tuple[str, ...]


class Course:
    """A stream as it passes through grouping: which stories come and grow, in order."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.portraits = {row["id"]: portrait_of(reading(row)) for row in stream.rows}
        self.steps = list(self._grouped())

    def _grouped(self) -> Iterator[Refreshed]:
        grouper = Grouper()
        for begin in range(0, len(self.stream.rows), CHUNK):
            touched = set()
            for seq, row in enumerate(self.stream.rows[begin : begin + CHUNK], start=begin + 1):
                placement = grouper.place(row["id"], reading(row), seq=seq, topics=("all",))
                touched.add(placement.join.story if placement.join else "")
            for move in grouper.regroup():
                touched |= {move.to_story, move.from_story or ""}
            stories = grouper.stories()
            for story in sorted(touched - {""}):
                yield Refreshed(story, stories.get(story, ()))

    def portrait(self, articles: Sequence[str]) -> Portrait:
        return together(self.portraits[article] for article in articles[-PORTRAYED:])

    def development(self, articles: Sequence[str]) -> str:
        return Counter(self.stream.development[article] for article in articles).most_common(1)[0][0]

    def run(self, model: ThreadModel) -> tuple[dict[str, str], Examples]:
        """The thread of each article at the end, and all that was held against each other on the way."""
        threads = Threads(model=model)
        met: Examples = []
        for step in self.steps:
            if not step.articles:
                threads.leave(step.story)
                continue
            threads.place(step.story, self.portrait(step.articles), topics=("all",), articles=step.articles)
            of = {name: self._majority(threads, stories) for name, stories in threads.threads().items()}
            own = of[threads.remembered(step.story).join.thread]
            met += [(columns, of[other] == own) for other, columns in threads.measured(step.story)]
        home = {
            article: name
            for name, stories in threads.threads().items()
            for story in stories
            for article in threads.remembered(story).articles
        }
        return home, met

    def _majority(self, threads: Threads, stories: Sequence[str]) -> str:
        return self.development([article for story in stories for article in threads.remembered(story).articles])

    def at_random(self, rng: random.Random, repeats: int = 3) -> Examples:
        """Parts of developments of every size, each held against those most like it."""
        found: Examples = []
        for _ in range(repeats):
            alpha = rng.choice((0.3, 1.0, 3.0))
            parts: dict[str, list[list[str]]] = defaultdict(list)
            for row in self.stream.rows:
                own = parts[self.stream.development[row["id"]]]
                place = rng.choices(range(len(own) + 1), [*map(len, own), alpha])[0]
                if place == len(own):
                    own.append([])
                own[place].append(row["id"])
            found += self._against_each_other([(name, part) for name, some in parts.items() for part in some])
        return found

    def _against_each_other(self, parts: Sequence[tuple[str, Sequence[str]]]) -> Examples:
        sights = [Sight(together(self.portraits[article] for article in part[-LATEST:])) for _, part in parts]
        holding = Counter(term for sight in sights for term in sight.terms)

        def held(term: int) -> float:
            return rarity(holding[term], len(sights))

        found: Examples = []
        comparer = Comparer()
        for n, (name, _) in enumerate(parts):
            cosines = comparer.cosines(sights[n], sights)
            near = sorted((m for m in range(len(parts)) if m != n), key=lambda m: -cosines[m])
            for same in (True, False):
                some = [m for m in near if (parts[m][0] == name) is same][:5]
                found += [(relation(sights[n], sights[m], held), same) for m in some]
        return found


def fit(examples: Mapping[str, Examples]) -> ThreadModel:
    """A logistic regression in which each stream weighs the same, by Newton's method with a ridge."""
    columns = np.array([one for found in examples.values() for one, _ in found])
    same = np.array([is_same for found in examples.values() for _, is_same in found], dtype=float)
    weight = np.concatenate([np.full(len(found), 1000 / len(found)) for found in examples.values()])
    scale = columns.std(axis=0)
    scale[-1] = 1.0
    x = columns / scale
    w = np.zeros(x.shape[1])
    ridge = RIDGE * np.eye(x.shape[1])
    ridge[-1, -1] = 1e-6
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (weight * (p - same)) + ridge @ w
        hessian = (x.T * (weight * p * (1 - p))) @ x + ridge
        step = np.linalg.solve(hessian, gradient)
        w -= step
        if np.abs(step).max() < 1e-7:
            break
    return ThreadModel(tuple(round(float(value), 4) for value in w / scale), JOIN)


def learn(courses: Mapping[str, Course], first: Mapping[str, Examples]) -> ThreadModel:
    """The weights that these streams teach."""
    examples = {name: list(first[name]) for name in courses}
    model = fit(examples)
    for _ in range(ROUNDS):
        for name, course in courses.items():
            examples[name] += course.run(ThreadModel(model.weights, 0.5))[1]
        model = fit(examples)
    return model


def b_cubed(home: Mapping[str, str], development: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of articles (Bagga & Baldwin 1998)."""
    both = Counter((home[article], development[article]) for article in home)
    threads, truth = Counter(home.values()), Counter(development[article] for article in home)
    precision = sum(n * n / threads[thread] for (thread, _), n in both.items()) / len(home)
    recall = sum(n * n / truth[own] for (_, own), n in both.items()) / len(home)
    return precision, recall, 2 * precision * recall / (precision + recall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--timeline17", type=Path, metavar="FOLDER")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    courses = {name: Course(stream) for name, stream in streams(shared(), asked.timeline17).items()}
    rng = random.Random(1)
    first = {name: course.at_random(rng) for name, course in courses.items()}
    for name, course in courses.items():
        model = learn({other: one for other, one in courses.items() if other != name}, first)
        home, _ = course.run(model)
        scores = " ".join(f"{score:.3f}" for score in b_cubed(home, course.stream.development))
        truth = len(set(course.stream.development.values()))
        print(f"{name:12} {scores}  {len(set(home.values()))} threads, {truth} developments", flush=True)
    if asked.write:
        model = learn(courses, first)
        weights = dict(zip(COLUMNS, model.weights, strict=True))
        WEIGHTS.write_text(json.dumps({"join": JOIN, "weights": weights}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
