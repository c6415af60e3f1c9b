"""A message as JSON for webhooks: what the record holds, in the fields of `schemas.webhook`."""

from __future__ import annotations

from pipeline.tell.channels import Post
from pipeline.tell.frame import Frame
from pipeline.tell.languages import frame_of
from pipeline.tell.pages import link
from pipeline.tell.views import headline
from pipeline.tell.words import headline_of, one_line, said_by, value_of
from schemas.alert import Alert, DigestData, FeedNews, FigureNews, SeriesNews, Statement, StoryNews
from schemas.figure import Value
from schemas.webhook import (
    Webhook,
    WebhookAlert,
    WebhookData,
    WebhookDigest,
    WebhookFeed,
    WebhookFigure,
    WebhookKind,
    WebhookStory,
    WebhookTopic,
)

_QUOTE, _TITLE = 1000, 300


def payload(post: Post) -> Webhook:
    """What a webhook is told; the same for the same message."""
    frame = frame_of(post.topic)
    kind = WebhookKind.ALERTS if post.bundle else WebhookKind.DIGEST if post.digest else WebhookKind.TEST
    return Webhook(
        type=kind,
        timestamp=post.bound,
        data=WebhookData(
            topic=WebhookTopic(name=post.topic.name, title=post.topic.heading),
            subject=post.mail.subject,
            text=post.mail.text,
            alerts=tuple(_alert(alert, frame) for alert in post.bundle.alerts) if post.bundle else (),
            digest=_digest(post.digest, frame) if post.digest else None,
        ),
    )


def _alert(alert: Alert, frame: Frame) -> WebhookAlert:
    return WebhookAlert(
        id=alert.id,
        kind=alert.kind,
        story=alert.story,
        figure=_news(alert.figure, frame) if alert.figure else None,
        development=_story(alert.story_news) if alert.story_news else None,
        feed=_feed(alert.feed) if alert.feed else None,
    )


def _digest(data: DigestData, frame: Frame) -> WebhookDigest:
    changed, new = (tuple(map(_series, some)) for some in (data.changed, data.new))
    return WebhookDigest(
        start=data.start,
        end=data.end,
        reports=data.articles,
        copies=data.copies,
        developments=tuple(map(_story, data.stories)),
        figures=(*changed, *(_news(news, frame) for news in data.contradictions), *new),
    )


def _news(news: FigureNews, frame: Frame) -> WebhookFigure:
    return _figure(news, news.statement, headline(news, frame=frame))


def _series(news: SeriesNews) -> WebhookFigure:
    return _figure(news, news.current, headline_of(news.current.figure))


def _figure(news: FigureNews | SeriesNews, statement: Statement, words: str) -> WebhookFigure:
    figure, article = statement.figure, statement.article
    was: Value | None = news.from_value
    return WebhookFigure(
        series=news.series,
        verdict=news.verdict,
        headline=words,
        worth=news.worth,
        followed=news.followed,
        value=value_of(figure),
        unit=figure.unit,
        was=was,
        speaker=one_line(said_by(figure) or figure.attribution or "", 120) or None,
        as_of=figure.as_of.isoformat() if figure.as_of else None,
        quote=one_line(figure.quote, _QUOTE),
        outlet=one_line(article.outlet, 80),
        title=one_line(article.title, _TITLE),
        url=link(article.url) or "",
        published=article.published,
    )


def _story(news: StoryNews) -> WebhookStory:
    lead = news.lead_article or (news.reports[0] if news.reports else None)
    return WebhookStory(
        id=news.id,
        headline=one_line(news.headline, _TITLE),
        url=link(lead.url) if lead else None,
        outlets=tuple(one_line(outlet, 80) for outlet in news.outlets),
        reports=len(news.reports) + news.more,
        copies=news.copies,
    )


def _feed(news: FeedNews) -> WebhookFeed:
    return WebhookFeed(
        url=link(news.url) or one_line(news.url, 200),
        title=one_line(news.title, 120),
        health=news.health.value,
        since=news.since,
        error=one_line(news.error, 240) if news.error else None,
    )
