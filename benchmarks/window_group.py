"""What an article costs when many came before it.

    python -m benchmarks.window_group [--open] [SIZE …]

Made-up articles of sixty words come in by the thousand: a tenth of them reports of an event that another is about, a
tenth copies, all others unlike any. Printed at each SIZE (1000 10000 100000 1000000 if none is given): CPU milliseconds
per article over the last 2,000, of one thread, with the window grouped again after each 64; articles open; memory of
the process.

Without --open some 500 come in a day and the judge forgets what is older than two windows of a week, as it does in a
deployment, so that the number of open articles, and with it the cost, stops growing. With --open all of them stand in
one window and nothing is forgotten: the worst case.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from pipeline.group import Grouper
from schemas.article import Reading

SIZES = (1_000, 10_000, 100_000, 1_000_000)
START = datetime(2026, 1, 1, tzinfo=UTC)
A_DAY = 500
CHUNK = 64
LAST = 2_000
WORDS = 60


def readings(*, spread: bool) -> Iterator[Reading]:
    """Articles without end; over days if ``spread``, and within one otherwise."""
    chance = np.random.default_rng(7)
    letters = np.array(list("abcdefghiklmnoprstuvwz"))
    vocabulary = ["".join(word) for word in letters[chance.integers(0, len(letters), (200_000, 7))]]
    recent: list[tuple[str, str]] = []
    number = 0
    while True:
        # Common words are common: the rank of each is drawn from a power law.
        ranks = np.minimum(chance.zipf(1.3, (1000, WORDS)), 40_000_000) * 7919 % len(vocabulary)
        for row, luck in zip(ranks.tolist(), chance.random(1000).tolist(), strict=True):
            text = " ".join(vocabulary[rank] for rank in row)
            if recent and luck < 0.1:
                text = recent[number % len(recent)][1]
            elif recent and luck < 0.2:
                name, other = recent[number % len(recent)]
                text = f"{name} {text[: len(text) // 2]} {name} {' '.join(other.split()[::2])}"
            first, last = (vocabulary[number * step % len(vocabulary)].title() for step in (31, 17))
            name = f"{first} {last}"
            recent.append((name, text))
            del recent[:-200]
            yield Reading(
                requested_url="https://news.example/",
                url="https://news.example/",
                title=f"{name} {vocabulary[number * 13 % len(vocabulary)]}",
                text=f"{name} {text}",
                published=START + timedelta(days=number / A_DAY) if spread else START,
                outlet=f"outlet {number % 40}",
                language="en",
            )
            number += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", action="store_true", help="all in one window, nothing forgotten")
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    given = parser.parse_args()
    grouper = Grouper()
    source = readings(spread=not given.open)
    spent: list[float] = []
    seq = 0
    print("| articles before | ms / article | open | MB |\n|---|---|---|---|", flush=True)
    for size in sorted(given.sizes):
        while seq < size:
            chunk = [next(source) for _ in range(min(CHUNK, size - seq))]
            start = time.process_time()
            for one in chunk:
                seq += 1
                grouper.place(f"a{seq}", one, seq=seq, topics=("topic",))
            grouper.regroup()
            if not given.open:
                grouper.forget(chunk[-1].published - timedelta(days=14))
            spent.append((time.process_time() - start) / len(chunk))
            del spent[: -LAST // CHUNK]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        print(f"| {size:,} | {1000 * np.mean(spent):.2f} | {len(grouper):,} | {memory:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
