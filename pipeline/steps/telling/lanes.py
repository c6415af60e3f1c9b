"""Messages on their way side by side: those that go one way keep their order, and no way waits for another.

A way is the mailer, or a channel. Only carrying a message happens in a thread; what it says, and what becomes of it, is
decided by the thread that asks, one message at a time.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable
from queue import SimpleQueue
from typing import Protocol

from pipeline.errors import DeliveryError

_AT_ONCE = 8
"""Messages under way at a time. Each is a thread that waits for a server, and a connection."""
_SECONDS = 30.0
"""The time that one channel may take of a round, twice its time-out; what is left goes with the next round."""


class Errand(Protocol):
    """One message to one recipient."""

    @property
    def way(self) -> Hashable:
        """By what it goes. Of one way, one message is under way at a time."""

    @property
    def bounded(self) -> bool:
        """Whether its way may take no more than its share of a round."""

    def prepare(self) -> Callable[[], None] | None:
        """What carries the message: it may take long, and raises DeliveryError. None if nobody wants it any more."""

    def ended(self, error: DeliveryError | None) -> bool:
        """Note what became of it; gives whether its way may carry others in this round."""


class Lanes:
    """The ways of one round of telling, which remembers those that failed in it or took long.

    ``stop`` is asked before each message; ``seconds`` is the share of a bounded way.
    """

    def __init__(
        self,
        stop: Callable[[], bool] = lambda: False,
        *,
        at_once: int = _AT_ONCE,
        seconds: float = _SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stop, self._at_once, self._seconds, self._clock = stop, at_once, seconds, clock
        self._spent: dict[Hashable, float] = defaultdict(float)
        self._shut: set[Hashable] = set()

    def send(self, errands: Iterable[Errand]) -> None:
        """Carry ``errands``; returns when all that were begun have ended.

        What is no DeliveryError is raised, after the others that were under way are noted.
        """
        lanes: dict[Hashable, deque[Errand]] = defaultdict(deque)
        for errand in errands:
            lanes[errand.way].append(errand)
        # Mails first: they are never left to the next round.
        ready = deque(sorted(lanes.values(), key=lambda lane: lane[0].bounded))
        back: SimpleQueue[tuple[deque[Errand], float, BaseException | None]] = SimpleQueue()
        under_way, broken = 0, None
        while True:
            while ready and under_way < self._at_once and broken is None and not self._stop():
                under_way += self._begun(ready.popleft(), back)
            if not under_way:
                break
            lane, took, error = back.get()
            under_way -= 1
            errand = lane.popleft()
            self._spent[errand.way] += took
            if error is not None and not isinstance(error, DeliveryError):
                broken = broken or error
            else:
                if not errand.ended(error):
                    self._shut.add(errand.way)
                (ready.append if errand.bounded else ready.appendleft)(lane)
        if broken is not None:
            raise broken

    def _begun(self, lane: deque[Errand], back: SimpleQueue[tuple[deque[Errand], float, BaseException | None]]) -> bool:
        """Begin the next message of a lane, if there is one that may go."""
        while lane and self._is_open(lane[0]):
            carry = lane[0].prepare()
            if carry is None:
                lane.popleft()
                continue

            def run(carry: Callable[[], None] = carry, began: float = self._clock()) -> None:
                error: BaseException | None = None
                try:
                    carry()
                except BaseException as raised:
                    error = raised
                back.put((lane, self._clock() - began, error))

            # Who stops a run at once does not wait for servers.
            threading.Thread(target=run, daemon=True).start()
            return True
        return False

    def _is_open(self, errand: Errand) -> bool:
        way = errand.way
        return way not in self._shut and not (errand.bounded and self._spent[way] >= self._seconds)
