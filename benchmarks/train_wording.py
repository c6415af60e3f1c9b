"""Fit the weights of wordings on what readers held true and clear.

    python -m benchmarks.train_wording ../shared/data [--unseen CORPORA] [--write]

``labels/wordings.jsonl.gz`` holds verdicts on some 3,000 wordings of 800 figures, by readers who saw the sentence and
what stands around it, and neither where a wording came from nor the other readers' verdicts: whether it is *true* to
its text, and *clear* to someone who sees it alone under the topic's title. Readers a and b held a wording untrue if a
pronoun or a place in it meant what another sentence names; c and d asked only whether it says what its sentence does
not, and whether it is *grammatical* too. It holds no text: a wording is known by its hash, so a label of a wording that
is made no more teaches nothing.

Each topic is left out in turn, with others on the same events: of its figures the likeliest wording is taken by
weights that have not seen it, and the shares that were held true and clear are reported. ``--unseen`` adds streams of
corpora. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks.desk_data import HERE, Item, LabelledStream, Row, given, ours, rows, unseen
from pipeline.figures.wording import candidates_of
from pipeline.figures.wording.choose import weighed
from pipeline.figures.wording.credit import credit
from pipeline.figures.wording.punctuated import LONGEST
from pipeline.figures.wording.render import length
from pipeline.tell.words import sentence_case

LABELS = HERE / "labels/wordings.jsonl.gz"
WEIGHTS = HERE.parent / "pipeline/figures/wording/weights.json"
STRENGTH = 0.02
"""Inverse strength of the L2 penalty; a quarter as much to twice as much tells no better on topics left out."""
WEIGHT = {"a": 0.5, "c": 1.0}
"""How much a verdict counts, by its reader: what c held is what a mail must be."""
YEARS = ("14", "21")
"""Ends of names that are years: of these streams no two are on the same events."""
LEAST = 15
"""Wordings that a mark must occur in to be weighed."""


@dataclass(frozen=True)
class Judged:
    """A wording with its marks and what its reader held of it; ``text`` is shown as a mail does."""

    stream: str
    figure: str
    text: str
    words: int
    marks: dict[str, float]
    true: bool
    clear: bool
    grammatical: bool
    """True also where the reader was not asked."""
    reader: str

    @property
    def is_good(self) -> bool:
        """Whether it is all that was asked."""
        return self.true and self.clear and self.grammatical


def shown(text: str, speaker: str) -> str:
    """A wording with who is credited, as readers saw it."""
    named = credit(speaker, text)
    return f"{sentence_case(text)} ({named})" if named else sentence_case(text)


def key_of(text: str) -> str:
    """The hash by which labels know a wording."""
    return sha1(text.encode()).hexdigest()[:12]


def judged(streams: Iterable[LabelledStream], labels: Path = LABELS, readers: str = "ac") -> Iterator[Judged]:
    """The wordings of these streams that these readers judged, as they are made today."""
    known: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows(labels):
        if row["reader"] in readers:
            known[row["figure"], row["wording"]].append(row)
    wanted = {figure for figure, _ in known}
    for stream in streams:
        for item in stream.items:
            for n, figure in enumerate(item.figures):
                if figure.id in wanted:
                    yield from _of_figure(stream.name, item, n, known)


def _of_figure(stream: str, item: Item, n: int, known: Mapping[tuple[str, str], list[Row]]) -> Iterator[Judged]:
    figure = item.figures[n]
    done = set()
    for one, speaker in candidates_of(n, [other.figure for other in item.figures], item.text.text):
        text = shown(one.text, speaker)
        if text in done:
            continue
        done.add(text)
        for label in known.get((figure.id, key_of(text)), ()):
            yield Judged(
                stream,
                figure.id,
                text,
                length(one.text),
                one.marks,
                bool(label["true"]),
                bool(label["clear"]),
                bool(label.get("grammatical", True)),
                label["reader"],
            )


# ---- fitting


def fit(examples: Sequence[Judged]) -> dict[str, float]:
    """Weights by mark, in log-odds: of being true, and of being all that is asked, as one question asked twice."""
    maker = DictVectorizer(sparse=False)
    cells = maker.fit_transform([one.marks for one in examples])
    often = (cells != 0).sum(0) >= LEAST
    names = [str(name) for name, kept in zip(maker.get_feature_names_out(), often, strict=True) if kept]
    scale = StandardScaler().fit(cells[:, often])
    scaled = scale.transform(cells[:, often])
    answers = np.array(
        [one.true for one in examples] + [one.true and one.clear and one.grammatical for one in examples]
    )
    weight = np.array([WEIGHT[one.reader] for one in examples] * 2)
    learned = LogisticRegression(C=STRENGTH, max_iter=3000).fit(np.vstack([scaled, scaled]), answers, weight)
    weights = learned.coef_[0] / scale.scale_
    base = learned.intercept_[0] - float((weights * scale.mean_).sum())
    return {"": round(float(base), 4)} | {
        name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True) if abs(weight) >= 5e-5
    }


# ---- reporting


def taken(examples: Sequence[Judged], weights: dict[str, float]) -> list[Judged]:
    """The likeliest wording of each figure, of those judged that are short enough."""
    best: dict[str, Judged] = {}
    for one in examples:
        if one.words <= LONGEST:
            before = best.get(one.figure)
            if before is None or weighed(one.marks, weights) > weighed(before.marks, weights):
                best[one.figure] = one
    return list(best.values())


def report(name: str, found: Sequence[Judged]) -> None:
    """Print how many were held true, clear, grammatical, and all of it."""
    parts = ("true", "clear", "grammatical")
    shares = "  ".join(f"{part} {np.mean([getattr(one, part) for one in found]):.3f}" for part in parts)
    print(f"{name:14} {len(found):4} figures  {shares}  all {np.mean([one.is_good for one in found]):.3f}")


def kin(stream: str) -> str:
    """What a stream shares with others on the same events: "haiti" of "haiti2"."""
    return stream if stream.endswith(YEARS) else stream.rstrip("0123456789")


def left_out(examples: Sequence[Judged], reader: str) -> list[Judged]:
    """What is taken of each topic by weights fitted on all others, of what a reader judged."""
    found = []
    for stream in dict.fromkeys(one.stream for one in examples):
        own = [one for one in examples if one.stream == stream and one.reader == reader]
        if own:
            best = taken(own, fit([one for one in examples if kin(one.stream) != kin(stream)]))
            report(stream, best)
            found += best
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--unseen", type=Path, metavar="CORPORA")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    streams = [*given(options.folder / "desk"), *ours(options.folder / "stories")]
    examples = list(judged([*streams, *(unseen(options.unseen) if options.unseen else ())]))
    print(f"{len(examples)} verdicts on wordings")
    for reader in WEIGHT:
        report(f"left out, {reader}", left_out(examples, reader))
    weights = fit(examples)
    if options.write:
        WEIGHTS.write_text(json.dumps(weights, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"wrote {len(weights) - 1} weights")


if __name__ == "__main__":
    main()
