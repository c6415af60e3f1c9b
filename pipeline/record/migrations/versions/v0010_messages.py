"""Messages: what each recipient gets, bound before it is sent. Until now mails were bound to all recipients at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.Text().with_variant(postgresql.JSONB(), "postgresql")

Json = dict[str, Any]


def column(name: str, kind: Any, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "messages",
        column("id", WORDS),
        column("topic", WORDS),
        column("recipient", WORDS),
        column("digest", WORDS, nullable=True),
        column("state", WORDS),
        column("due", MOMENT),
        column("bound", MOMENT),
        column("sent", MOMENT, nullable=True),
        column("document", DOCUMENT),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(None, "messages", ["state", "due"])
    op.create_index(None, "messages", ["topic", "bound"])
    op.create_index(None, "messages", ["topic", "recipient", "sent"])
    op.create_index(None, "messages", ["digest"])
    connection = op.get_bind()
    # Recipients with rules of their own came with this program.
    recipients = {
        name: [one if isinstance(one, str) else one["to"] for one in topic.get("recipients", [])]
        for name, topic in _documents(connection, "topics", "name")
    }
    for message in (*_bound_mails(connection, recipients), *_open_digests(connection, recipients)):
        _keep(connection, message)
    _told_notes(connection, recipients)
    _forget_who_is_left(connection)


def _documents(connection: sa.Connection, table: str, key: str, *where: Any) -> list[tuple[str, Json]]:
    rows = sa.table(table, sa.column(key), sa.column("document", DOCUMENT), sa.column("state"))
    query = sa.select(rows.c[key], sa.cast(rows.c.document, sa.Text)).where(*(one(rows) for one in where))
    return [(name, json.loads(text)) for name, text in connection.execute(query.order_by(rows.c[key]))]


def _in(*states: str) -> Any:
    return lambda rows: rows.c.state.in_(states)


def _bound_mails(connection: sa.Connection, recipients: dict[str, list[str]]) -> Iterator[Json]:
    """A message for each recipient of each mail that was bound and may not have reached them yet."""
    mails: dict[tuple[str, str], list[Json]] = {}
    for _, alert in _documents(connection, "alerts", "id", _in("waiting")):
        if alert.get("message_id"):
            mails.setdefault((alert["topic"], alert["message_id"]), []).append(alert)
    for (topic, message_id), alerts in mails.items():
        left = alerts[0].get("recipients_left")
        ids = [alert["id"] for alert in alerts]
        bound = {
            "alerts": ids,
            "message_id": message_id,
            "attempts": max(alert.get("attempts", 0) for alert in alerts),
            "error": alerts[0].get("error"),
            "bound": max(alert["created"] for alert in alerts),
            "due": max(alert["due"] for alert in alerts),
        }
        for one in recipients.get(topic, []):
            waits = left is None or one in left
            bundle = _bundle(connection, topic, alerts) if waits else None
            yield bound | {
                "id": _stable_id(topic, one, *sorted(ids)),
                "topic": topic,
                "recipient": one,
                "bundle": bundle,
                "state": "waiting" if waits else "sent",
                "sent": None if waits else bound["due"],
            }


def _bundle(connection: sa.Connection, topic: str, alerts: list[Json]) -> Json:
    """What a mail was made of: of feeds, else a summary, else of one development, else of one series."""
    threads = {_thread_of(connection, alert) for alert in alerts}
    series = {alert["figure"]["series"] if alert.get("figure") else alert["id"] for alert in alerts}
    thread = next(iter(threads)) if len(threads) == 1 else None
    if all(alert["kind"] == "feed_health" for alert in alerts):
        kind = "feeds"
    elif any(alert.get("thread") for alert in alerts):
        kind = "summary"
    elif thread is not None:
        kind = "development"
    else:
        kind = "series" if len(series) == 1 else "summary"
    plain = [{key: value for key, value in alert.items() if key != "recipients_left"} for alert in alerts]
    return {"topic": topic, "alerts": plain, "kind": kind, "thread": thread}


def _thread_of(connection: sa.Connection, alert: Json) -> str | None:
    story: str | None = alert.get("story")
    if story is None:
        return None
    stories = sa.table("stories", sa.column("id"), sa.column("thread"))
    return connection.execute(sa.select(stories.c.thread).where(stories.c.id == story)).scalar() or story


def _open_digests(connection: sa.Connection, recipients: dict[str, list[str]]) -> Iterator[Json]:
    """A message for each recipient of each digest that was bound and may not have reached them, or was given up."""
    for name, digest in _documents(connection, "digests", "id", _in("waiting", "failed")):
        left = digest.get("recipients_left")
        for one in recipients.get(digest["topic"], []):
            waits = left is None or one in left
            yield {
                "id": _stable_id(digest["topic"], one, name),
                "topic": digest["topic"],
                "recipient": one,
                "digest": name,
                "message_id": digest["message_id"],
                "attempts": digest.get("attempts", 0),
                "error": digest.get("error"),
                "held_back": (digest.get("data") or {}).get("held_back", 0),
                "state": digest["state"] if waits else "sent",
                "bound": digest["end"],
                "due": digest["due"],
                "sent": None if waits else digest["due"],
            }


def _stable_id(*parts: str) -> str:
    digest = hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=8)
    return f"message-{digest.hexdigest()}"


def _keep(connection: sa.Connection, message: Json) -> None:
    moments = {name: _moment(connection, message[name]) for name in ("due", "bound", "sent")}
    document = "CAST(:document AS jsonb)" if connection.dialect.name == "postgresql" else ":document"
    names = ("id", "topic", "recipient", "digest", "state", "due", "bound", "sent")
    connection.execute(
        # The names are those above.
        sa.text(
            f"INSERT INTO messages ({', '.join(names)}, document) "  # noqa: S608
            f"VALUES ({', '.join(f':{name}' for name in names)}, {document})"
        ).bindparams(*(sa.bindparam(name, type_=MOMENT) for name in moments)),
        {name: message.get(name) for name in names} | moments | {"document": json.dumps(message)},
    )


def _moment(connection: sa.Connection, text: str | None) -> Any:
    """A time of a document as the columns keep it: SQLite without its zone, which is UTC."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return moment.replace(tzinfo=None) if connection.dialect.name == "sqlite" else moment


def _told_notes(connection: sa.Connection, recipients: dict[str, list[str]]) -> None:
    """When a mail last told of a thread is known of each recipient now."""
    notes = sa.table("notes", sa.column("key"), sa.column("value"))
    old = connection.execute(sa.select(notes.c.key, notes.c.value).where(notes.c.key.like("topic:%:thread:%:told")))
    for key, value in old.all():
        _, topic, _, thread = key.removesuffix(":told").split(":", 3)
        for one in recipients.get(topic, []):
            row = {"key": f"topic:{topic}:to:{one}:thread:{thread}:told", "value": value}
            connection.execute(sa.insert(notes).values(row))
        connection.execute(sa.delete(notes).where(notes.c.key == key))


def _forget_who_is_left(connection: sa.Connection) -> None:
    """Messages say who has yet to be told."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("UPDATE alerts SET document = document - 'recipients_left'"))
    else:
        connection.execute(sa.text("UPDATE alerts SET document = json_remove(document, '$.recipients_left')"))
