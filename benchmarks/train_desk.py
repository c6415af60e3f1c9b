"""Learn what telling ships: how much a figure is worth, and whether it was told before or is the next state of one.

    python benchmarks/train_desk.py ../shared/data               fit, and say how well each kind of weights fits
    python benchmarks/train_desk.py ../shared/data --write       … and write pipeline/figures/{worth,telling}/*.json

The folder holds ``desk`` and ``stories``; see ``desk_data``. What is kept of the texts are limits of some 600 cues.
Needs scikit-learn (dependency group ``compare``). How good the weights are on topics they have not seen tells
``python -m benchmarks.desk``, which fits them anew without each topic in turn.

Each question is answered by gradient boosted trees: small ones, each on a random third of the cues, so that the few
strong cues do not hide the rest (left out one by one, topics gain two to three points of AUC over a regression on the
same cues). Streams weigh by the square root of their length; those of the folder count in full, ours 0.4 (short
excerpts for the most part), and worths of stories without a stream 0.2.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer

from benchmarks.desk_data import Interval, LabelledStream, Row, aligned, given, ours, scorer, worths
from pipeline.figures.telling import Teller, pairs
from pipeline.figures.telling.mention import Mention
from pipeline.figures.telling.models import Models
from pipeline.figures.telling.teller import mail_cues
from pipeline.figures.worth import Stream, Trees, cues_of
from pipeline.figures.worth.model import Tree
from schemas.figure import Tell

PIPELINE = Path(__file__).resolve().parents[1] / "pipeline/figures"
WEIGHT = {"given": 1.0, "ours": 0.4, "worth": 0.2}
LEAST = 25
"""Examples that a cue must occur in, to be asked for."""
WITHOUT_PARSE = ("role: ", "verb", "modal: ", "inside ", "place in sentence", "depth", "main clause", "denied")
"""Cues that a parse gives. Each example stands once more without them, for languages that have no parser."""
HARD, EASY, KNOWN = 15, 4, 10
"""Pairs taken of each figure: the closest of other series, some others, and the latest of its own."""
Cues = Mapping[str, float]


@dataclass(frozen=True)
class Example:
    """Cues, the answer, and how much it counts."""

    cues: Cues
    yes: bool
    weight: float


@dataclass(frozen=True)
class Pair:
    """A labelled figure and one told before it: how alike they are, and how their values stand."""

    said: str
    likeness: Cues
    values: Cues
    same: bool
    repeated: bool
    may_be_told: bool


@dataclass
class Lessons:
    """What a stream teaches."""

    stream: LabelledStream
    worth: list[Example]
    pairs: list[Pair]


# ---- examples


def lessons_of(stream: LabelledStream, score: ModuleType | None) -> Lessons:
    """The examples of a stream; labels that say "tomorrow is soon enough" teach neither worth nor the lack of it."""
    labels = aligned(stream, score) if score else {}
    wanted = {label["series"] for label in stream.gold if label["worth"] == 2}
    seen = Stream()
    examples: list[tuple[Cues, int]] = []
    found: list[Pair] = []
    told: list[tuple[Mention, Row]] = []
    for item in stream.items:
        plain = [figure.figure for figure in item.figures]
        for figure, mark, cues in zip(
            item.figures, item.marks, cues_of(item.text, plain, item.marks, seen, stream.title), strict=True
        ):
            label = labels.get(figure.id)
            if stream.kind == "worth":
                if figure.id in stream.worths:
                    examples.append((cues, stream.worths[figure.id]))
                continue
            examples.append((cues, _worth(label, wanted)))
            if label is not None:
                said = Mention(figure, mark)
                found += _pairs(said, label, told, seen, item.text.words)
                told.append((said, label))
        seen.add(item.id, item.text.published, item.text.words, plain, item.marks)
    weight = WEIGHT[stream.kind] * min(2.0, (100 / max(1, len(examples))) ** 0.5)
    worth = [Example(cues, worth == 2, weight) for cues, worth in examples if worth != 1]
    return Lessons(stream, worth, found)


def _worth(label: Row | None, wanted: set[str]) -> int:
    """0, 1 or 2, as if it was read for the first time: a repetition of what was wanted is of the wanted kind."""
    if label is None:
        return 0
    if label["kind"] == "repeated":
        return 2 if label["series"] in wanted else 1
    return int(label["worth"])


def _pairs(
    said: Mention, label: Row, told: Sequence[tuple[Mention, Row]], seen: Stream, words: frozenset[str]
) -> list[Pair]:
    def near(other: str) -> float | None:
        return 1.0 if other == said.source.article else seen.nearness(words, other)

    alike = [(one, row) for one, row in told if one.figure.unit == said.figure.unit]
    own = [pair for pair in alike if pair[1]["series"] == label["series"]][-KNOWN:]
    others = sorted(
        (pair for pair in alike if pair[1]["series"] != label["series"]),
        key=lambda pair: -pairs.closeness(said, pair[0]),
    )
    spread = others[HARD :: max(1, (len(others) - HARD) // EASY)][:EASY] if len(others) > HARD else []
    chosen = [*own, *others[:HARD], *spread]
    return [
        Pair(
            said=said.id,
            likeness=pairs.likeness(said, one, seen.rarity, near(one.source.article)),
            values=pairs.value_cues(said, one),
            same=row["series"] == label["series"],
            repeated=row["series"] == label["series"] and label["kind"] == "repeated",
            may_be_told=pairs.standing(one.claim, said.claim) in pairs.MAY_BE_TOLD,
        )
        for one, row in chosen
    ]


# ---- fitting


@dataclass(frozen=True)
class Table:
    """Examples as rows of numbers: ``names`` are the columns, ``stream`` tells whose each row is."""

    names: list[str]
    rows: np.ndarray
    yes: np.ndarray
    weight: np.ndarray
    stream: np.ndarray

    def but(self, unseen: Set[str]) -> np.ndarray:
        """Which rows are of none of these streams."""
        return ~np.isin(self.stream, list(unseen))


def _table(examples: Iterable[tuple[str, Example]]) -> Table:
    found = list(examples)
    maker = DictVectorizer(sparse=False, dtype=np.float32)
    cells = maker.fit_transform([example.cues for _, example in found])
    often = (cells != 0).sum(0) >= LEAST
    return Table(
        names=[name for name, kept in zip(maker.get_feature_names_out(), often, strict=True) if kept],
        rows=cells[:, often],
        yes=np.array([example.yes for _, example in found]),
        weight=np.array([example.weight for _, example in found]),
        stream=np.array([name for name, _ in found]),
    )


@dataclass(frozen=True)
class Tables:
    """What all lessons teach, in a form that is quickly fitted again without some of the streams."""

    worth: Table
    same: Table
    values: Table
    """One row a pair, as ``same``: likeness and values; ``yes`` is whether it was repeated."""
    pairs: list[Pair]
    kinds: dict[str, str]


def tables_of(lessons: Sequence[Lessons]) -> Tables:
    """The lessons as tables. An example of worth stands once more, lighter, as a language without a parser shows it."""
    worth = [(lesson.stream.name, example) for lesson in lessons for example in lesson.worth]
    worth += [(name, _unparsed(example)) for name, example in worth]
    found = [(lesson, pair) for lesson in lessons for pair in lesson.pairs]
    weights = {lesson.stream.name: _weight(lesson) for lesson in lessons if lesson.pairs}
    counts = Counter(pair.said for _, pair in found)
    same, values = [], []
    for lesson, pair in found:
        name = lesson.stream.name
        weight = weights[name] / counts[pair.said] ** 0.5
        same.append((name, Example(pair.likeness, pair.same, weight)))
        values.append((name, Example({**pair.likeness, **pair.values}, pair.repeated, weight)))
    return Tables(
        worth=_table(worth),
        same=_table(same),
        values=_table(values),
        pairs=[pair for _, pair in found],
        kinds={lesson.stream.name: lesson.stream.kind for lesson in lessons},
    )


def _unparsed(example: Example) -> Example:
    kept = {name: value for name, value in example.cues.items() if not name.split(", ")[-1].startswith(WITHOUT_PARSE)}
    return Example(kept | {"not parsed": 1.0}, example.yes, example.weight * 0.3)


def _weight(lesson: Lessons) -> float:
    said = len({pair.said for pair in lesson.pairs})
    return float(WEIGHT[lesson.stream.kind] ** 0.5 * min(2.0, (60 / max(1, said)) ** 0.5))


@dataclass(frozen=True)
class Size:
    """How many trees, how large, how bold, and on what share of the cues each."""

    trees: int
    leaves: int
    rate: float = 0.05
    leaf: int = 20
    share: float = 0.3


WORTH = Size(trees=200, leaves=10)
SAME = Size(trees=200, leaves=12, rate=0.06, leaf=30)
TOLD = Size(trees=120, leaves=8)
MOVED = Size(trees=120, leaves=8, leaf=15, share=0.4)
MAILED = Size(trees=60, leaves=6, rate=0.06, share=0.5)


def _learn(rows: np.ndarray, yes: np.ndarray, weight: np.ndarray, size: Size) -> HistGradientBoostingClassifier:
    learner = HistGradientBoostingClassifier(
        max_iter=size.trees,
        learning_rate=size.rate,
        max_leaf_nodes=size.leaves,
        l2_regularization=3,
        min_samples_leaf=size.leaf,
        max_features=size.share,
        random_state=1,
    )
    return learner.fit(rows, yes, sample_weight=weight)


def as_trees(learner: HistGradientBoostingClassifier, names: Sequence[str]) -> Trees:
    """What scikit-learn fitted, as the program keeps it, with only the names of cues that are asked for."""
    trees = [_tree(stage[0].nodes) for stage in learner._predictors]
    asked = sorted({cue for tree in trees for cue in tree.cue if cue >= 0})
    place = {cue: n for n, cue in enumerate(asked)} | {-1: -1}
    thin = [Tree([place[cue] for cue in t.cue], t.limit, t.left, t.right, t.value) for t in trees]
    return Trees([names[cue] for cue in asked], round(float(learner._baseline_prediction.ravel()[0]), 5), thin)


def _tree(nodes: np.ndarray) -> Tree:
    """A tree in arrays; inner nodes get the mean of what lies below, weighed by examples."""
    values, is_leaf = nodes["value"].astype(float), nodes["is_leaf"].astype(bool)
    for at in range(len(nodes) - 1, -1, -1):
        if not is_leaf[at]:
            below = [nodes["left"][at], nodes["right"][at]]
            values[at] = np.average(values[below], weights=nodes["count"][below])
    return Tree(
        cue=[-1 if leaf else int(cue) for cue, leaf in zip(nodes["feature_idx"], is_leaf, strict=True)],
        limit=[0.0 if leaf else float(f"{x:.6g}") for x, leaf in zip(nodes["num_threshold"], is_leaf, strict=True)],
        left=[int(n) for n in nodes["left"]],
        right=[int(n) for n in nodes["right"]],
        value=[round(float(value), 5) for value in values],
    )


NEVER = Trees([], -9.0, [])
PLAINLY = Trees(
    ["worth", "mailed before"],
    0.0,
    [
        Tree(
            [0, -1, 1, -1, -1], [0.0, 0.0, 0.5, 0.0, 0.0], [1, 0, 3, 0, 0], [2, 0, 4, 0, 0], [0.0, -9.0, 0.0, 9.0, -9.0]
        )
    ],
)
"""What is likely of worth and not likely told is mailed: what a desk is told while `mailed` has yet to be learned."""


def fit_base(tables: Tables, unseen: Set[str] = frozenset(), folds: int = 3) -> Models:
    """Worth, same and told, from every stream but the ``unseen``.

    Told learns from scores of ``same`` that did not see the stream in question either, as it will be in use.
    """
    worth = tables.worth
    kept = worth.but(unseen)
    learned = _learn(worth.rows[kept], worth.yes[kept], worth.weight[kept], WORTH)
    same, table = tables.same, tables.values
    streams = [name for name in dict.fromkeys(same.stream.tolist()) if name not in unseen]
    score = np.zeros(len(same.yes), dtype=np.float32)
    for fold in range(folds):
        held = set(streams[fold::folds])
        rest, there = same.but(held | unseen), np.isin(same.stream, list(held))
        part = _learn(same.rows[rest], same.yes[rest], same.weight[rest], SAME)
        score[there] = part.decision_function(same.rows[there])
    kept = same.but(unseen)
    told = kept & np.array([pair.may_be_told for pair in tables.pairs])
    cells = np.hstack([table.rows, score[:, None]])[told]
    return Models(
        worth=as_trees(learned, worth.names),
        same=as_trees(_learn(same.rows[kept], same.yes[kept], same.weight[kept], SAME), same.names),
        told=as_trees(_learn(cells, table.yes[told], table.weight[told], TOLD), [*table.names, "same"]),
        moved=NEVER,
        mailed=PLAINLY,
    )


# ---- what is learned from telling


class _Listening(Teller):
    """Tells a stream, and notes what was asked for each figure."""

    def __init__(self, title: str, models: Models) -> None:
        super().__init__(title, Stream(), models=models)
        self.asked: dict[str, Cues] = {}
        self.tracks: dict[str, list[tuple[str, Cues]]] = {}

    def _wanted(self, said: Any, again: Any, compared: Any) -> float:
        self.asked[said.mention.id] = mail_cues(said.score, again, compared, said.beside)
        return super()._wanted(said, again, compared)

    def states(self, said: Mention, compared: Any, worth: float) -> Any:
        found = super().states(said, compared, worth)
        self.tracks[said.id] = [(track.states[-1].mention.id, cues) for track, cues in found]
        return found


@dataclass(frozen=True)
class Heard:
    """What telling a stream teaches: which figures to mail, and which to call moves."""

    mailed: list[Example]
    moved: list[Example]


def listen(stream: LabelledStream, models: Models, score: ModuleType) -> Heard:
    """Tell a stream with weights that have not seen it, and hold what was asked against its labels."""
    labels, teller = aligned(stream, score), _Listening(stream.title, models)
    wanted = {(label["series"], score.of(label)) for label in stream.gold if _is_wanted(label)}
    mailed: list[tuple[Cues, bool]] = []
    told: set[tuple[str, Interval]] = set()
    for item in stream.items:
        for figure, one in zip(
            item.figures, teller.tell(item.id, item.text, item.figures, item.marks).told, strict=True
        ):
            label, cues = labels.get(figure.id), teller.asked.get(figure.id)
            news = (label["series"], score.of(label)) if label else None
            if cues is not None and not (label and label["worth"] == 1):
                mailed.append((cues, news in wanted and news not in told))
            if news is not None and one.telling.tell is Tell.NOW:
                told.add(news)
    moved = [
        (cues, _is_move(labels.get(id), labels.get(other)))
        for id, tracks in teller.tracks.items()
        for other, cues in tracks
    ]
    weight = 1.0 if stream.kind == "given" else 0.5
    many = min(2.0, (30 / max(1, len(teller.tracks))) ** 0.5)
    return Heard(
        mailed=[Example(cues, yes, weight) for cues, yes in mailed],
        moved=[Example(cues, yes, weight * many) for cues, yes in moved],
    )


def _is_wanted(label: Row) -> bool:
    return bool(label["worth"] == 2 and label["kind"] != "repeated")


def _is_move(label: Row | None, before: Row | None) -> bool:
    if label is None or before is None or label["kind"] not in ("changed", "contradiction"):
        return False
    return bool(label["series"] == before["series"])


def with_heard(models: Models, heard: Iterable[Heard]) -> Models:
    """The same weights with those that are learned from telling."""
    found = list(heard)
    mailed = _table([("", example) for one in found for example in one.mailed])
    moved = _table([("", example) for one in found for example in one.moved])
    return replace(
        models,
        mailed=as_trees(_learn(mailed.rows, mailed.yes, mailed.weight, MAILED), mailed.names),
        moved=as_trees(_learn(moved.rows, moved.yes, moved.weight, MOVED), moved.names),
    )


def left_out(
    lessons: Sequence[Lessons], tables: Tables, score: ModuleType, say: Callable[[str], None]
) -> dict[str, tuple[Models, Heard]]:
    """For each labelled stream the weights that have not seen it, and what telling it with them teaches."""
    found = {}
    for lesson in lessons:
        if lesson.stream.gold:
            base = fit_base(tables, {lesson.stream.name})
            found[lesson.stream.name] = base, listen(lesson.stream, base, score)
            say(f"without {lesson.stream.name}")
    return found


def all_lessons(folder: Path, say: Callable[[str], None] = print) -> list[Lessons]:
    """The lessons of every labelled stream; reading them takes a minute."""
    score = scorer(folder / "desk")
    found = [
        lessons_of(stream, score) for source in (given(folder / "desk"), ours(folder / "stories")) for stream in source
    ]
    say(
        f"{len(found)} streams, {sum(len(one.worth) for one in found)} figures, "
        f"{sum(len(one.pairs) for one in found)} pairs"
    )
    found += [lessons_of(stream, None) for stream in worths(folder / "stories")]
    say(f"with {sum(one.stream.kind == 'worth' for one in found)} stories labelled by worth alone")
    return found


def log_loss(model: Trees, examples: Sequence[Example]) -> float:
    """The mean loss of a model, in bits."""
    losses = [-math.log2(max(1e-9, p if e.yes else 1 - p)) for e in examples for p in [model.probability(e.cues)]]
    return sum(losses) / max(1, len(losses))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lessons = all_lessons(options.folder)
    tables, score = tables_of(lessons), scorer(options.folder / "desk")
    heard = [heard for _, heard in left_out(lessons, tables, score, print).values()]
    models = with_heard(fit_base(tables), heard)
    bits = log_loss(models.worth, [example for one in lessons for example in one.worth])
    print(f"worth: {bits:.3f} bits a figure, on what it was fitted to")
    if options.write:
        for model, place in (
            (models.worth, "worth/worth.json"),
            (models.same, "telling/same.json"),
            (models.told, "telling/told.json"),
            (models.moved, "telling/moved.json"),
            (models.mailed, "telling/mailed.json"),
        ):
            (PIPELINE / place).write_text(model.as_json(), encoding="utf-8")
            print(f"wrote {place}: {len(model.trees)} trees, {len(model.names)} cues")


if __name__ == "__main__":
    main()
