"""Hosts: how each wants to be visited, and what its robots.txt said."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.Text().with_variant(postgresql.JSONB(), "postgresql")


def column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "hosts",
        column("host", WORDS),
        column("seen", MOMENT),
        column("document", DOCUMENT),
        sa.PrimaryKeyConstraint("host"),
        if_not_exists=True,
    )
    op.create_index(None, "hosts", ["seen"], if_not_exists=True)
    op.create_table(
        "robots",
        column("origin", WORDS),
        column("until", MOMENT),
        column("document", DOCUMENT),
        sa.PrimaryKeyConstraint("origin"),
        if_not_exists=True,
    )
    op.create_index(None, "robots", ["until"], if_not_exists=True)
