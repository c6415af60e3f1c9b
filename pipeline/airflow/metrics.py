"""What the tasks count: entries by outcome, lag, verdicts, alerts, mails; by way of Airflow's StatsD or OpenTelemetry.

All names begin with ``tallywire.``; Airflow puts its own prefix before them. Where it has neither switched on nothing
is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

_PREFIX = "tallywire."


class Metrics(Protocol):
    """Takes numbers by their names."""

    def incr(self, name: str, count: int) -> None: ...

    def gauge(self, name: str, value: float) -> None: ...

    def timing(self, name: str, span: timedelta) -> None: ...


class AirflowMetrics:
    """Hands numbers on to Airflow."""

    def incr(self, name: str, count: int) -> None:
        from airflow.sdk.observability import stats

        stats.incr(_PREFIX + name, count)

    def gauge(self, name: str, value: float) -> None:
        from airflow.sdk.observability import stats

        stats.gauge(_PREFIX + name, value)

    def timing(self, name: str, span: timedelta) -> None:
        from airflow.sdk.observability import stats

        stats.timing(_PREFIX + name, span)


def count_all(metrics: Metrics, group: str, counts: Mapping[str, int]) -> None:
    """Count each of ``counts`` under ``group``, such as ``entries.indexed``; zeros are left out."""
    for name, count in sorted(counts.items()):
        if count:
            metrics.incr(f"{group}.{name}", count)
