"""tallywire run"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import PARTLY, err, home_option, json_option, note, opened, progress, say, settings_of
from pipeline.cli.serve import open_window
from pipeline.cli.telling import Said
from pipeline.errors import TopicError

if TYPE_CHECKING:
    from pipeline.cli.logs import Ended, Logged
    from pipeline.steps.deciding.topicfiles import TopicFiles
    from pipeline.steps.services import Services
    from schemas.feed import Entry


@click.command()
@click.argument("topics", nargs=-1, type=click.Path(path_type=Path))
@click.option("--watch", is_flag=True, help="Run until stopped with Ctrl-C.")
@click.option("--serve", is_flag=True, help="Serve the window at the same time; needs --watch.")
@click.option("--every-feed", is_flag=True, help="Poll every feed now, even if it isn't due.")
@click.option("--wait", type=click.FloatRange(min=0), default=0.0, help="Seconds to wait for another run to finish.")
@click.option("--workers", type=click.IntRange(min=0), help="Processes that read pages; one per core by default.")
@click.option("--log", type=click.Choice(["text", "json"]), help="What to print: text, or JSON lines with ECS names.")
@click.option("--verbose", is_flag=True, help="Print how each entry ended.")
@home_option
@json_option
def run(
    topics: tuple[Path, ...],
    watch: bool,
    serve: bool,
    every_feed: bool,
    wait: float,
    workers: int | None,
    log: str | None,
    verbose: bool,
    home: Path | None,
    as_json: bool,
) -> None:
    """Poll, read, judge, publish and tell: one round, or until stopped.

    TOPICS are topic files or folders of them; they are remembered, so later runs can omit them. With --watch a file
    that is edited, added to a folder or removed takes effect at once; mistakes are reported, and the topic stays as
    it was. Output appears only when something happened.
    """
    from pipeline.runner import Runner, Stop, Watcher, home_locked, stopping_on_signals
    from pipeline.steps.deciding.enrol import enrol
    from pipeline.steps.deciding.feeds import hide_logins, logins_of
    from pipeline.steps.deciding.topicfiles import TopicFiles
    from pipeline.steps.read import give_back

    if serve and not watch:
        raise click.UsageError("--serve needs --watch; `tallywire serve` opens the window by itself")
    settings = settings_of(home, workers=workers, log=log)
    if as_json and log == "json":
        raise click.UsageError("--json prints a summary of each round, --log json a line an outcome; choose one")
    files = TopicFiles(topics)
    stop = Stop()
    with (
        home_locked(settings.home, wait=wait),
        opened(home, create=True, workers=workers) as services,
        stopping_on_signals(
            stop, lambda: note("stopping after the current article; press Ctrl-C again to stop at once")
        ),
    ):
        if settings.database_url is None:
            # The record is this home's, which is ours alone: whoever holds entries of it is dead.
            give_back(services.record)
        hide_logins(services)
        enrol(services.record, files.topics, logins_of(services))
        said, settled = _reporting(services, settings.log == "json" and not as_json, as_json, watch, verbose)
        names = _watched(services, files)
        if not names:
            raise TopicError("there is no topic to watch", hint="`tallywire topics new NAME` creates one to start from")
        _name_useless(services, names)
        # What programs read on stdout is theirs alone.
        lines = note if as_json or settings.log == "json" else say
        window = open_window(settings, runs=True, tell=lines) if serve else nullcontext()
        with Runner(services, stop=stop) as runner, window, progress("reading") as advance:
            watcher = Watcher(read=lambda entry: advance(1), settled=settled)
            if watch:
                if err().is_terminal:
                    note(f"watching {', '.join(sorted(names))}; Ctrl-C stops")
                runner.watch(
                    topics=_following(services, files, said),
                    stirred=files.stirred,
                    watcher=watcher,
                    on_round=said.round,
                    on_upkeep=said.upkeep,
                    on_trouble=said.trouble,
                )
            else:
                said.round(runner.round(topics=names, every_feed=every_feed, watcher=watcher))
    if stop():
        note("stopped; nothing is lost, and the next run continues from here")
    if (said.failed or stop()) and not watch:
        raise click.exceptions.Exit(PARTLY)


def _reporting(
    services: Services, log: bool, as_json: bool, watch: bool, verbose: bool
) -> tuple[Said | Logged, Callable[[], None]]:
    """Who reports rounds, and what to call when entries ended."""
    from pipeline.cli.logs import Ended, Logged, log_as_json, tell_ended

    if log:
        log_as_json()
        logged, ended = Logged(), Ended(services.record)
        return logged, lambda: _each(ended, logged.ended)
    said = Said(as_json=as_json, timed=watch)
    if not verbose or as_json:
        return said, lambda: None
    ended = Ended(services.record)
    return said, lambda: _each(ended, tell_ended)


def _each(ended: Ended, told: Callable[[Entry], None]) -> None:
    for entry in ended:
        told(entry)


def _watched(services: Services, files: TopicFiles) -> set[str]:
    """The topics of the files; all that the record holds where no file was named."""
    with services.record.read() as tx:
        return {topic.name for topic in (files.topics if files.named else tx.topics.all())}


def _name_useless(services: Services, names: Collection[str]) -> None:
    """Say of topics without feeds, and of channels that can't be used."""
    from pipeline.steps.keeping.channels import channel_findings

    with services.record.read() as tx:
        for name in sorted(names):
            if not tx.feeds.all(topic=name):
                note(f"{name} has no feeds: add some to its file, or `tallywire feeds add URL --topic {name}`")
        watched = [topic for topic in tx.topics.all() if topic.name in names]
    for finding in channel_findings(services.settings, watched):
        if finding.level != "ok":
            note(f"{finding.what}; {finding.advice}")


def _following(services: Services, files: TopicFiles, said: Said | Logged) -> Callable[[], Collection[str]]:
    """What a watch asks before each round: the topics as the files say by then."""

    def topics() -> Collection[str]:
        from pipeline.steps.deciding.feeds import logins_of

        if files.waiting:
            taken = files.take(services.record, logins_of(services))
            said.topics(taken)
            _name_useless(services, {*taken.added, *taken.changed})
        return _watched(services, files)

    return topics
