"""A message in a few plain lines, for channels in which people chat: what is new, who says so, and where to read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.tell.channels import Post
from pipeline.tell.courses import Course
from pipeline.tell.frame import Frame
from pipeline.tell.languages import frame_of
from pipeline.tell.pages import link
from pipeline.tell.views import by_worth, course_words, outlet_name
from pipeline.tell.words import headline_of, one_line
from schemas.alert import ArticleRef, DigestData, FeedNews, FigureNews, StoryNews
from schemas.message import Bundle

_MOST = 5
"""Items of a message: as much as is read in passing."""
_MENTION = re.compile(r"(?<=<)(?=[!@#])|(?<=@)(?=\w)")


def short_text(post: Post) -> tuple[str, str]:
    """Title and body, as plain text, in the recipient's language."""
    frame = frame_of(post.topic)
    if post.bundle is not None:
        items = list(_of_bundle(post.bundle, frame))
    elif post.digest is not None:
        items = list(_of_digest(post.digest, frame))
    else:
        items = [post.mail.text.strip()]
    more = [f"+ {len(items) - _MOST}"] if len(items) > _MOST else []
    return harmless(post.mail.subject), "\n\n".join([*items[:_MOST], *more])


def harmless(text: str) -> str:
    """Text of a page that calls nobody: a word joiner parts the signs that chats take for a mention of all."""
    return _MENTION.sub("\u2060", text)


def _of_bundle(bundle: Bundle, frame: Frame) -> Iterator[str]:
    yield from (_figure(one, frame) for one in by_worth(alert.figure for alert in bundle.alerts if alert.figure))
    yield from (_story(alert.story_news, frame) for alert in bundle.alerts if alert.story_news)
    yield from (_feed(alert.feed) for alert in bundle.alerts if alert.feed)


def _of_digest(data: DigestData, frame: Frame) -> Iterator[str]:
    shown = [*data.changed, *data.new]
    yield from (_item(headline_of(one.current.figure), one.current.article, frame) for one in shown)
    yield from (_figure((news,), frame) for news in data.contradictions)
    yield from (_story(story, frame) for story in data.stories)


def _figure(course: Course | Iterable[FigureNews], frame: Frame) -> str:
    told = tuple(course)
    return _item(course_words(told, frame), told[-1].statement.article, frame)


def _story(news: StoryNews, frame: Frame) -> str:
    article = news.lead_article or (news.reports[0] if news.reports else None)
    words = one_line(news.headline, 200)
    return _item(words, article, frame) if article else harmless(words)


def _feed(news: FeedNews) -> str:
    return harmless(one_line(news.title, 60) or "") + f"\n{link(news.url) or ''}"


def _item(words: str, article: ArticleRef, frame: Frame) -> str:
    return f"{harmless(f'{words} — {outlet_name(article.outlet, frame)}')}\n{link(article.url) or ''}".rstrip()
