"""tallywire replay"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import PARTLY, count, emit, home_option, json_option, note, opened, progress, say, settings_of

_SHOWN = 50


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--topic", "topics", multiple=True, type=click.Path(path_type=Path), help="Topic file; may be repeated.")
@click.option("--wait", type=click.FloatRange(min=0), default=0.0, help="Seconds to wait for another run to finish.")
@click.option("--workers", type=click.IntRange(min=0), help="Processes that read pages; one per core by default.")
@click.option(
    "--no-regroup",
    is_flag=True,
    help="Don't regroup stories after each batch, to measure the effect of regrouping.",
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
    """Process archived articles as if they had just arrived: the same steps, without network.

    PATHS are WARC files, or JSON lines of {id, url, title, text or html, published, source, language}, plain or
    gzipped. The archive of a run is replayed as that run judged it, whatever the order of its files: pass all of them.
    Everything else is processed in file order. What was processed before is skipped, so an interrupted replay
    continues. Without --topic everything is on topic.
    """
    from pipeline.read.workers import WorkerPool
    from pipeline.runner import Stop, home_locked, stopping_on_signals
    from pipeline.steps.intake.reading import preload_for, read_job
    from pipeline.steps.replay import EVERYTHING
    from pipeline.steps.replay import replay as replay_step
    from pipeline.topics import read_topics

    settings = settings_of(home, workers=workers)
    given = read_topics(topics)
    stop = Stop()
    with (
        home_locked(settings.home, wait=wait),
        opened(home, create=True, workers=workers) as services,
        stopping_on_signals(
            stop, lambda: note("stopping after the current articles; press Ctrl-C again to stop at once")
        ),
        WorkerPool(
            read_job,
            workers=settings.worker_count,
            seconds=settings.read_timeout,
            preload=preload_for(given or [EVERYTHING]),
        ) as pool,
        progress("replaying") as advance,
    ):
        report = replay_step(services, pool, paths, given, regroup=not no_regroup, stop=stop, on_progress=advance)
    for said in report.notes:
        note(said)
    for broken in report.broken[:_SHOWN]:
        note(f"skipped: {broken}")
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
        say(f"{count(report.items, 'article')}, {report.known} of them processed before, {passed} skipped")
        figures = {kind.value: number for kind, number in sorted(judged.figures.items())}
        for name, counts in (("entries", outcomes), ("figures", figures)):
            if counts:
                say(f"{name}: " + ", ".join(f"{number} {key.replace('_', ' ')}" for key, number in counts.items()))
        if report.stopped:
            say("stopped; the same command continues from here")
    if report.broken or report.stopped:
        raise click.exceptions.Exit(PARTLY)
