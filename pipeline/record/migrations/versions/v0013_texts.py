"""Texts: articles are found by the text they have, as a site may give one text at many addresses."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index(None, "articles", ["text", "seq"], if_not_exists=True)
