"""Visits: what is remembered of each page that was asked for, and which are to be visited again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.Text().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("url_key", WORDS, nullable=False),
        sa.Column("last", MOMENT, nullable=False),
        sa.Column("next", MOMENT, nullable=True),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("url_key"),
        if_not_exists=True,
    )
    op.create_index(None, "visits", ["last"], if_not_exists=True)
    op.create_index(None, "visits", ["next"], if_not_exists=True)
