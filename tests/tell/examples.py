"""An invented newsroom: the topic, figures and stories the tests of this room tell of."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.tell.health import health_alert_id
from schemas.alert import (
    Alert,
    AlertKind,
    ArticleRef,
    CoverageDay,
    DigestData,
    FeedNews,
    FigureNews,
    SeriesNews,
    Statement,
    StoryNews,
)
from schemas.base import stable_id
from schemas.feed import Health
from schemas.figure import Figure, Modifier, Tell, Value, VerdictKind, Wording
from schemas.topic import Topic

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
THREAD = "thread-flood"
"""The development that a digest of `digest_data` tells of."""


def topic(**changes: Any) -> Topic:
    values: dict[str, Any] = {
        "name": "harlow-flood",
        "title": "Harlow flood",
        "zone": "Europe/Kyiv",
        "recipients": ["desk@news.example", "night@news.example"],
    }
    return Topic.model_validate(values | changes)


def article(outlet: str = "Nordwire", title: str = "River takes the lower town", **changes: Any) -> ArticleRef:
    values: dict[str, Any] = {
        "id": stable_id("article", outlet, title),
        "title": title,
        "url": f"https://{outlet.lower().replace(' ', '')}.example/2026/03/{len(title)}",
        "outlet": outlet,
        "published": NOW - timedelta(minutes=40),
    }
    return ArticleRef.model_validate(values | changes)


def figure(value: float | None = 58, quote: str = "", surface: str = "", **changes: Any) -> Figure:
    """A figure with its wording, or, given a ``quote`` alone, as one that was read before figures had wordings."""
    surface = surface or (f"{value:,.0f}" if value is not None else "20 to 30")
    said = None if quote else Wording(text=f"{surface} people had been rescued by boat", cut=False, speaker="the mayor")
    quote = quote or f"The mayor said {surface} people had been rescued by boat since Friday."
    values: dict[str, Any] = {
        "wording": said,
        "span": (0, len(surface)),
        "surface": surface,
        "quote": quote,
        "value": value,
        "counted": "people",
        "action": "rescued",
        "attribution": "the mayor",
        "as_of": date(2026, 3, 14),
    }
    return Figure.model_validate(values | changes)


def statement(value: float | None = 58, outlet: str = "Nordwire", **changes: Any) -> Statement:
    source = article(outlet, **{name: changes.pop(name) for name in ("title", "url", "published") if name in changes})
    said = figure(value, **changes)
    return Statement(figure_id=stable_id("figure", outlet, said.quote), figure=said, article=source)


def news(
    verdict: VerdictKind = VerdictKind.NEW,
    *,
    series: str = "series-rescued",
    of: Statement | None = None,
    from_value: Value | None = None,
    against: tuple[Statement, ...] = (),
    label: str = "people rescued, Harlow, cumulative",
    reason: str = "",
    worth: float = 1.0,
    tell: Tell = Tell.NOW,
    before: tuple[Statement, ...] = (),
) -> FigureNews:
    return FigureNews(
        series=series,
        label=label,
        verdict=verdict,
        statement=of or statement(),
        from_value=from_value,
        against=against,
        reason=reason,
        worth=worth,
        tell=tell,
        before=before,
    )


def story(
    name: str = "story-flood", headline: str = "River takes the lower town of Harlow", **changes: Any
) -> StoryNews:
    reports = (
        article("Nordwire"),
        article("Daily Ledger", "Harlow under water"),
        article("Port Gazette", "Hundreds flee as the Harl rises"),
    )
    values: dict[str, Any] = {
        "id": name,
        "headline": headline,
        "lead": "The river Harl broke its banks before dawn and took the lower town.",
        "lead_article": reports[0],
        "first_seen": NOW - timedelta(hours=2),
        "reports": reports,
        "copies": 2,
        "outlets": ("Nordwire", "Daily Ledger", "Port Gazette"),
    }
    return StoryNews.model_validate(values | changes)


def alert(about: FigureNews | StoryNews, *, created: datetime = NOW, **changes: Any) -> Alert:
    values: dict[str, Any] = {"topic": "harlow-flood", "created": created, "due": created + timedelta(minutes=10)}
    if isinstance(about, StoryNews):
        values |= {"kind": AlertKind.NEW_STORY, "story_news": about, "story": about.id}
        values["id"] = stable_id("alert", "story", about.id)
    else:
        kinds = {
            VerdictKind.NEW: AlertKind.NEW_FIGURE,
            VerdictKind.CHANGED: AlertKind.CHANGED_FIGURE,
            VerdictKind.CONTRADICTION: AlertKind.CONTRADICTION,
            VerdictKind.CORRECTION: AlertKind.CORRECTION,
        }
        values |= {"kind": kinds[about.verdict], "figure": about}
        values["id"] = stable_id("alert", about.verdict, about.series, about.statement.figure_id)
    return Alert.model_validate(values | changes)


def ill_feed(title: str = "Port Gazette", health: Health = Health.FAILING, **changes: Any) -> FeedNews:
    """A feed that has not answered well for two days, or is silent or gone as long."""
    name = title.lower().replace(" ", "")
    values: dict[str, Any] = {
        "id": stable_id("feed", title),
        "url": f"https://{name}.example/feed.xml",
        "title": title,
        "site_url": f"https://{name}.example/",
        "health": health,
        "since": NOW - timedelta(days=2),
        "illness": NOW - timedelta(days=2) + timedelta(minutes=20),
        "polled": NOW,
        "last_new": NOW - timedelta(days=2, hours=1),
        "last_success": NOW - timedelta(days=2),
        "failures": 8,
        "status": 503,
        "error": "the site reports an error (HTTP 503)",
    }
    if health is Health.SILENT:
        since = NOW - timedelta(days=2, hours=1)
        values |= {"since": since, "illness": since, "last_success": NOW, "failures": 0, "status": 200, "error": None}
        values |= {"longest_gap": 9.4 * 3600}
    return FeedNews.model_validate(values | changes)


def feed_alert(news: FeedNews, *, created: datetime = NOW, **changes: Any) -> Alert:
    values: dict[str, Any] = {
        "id": health_alert_id("harlow-flood", news.id, news.illness),
        "topic": "harlow-flood",
        "kind": AlertKind.FEED_HEALTH,
        "feed": news,
        "created": created,
        "due": created + timedelta(hours=1),
    }
    return Alert.model_validate(values | changes)


def changed() -> FigureNews:
    """58 people rescued, 41 before."""
    return news(
        VerdictKind.CHANGED,
        of=statement(58, "Daily Ledger", title="Harlow under water"),
        from_value=41,
        against=(
            statement(
                41,
                published=NOW - timedelta(hours=5),
                attribution=None,
                as_of=None,
                modifier=Modifier.AT_LEAST,
                quote="At least 41 people were rescued by boat overnight.",
                wording=Wording(text="at least 41 people were rescued by boat", cut=False),
            ),
        ),
        reason="58 is outside what “at least 41” leaves as the latest count, and the report is newer",
    )


def contradiction() -> FigureNews:
    """Two outlets count the houses lost differently on one day."""
    houses = {"counted": "houses", "action": "destroyed"}
    return news(
        VerdictKind.CONTRADICTION,
        series="series-houses",
        label="houses destroyed, Harlow",
        of=statement(
            320,
            "Port Gazette",
            title="Hundreds flee as the Harl rises",
            quote="Some 320 houses are gone, the fire service said.",
            wording=Wording(text="some 320 houses are gone", cut=False, speaker="the fire service"),
            attribution="the fire service",
            modifier=Modifier.ABOUT,
            **houses,
        ),
        against=(
            statement(
                210,
                quote="The county counts 210 destroyed houses.",
                wording=Wording(text="the county counts 210 destroyed houses", cut=False),
                attribution="the county",
                **houses,
            ),
        ),
        reason="same day, different sources, incompatible values",
    )


def series_news(told: FigureNews, history: tuple[Value, ...] = ()) -> SeriesNews:
    first = NOW - timedelta(hours=6 * len(history))
    return SeriesNews(
        series=told.series,
        label=told.label,
        current=told.statement,
        worth=told.worth,
        from_value=told.from_value,
        history=tuple((first + timedelta(hours=6 * n), value) for n, value in enumerate(history)),
        verdict=told.verdict,
        thread=told.thread,
    )


def of_thread(told: FigureNews, thread: str = THREAD) -> FigureNews:
    """The news as a digest has it, under its development."""
    return told.model_copy(update={"thread": thread})


def damage() -> FigureNews:
    """A new figure, of no day."""
    return news(
        series="series-damage",
        label="damage, Harlow",
        of=statement(
            2.7e9,
            "Port Gazette",
            surface="$2.7 billion",
            quote="Insurers put the damage at $2.7 billion.",
            wording=Wording(text="the damage at $2.7 billion", cut=False, speaker="insurers"),
            unit="USD",
            counted="damage",
            action=None,
            attribution="insurers",
            as_of=None,
        ),
    )


def digest_data(**changes: Any) -> DigestData:
    end = datetime(2026, 3, 15, 5, 0, tzinfo=UTC)
    values: dict[str, Any] = {
        "topic": "harlow-flood",
        "start": end - timedelta(days=1),
        "end": end,
        "stories": (story(thread=THREAD),),
        "changed": (series_news(of_thread(changed()), (12, 41, 58)),),
        "new": (series_news(of_thread(damage())),),
        "contradictions": (of_thread(contradiction()),),
        "coverage": tuple(
            CoverageDay(day=date(2026, 3, 2) + timedelta(days=n), reports=reports, copies=copies)
            for n, (reports, copies) in enumerate(
                [
                    (0, 0),
                    (1, 0),
                    (0, 0),
                    (0, 0),
                    (2, 1),
                    (1, 0),
                    (0, 0),
                    (0, 0),
                    (1, 0),
                    (3, 2),
                    (6, 4),
                    (9, 7),
                    (14, 9),
                    (11, 5),
                ]
            )
        ),
        "articles": 16,
        "copies": 5,
        "outcomes": {"indexed": 11, "copy": 5, "off_topic": 23, "failed": 1},
        "feeds_ill": (ill_feed(),),
        "held_back": 4,
    }
    return DigestData.model_validate(values | changes)


def undeveloped(data: DigestData) -> DigestData:
    """A digest as it is read from a record in which it was bound before there were developments."""
    kept = json.loads(data.model_dump_json())
    for part in ("stories", "changed", "new", "contradictions"):
        for one in kept[part]:
            one.pop("thread")
            one.pop("earlier", None)
    return DigestData.model_validate_json(json.dumps(kept))
