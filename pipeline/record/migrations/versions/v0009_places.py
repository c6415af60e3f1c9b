"""Places: where an entry stands in the order of reading and judging; what was there stands where it came in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("entries")}
    if "place" not in columns:
        op.add_column("entries", sa.Column("place", MOMENT, nullable=True))
    op.execute("UPDATE entries SET place = first_seen WHERE place IS NULL")
    op.create_index(None, "entries", ["status", "place", "seq"], if_not_exists=True)
