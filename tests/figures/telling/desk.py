"""A desk that reads reports one after the other, with the weights that come with the program."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.figures.claims import is_claim
from pipeline.figures.following.context import marks_of_article
from pipeline.figures.reading import read_figures
from pipeline.figures.telling import Limits, Teller
from pipeline.figures.worth import ArticleText, Stream
from schemas.figure import FigureInArticle, HeardArticle, Tell, Telling, ToldFigure, VerdictKind

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Desk:
    """Told of reports on one topic; ``again()`` is the same desk after a restart."""

    def __init__(self, title: str, limits: Limits | None = None) -> None:
        self.title, self.limits = title, limits
        self.kept: dict[str, ToldFigure] = {}
        self.heard: dict[str, HeardArticle] = {}
        self.teller = Teller(title, Stream(), limits=limits)
        self.reports = 0

    def again(self) -> Desk:
        other = Desk(self.title, self.limits)
        other.kept, other.heard, other.reports = dict(self.kept), dict(self.heard), self.reports
        other.teller = Teller(self.title, Stream(self.heard.values()), self.kept.values(), limits=self.limits)
        return other

    def read(
        self, text: str, *, title: str = "", outlet: str = "Daily", hours: float | None = None, id: str = ""
    ) -> list[tuple[str, Telling]]:
        """What is told of each figure of a report, with the words of the figure."""
        self.reports += 1
        name = id or f"report-{self.reports}"
        published = NOON + timedelta(hours=self.reports if hours is None else hours)
        read = read_figures(text, title=title, language="en", published=published).figures
        figures = [
            FigureInArticle(
                id=f"{name}:{one.span[0]}", article=name, revision=1, outlet=outlet, published=published, figure=one
            )
            for one in filter(is_claim, read)
        ]
        marks = marks_of_article(figures, text)
        hearing = self.teller.tell(name, ArticleText(title, text, published), figures, marks)
        for lost in hearing.lost:
            self.kept.pop(lost, None)
            self.heard.pop(lost, None)
        self.heard.pop(name, None)
        self.heard[name] = hearing.heard
        self.kept |= {told.kept.figure.id: told.kept for told in hearing.told if told.kept}
        return [(one.figure.surface, told.telling) for one, told in zip(figures, hearing.told, strict=True)]

    def mailed(self, text: str, **more: object) -> list[str]:
        """The figures of a report that are mailed at once."""
        return [
            surface
            for surface, telling in self.read(text, **more)  # type: ignore[arg-type]
            if telling.tell is Tell.NOW and telling.kind is not VerdictKind.REPEATED
        ]
