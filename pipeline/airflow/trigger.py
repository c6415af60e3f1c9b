"""The trigger that watches a group of feeds; an Asset's AssetWatcher runs it in Airflow's triggerer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent


class FeedGroupTrigger(BaseEventTrigger):
    """Fires whenever the feeds of a group brought something new; the payload is the number of new entries.

    ``asset`` is the name of the asset it is for: Airflow takes two triggers of equal arguments for one.
    """

    def __init__(self, asset: str, group: int, groups: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.asset, self.group, self.groups = asset, group, groups

    def serialize(self) -> tuple[str, dict[str, Any]]:
        arguments = {"asset": self.asset, "group": self.group, "groups": self.groups}
        return f"{type(self).__module__}.{type(self).__qualname__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        # Every task imports this module by way of its DAG file, and needs neither an HTTP client nor a reader of feeds.
        from pipeline.airflow.bell import rings

        async for new in rings(self.group, self.groups):
            yield TriggerEvent({"new": new})  # type: ignore[no-untyped-call]
