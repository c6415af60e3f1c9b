"""Topics that people name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import TopicError

if TYPE_CHECKING:
    from pipeline.record import Transaction


def known_topic(tx: Transaction, name: str | None) -> None:
    """Do nothing if there is a topic ``name``, or none is asked for. Raises TopicError."""
    if name is not None and tx.topics.get(name) is None:
        known = ", ".join(topic.name for topic in tx.topics.all()[:10])
        raise TopicError(
            f"there is no topic {name[:80]!r}",
            hint=f"`tallywire topics list` lists them: {known}" if known else "`tallywire run TOPIC.yaml` adds one",
        )
