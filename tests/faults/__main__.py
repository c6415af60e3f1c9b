"""The campaign on the command line; see the package."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from contextlib import AbstractContextManager, nullcontext

from tests.faults.deployed import Servers, deployed, serving
from tests.faults.newsroom import Newsroom, newsroom
from tests.faults.play import Stage, Trial, staged


def main() -> int:
    """Play trials; 1 if anything did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Play rounds under faults.")
    parser.add_argument("--trials", type=int, default=1, help="how many; each has the next seed (1)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first; the same chooses the same faults")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no trial after so many")
    parser.add_argument(
        "--deployment", action="store_true", help="on PostgreSQL and Elasticsearch, with several workers"
    )
    given = parser.parse_args()
    began, played, failed, faults = time.monotonic(), 0, 0, Counter[str]()
    with staged() as stage, serving() if given.deployment else nullcontext() as servers:
        for seed in range(given.seed, given.seed + given.trials):
            if time.monotonic() - began > given.seconds:
                break
            with newsroom() as room, _trial(seed, stage, room, servers) as trial:
                wrong = trial.play()
            played, failed = played + 1, failed + bool(wrong)
            faults.update(trial.faults)
            if wrong or given.trials == 1:
                print(f"seed {seed}", *trial.done, *(f"  ✗ {one}" for one in wrong), sep="\n  ")
                if wrong:
                    print(f"  home kept: {trial.home}")
            elif given.deployment:
                print(f"seed {seed}: {', '.join(sorted(trial.faults))}; {time.monotonic() - began:.0f} s so far")
            sys.stdout.flush()
    took = time.monotonic() - began
    print(f"{played} trials in {took:.0f} s, {failed} failed; faults: {dict(sorted(faults.items()))}")
    return int(failed > 0)


def _trial(seed: int, stage: Stage, room: Newsroom, servers: Servers | None) -> AbstractContextManager[Trial]:
    return nullcontext(Trial(seed, stage, room)) if servers is None else deployed(seed, stage, room, servers)


if __name__ == "__main__":
    sys.exit(main())
