"""What was told before, and the articles it was heard in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DOCUMENT = sa.Text().with_variant(postgresql.JSONB(), "postgresql")


def column(name: str, kind: Any, *rules: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *rules, nullable=False)


def upgrade() -> None:
    op.create_table(
        "told",
        column("figure", WORDS, sa.ForeignKey("figures.id")),
        column("topic", WORDS),
        column("seq", sa.Integer()),
        column("start", sa.Integer()),
        column("document", DOCUMENT),
        sa.PrimaryKeyConstraint("figure", "topic"),
    )
    op.create_index(None, "told", ["topic", "seq", "start"])
    op.create_table(
        "heard",
        column("article", WORDS, sa.ForeignKey("articles.id")),
        column("topic", WORDS),
        column("seq", sa.Integer()),
        column("document", DOCUMENT),
        sa.PrimaryKeyConstraint("article", "topic"),
    )
    op.create_index(None, "heard", ["topic", "seq"])
