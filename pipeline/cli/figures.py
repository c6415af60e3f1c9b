"""tallywire figures"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pipeline.cli.common import PARTLY, emit, found_or_fail, home_option, json_option, note, opened, say, short, table
from pipeline.errors import TallywireError
from pipeline.figures.reading import read_figures
from pipeline.figures.words import number_words
from pipeline.record import Transaction
from pipeline.steps.explain import explain
from pipeline.steps.judge import Judge
from pipeline.tell.words import headline_of, value_words
from schemas.figure import Claim, DecisionKind, Figure, Series, SeriesDecision, Telling


@click.group()
def figures() -> None:
    """The figures that articles state, followed over time and across outlets."""


@figures.command("list")
@click.option("--topic", help="Only series of this topic.")
@click.option("--all", "everything", is_flag=True, help="Muted series, and those stated only once, as well.")
@home_option
@json_option
def list_(topic: str | None, everything: bool, home: Path | None, as_json: bool) -> None:
    """Each series of figures: what holds now, in its own words, how it was told, since when, by whom, how it moved."""
    with opened(home) as services, services.record.read() as tx:
        names = [topic] if topic else [one.name for one in tx.topics.all()]
        found = [series for name in names for series in tx.figures.series(name) if everything or not series.muted]
        if not as_json and not everything:
            often = [series for series in found if len(series.claims) > 1 or series.pinned]
            hidden = len(found) - len(often)
            found = often
        else:
            hidden = 0
        found.sort(key=lambda series: (not series.pinned, -len(series.claims), series.opened))
        if as_json:
            for series in found:
                emit(_series_json(tx, series))
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
    if hidden:
        say(f"{hidden} series stated only once are not shown; --all shows them")


@figures.command()
@click.argument("series")
@home_option
@json_option
def show(series: str, home: Path | None, as_json: bool) -> None:
    """The whole history of one series, with quotes and links."""
    with opened(home) as services, services.record.read() as tx:
        found = found_or_fail(tx.figures.get_series(series), "series", series, "`tallywire figures list` names them")
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
@click.option("--text", "as_text", is_flag=True, help="FILE is one plain text rather than JSON lines.")
@click.option("--rejected", is_flag=True, help="Numerals that are no figures as well, and why.")
def read(file: Any, as_text: bool, rejected: bool) -> None:
    """Read the figures of JSON lines {text, title?, language?, published?}, or of a text; one JSON line each."""
    broken = 0
    for number, line in enumerate([json.dumps({"text": file.read()})] if as_text else file, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            text, title, language = item["text"], item.get("title") or "", item.get("language")
            published = datetime.fromisoformat(item["published"]) if item.get("published") else None
            if not (isinstance(text, str) and isinstance(title, str) and isinstance(language, str | None)):
                raise TypeError("text, title and language are texts")
        except (ValueError, TypeError, KeyError) as error:
            broken += 1
            note(f"{file.name}:{number}: no JSON object with a text: {error}; --text reads a file as it is")
            emit({"figures": [], "error": f"line {number} is no JSON object with a text"})
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
@home_option
def merge(series: tuple[str, ...], home: Path | None) -> None:
    """Keep SERIES together as one from now on, under the first of them."""
    if len(set(series)) < 2:
        raise click.UsageError("a merge needs two series or more")
    _decide(home, DecisionKind.MERGE, series)


@figures.command()
@click.argument("series")
@click.argument("figures", nargs=-1, required=True)
@click.option("--label", help="What the new series is called.")
@home_option
def split(series: str, figures: tuple[str, ...], label: str | None, home: Path | None) -> None:
    """Take FIGURES out of SERIES into a series of their own, with what resembles them from now on."""
    _decide(home, DecisionKind.SPLIT, (series,), figures, label)


def _marking(kind: DecisionKind, words: str) -> click.Command:
    @click.command(kind.value, help=words)
    @click.argument("series", nargs=-1, required=True)
    @home_option
    def command(series: tuple[str, ...], home: Path | None) -> None:
        for one in series:
            _decide(home, kind, (one,))

    return command


figures.add_command(_marking(DecisionKind.MUTE, "Tell nothing of SERIES from now on."))
figures.add_command(_marking(DecisionKind.UNMUTE, "Tell of SERIES again."))
figures.add_command(_marking(DecisionKind.PIN, "Show SERIES first from now on."))
figures.add_command(_marking(DecisionKind.UNPIN, "Show SERIES first no longer."))


@figures.command()
@click.argument("series")
@click.argument("label")
@home_option
def rename(series: str, label: str, home: Path | None) -> None:
    """Call SERIES by LABEL from now on."""
    _decide(home, DecisionKind.RENAME, (series,), (), label)


def _decide(
    home: Path | None,
    kind: DecisionKind,
    series: tuple[str, ...],
    ids: tuple[str, ...] = (),
    label: str | None = None,
) -> None:
    with opened(home) as services:
        with services.record.read() as tx:
            hint = "`tallywire figures list` names them"
            found = [found_or_fail(tx.figures.get_series(one), "series", one, hint) for one in series]
            for figure in ids:
                found_or_fail(tx.figures.get(figure), "figure", figure, "`tallywire figures show SERIES` names them")
        topics = {one.topic for one in found}
        if len(topics) > 1:
            raise TallywireError("these series are of different topics", hint="a series belongs to one topic")
        decision = SeriesDecision(kind=kind, series=series, figures=ids, label=label, decided=datetime.now(UTC))
        changed = Judge(services).decide_series(topics.pop(), decision)
    say(f"kept; {len(changed)} series changed")


def _series_json(tx: Transaction, series: Series) -> dict[str, Any]:
    """A series, each claim with its wording and with how it was told."""
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
    ends = [end for claim in series.claims for end in ((claim.value,) if claim.value is not None else _ends(claim))]
    return f"{number_words(min(ends))}–{number_words(max(ends))}" if len(set(ends)) > 1 else ""


def _ends(claim: Claim) -> tuple[float, ...]:
    return tuple(end for end in (claim.low, claim.high) if end is not None)


def _json(figure: Figure) -> dict[str, Any]:
    return {**figure.model_dump(mode="json"), "scope": str(figure.scope)}
