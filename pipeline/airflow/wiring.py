"""What the DAG files share: assets, retries, pools and callbacks. Cheap to import; nothing is opened here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Asset, AssetAny, AssetWatcher, ExceptionRetryPolicy, RetryAction, RetryRule

# They are in airflow.sdk as well, which its type stubs do not know yet.
from airflow.sdk.definitions.callback import SyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from pipeline.airflow.feeds import groups_for
from pipeline.airflow.trigger import FeedGroupTrigger
from pipeline.airflow.trouble import failed, late, mended
from pipeline.errors import TopicError
from pipeline.settings import load_settings
from pipeline.topics import read_folder
from schemas.topic import Topic

START = datetime(2026, 1, 1, tzinfo=UTC)
INDEX_POOL, MAIL_POOL = "tallywire_index", "tallywire_mail"

INBOX = Asset("tallywire_inbox", uri="tallywire://inbox")
"""Rings when entries wait though no feed brought any: what one run had no room for."""

OUTBOX = Asset("tallywire_outbox", uri="tallywire://outbox")
"""Rings for each topic (the partition) that has something to tell now."""

RETRIES = ExceptionRetryPolicy(
    rules=[
        RetryRule("pipeline.errors.SettingsError", action=RetryAction.FAIL, reason="fix the setting first"),
        RetryRule("pipeline.errors.TopicError", action=RetryAction.FAIL, reason="fix the topic file first"),
        RetryRule("pipeline.errors.DeliveryError", action=RetryAction.FAIL, reason="the outbox tries it again itself"),
        RetryRule("pipeline.errors.RecordBusy", retry_delay=timedelta(seconds=5), reason="another does the work"),
        RetryRule("pipeline.errors.RecordError", retry_delay=timedelta(seconds=20), reason="a database comes back"),
        RetryRule(
            "pipeline.index.elastic.trouble.Passing", retry_delay=timedelta(seconds=10), reason="a server comes back"
        ),
        RetryRule("pipeline.errors.SearchIndexError", action=RetryAction.FAIL, reason="fix the index first"),
    ]
)
"""A bad page is an outcome and never gets here. What heals by itself is tried again, what needs a person is not."""

LONGEST_TASK = timedelta(hours=2)
"""No task may take longer, whatever it waits for; most have a nearer bound of their own. Redis gives a task to another
worker only after that."""

DEFAULTS: dict[str, Any] = {
    "owner": "tallywire",
    "execution_timeout": timedelta(minutes=5),
    "retries": 3,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=5),
    "retry_policy": RETRIES,
    "on_failure_callback": failed,
    "on_success_callback": mended,
}


def topics_here() -> tuple[tuple[Topic, ...], tuple[TopicError, ...]]:
    """The topics of the deployment's folder and what is wrong with its other files."""
    return read_folder(load_settings().topics)


def feed_assets(topics: Sequence[Topic]) -> AssetAny:
    """An asset for each group of feeds, with the trigger that watches it; and the inbox itself."""
    groups = groups_for(topics)
    return AssetAny(INBOX, *(_feed_asset(group, groups) for group in range(groups)))


def deadline(dag: str, least: timedelta = timedelta(0)) -> DeadlineAlert:
    """The operator hears of a run of ``dag`` that has not ended after the time that the settings give it, or the
    ``least`` that it may well take."""
    after = max(load_settings().late_after, least)
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=after,
        callback=SyncCallback(late, kwargs={"dag": dag, "after": after.total_seconds()}),
    )


def _feed_asset(group: int, groups: int) -> Asset:
    name = f"tallywire_feeds_{group + 1}"
    trigger = FeedGroupTrigger(asset=name, group=group, groups=groups)
    return Asset(name, uri=f"tallywire://feeds/{group + 1}", watchers=[AssetWatcher(name=name, trigger=trigger)])
