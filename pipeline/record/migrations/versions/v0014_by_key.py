"""What is read by key instead of as a whole: what a series is found by, how often it was stated, whether it is pinned,
and of which original a figure is that was found wrong."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    # Of a series that does not say it yet, following reads the whole and says it.
    op.add_column("series", sa.Column("found_by", WORDS))
    op.add_column("series", sa.Column("claims", sa.Integer, nullable=False, server_default="0"))
    op.add_column("series", sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("decisions", sa.Column("original", WORDS))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "UPDATE series SET claims = jsonb_array_length(document->'claims'), pinned = (document->>'pinned')::boolean"
        )
        op.execute("UPDATE decisions SET original = document->'said'->>'original'")
    else:
        op.execute(
            "UPDATE series SET claims = json_array_length(document, '$.claims'), "
            "pinned = json_extract(document, '$.pinned')"
        )
        op.execute("UPDATE decisions SET original = json_extract(document, '$.said.original')")
    op.create_index(None, "series", ["topic", "pinned", "claims"])
    op.create_index(None, "decisions", ["original"])
