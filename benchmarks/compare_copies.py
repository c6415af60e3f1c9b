"""Copies: Tallywire beside what is usual, on the same articles in one run.

    .uv/bin/uv pip install --python .venv/bin/python --group compare
    python -m benchmarks.compare_copies

None of the three is needed by Tallywire; what is not installed is left out, with a line that says so. The articles are
the labelled set *neardup* where it lies in ../shared, and otherwise the sample that comes with the repository. Pairs
are counted as `score.py` beside the set does: pairwise over groups, different reports of one story left out. Speed is
articles per CPU second of one thread, words split by each on its own.

Each method looks for each article among those before it and takes the likeliest as its original:

* MinHash with LSH (datasketch; Broder 1997), sequences of five words, 128 permutations, Jaccard from 0.5 and 0.8;
* R-MinHash with LSH (rensa), sequences of five words, 128 permutations, Jaccard from 0.5;
* the cosine of TF-IDF over words (scikit-learn), from 0.6, frequencies known beforehand.
"""

from __future__ import annotations

import importlib
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from benchmarks.group import Row, copies_alone, data, replay, rows
from benchmarks.sample_group import SAMPLE

_WORD = re.compile(r"\w+")
_PERMUTATIONS = 128
Originals = list[int | None]


def _shingles(text: str) -> list[str]:
    found = _WORD.findall(text.lower())
    return [" ".join(found[at : at + 5]) for at in range(max(1, len(found) - 4))]


def _datasketch(texts: Sequence[str], threshold: float) -> Originals:
    library = importlib.import_module("datasketch")
    index = library.MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
    made: list[Any] = []
    found: Originals = []
    for number, text in enumerate(texts):
        sketch = library.MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in _shingles(text)])
        likely = [(sketch.jaccard(made[other]), -other) for other in index.query(sketch)]
        best = max(likely, default=(0.0, 0))
        found.append(-best[1] if best[0] >= threshold else None)
        index.insert(number, sketch)
        made.append(sketch)
    return found


def _rensa(texts: Sequence[str], threshold: float) -> Originals:
    library = importlib.import_module("rensa")
    bands = 32
    index = library.RMinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS, num_bands=bands)
    made: list[Any] = []
    found: Originals = []
    for number, text in enumerate(texts):
        sketch = library.RMinHash(num_perm=_PERMUTATIONS, seed=1)
        sketch.update(_shingles(text))
        likely = [(sketch.jaccard(made[other]), -other) for other in index.query(sketch)]
        best = max(likely, default=(0.0, 0))
        found.append(-best[1] if best[0] >= threshold else None)
        index.insert(number, sketch)
        made.append(sketch)
    return found


def _tfidf(texts: Sequence[str], threshold: float) -> Originals:
    library = importlib.import_module("sklearn.feature_extraction.text")
    table = library.TfidfVectorizer(sublinear_tf=True, token_pattern=r"\w+").fit_transform(texts)
    found: Originals = [None]
    for start in range(0, len(texts), 256):
        near = (table[start : start + 256] @ table.T).toarray()
        for number in range(max(1, start), min(start + 256, len(texts))):
            line = near[number - start, :number]
            best = int(line.argmax())
            found.append(best if line[best] >= threshold else None)
    return found


METHODS: dict[str, tuple[str, Callable[[Sequence[str]], Originals]]] = {
    "datasketch, Jaccard 0.5": ("datasketch", lambda texts: _datasketch(texts, 0.5)),
    "datasketch, Jaccard 0.8": ("datasketch", lambda texts: _datasketch(texts, 0.8)),
    "rensa, Jaccard 0.5": ("rensa", lambda texts: _rensa(texts, 0.5)),
    "TF-IDF, cosine 0.6": ("sklearn", lambda texts: _tfidf(texts, 0.6)),
}


def scored(members: Sequence[Row], originals: Sequence[str | None]) -> tuple[float, float, float, dict[str, float]]:
    """Precision, recall and F1 of pairs, and the recall of each kind of copy."""
    gold = {row["id"]: row["gold"] for row in members}
    root = {row["id"]: row["id"] for row in members}

    def find(article: str) -> str:
        while root[article] != article:
            article = root[article]
        return article

    for row, original in zip(members, originals, strict=True):
        if original is not None:
            root[find(row["id"])] = find(original)
    groups = defaultdict(list)
    for article in gold:
        groups[find(article)].append(article)

    def stories(article: str) -> set[str]:
        donor = gold.get(gold[article].get("donor"))
        return {gold[article]["story"]} | ({donor["story"]} if donor else set())

    hits = counted = 0
    found = set()
    for group in groups.values():
        for one, other in combinations(group, 2):
            if gold[one]["copy_group"] == gold[other]["copy_group"]:
                hits, counted = hits + 1, counted + 1
                found |= {one, other}
            elif not stories(one) & stories(other):
                counted += 1
    sizes = Counter(one["copy_group"] for one in gold.values())
    positives = sum(size * (size - 1) // 2 for size in sizes.values())
    kinds = defaultdict(list)
    for article, one in gold.items():
        if one["kind"] not in ("base", "form"):
            kinds[one["kind"]].append(article in found)
    precision, recall = hits / max(1, counted), hits / positives
    return (
        precision,
        recall,
        2 * precision * recall / max(precision + recall, 1e-9),
        {kind: sum(found) / len(found) for kind, found in sorted(kinds.items())},
    )


def results(members: Sequence[Row]) -> Iterator[tuple[str, float, tuple[float, float, float, dict[str, float]]]]:
    said, speed = replay(list(members), regroup=False)
    yield "Tallywire, with stories", speed, scored(members, [row["copy_of"] for row in said])
    originals, speed = copies_alone(list(members))
    yield "Tallywire, copies alone", speed, scored(members, originals)
    texts = [row["text"] for row in members]
    for name, (library, method) in METHODS.items():
        try:
            importlib.import_module(library)
        except ImportError:
            sys.stderr.write(f"{name}: left out, {library} is not installed\n")
            continue
        start = time.process_time()
        found = method(texts)
        speed = len(texts) / (time.process_time() - start)
        yield name, speed, scored(members, [None if at is None else members[at]["id"] for at in found])


def main() -> None:
    folder = data()
    members = rows(SAMPLE if folder is None else folder / "neardup.jsonl.gz")
    print(f"{len(members)} articles of {SAMPLE.name if folder is None else 'neardup'}\n")
    head = False
    for name, speed, (precision, recall, f1, kinds) in results(members):
        if not head:
            print("| | P | R | F1 | articles / CPU s | " + " | ".join(kinds) + " |")
            print("|---" * (5 + len(kinds)) + "|")
            head = True
        print(
            f"| {name} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {speed:,.0f} | "
            + " | ".join(f"{value:.2f}" for value in kinds.values())
            + " |",
            flush=True,
        )


if __name__ == "__main__":
    main()
