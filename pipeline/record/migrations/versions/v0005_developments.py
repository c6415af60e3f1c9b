"""Developments, each with the version at which what it tells changed last: what the index hears of briefs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "developments",
        column("id", WORDS),
        column("changed", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("changed"),
    )
    # Those of a record that is there already are told to the index when it first asks.
    op.execute(
        "INSERT INTO developments (id, changed) "
        "SELECT coalesce(thread, id), max(changed) FROM stories GROUP BY coalesce(thread, id)"
    )
