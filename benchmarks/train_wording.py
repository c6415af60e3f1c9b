"""Fit the weights of wordings on what readers held true and clear.

    python -m benchmarks.train_wording ../shared/data [--unseen TIMELINE17] [--write]

``labels/wordings.jsonl.gz`` holds some 2,000 wordings of 626 figures, each judged by a reader who saw the sentence and
what stands around it, and neither where a wording came from nor the other readers' verdicts: whether it is *true* to
its text, and *clear* to someone who sees it alone under the topic's title. It holds no text: a wording is known by its
hash, so a label of a wording that is made no more teaches nothing.

Each topic is left out in turn: of its figures the likeliest wording is taken by weights that have not seen it, and the
shares that were held true and clear are reported. ``--unseen`` reports the same of streams that no weights are ever
fitted on. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks.desk_data import HERE, Item, LabelledStream, given, ours, rows, unseen
from pipeline.figures.wording import candidates_of
from pipeline.figures.wording.choose import weighed
from pipeline.figures.wording.credit import credit
from pipeline.figures.wording.punctuated import LONGEST
from pipeline.figures.wording.render import length
from pipeline.tell.words import sentence_case

LABELS = HERE / "labels/wordings.jsonl.gz"
WEIGHTS = HERE.parent / "pipeline/figures/wording/weights.json"
STRENGTH = 0.005
"""Inverse strength of the L2 penalty; a twentieth to four times as much tells no better on topics left out."""
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


def shown(text: str, speaker: str) -> str:
    """A wording with who is credited, as readers saw it."""
    named = credit(speaker, text)
    return f"{sentence_case(text)} ({named})" if named else sentence_case(text)


def key_of(text: str) -> str:
    """The hash by which labels know a wording."""
    return sha1(text.encode()).hexdigest()[:12]


def judged(streams: Iterable[LabelledStream], labels: Path = LABELS, reader: str = "a") -> Iterator[Judged]:
    """The wordings of these streams that a reader judged, as they are made today."""
    known = {(row["figure"], row["wording"]): row for row in rows(labels) if row["reader"] == reader}
    wanted = {figure for figure, _ in known}
    for stream in streams:
        for item in stream.items:
            for n, figure in enumerate(item.figures):
                if figure.id in wanted:
                    yield from _of_figure(stream.name, item, n, known)


def _of_figure(stream: str, item: Item, n: int, known: dict[tuple[str, str], dict[str, int]]) -> Iterator[Judged]:
    figure = item.figures[n]
    done = set()
    for one, speaker in candidates_of(n, [other.figure for other in item.figures], item.text.text):
        text = shown(one.text, speaker)
        label = known.get((figure.id, key_of(text)))
        if label is not None and text not in done:
            done.add(text)
            yield Judged(
                stream,
                figure.id,
                text,
                length(one.text),
                one.marks,
                bool(label["true"]),
                bool(label["clear"]),
            )


# ---- fitting


def fit(examples: Sequence[Judged]) -> dict[str, float]:
    """Weights by mark, in log-odds: of being true, and of being true and clear, as one question asked twice."""
    maker = DictVectorizer(sparse=False)
    cells = maker.fit_transform([one.marks for one in examples])
    often = (cells != 0).sum(0) >= LEAST
    names = [str(name) for name, kept in zip(maker.get_feature_names_out(), often, strict=True) if kept]
    scale = StandardScaler().fit(cells[:, often])
    scaled = scale.transform(cells[:, often])
    answers = np.array([one.true for one in examples] + [one.true and one.clear for one in examples])
    learned = LogisticRegression(C=STRENGTH, max_iter=3000).fit(np.vstack([scaled, scaled]), answers)
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
    """Print how many were held true, clear, and both."""
    true, clear = (np.mean([getattr(one, part) for one in found]) for part in ("true", "clear"))
    both = np.mean([one.true and one.clear for one in found])
    print(f"{name:14} {len(found):4} figures  true {true:.3f}  clear {clear:.3f}  both {both:.3f}")


def left_out(examples: Sequence[Judged]) -> list[Judged]:
    """Of each topic what is taken by weights fitted on all others."""
    by_stream: defaultdict[str, list[Judged]] = defaultdict(list)
    for one in examples:
        by_stream[one.stream].append(one)
    found = []
    for stream, own in by_stream.items():
        best = taken(own, fit([one for one in examples if one.stream != stream]))
        report(stream, best)
        found += best
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--unseen", type=Path, metavar="TIMELINE17")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    examples = list(judged([*given(options.folder / "desk"), *ours(options.folder / "stories")]))
    print(f"{len(examples)} wordings judged")
    report("left out", left_out(examples))
    weights = fit(examples)
    if options.unseen:
        others = list(judged(unseen(options.unseen)))
        report("unseen", taken(others, weights))
    if options.write:
        WEIGHTS.write_text(json.dumps(weights, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"wrote {len(weights) - 1} weights")


if __name__ == "__main__":
    main()
