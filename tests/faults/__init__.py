"""A campaign of faults: rounds on a scripted newsroom while processes die, servers fail and disks fill.

    python -m tests.faults --trials 500 --seed 1

Each trial plays some rounds under faults that its seed chooses, then rounds without any until all work is done, and
checks what must always hold. `play.py` plays, `check.py` checks, `rounds.py` is the process whose children run rounds.
"""
