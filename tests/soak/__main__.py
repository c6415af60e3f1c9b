"""The soak on the command line; see the package."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.play import Week, soak, unbounded


def main() -> int:
    """Play the weeks; 1 if anything is not bounded."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Play weeks of news in minutes.")
    parser.add_argument("--weeks", type=int, default=4, help="how many (4); from three on, growth is judged")
    parser.add_argument("--rounds", type=int, default=84, help="rounds a week (84: one every two hours)")
    parser.add_argument("--seed", type=int, default=1, help="what happens (1)")
    given = parser.parse_args()
    began = time.monotonic()

    def told(week: Week) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {week}", flush=True)

    with TemporaryDirectory(prefix="tallywire-soak-") as folder:
        weeks = soak(Path(folder) / "home", weeks=given.weeks, rounds=given.rounds, seed=given.seed, on_week=told)
    wrong = unbounded(weeks)
    print(*(f"✗ {one}" for one in wrong), sep="\n", end="\n" if wrong else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
