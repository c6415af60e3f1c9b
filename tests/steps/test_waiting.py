"""Waiting for many things, and being stopped meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.steps.intake.waiting import until_stopped


def test_results_come_in_the_order_of_the_work() -> None:
    async def after(seconds: float, value: str) -> str:
        await asyncio.sleep(seconds)
        return value

    assert asyncio.run(until_stopped([after(0.05, "a"), after(0, "b")], lambda: False)) == ["a", "b"]


def test_what_is_not_finished_when_stopped_is_broken_off() -> None:
    finished: list[str] = []

    async def quick() -> str:
        finished.append("quick")
        return "quick"

    async def endless() -> str:
        await asyncio.sleep(3600)
        return "never"

    assert asyncio.run(until_stopped([quick(), endless()], lambda: bool(finished))) == ["quick", None]


def test_an_exception_breaks_off_the_rest() -> None:
    broken_off: list[bool] = []

    async def fails() -> None:
        raise ValueError("disk full")

    async def waits() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            broken_off.append(True)
            raise

    with pytest.raises(ValueError, match="disk full"):
        asyncio.run(until_stopped([waits(), fails()], lambda: False))
    assert broken_off == [True]
