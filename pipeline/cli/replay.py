"""tallywire replay"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import PARTLY, emit, home_option, json_option, note, opened, progress, say, settings_of
from pipeline.read.workers import WorkerPool
from pipeline.runner import Stop, home_locked, stopping_on_signals
from pipeline.steps.reading import preload_for, read_job
from pipeline.steps.replay import EVERYTHING
from pipeline.steps.replay import replay as replay_step
from pipeline.tell.words import count
from pipeline.topics import read_topics

_SHOWN = 50


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--topic", "topics", multiple=True, type=click.Path(path_type=Path), help="Topic file; may be repeated.")
@click.option("--wait", type=click.FloatRange(min=0), default=0.0, help="Seconds to wait for another run to end.")
@click.option("--workers", type=click.IntRange(min=0), help="Processes that read pages; one per core if left out.")
@click.option(
    "--no-regroup",
    is_flag=True,
    help="Leave articles in the stories they join as they come, to see what that is worth.",
)
@home_option
@json_option
def replay(
    paths: tuple[Path, ...],
    topics: tuple[Path, ...],
    wait: float,
    workers: int | None,
    no_regroup: bool,
    home: Path | None,
    as_json: bool,
) -> None:
    """Judge an archive as if it came in now: the same steps, without network.

    PATHS are WARC files, or JSON lines of {id, url, title, text or html, published, source, language}, plain or
    gzipped, taken in file order. What was judged before is passed over, so a replay that broke off goes on. Without
    --topic everything is on topic.
    """
    settings = settings_of(home, workers=workers)
    given = read_topics(topics)
    stop = Stop()
    with (
        home_locked(settings.home, wait=wait),
        opened(home, create=True, workers=workers) as services,
        stopping_on_signals(stop, lambda: note("stopping after the articles in hand; Ctrl-C again stops at once")),
        WorkerPool(
            read_job,
            workers=settings.worker_count,
            seconds=settings.read_timeout,
            preload=preload_for(given or [EVERYTHING]),
        ) as pool,
        progress("replaying") as advance,
    ):
        report = replay_step(services, pool, paths, given, regroup=not no_regroup, stop=stop, on_progress=advance)
    for broken in report.broken[:_SHOWN]:
        note(f"passed over: {broken}")
    if len(report.broken) > _SHOWN:
        note(f"and {len(report.broken) - _SHOWN} more")
    judged = report.judged
    outcomes = {outcome.value: number for outcome, number in sorted(judged.ended.items())}
    verdicts = {kind.value: number for kind, number in sorted(judged.verdicts.items())}
    if as_json:
        emit(
            {
                "items": report.items,
                "known": report.known,
                "broken": len(report.broken),
                "outcomes": outcomes,
                "verdicts": verdicts,
                "stopped": report.stopped,
            }
        )
    else:
        passed = count(len(report.broken), "line")
        say(f"{count(report.items, 'article')}, {report.known} of them judged before, {passed} passed over")
        for name, counts in (("entries", outcomes), ("figures", verdicts)):
            if counts:
                say(f"{name}: " + ", ".join(f"{number} {key.replace('_', ' ')}" for key, number in counts.items()))
        if report.stopped:
            say("stopped; the same command goes on from here")
    if report.broken or report.stopped:
        raise click.exceptions.Exit(PARTLY)
