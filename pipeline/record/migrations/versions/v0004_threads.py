"""Threads: the developments that stories are of."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.Text().with_variant(postgresql.JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "portrayed",
        column("story", WORDS),
        column("changed", sa.BigInteger()),
        column("last", MOMENT),
        column("document", DOCUMENT),
        sa.PrimaryKeyConstraint("story"),
        sa.UniqueConstraint("changed"),
    )
    op.create_table(
        "thread_decisions",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        column("document", DOCUMENT),
    )
    op.add_column("stories", sa.Column("thread", WORDS, nullable=True))
    op.create_index(None, "stories", ["thread"])
