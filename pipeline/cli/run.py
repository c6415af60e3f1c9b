"""tallywire run"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from pipeline.cli.common import (
    PARTLY,
    emit,
    err,
    home_option,
    json_option,
    note,
    opened,
    progress,
    say,
    settings_of,
    short,
    tell_finding,
)
from pipeline.errors import TopicError
from pipeline.runner import Round, Runner, Stop, Watcher, home_locked, stopping_on_signals
from pipeline.steps.enrol import enrol
from pipeline.steps.read import give_back
from pipeline.steps.upkeep import UpkeepReport
from pipeline.tell.words import count
from pipeline.topics import read_topics
from schemas.alert import AlertKind


@click.command()
@click.argument("topics", nargs=-1, type=click.Path(path_type=Path))
@click.option("--watch", is_flag=True, help="Go on until stopped with Ctrl-C.")
@click.option("--every-feed", is_flag=True, help="Poll every feed now, due or not.")
@click.option("--wait", type=click.FloatRange(min=0), default=0.0, help="Seconds to wait for another run to end.")
@click.option("--workers", type=click.IntRange(min=0), help="Processes that read pages; one per core if left out.")
@home_option
@json_option
def run(
    topics: tuple[Path, ...],
    watch: bool,
    every_feed: bool,
    wait: float,
    workers: int | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Poll, read, judge, publish and tell: one round, or for ever.

    TOPICS are topic files or folders of them; they are remembered, so that a later run needs none.
    """
    settings = settings_of(home, workers=workers)
    given = read_topics(topics)
    stop = Stop()
    with (
        home_locked(settings.home, wait=wait),
        opened(home, create=True, workers=workers) as services,
        stopping_on_signals(stop, lambda: note("stopping after the article in hand; Ctrl-C again stops at once")),
    ):
        if settings.database_url is None:
            # The record is this home's, which is ours alone: whoever holds entries of it is dead.
            give_back(services.record)
        enrol(services.record, given)
        with services.record.read() as tx:
            names = {topic.name for topic in given} or {topic.name for topic in tx.topics.all()}
            idle = [name for name in sorted(names) if not tx.feeds.all(topic=name)]
        if not names:
            raise TopicError("there is no topic to watch", hint="`tallywire topics new NAME` writes one to start from")
        for name in idle:
            note(f"{name} has no feeds: name some in its file, or `tallywire feeds add URL --topic {name}`")
        failed = False

        def done(one: Round) -> None:
            nonlocal failed
            failed = failed or bool(one.polled.failed or one.unpublished or one.told.troubles)
            emit(summary(one)) if as_json else show(one)

        def kept_up(report: UpkeepReport) -> None:
            emit({"upkeep": report.model_dump(mode="json")}) if as_json else show_upkeep(report)

        with Runner(services, stop=stop) as runner, progress("reading") as advance:
            watcher = Watcher(read=lambda entry: advance(1))
            if watch:
                if err.is_terminal:
                    note(f"watching {', '.join(sorted(names))}; Ctrl-C ends")
                runner.watch(
                    topics=names,
                    watcher=watcher,
                    on_round=done,
                    on_upkeep=kept_up,
                    on_trouble=lambda error: note(str(error)),
                )
            else:
                done(runner.round(topics=names, every_feed=every_feed, watcher=watcher))
    if stop():
        note("stopped; nothing is lost, the next run goes on from here")
    if (failed or stop()) and not watch:
        raise click.exceptions.Exit(PARTLY)


def summary(one: Round) -> dict[str, object]:
    """A round in figures, for programs."""
    ended = one.read.ended + one.judged.ended
    return {
        "feeds": one.polled.polled,
        "feeds_failed": dict(one.polled.failed),
        "items_left_out": dict(one.polled.left_out),
        "entries_new": one.polled.new,
        "entries_again": one.read.again,
        "entries_ended": {outcome.value: count for outcome, count in sorted(ended.items())},
        "stories_opened": one.judged.stories_opened,
        "let_go": one.judged.let_go,
        "verdicts": {kind.value: count for kind, count in sorted(one.judged.verdicts.items())},
        "alerts": {kind.value: count for kind, count in sorted(alerts_of(one).items())},
        "published": one.published,
        "mails": one.told.mails,
        "digests": one.told.digests,
        "troubles": [*([one.unpublished] if one.unpublished else []), *one.told.troubles],
    }


def show_upkeep(report: UpkeepReport) -> None:
    """What an upkeep found that wants a person, in words."""
    for finding in report.findings:
        if finding.level != "ok":
            tell_finding(finding)


def alerts_of(one: Round) -> Counter[AlertKind]:
    """How many alerts of each kind a round put into the outbox."""
    return one.judged.alerts + Counter(alert.kind for alert in one.polled.alerts)


def show(one: Round) -> None:
    """A round in words, for people."""
    polled = one.polled
    new = count(polled.new, "new entry", "new entries")
    say(f"polled {count(polled.polled, 'feed')}: {new}, {len(polled.failed)} failed")
    for url, why in polled.failed:
        say(f"  {url}: {why}")
    for url, number in polled.left_out:
        say(f"  {url}: announces too many items; its oldest {number} were left out")
    for alert in one.polled.alerts:
        if alert.feed is not None:
            say(f"  {alert.feed.url}: {alert.feed.health} since {short(alert.feed.since)}; {alert.topic} is told")
    ended = one.read.ended + one.judged.ended
    if ended or one.read.again:
        parts = [f"{count} {outcome.value.replace('_', ' ')}" for outcome, count in sorted(ended.items())]
        if one.read.again:
            parts.append(f"{one.read.again} to be tried again")
        say(f"entries: {', '.join(parts)}")
    if one.judged.stories_opened:
        say(f"stories: {one.judged.stories_opened} new")
    if one.judged.let_go:
        say(f"too many open articles: {one.judged.let_go} let go before their time; `tallywire doctor` says more")
    if one.judged.verdicts:
        parts = [f"{count} {kind.value}" for kind, count in sorted(one.judged.verdicts.items())]
        say(f"figures: {', '.join(parts)}")
    if one.unpublished:
        say(f"not published: {one.unpublished}")
    for subject in one.told.mails:
        say(f"mail: {subject}")
    for path in one.told.digests:
        say(f"digest: {path}")
    for trouble in one.told.troubles:
        say(f"not delivered: {trouble}")
