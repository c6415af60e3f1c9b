"""Decisions about what people are told; mutes of series become some of them."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.Text().with_variant(postgresql.JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MUTES = ("mute", "unmute")


def column(name: str, kind: Any, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "decisions",
        column("number", SERIAL),
        column("id", WORDS),
        column("kind", WORDS),
        column("subject", WORDS),
        column("topic", WORDS, nullable=True),
        column("article", WORDS, nullable=True),
        column("undone", MOMENT, nullable=True),
        column("document", DOCUMENT),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_index(None, "decisions", ["article"])
    op.create_index(None, "decisions", ["kind", "subject"])
    _move_mutes(op.get_bind())


def _move_mutes(connection: sa.Connection) -> None:
    """Series said themselves whether they are muted; now decisions do."""
    old = sa.table(
        "series_decisions", sa.column("id", sa.Integer), sa.column("topic", sa.Text), sa.column("document", DOCUMENT)
    )
    texts = (sa.column(name, sa.Text) for name in ("id", "kind", "subject", "topic"))
    new = sa.table("decisions", *texts, sa.column("document", DOCUMENT))
    is_postgresql = connection.dialect.name == "postgresql"
    rows = connection.execute(
        sa.select(old.c.id, old.c.topic, sa.cast(old.c.document, sa.Text)).order_by(old.c.id)
    ).all()
    for id, topic, text in rows:
        was = json.loads(text)
        if was["kind"] not in MUTES:
            continue
        (series,) = was["series"]
        decision = {
            "id": f"decision-of-old-{id}",
            "subject": {"kind": "series", "id": series, "topic": topic},
            "choice": {"act": was["kind"]},
            "by": "the command line",
            "decided": was["decided"],
        }
        # What goes into JSONB is written as JSON on its way.
        document = decision if is_postgresql else json.dumps(decision)
        row = {"id": decision["id"], "kind": "series", "subject": series, "topic": topic, "document": document}
        connection.execute(sa.insert(new).values(**row))
        connection.execute(sa.delete(old).where(old.c.id == id))
    if is_postgresql:
        connection.execute(sa.text("UPDATE series SET document = document - 'muted'"))
    else:
        connection.execute(sa.text("UPDATE series SET document = json_remove(document, '$.muted')"))
