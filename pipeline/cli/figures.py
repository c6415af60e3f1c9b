"""tallywire figures"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import (
    PARTLY,
    emit,
    found_or_fail,
    home_option,
    json_option,
    limited,
    note,
    opened,
    say,
    short,
    table,
    tell_more,
)
from pipeline.cli.deciding import A_WEEK, by_option, deciding, tell_decided
from schemas.enums import Act, SubjectKind, Wrong

if TYPE_CHECKING:
    from pipeline.record import Transaction
    from pipeline.steps.services import Services
    from schemas.figure import Claim, Figure, Series, Telling


@click.group()
def figures() -> None:
    """Figures in articles, tracked over time and across outlets."""


@figures.command("list")
@click.option("--topic", help="Only series of this topic.")
@limited(50, all_too="List everything, including muted series and series stated only once.")
@home_option
@json_option
def list_(topic: str | None, limit: int, everything: bool, home: Path | None, as_json: bool) -> None:
    """List the series of figures: the current value as quoted, since when, its source, and how it has changed.

    The figure stated most often comes first.
    """
    from pipeline.steps.known.decided import DecidedNow
    from pipeline.tell.words import headline_of, value_words

    with opened(home) as services, services.record.read() as tx:
        names = [topic] if topic else [one.name for one in tx.topics.all()]
        decided = DecidedNow(tx, services.clock())
        often = not as_json and not everything
        told = (
            series
            for series in tx.figures.ranked(names, often=often)
            if everything or not decided.silences(series.topic, series=series.id)
        )
        found = list(islice(told, None if everything else limit))
        all_told = everything or len(found) < limit
        more = 0 if all_told else tx.figures.count_series(names, often=often) - len(found)
        hidden = tx.figures.count_series(names) - tx.figures.count_series(names, often=True) if often else 0
        if as_json:
            for series in found:
                emit(_series_json(tx, series))
            tell_more(more, as_json=True)
            return
        rows = []
        for series in found:
            claim = _current(series)
            figure = tx.figures.get(claim.figure) if claim else None
            telling = _telling(tx, series, claim)
            rows.append(
                (
                    series.id,
                    series.label,
                    value_words(figure.figure) if figure else "",
                    headline_of(figure.figure) if figure else "",
                    telling.tell if telling else "",
                    f"{telling.worth:.2f}" if telling else "",
                    short(claim.published) if claim else "",
                    (claim.attribution or claim.outlet) if claim else "",
                    _change(tx, claim),
                    len(series.claims),
                    _range(series),
                )
            )
    columns = ("series", "figure", "now", "wording", "tell", "worth", "since", "says", "change", "claims", "range")
    table(columns, rows, right=("worth", "claims"))
    tell_more(more, as_json=False)
    if hidden:
        say(f"{hidden:,} series stated only once are not shown; --all shows them")


@figures.command()
@click.argument("series")
@home_option
@json_option
def show(series: str, home: Path | None, as_json: bool) -> None:
    """Show the full history of one series, with quotes and links."""
    from pipeline.steps.showing.explain import explain

    with opened(home) as services, services.record.read() as tx:
        found = found_or_fail(tx.figures.get_series(series), "series", series, "`tallywire figures list` lists them")
        if as_json:
            emit(_series_json(tx, found))
            return
        for line in explain(tx, found.id) or ():
            say(line)
        links = {}
        for claim in found.claims:
            article = tx.articles.get(claim.article)
            if article:
                links[article.reading.url] = article.reading.outlet
        for url, outlet in links.items():
            say(f"  {outlet}: {url}")


@figures.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@click.option("--text", "as_text", is_flag=True, help="FILE is plain text instead of JSON lines.")
@click.option("--rejected", is_flag=True, help="Also print numbers that are not figures, and why.")
def read(file: Any, as_text: bool, rejected: bool) -> None:
    """Read the figures of JSON lines {text, title?, language?, published?}, or of a text; one JSON line each."""
    from pipeline.figures.reading import read_figures

    broken = 0
    for number, line in enumerate([json.dumps({"text": file.read()})] if as_text else file, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            text, title, language = item["text"], item.get("title") or "", item.get("language")
            published = datetime.fromisoformat(item["published"]) if item.get("published") else None
            if not (isinstance(text, str) and isinstance(title, str) and isinstance(language, str | None)):
                raise TypeError("text, title and language must be strings")
        except (ValueError, TypeError, KeyError) as error:
            broken += 1
            note(f"{file.name}:{number}: not a JSON object with a text: {error}; --text reads a file as it is")
            emit({"figures": [], "error": f"line {number} is not a JSON object with a text"})
            continue
        if published is not None and published.tzinfo is None:
            published = published.replace(tzinfo=UTC)
        found = read_figures(text, title=title, language=language, published=published)
        row: dict[str, Any] = {"figures": [_json(figure) for figure in found.figures]}
        if rejected:
            row["rejected"] = [one.model_dump(mode="json") for one in found.rejected]
        emit(row)
    sys.stdout.flush()
    if broken:
        raise click.exceptions.Exit(PARTLY)


@figures.command()
@click.argument("series", nargs=-1, required=True)
@by_option
@home_option
def merge(series: tuple[str, ...], by: str, home: Path | None) -> None:
    """Merge SERIES into the first of them, from now on."""
    from pipeline.steps.arranging import merge_series

    if len(set(series)) < 2:
        raise click.UsageError("a merge needs two series or more")
    _arrange(home, lambda services: merge_series(services, series, by=by))


@figures.command()
@click.argument("series")
@click.argument("figures", nargs=-1, required=True)
@click.option("--label", help="Name of the new series.")
@by_option
@home_option
def split(series: str, figures: tuple[str, ...], label: str | None, by: str, home: Path | None) -> None:
    """Split FIGURES off SERIES into a new series, which similar figures join from now on."""
    from pipeline.steps.arranging import split_series

    _arrange(home, lambda services: split_series(services, series, figures, label, by=by))


def _marking(name: str, words: str, *, pinned: bool) -> click.Command:
    @click.command(name, help=words)
    @click.argument("series", nargs=-1, required=True)
    @by_option
    @home_option
    def command(series: tuple[str, ...], by: str, home: Path | None) -> None:
        from pipeline.steps.arranging import pin_series

        for one in series:
            _arrange(home, partial(pin_series, series=one, pinned=pinned, by=by))

    return command


figures.add_command(deciding("mute", Act.MUTE, SubjectKind.SERIES, "Stop alerts and digest lines about SERIES."))
figures.add_command(
    deciding("snooze", Act.MUTE, SubjectKind.SERIES, "Stop alerts and digest lines about SERIES for a while.", A_WEEK)
)
figures.add_command(deciding("unmute", Act.UNMUTE, SubjectKind.SERIES, "Resume alerts and digest lines about SERIES."))
figures.add_command(deciding("follow", Act.FOLLOW, SubjectKind.SERIES, "Mail SERIES at once, whatever its worth."))
figures.add_command(
    deciding("unfollow", Act.UNFOLLOW, SubjectKind.SERIES, "Stop mailing SERIES at once; its worth decides again.")
)
figures.add_command(_marking("pin", "Pin SERIES to the top of lists.", pinned=True))
figures.add_command(_marking("unpin", "Unpin SERIES.", pinned=False))


@figures.command()
@click.argument("figure")
@click.argument("what", type=click.Choice([what.value for what in Wrong]))
@by_option
@home_option
def wrong(figure: str, what: str, by: str, home: Path | None) -> None:
    """Say what is wrong with FIGURE: not this number, not this thing, not this series, or not worth a mail.

    From now on, a wrong number or thing is left out of mails and comparisons; it stays in the record. A figure of
    another series is moved to a series of its own. The same applies to this sentence in later revisions and copies.
    """
    from pipeline.steps.deciding.decide import decide
    from pipeline.steps.publish import publish
    from schemas.decision import Choice, Subject

    with opened(home) as services:
        subject, choice = Subject(kind=SubjectKind.FIGURE, id=figure), Choice(act=Act.WRONG, wrong=Wrong(what))
        tell_decided(services, decide(services, subject, choice, by=by))
        publish(services)


@figures.command()
@click.argument("series")
@click.argument("label")
@by_option
@home_option
def rename(series: str, label: str, by: str, home: Path | None) -> None:
    """Rename SERIES to LABEL."""
    from pipeline.steps.arranging import rename_series

    _arrange(home, lambda services: rename_series(services, series, label, by=by))


def _arrange(home: Path | None, decided: Callable[[Services], tuple[Series, ...]]) -> None:
    with opened(home) as services:
        changed = decided(services)
    say(f"saved; {len(changed)} series changed")


def _series_json(tx: Transaction, series: Series) -> dict[str, Any]:
    """A series, each claim with its wording and with how it was told."""
    from pipeline.tell.words import headline_of

    # The marks are following's own notes on the words around a number, and nobody else's business.
    shown: dict[str, Any] = series.model_dump(mode="json", exclude={"claims": {"__all__": {"marks"}}})
    for claim, row in zip(series.claims, shown["claims"], strict=True):
        figure, telling = tx.figures.get(claim.figure), _telling(tx, series, claim)
        row["wording"] = headline_of(figure.figure) if figure else None
        row["tell"] = telling.tell.value if telling else None
        row["worth"] = telling.worth if telling else None
        row["told"] = telling.kind.value if telling else None
    return shown


def _telling(tx: Transaction, series: Series, claim: Claim | None) -> Telling | None:
    verdicts = tx.figures.verdicts_of(claim.figure) if claim else []
    return next((verdict.telling for verdict in verdicts if verdict.topic == series.topic), None)


def _current(series: Series) -> Claim | None:
    return next((claim for claim in series.claims if claim.figure == series.current), None)


def _change(tx: Transaction, claim: Claim | None) -> str:
    """From which value the current one changed, and by how much."""
    from pipeline.figures.words import number_words

    verdicts = tx.figures.verdicts_of(claim.figure) if claim else []
    before = next((verdict.from_value for verdict in verdicts if verdict.from_value is not None), None)
    if claim is None or before is None:
        return ""
    if isinstance(before, tuple):
        return f"from {number_words(before[0])}–{number_words(before[1])}"
    if claim.value is None:
        return f"from {number_words(before)}"
    by = claim.value - before
    return f"{'+' if by > 0 else '−'}{number_words(abs(round(by, 6)))} from {number_words(before)}"


def _range(series: Series) -> str:
    from pipeline.figures.words import number_words

    ends = [end for claim in series.claims for end in ((claim.value,) if claim.value is not None else _ends(claim))]
    return f"{number_words(min(ends))}–{number_words(max(ends))}" if len(set(ends)) > 1 else ""


def _ends(claim: Claim) -> tuple[float, ...]:
    return tuple(end for end in (claim.low, claim.high) if end is not None)


def _json(figure: Figure) -> dict[str, Any]:
    return {**figure.model_dump(mode="json"), "scope": str(figure.scope)}
