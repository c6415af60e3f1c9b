"""What the window asks of the newest, down indices: stories of a topic, series, feeds by health, alerts, entries."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0010"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.Text().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("story_topics", sa.Column("last_seen", MOMENT))
    op.execute(
        "UPDATE story_topics SET last_seen = "
        "(SELECT stories.last_seen FROM stories WHERE stories.id = story_topics.story)"
    )
    op.add_column("series", sa.Column("last", MOMENT))
    _say_of_series(op.get_bind())
    op.add_column("feeds", sa.Column("health", WORDS, nullable=False, server_default="ok"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE feeds SET health = document->'state'->>'health'")
    else:
        op.execute("UPDATE feeds SET health = json_extract(document, '$.state.health')")
    op.create_index(None, "story_topics", ["topic", "last_seen", "story"])
    op.create_index(None, "series", ["topic", "last", "id"])
    op.create_index(None, "feeds", ["health", "id"])
    op.create_index(None, "alerts", ["created", "id"])
    op.create_index(None, "digests", ["end", "id"])
    op.create_index(None, "entries", ["first_seen", "status"])
    op.create_index(None, "entries", ["feed", "first_seen"])


def _say_of_series(connection: sa.Connection) -> None:
    """When the last of its claims was published; of a series without any, when it was opened."""
    series = sa.table("series", sa.column("id", sa.Text), sa.column("last", MOMENT), sa.column("document", DOCUMENT))
    for id, text in connection.execute(sa.select(series.c.id, sa.cast(series.c.document, sa.Text))).all():
        kept = json.loads(text)
        said = [claim["published"] for claim in kept["claims"]] or [kept["opened"]]
        last = max(map(datetime.fromisoformat, said)).astimezone(UTC)
        # SQLite keeps moments without a zone.
        moment = last if connection.dialect.name == "postgresql" else last.replace(tzinfo=None)
        connection.execute(sa.update(series).where(series.c.id == id).values(last=moment))
