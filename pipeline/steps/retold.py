"""A run as its archive tells of it: the same readings, judged together as they were, in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.collect.catalogue import Catalogue
from pipeline.read.page import hint_of
from pipeline.steps.intake.reading import ReadJob
from pipeline.steps.read import End, feed_text
from schemas.archive import EntryNote
from schemas.feed import Entry, Outcome


@dataclass(frozen=True)
class Turn:
    """Notes, by their ids, of what is replayed together at one moment; those of ``ended`` were not judged."""

    at: datetime
    notes: tuple[str, ...]
    ended: tuple[str, ...] = ()


def turns_of(catalogue: Catalogue, most: int) -> Iterator[Turn]:
    """All that an archive tells of, in the order of judging, each entry once.

    A note that was written before a process was killed may have come to nothing: what is judged, or ends, later counts.
    What was read and never judged comes last, at most ``most`` together.
    """
    judged = {note: turn.turn for turn in catalogue.turns for note in turn.entries}
    known = {catalogue.notes[note].entry for note in judged if note in catalogue.notes}
    last = {
        noted.entry: note
        for note, noted in sorted(catalogue.notes.items(), key=lambda item: item[1].at)
        if noted.entry not in known
    }
    ended = [note for note in last.values() if catalogue.notes[note].ended]
    for turn in catalogue.turns:
        before = [note for note in ended if catalogue.notes[note].at <= turn.at]
        ended = ended[len(before) :]
        yield Turn(turn.at, tuple(note for note in turn.entries if judged[note] == turn.turn), tuple(before))
    left = [note for note in last.values() if not catalogue.notes[note].ended]
    for first in range(0, len(left), most):
        some = tuple(left[first : first + most])
        yield Turn(max(catalogue.notes[note].at for note in some), some)
    if ended:
        yield Turn(max(catalogue.notes[note].at for note in ended), (), tuple(ended))


def as_it_was_read(
    catalogue: Catalogue, note: EntryNote, questions: Mapping[str, str]
) -> tuple[Entry, ReadJob | End] | None:
    """The entry of a note and what it was read from, for the topics of ``questions``; None where that is missing.

    A topic is asked as it was then, and one that did not exist then is asked of everything.
    """
    topics = tuple(name for name in questions if name in note.entry.topics or name not in note.others)
    fresh = {"topics": topics, "retry_at": None, "outcome": None, "reason": "", "ended": None, "article": None}
    entry = note.entry.model_copy(update=fresh)
    if note.outcome is not None:
        return entry, End(note.outcome, note.reason, note.article)
    asked = tuple(questions[name] for name in topics)
    hint = hint_of(entry, note.outlet)
    if note.page is not None:
        page = catalogue.page(note.page)
        if page is None:
            return None
        return entry, ReadJob(hint=hint, now=note.at, page=page, topics=asked, figures=note.figures)
    url, content = entry.announcement.url, feed_text(entry)
    if content is None:
        return entry, End(Outcome.FAILED, "neither its page nor its feed's text is in the archive")
    return entry, ReadJob(hint=hint, now=note.at, url=url, html=content, topics=asked, figures=note.figures)
