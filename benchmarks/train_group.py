"""Learn what grouping ships: how common words are, and two regressions that tell whether two articles are one story.

    python benchmarks/train_group.py FOLDER                 train, and say how good each set is when left out
    python benchmarks/train_group.py FOLDER --write         … and write pipeline/group/weights.json
    python benchmarks/train_group.py FOLDER --write --words FILE        … and pipeline/group/background.json

FOLDER holds labelled streams, ``NAME.jsonl.gz``: one article a line, ``{id, title, text, published, source, language,
gold: {story}}``, in order of arrival. Only counts of common words and some fifty numbers are kept of them. FILE has a
word of English and how often it occurs on each line: ``frequency_dictionary_en_82_765.txt`` of the package symspellpy
(MIT), counted in Google Books Ngrams (CC BY 3.0).

Each set weighs the same, however long. The regressions are fitted by Newton's method with a ridge; it is strong because
sets differ more from each other than their halves do: leaving one set out, a weak one loses three points of B-cubed F1.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.group import Grouper, likeness
from pipeline.group.likeness import ARRIVING, SETTLED, Model
from pipeline.group.tokens import normalise, stem, words
from schemas.article import Reading

SETS = ("ecbplus", "basil", "allsides21", "neus", "fnc1")
FOREIGN = "meantime"
WEIGHT = {"basil": 0.4, FOREIGN: 0.5}
"""Sets with few pairs, or with translations only, count for less."""
RIDGE = 0.005
STRONGER = {
    ARRIVING: {"words_to_crowd": 15, "opening_to_crowd": 15, "timing": 3, "days": 3},
    SETTLED: {"timing": 60, "days": 3},
}
"""How many times as strong it is for how crowded and how fast a stream is: sets differ the most in that."""
JOIN, LINK = 0.42, 0.39
BACKGROUND_WEIGHT = 500
ARTICLE = 200
"""So many words of English are taken to make an article."""
SELDOM = 3
"""English words that fewer of a thousand articles hold are left out."""
CHUNK = 64
HOME = Path(__file__).resolve().parents[1] / "pipeline/group"
Row = dict[str, Any]


def rows(folder: Path, name: str) -> list[Row]:
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def reading(row: Row) -> Reading:
    return Reading(
        requested_url=row["url"],
        url=row["url"],
        title=row["title"],
        text=row["text"],
        published=datetime.fromisoformat(row["published"]),
        outlet=row["source"],
        language=row["language"],
    )


def background(sets: Mapping[str, Sequence[Row]], english: Mapping[str, int]) -> dict[str, Any]:
    """The stems that stand in one in a hundred articles of several sets, and those of common English words, by how many
    articles in a thousand hold them."""
    holding: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    articles: Counter[tuple[str, str]] = Counter()
    for name, members in sets.items():
        for row in members:
            key = (row["language"], name)
            articles[key] += 1
            holding[key].update({stem(w.lower()) for w in words(normalise(f"{row['title']}\n{row['text']}"))})
    languages = defaultdict(list)
    for key in holding:
        languages[key[0]].append(key)
    share: dict[str, float] = {}
    for keys in languages.values():
        for word in set().union(*(holding[key] for key in keys)):
            found = [holding[key][word] / articles[key] for key in keys]
            # A word of one set only is likely to be what that set is about.
            if sum(part > 0.002 for part in found) >= min(3, len(keys)) or np.mean(found) > 0.04:
                share[word] = max(share.get(word, 0.0), float(np.mean(found)))
    permille = {word: round(1000 * part) for word, part in share.items() if part >= 0.01}
    often: Counter[str] = Counter()
    for word, count in english.items():
        often[stem(word)] += count
    for word, count in often.items():
        in_general = round(1000 * (1 - math.exp(-ARTICLE * count / often.total())))
        if in_general >= SELDOM:
            permille.setdefault(word, in_general)
    by_permille: dict[int, list[str]] = defaultdict(list)
    for word, part in permille.items():
        by_permille[part].append(word)
    return {
        "weight": BACKGROUND_WEIGHT,
        "permille": {str(part): " ".join(sorted(by_permille[part])) for part in sorted(by_permille)},
    }


Labelled = tuple[np.ndarray, np.ndarray]


def examples(members: Sequence[Row]) -> tuple[Labelled, Labelled]:
    """Pairs as they look when the later article arrives, and as they look at three moments afterwards."""
    story = {row["id"]: row["gold"]["story"] for row in members}
    grouper = Grouper()
    moments = {round(len(members) * part / 3) for part in (1, 2, 3)}
    arriving: list[tuple[list[tuple[str, str]], np.ndarray]] = []
    settled: list[tuple[list[tuple[str, str]], np.ndarray]] = []
    for seq, row in enumerate(members, start=1):
        placed = grouper.place(row["id"], reading(row), seq=seq, topics=("replay",))
        if placed.copy_link is None:
            arriving.append(grouper.measured(row["id"]))
        if seq in moments:
            settled.append(grouper.measured())

    def labelled(found: list[tuple[list[tuple[str, str]], np.ndarray]]) -> Labelled:
        same = [story[one] == story[other] for pairs, _ in found for one, other in pairs]
        return np.concatenate([described for _, described in found]).astype(float), np.array(same, dtype=float)

    return labelled(arriving), labelled(settled)


def fit(sets: Mapping[str, Labelled], columns: tuple[str, ...]) -> np.ndarray:
    """The weights of a ridge regression on the log-odds, one for each of the columns."""
    described = np.concatenate([x for x, _ in sets.values()])
    same = np.concatenate([y for _, y in sets.values()])
    weight = np.concatenate([np.full(len(y), WEIGHT.get(name, 1) * 1e4 / len(y)) for name, (_, y) in sets.items()])
    mean, spread = described.mean(axis=0), described.std(axis=0) + 1e-6
    mean[-1], spread[-1] = 0, 1
    scaled = (described - mean) / spread
    ridge = np.full(scaled.shape[1], 1 / RIDGE)
    ridge *= [STRONGER[columns].get(column, 1) for column in columns]
    ridge[-1] = 1e-6
    weights = np.zeros(scaled.shape[1])
    for _ in range(50):
        guess = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (weight * (guess - same)) + ridge * weights
        bend = (scaled * (weight * guess * (1 - guess))[:, None]).T @ scaled + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < 1e-7:
            break
    found = weights / spread
    found[-1] -= found[:-1] @ mean[:-1]
    return found


def train(sets: Mapping[str, tuple[Labelled, Labelled]]) -> Model:
    arriving = fit({name: pairs[0] for name, pairs in sets.items()}, ARRIVING)
    settled = fit({name: pairs[1] for name, pairs in sets.items()}, SETTLED)
    return Model(arriving.round(4).astype(np.float32), settled.round(4).astype(np.float32), JOIN, LINK)


def b_cubed(members: Sequence[Row], story: Mapping[str, str]) -> float:
    """B-cubed F1 (Bagga & Baldwin 1998)."""
    gold = Counter(row["gold"]["story"] for row in members)
    said = Counter(story[row["id"]] for row in members)
    both = Counter((row["gold"]["story"], story[row["id"]]) for row in members)
    precision = sum(count**2 / said[pair[1]] for pair, count in both.items()) / len(members)
    recall = sum(count**2 / gold[pair[0]] for pair, count in both.items()) / len(members)
    return 2 * precision * recall / (precision + recall)


def replayed(members: Sequence[Row], model: Model | None, *, regroup: bool) -> float:
    """How good the stories are in the end, with or without looking back after each chunk."""
    grouper = Grouper(model=model)
    story: dict[str, str] = {}
    for seq, row in enumerate(members, start=1):
        join = grouper.place(row["id"], reading(row), seq=seq, topics=("replay",)).join
        assert join is not None
        story[row["id"]] = join.story
        if regroup and (seq % CHUNK == 0 or seq == len(members)):
            story.update((move.article, move.to_story) for move in grouper.regroup())
    return b_cubed(members, story)


def half(members: Sequence[Row], which: int) -> list[Row]:
    """Every other story of a stream, in the order in which the stories begin."""
    order = {story: at for at, story in enumerate(dict.fromkeys(row["gold"]["story"] for row in members))}
    return [row for row in members if order[row["gold"]["story"]] % 2 == which]


def across_halves(sets: Mapping[str, Sequence[Row]], model: Model) -> None:
    """Print how good each half of the stories is with what was learned from all, and from the other half alone."""
    print(f"\n{'half streams':12}{'arriving':>10}{'settled':>10}{'other half:':>12}{'arriving':>8}{'settled':>10}")
    found: dict[str, list[list[float]]] = defaultdict(list)
    for which in (0, 1):
        learned = train({name: examples(half(members, 1 - which)) for name, members in sets.items()})
        for name in SETS:
            stream = half(sets[name], which)
            found[name].append([replayed(stream, m, regroup=r) for m in (model, learned) for r in (False, True)])
    table = {name: np.mean(values, axis=0) for name, values in found.items()}
    for name, values in table.items():
        print(line(name, values))
    print(line("mean", np.mean(list(table.values()), axis=0)))


def line(name: str, values: Iterable[float]) -> str:
    return f"{name:12}" + "".join(f"{value:10.4f}" for value in values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--words", type=Path)
    given = parser.parse_args()
    sets = {name: rows(given.folder, name) for name in (*SETS, FOREIGN)}
    if given.write and given.words:
        lines = given.words.read_text("utf-8-sig").splitlines()
        english = {word: int(count) for word, count in map(str.split, lines)}
        text = json.dumps(background(sets, english), ensure_ascii=False, indent=0)
        (HOME / "background.json").write_text(text + "\n", encoding="utf-8")
        likeness.background.cache_clear()
    pairs = {name: examples(members) for name, members in sets.items()}
    model = train(pairs)
    if given.write:
        held = {
            "join": model.join,
            "link": model.link,
            **{
                name: dict(zip(columns, (round(float(w), 4) for w in weights), strict=True))
                for name, columns, weights in (
                    ("arriving", ARRIVING, model.arriving),
                    ("settled", SETTLED, model.settled),
                )
            },
        }
        (HOME / "weights.json").write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    print(f"{'':12}{'arriving':>10}{'settled':>10}{'left out:':>11}{'arriving':>9}{'settled':>10}")
    table = []
    for name in SETS:
        without = train({other: found for other, found in pairs.items() if other != name})
        table.append([replayed(sets[name], m, regroup=r) for m in (model, without) for r in (False, True)])
        print(line(name, table[-1]), flush=True)
    print(line("mean", np.mean(table, axis=0)))
    across_halves(sets, model)


if __name__ == "__main__":
    main()
