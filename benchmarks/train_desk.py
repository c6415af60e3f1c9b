"""Learn what telling ships: how much a figure is worth, and whether it was told before or is the next state of one.

    python -m benchmarks.train_desk ../shared/data CORPORA           fit, and say how well the weights fit
    python -m benchmarks.train_desk ../shared/data CORPORA --write   … and write them into pipeline/figures

The first folder holds ``desk`` and ``stories``, the other corpora that others have published; see ``desk_data``.
What is kept of the texts are limits of some 600 cues. Needs scikit-learn (dependency group ``compare``). How good the
weights are on topics they have not seen tells ``python -m benchmarks.desk``, which fits them anew without each topic in
turn.

Each question is answered by gradient boosted trees: small ones, each on a random third of the cues, so that the few
strong cues do not hide the rest (left out one by one, topics gain two to three points of AUC over a regression on the
same cues). Streams weigh by the square root of their length; those of the folder count in full, ours 0.4 (short
excerpts for the most part), and worths of stories without a stream 0.2.

Streams of corpora teach only what is mailed, all told. Their articles state more figures, and no more that their
readers want: fitted on them too, worth tells the topics of the folder less well (F1 .64, not .70).
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

from benchmarks.desk_data import Interval, LabelledStream, Row, aligned, given, moves, of_corpora, ours, scorer, worths
from benchmarks.fit_trees import Cues, Example, Size, Table, as_trees, learn, table_of
from benchmarks.train_moves import NEVER, Asking, Question, fit_choice, question_of, questions_of
from pipeline.figures.telling import pairs
from pipeline.figures.telling.mention import Mention
from pipeline.figures.telling.models import Models
from pipeline.figures.telling.teller import mail_cues
from pipeline.figures.worth import Stream, Trees, cues_of
from pipeline.figures.worth.model import Tree
from schemas.figure import Tell

PIPELINE = Path(__file__).resolve().parents[1] / "pipeline/figures"
WEIGHT = {"given": 1.0, "ours": 0.4, "worth": 0.2}
HEARD = {"given": 1.0, "ours": 0.5, "corpora": 0.3}
"""How much a figure counts for what is mailed, by the kind of its stream."""
WITHOUT_PARSE = ("role: ", "verb", "modal: ", "inside ", "place in sentence", "depth", "main clause", "denied")
"""Cues that a parse gives. Each example stands once more without them, for languages that have no parser."""
HARD, EASY, KNOWN = 15, 4, 10
"""Pairs taken of each figure: the closest of other series, some others, and the latest of its own."""


@dataclass(frozen=True)
class Pair:
    """A labelled figure and one told before it: how alike they are, and how their values stand."""

    said: str
    likeness: Cues
    values: Cues
    same: bool
    repeated: bool
    may_be_told: bool
    of_one_value: bool


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
            of_one_value=pairs.standing(one.claim, said.claim) in pairs.SAYS_THE_SAME,
        )
        for one, row in chosen
    ]


# ---- fitting


@dataclass(frozen=True)
class Tables:
    """What all lessons teach, in a form that is quickly fitted again without some of the streams."""

    worth: Table
    same: Table
    values: Table
    """One row a pair, as ``same``: likeness and values; ``yes`` is whether it was repeated."""
    states: Table
    """Pairs of different values: likeness and values; ``yes`` is whether both are of one series."""
    pairs: list[Pair]
    kinds: dict[str, str]


def tables_of(lessons: Sequence[Lessons]) -> Tables:
    """The lessons as tables. An example of worth stands once more, lighter, as a language without a parser shows it."""
    worth = [(lesson.stream.name, example) for lesson in lessons for example in lesson.worth]
    worth += [(name, _unparsed(example)) for name, example in worth]
    found = [(lesson, pair) for lesson in lessons for pair in lesson.pairs]
    weights = {lesson.stream.name: _weight(lesson) for lesson in lessons if lesson.pairs}
    counts = Counter(pair.said for _, pair in found)
    same, values, states = [], [], []
    for lesson, pair in found:
        name = lesson.stream.name
        weight = weights[name] / counts[pair.said] ** 0.5
        same.append((name, Example(pair.likeness, pair.same, weight)))
        both = {**pair.likeness, **pair.values}
        values.append((name, Example(both, pair.repeated, weight)))
        if not pair.of_one_value:
            states.append((name, Example(both, pair.same, weight)))
    return Tables(
        worth=table_of(worth),
        same=table_of(same),
        values=table_of(values),
        states=table_of(states),
        pairs=[pair for _, pair in found],
        kinds={lesson.stream.name: lesson.stream.kind for lesson in lessons},
    )


def _unparsed(example: Example) -> Example:
    kept = {name: value for name, value in example.cues.items() if not name.split(", ")[-1].startswith(WITHOUT_PARSE)}
    return Example(kept | {"not parsed": 1.0}, example.yes, example.weight * 0.3)


def _weight(lesson: Lessons) -> float:
    said = len({pair.said for pair in lesson.pairs})
    return float(WEIGHT[lesson.stream.kind] ** 0.5 * min(2.0, (60 / max(1, said)) ** 0.5))


WORTH = Size(trees=200, leaves=10)
MAILED = Size(trees=60, leaves=6, rate=0.06, share=0.5)
SAME = Size(trees=200, leaves=12, rate=0.06, leaf=30)
TOLD = Size(trees=120, leaves=8)


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
    learned = learn(worth.rows[kept], worth.yes[kept], worth.weight[kept], WORTH)
    same, table = tables.same, tables.values
    streams = [name for name in dict.fromkeys(same.stream.tolist()) if name not in unseen]
    score = np.zeros(len(same.yes), dtype=np.float32)
    for fold in range(folds):
        held = set(streams[fold::folds])
        rest, there = same.but(held | unseen), np.isin(same.stream, list(held))
        part = learn(same.rows[rest], same.yes[rest], same.weight[rest], SAME)
        score[there] = part.decision_function(same.rows[there])
    kept = same.but(unseen)
    told = kept & np.array([pair.may_be_told for pair in tables.pairs])
    cells = np.hstack([table.rows, score[:, None]])[told]
    states, apart = tables.states, tables.states.but(unseen)
    return Models(
        worth=as_trees(learned, worth.names),
        same=as_trees(learn(same.rows[kept], same.yes[kept], same.weight[kept], SAME), same.names),
        told=as_trees(learn(cells, table.yes[told], table.weight[told], TOLD), [*table.names, "same"]),
        states=as_trees(learn(states.rows[apart], states.yes[apart], states.weight[apart], SAME), states.names),
        moved=NEVER,
        mailed=PLAINLY,
    )


# ---- what is learned from telling


class _Listening(Asking):
    """Tells a stream, and notes what was asked for each figure."""

    def __init__(self, title: str, models: Models) -> None:
        super().__init__(title, models)
        self.asked: dict[str, Cues] = {}

    def _wanted(self, said: Any, again: Any, compared: Any) -> float:
        self.asked[said.mention.id] = mail_cues(said.score, again, compared, said.beside)
        return super()._wanted(said, again, compared)


@dataclass(frozen=True)
class Heard:
    """What telling a stream teaches: which figures to mail, and which to call moves."""

    mailed: list[Example]
    moved: list[Question]


def listen(stream: LabelledStream, models: Models, score: ModuleType) -> Heard:
    """Tell a stream with weights that have not seen it, and hold what was asked against its labels."""
    labels, teller = aligned(stream, score), _Listening(stream.title, models)
    wanted = {(label["series"], score.of(label)) for label in stream.gold if _is_wanted(label)}
    mailed: list[tuple[Cues, bool]] = []
    asked: list[str] = []
    told: set[tuple[str, Interval]] = set()
    for item in stream.items:
        for figure, one in zip(
            item.figures, teller.tell(item.id, item.text, item.figures, item.marks).told, strict=True
        ):
            label, cues = labels.get(figure.id), teller.asked.get(figure.id)
            news = (label["series"], score.of(label)) if label else None
            if cues is not None and not (label and label["worth"] == 1):
                mailed.append((cues, news in wanted and news not in told))
            if one.telling.tell is Tell.NOW or (label and _is_wanted(label)):
                asked.append(figure.id)
            if news is not None and one.telling.tell is Tell.NOW:
                told.add(news)
    return Heard(
        mailed=[Example(cues, yes, HEARD[stream.kind]) for cues, yes in mailed],
        moved=[
            question_of(teller.options[id], _from(labels.get(id), score), score)
            for id in asked
            # With those of corpora, half as many moves are claimed, and no more of them rightly.
            if teller.options.get(id) and stream.kind != "corpora"
        ],
    )


def _is_wanted(label: Row) -> bool:
    return bool(label["worth"] == 2 and label["kind"] != "repeated")


def _from(label: Row | None, score: ModuleType) -> Interval | None:
    """The value that a label says its figure moved from, or contradicts."""
    if label is None or label["kind"] not in ("changed", "contradiction"):
        return None
    before: Interval | None = score.interval(label.get("from"))
    return before


def with_heard(models: Models, heard: Iterable[Heard], moves: Iterable[Question] = ()) -> Models:
    """The same weights with those that are learned from telling; ``moves`` are answers of readers to that alone."""
    found = list(heard)
    mailed = table_of([("", example) for one in found for example in one.mailed])
    return replace(
        models,
        mailed=as_trees(learn(mailed.rows, mailed.yes, mailed.weight, MAILED), mailed.names),
        moved=fit_choice([*(question for one in found for question in one.moved), *moves]),
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


def asked(
    corpora: Path, found: Mapping[str, tuple[Models, Heard]], rest: Models, score: ModuleType
) -> list[tuple[str, list[Question]]]:
    """What readers answered on moves alone, by the desk stream that is of the same events.

    Streams are told with weights that have not seen those events: what `left_out` found, or else the ``rest``.
    """
    return [
        (stream.kin, questions_of(stream, found[stream.kin][0] if stream.kin in found else rest, score))
        for stream in moves(corpora)
    ]


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
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lessons = all_lessons(options.folder)
    tables, score = tables_of(lessons), scorer(options.folder / "desk")
    found, base = left_out(lessons, tables, score, print), fit_base(tables)
    moved = [question for _, some in asked(options.corpora, found, base, score) for question in some]
    busy = [listen(stream, base, score) for stream in of_corpora(options.corpora)]
    models = with_heard(base, [*(heard for _, heard in found.values()), *busy], moved)
    bits = log_loss(models.worth, [example for one in lessons for example in one.worth])
    print(f"worth: {bits:.3f} bits a figure, on what it was fitted to")
    if options.write:
        for model, place in (
            (models.worth, "worth/worth.json"),
            (models.same, "telling/same.json"),
            (models.told, "telling/told.json"),
            (models.states, "telling/states.json"),
            (models.moved, "telling/moved.json"),
            (models.mailed, "telling/mailed.json"),
        ):
            (PIPELINE / place).write_text(model.as_json(), encoding="utf-8")
            print(f"wrote {place}: {len(model.trees)} trees, {len(model.names)} cues")


if __name__ == "__main__":
    main()
