"""Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): the numbers of a deployment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline import __version__
from pipeline.steps.keeping.measured import BOUNDS, Lag
from pipeline.steps.keeping.vitals import Numbers, Vitals
from schemas.feed import Health, Outcome

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]
"""Labels and a value."""


@dataclass(frozen=True)
class Family:
    """A metric by its name without the prefix: what it says, and its samples. One without samples is left out."""

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    samples: Sequence[Sample]


@dataclass(frozen=True)
class Histogram:
    """A metric of how long something took."""

    name: str
    help: str
    lag: Lag


def exposition(families: Iterable[Family | Histogram]) -> str:
    """``families`` in the text format, each under the prefix ``tallywire_``."""
    return "".join(
        line for family in families for line in (_lag(family) if isinstance(family, Histogram) else _family(family))
    )


def _family(family: Family) -> Iterator[str]:
    if not family.samples:
        return
    name = f"tallywire_{family.name}"
    yield from _head(name, family.help, family.kind)
    for labels, value in family.samples:
        yield f"{name}{_labels(labels)} {_number(value)}\n"


def _lag(one: Histogram) -> Iterator[str]:
    name, reached = f"tallywire_{one.name}", 0
    yield from _head(name, one.help, "histogram")
    for bound, number in zip((*map(_number, BOUNDS), "+Inf"), one.lag.buckets, strict=True):
        reached += number
        yield f"{name}_bucket{_labels({'le': bound})} {reached}\n"
    yield f"{name}_sum {_number(one.lag.seconds)}\n{name}_count {reached}\n"


def _head(name: str, said: str, kind: str) -> Iterator[str]:
    escaped = said.replace("\\", "\\\\").replace("\n", "\\n")
    yield f"# HELP {name} {escaped}\n# TYPE {name} {kind}\n"


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def families_of(
    vitals: Vitals, numbers: Numbers | None, free: int | None, now: datetime
) -> Iterator[Family | Histogram]:
    """The metrics of a deployment at ``now``; of a record that can't be read, only that."""
    yield Family("info", "gauge", "The version that answers.", [({"version": __version__}, 1)])
    yield _one("record_reachable", "Whether the record can be read.", vitals.record)
    yield _one("index_reachable", "Whether the search index answers.", vitals.index)
    yield _one("disk_free_bytes", "Free disk space of the home folder.", free)
    if numbers is not None:
        yield from _of_rounds(vitals, numbers)
        yield from _waiting(vitals, numbers, now)
        yield from _recent(numbers)
        yield from _counted(numbers)


def _of_rounds(vitals: Vitals, numbers: Numbers) -> Iterator[Family]:
    yield _one("rounds_late", "Whether rounds are late.", vitals.late)
    yield _one("last_round_timestamp_seconds", "Start of the last round, to five minutes.", _epoch(vitals.last_round))
    yield _one("last_sign_timestamp_seconds", "When anyone last worked on entries.", _epoch(vitals.last_sign))
    yield _one("index_unheard", "Articles that changed and are not yet indexed, up to 1000.", numbers.unheard)


def _waiting(vitals: Vitals, numbers: Numbers, now: datetime) -> Iterator[Family]:
    inbox, outbox = numbers.inbox, numbers.outbox
    states = {"due": inbox.due, "postponed": inbox.postponed, "read": inbox.read}
    yield Family(
        "entries_waiting",
        "gauge",
        "Entries without an outcome: due to be read, postponed to a later try, read and not yet judged.",
        [({"state": state}, number) for state, number in states.items()],
    )
    yield _one(
        "entries_oldest_waiting_seconds",
        "Age of the oldest waiting entry that is not postponed; 0 if none waits.",
        vitals.oldest_waiting or 0,
    )
    yield _one("alerts_waiting", "Alerts in the outbox without a message for all recipients.", outbox.alerts)
    yield _one(
        "alerts_oldest_waiting_seconds",
        "Age of the oldest waiting alert, including those held by quiet hours, a pause or a bundle; 0 if none waits.",
        _age(outbox.alerts_since, now),
    )
    yield _one("messages_waiting", "Messages addressed to a recipient and not yet sent.", outbox.messages)
    yield _one(
        "messages_oldest_waiting_seconds",
        "Age of the oldest message waiting to be sent; 0 if none waits.",
        _age(outbox.messages_since, now),
    )


def _recent(numbers: Numbers) -> Iterator[Family]:
    yield _one("messages_failed_last_day", "Messages given up within the last day.", numbers.outbox.failed)
    yield Family(
        "entries_last_day",
        "gauge",
        "Entries of the last day that have ended, by outcome.",
        [({"outcome": one.value}, numbers.outcomes.get(one.value, 0)) for one in Outcome],
    )
    yield Family(
        "feeds",
        "gauge",
        "Feeds by health.",
        [({"health": health.value}, numbers.feeds.get(health, 0)) for health in Health],
    )


def _counted(numbers: Numbers) -> Iterator[Family | Histogram]:
    kept = numbers.kept
    if kept is None:
        return
    for name, said, value in (
        ("judged_entries_total", "Entries judged.", kept.judged),
        ("judge_seconds_total", "Seconds spent on judging.", kept.judge_seconds),
        ("messages_sent_total", "Messages sent, by mail or another channel.", kept.sent),
        ("message_troubles_total", "Tries to send a message that failed.", kept.troubles),
    ):
        yield Family(name, "counter", said, [({}, value)])
    yield Histogram(
        "published_to_searchable_seconds",
        "From an article's publication, as its feed gives it, until search finds it.",
        kept.published_to_searchable,
    )
    yield Histogram(
        "seen_to_searchable_seconds",
        "From the poll that found an article until search finds it.",
        kept.seen_to_searchable,
    )
    yield Histogram(
        "published_to_told_seconds",
        "From the publication of the article behind an alert until a message with it was sent.",
        kept.published_to_told,
    )
    yield Histogram(
        "judged_to_told_seconds", "From the creation of an alert until a message with it was sent.", kept.judged_to_told
    )


def _one(name: str, said: str, value: float | None) -> Family:
    return Family(name, "gauge", said, [] if value is None else [({}, value)])


def _epoch(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _age(since: datetime | None, now: datetime) -> float:
    return 0 if since is None else max((now - since).total_seconds(), 0.0)
