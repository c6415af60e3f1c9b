"""How well a desk is served on topics that the weights have not seen.

    python -m benchmarks.desk ../shared/data --corpora CORPORA [--only TOPIC ...] [--all]
    python -m benchmarks.desk ../shared/data --unseen CORPORA

Each topic in turn is left out, the weights are fitted on all others, and the topic is told with them; the scorer that
lies with the labels does the rest. That table is the number to look at. ``--all`` leaves out those labelled for this
repository too, not only those of the folder. Takes a minute a topic; needs scikit-learn.

``--unseen`` tells streams of corpora that no weights were fitted on (``corpora.py``) with the weights that ship.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType

from benchmarks.desk_data import LabelledStream, Row, of_corpora, scorer, unseen, value_of
from pipeline.figures.telling import Limits, Models, Teller
from pipeline.figures.worth import Stream
from schemas.figure import Tell, Telling, VerdictKind


def told(stream: LabelledStream, models: Models, limits: Limits | None = None) -> list[Row]:
    """What would be mailed of a stream at once, in the form the scorer takes."""
    teller = Teller(stream.title, Stream(), models=models, limits=limits)
    found = []
    for item in stream.items:
        for figure, one in zip(
            item.figures, teller.tell(item.id, item.text, item.figures, item.marks).told, strict=True
        ):
            if one.telling.tell is Tell.NOW and one.telling.kind is not VerdictKind.REPEATED:
                shown = figure.figure.wording
                found.append(
                    {
                        "article": item.id,
                        "value": value_of(figure),
                        "quote": figure.figure.quote,
                        "kind": _kind(one.telling),
                        "from": _interval(one.telling),
                        "shown": shown.text if shown else "",
                        "context": stream.title,
                        "unit": figure.figure.unit,
                    }
                )
    return found


def _kind(telling: Telling) -> str:
    return "changed" if telling.kind is VerdictKind.CORRECTION else telling.kind.value


def _interval(telling: Telling) -> tuple[float, float] | None:
    value = telling.from_value
    if value is None:
        return None
    return value if isinstance(value, tuple) else (value, value)


def scored(stream: LabelledStream, score: ModuleType, models: Models, limits: Limits | None = None) -> Row:
    """The scores of one stream told with these weights."""
    result: Row = score.score(stream.gold, [item.id for item in stream.items], told(stream, models, limits))[0]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=())
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--corpora", type=Path, help="learn from the labels of its texts too")
    parser.add_argument("--unseen", type=Path, metavar="CORPORA")
    options = parser.parse_args()
    score = scorer(options.folder / "desk")
    if options.unseen:
        _report(score, ((stream, Models.shipped()) for stream in unseen(options.unseen)), options.only)
        return
    # Telling with the shipped weights needs no scikit-learn; fitting does.
    from benchmarks.train_desk import all_lessons, asked, fit_base, left_out, listen, tables_of, with_heard

    lessons = all_lessons(options.folder)
    tables = tables_of(lessons)
    kinds = ("given", "ours") if options.all else ("given",)
    found = left_out(lessons, tables, score, lambda line: print(line, flush=True))
    answers, busy = [], []
    if options.corpora:
        base = fit_base(tables)
        answers = asked(options.corpora, found, base, score)
        busy = [listen(stream, base, score) for stream in of_corpora(options.corpora)]

    def fitted(name: str) -> Models:
        others = [heard for other, (_, heard) in found.items() if other != name]
        return with_heard(
            found[name][0], [*others, *busy], [one for kin, some in answers if kin != name for one in some]
        )

    streams = (lesson.stream for lesson in lessons)
    chosen = (stream for stream in streams if stream.name in found and stream.kind in kinds)
    _report(score, ((stream, fitted(stream.name)) for stream in chosen), options.only)


def _report(score: ModuleType, streams: Iterable[tuple[LabelledStream, Models]], only: Sequence[str]) -> None:
    """Print how well each stream is told with its weights, and all together."""
    parts = []
    for stream, models in streams:
        if not only or stream.name in only:
            parts.append(scored(stream, score, models))
            print(score.line(stream.name, parts[-1]), flush=True)
    print(score.line("all", score.total(parts)))


if __name__ == "__main__":
    main()
