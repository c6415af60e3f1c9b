"""Digests that were bound to their Message-ID."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.Text().with_variant(postgresql.JSONB(), "postgresql")


def column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "digests",
        column("id", WORDS),
        column("topic", WORDS),
        column("end", MOMENT),
        column("state", WORDS),
        column("due", MOMENT),
        column("document", DOCUMENT),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(None, "digests", ["state", "due"])
    op.create_index(None, "digests", ["topic", "end"])
