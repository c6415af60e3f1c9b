"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.Text().with_variant(postgresql.JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def column(name: str, kind: Any, *rules: Any, null: bool = False, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *rules, nullable=null, **more)


def key(*names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*names)


def upgrade() -> None:
    counters = op.create_table("counters", column("name", WORDS), column("value", sa.BigInteger()), key("name"))
    op.bulk_insert(
        counters,
        [{"name": name, "value": 0} for name in ("entry", "entry_changed", "article", "changed")],
    )
    op.create_table("topics", column("name", WORDS), column("document", DOCUMENT), key("name"))
    op.create_table("notes", column("key", WORDS), column("value", WORDS), key("key"))
    feeds()
    entries()
    articles()
    stories()
    figures()
    alerts()


def feeds() -> None:
    op.create_table(
        "feeds",
        column("id", WORDS),
        column("url_key", WORDS),
        column("next_poll", MOMENT, null=True),
        column("document", DOCUMENT),
        key("id"),
    )
    op.create_index(None, "feeds", ["url_key"])
    op.create_index(None, "feeds", ["next_poll"])
    op.create_table(
        "feed_topics",
        column("feed", WORDS, sa.ForeignKey("feeds.id", ondelete="CASCADE")),
        column("topic", WORDS),
        key("feed", "topic"),
    )
    op.create_index(None, "feed_topics", ["topic", "feed"])


def entries() -> None:
    op.create_table(
        "entries",
        column("id", WORDS),
        column("seq", sa.BigInteger(), unique=True),
        column("changed", sa.BigInteger(), unique=True),
        column("feed", WORDS, null=True),
        column("first_seen", MOMENT),
        column("status", WORDS),
        column("attempts", sa.Integer()),
        column("retry_at", MOMENT, null=True),
        column("lease_owner", WORDS, null=True),
        column("lease_until", MOMENT, null=True),
        column("reason", WORDS),
        column("ended", MOMENT, null=True),
        column("article", WORDS, null=True),
        column("document", DOCUMENT),
        column("reading", DOCUMENT, null=True),
        key("id"),
    )
    op.create_index(None, "entries", ["status", "seq"])
    op.create_index(None, "entries", ["feed", "status"])
    op.create_index(None, "entries", ["lease_owner"])


def articles() -> None:
    op.create_table("texts", column("id", WORDS), column("body", WORDS), key("id"))
    op.create_table(
        "articles",
        column("id", WORDS),
        column("seq", sa.BigInteger(), unique=True),
        column("changed", sa.BigInteger(), unique=True),
        column("url_key", WORDS),
        column("outcome", WORDS),
        column("story", WORDS, null=True),
        column("copy_of", WORDS, null=True),
        column("first_seen", MOMENT),
        column("text", WORDS, sa.ForeignKey("texts.id")),
        column("document", DOCUMENT),
        key("id"),
    )
    op.create_index(None, "articles", ["url_key"])
    op.create_index(None, "articles", ["outcome", "seq"])
    op.create_index(None, "articles", ["story"])
    op.create_index(None, "articles", ["copy_of"])
    op.create_index(None, "articles", ["first_seen"])
    op.create_table(
        "article_topics",
        column("article", WORDS, sa.ForeignKey("articles.id", ondelete="CASCADE")),
        column("topic", WORDS),
        column("seq", sa.BigInteger()),
        key("article", "topic"),
    )
    op.create_index(None, "article_topics", ["topic", "seq"])
    op.create_table(
        "revisions",
        column("article", WORDS, sa.ForeignKey("articles.id", ondelete="CASCADE")),
        column("number", sa.Integer(), autoincrement=False),
        column("seen", MOMENT),
        column("title", WORDS),
        column("text", WORDS, sa.ForeignKey("texts.id")),
        key("article", "number"),
    )
    op.create_table(
        "remembered",
        column("id", WORDS),
        column("seq", sa.BigInteger()),
        column("time", MOMENT),
        column("features", sa.LargeBinary()),
        column("document", DOCUMENT),
        key("id"),
    )
    op.create_index(None, "remembered", ["seq", "id"])
    op.create_index(None, "remembered", ["time"])


def stories() -> None:
    op.create_table(
        "stories",
        column("id", WORDS),
        column("changed", sa.BigInteger(), unique=True),
        column("last_seen", MOMENT),
        column("document", DOCUMENT),
        key("id"),
    )
    op.create_index(None, "stories", ["last_seen", "id"])
    op.create_table(
        "story_topics",
        column("story", WORDS, sa.ForeignKey("stories.id", ondelete="CASCADE")),
        column("topic", WORDS),
        key("story", "topic"),
    )
    op.create_index(None, "story_topics", ["topic", "story"])
    op.create_table("removed_stories", column("id", WORDS), column("changed", sa.BigInteger(), unique=True), key("id"))
    op.create_table(
        "story_moves",
        column("id", SERIAL),
        column("at", MOMENT),
        column("article", WORDS),
        column("from_story", WORDS, null=True),
        column("to_story", WORDS),
        column("document", DOCUMENT),
        key("id"),
    )
    op.create_index(None, "story_moves", ["article"])
    op.create_index(None, "story_moves", ["from_story"])
    op.create_index(None, "story_moves", ["to_story"])
    op.create_table("story_decisions", column("id", SERIAL), column("document", DOCUMENT), key("id"))


def figures() -> None:
    op.create_table(
        "figures",
        column("id", WORDS),
        column("changed", sa.BigInteger(), unique=True),
        column("article", WORDS, sa.ForeignKey("articles.id")),
        column("revision", sa.Integer()),
        column("start", sa.Integer()),
        column("document", DOCUMENT),
        key("id"),
    )
    op.create_index(None, "figures", ["article", "revision", "start"])
    op.create_table(
        "verdicts",
        column("figure", WORDS, sa.ForeignKey("figures.id")),
        column("topic", WORDS),
        column("document", DOCUMENT),
        key("figure", "topic"),
    )
    op.create_table(
        "series",
        column("id", WORDS),
        column("topic", WORDS),
        column("opened", MOMENT),
        column("document", DOCUMENT),
        key("id"),
    )
    op.create_index(None, "series", ["topic", "opened"])
    op.create_table(
        "series_decisions", column("id", SERIAL), column("topic", WORDS), column("document", DOCUMENT), key("id")
    )
    op.create_index(None, "series_decisions", ["topic"])


def alerts() -> None:
    op.create_table(
        "alerts",
        column("id", WORDS),
        column("changed", sa.BigInteger(), unique=True),
        column("topic", WORDS),
        column("state", WORDS),
        column("due", MOMENT),
        column("created", MOMENT),
        column("sent", MOMENT, null=True),
        column("message_id", WORDS, null=True),
        column("document", DOCUMENT),
        key("id"),
    )
    op.create_index(None, "alerts", ["state", "due"])
    op.create_index(None, "alerts", ["topic", "created"])
    op.create_index(None, "alerts", ["topic", "sent"])
