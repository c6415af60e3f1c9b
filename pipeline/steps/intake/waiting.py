"""Waiting for many things at once, but no longer than until asked to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")

_LOOK = 0.2


async def until_stopped(work: Iterable[Coroutine[Any, Any, T]], stop: Callable[[], bool]) -> list[T | None]:
    """The results in order; None for what was not finished when ``stop`` said so, which is broken off.

    The first exception breaks off the rest and is raised.
    """
    tasks = [asyncio.create_task(one) for one in work]
    pending = set(tasks)
    try:
        while pending and not stop():
            done, pending = await asyncio.wait(pending, timeout=_LOOK, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
    return [None if task.cancelled() else task.result() for task in tasks]
