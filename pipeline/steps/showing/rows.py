"""What lists print as JSON beyond the rows of `tallywire export`."""

from __future__ import annotations

from typing import Any

from pipeline.steps.deciding.arranged import Arranged
from pipeline.steps.known.threads import Development
from schemas.alert import Digest, DigestState
from schemas.base import Utc
from schemas.export import DecisionRow, Row


class DigestRow(Row):
    """A digest as programs get it."""

    id: str
    topic: str
    start: Utc
    end: Utc
    state: DigestState
    due: Utc
    attempts: int
    sent: Utc | None
    error: str | None
    recipients_left: tuple[str, ...] | None
    message_id: str


class ThreadRow(Row):
    """A thread as programs get it; the fields mean what they mean in an exported story."""

    id: str
    topics: tuple[str, ...]
    headline: str
    first_seen: Utc
    last_seen: Utc
    stories: tuple[str, ...]
    reports: int
    copies: int
    outlets: tuple[str, ...]


class ArrangedRow(Row):
    """What a person arranged; fields that an exported decision has too mean what they mean there.

    ``subjects`` are ids: of series, and of articles for stories and threads; ``subject`` is the first of them.
    ``labels`` is what they were called: of a split the whole, then what was taken out. ``name`` is the new name.
    """

    decided: Utc
    by: str
    act: str
    kind: str
    subject: str
    topic: str | None
    label: str
    subjects: tuple[str, ...]
    labels: tuple[str, ...]
    name: str | None


def digest_row(digest: Digest) -> DigestRow:
    return DigestRow.model_validate(digest.model_dump(include=set(DigestRow.model_fields)))


def thread_row(thread: Development) -> ThreadRow:
    return ThreadRow(
        id=thread.id,
        topics=thread.topics,
        headline=thread.face.headline,
        first_seen=thread.first_seen,
        last_seen=thread.last_seen,
        stories=tuple(story.id for story in thread.stories),
        reports=len(thread.articles),
        copies=len(thread.copies),
        outlets=thread.outlets,
    )


def arranged_row(one: Arranged) -> dict[str, Any]:
    """What a person arranged as programs get it: every field of an exported decision, and those of its own."""
    own = ArrangedRow(
        decided=one.decided,
        by=one.by,
        act=one.act,
        kind=one.kind.value,
        subject=one.ids[0],
        topic=one.topic,
        label=one.labels[0],
        subjects=one.ids,
        labels=one.labels,
        name=one.name,
    )
    return dict.fromkeys(DecisionRow.model_fields) | own.model_dump(mode="json")
