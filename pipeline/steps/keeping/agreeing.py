"""Whether the record agrees with itself and with its index: entries in and out, articles and stories, the outbox.

What docs/architecture.md says must always hold, looked at in a real home. Nothing is changed. What disagrees is given
in words by functions over what was read; `agreement` reads it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.errors import TallywireError
from pipeline.steps.keeping.findings import Finding, check_index, trouble
from pipeline.steps.publish import behind, refusals
from pipeline.steps.services import Services
from pipeline.tell.words import count
from schemas.alert import Alert, AlertState, Digest, DigestState
from schemas.feed import Entry, Outcome
from schemas.message import Message, MessageState
from schemas.search import IndexKind

if TYPE_CHECKING:
    from pipeline.record import Transaction

NAMED = 3
"""So many of what disagrees are named; the rest are counted."""
_READ_AS = frozenset({Outcome.INDEXED, Outcome.COPY, Outcome.OFF_TOPIC, Outcome.TEASER, Outcome.CONSENT, Outcome.LOGIN})
"""Outcomes of entries that brought an article, which the record keeps."""
_ADVICE = "please report this, with the output of `tallywire explain` for each; nothing was changed"


def agreement(services: Services) -> Iterator[Finding]:
    """Look whether everything agrees, one finding after another. Raises RecordError where the record can't be read."""
    with services.record.read() as tx:
        totals = tx.totals()
        yield from _checked("entries", _entries(tx, totals["entries"]), totals["entries"], "entry", "entries")
        yield from _checked("articles", _articles(tx), totals["articles"], "article")
        alerts = {alert.id: alert for alert in tx.alerts.find()}
        messages, digests = tx.messages.find(), tx.digests.find()
    wrong = [*outbox_disagrees(alerts, messages), *digests_disagree(digests, messages)]
    yield from _checked("outbox", wrong, len(messages), "message")
    yield from _index(services)


def _checked(place: str, wrong: Iterable[str], looked: int, noun: str, nouns: str | None = None) -> Iterator[Finding]:
    found = list(wrong)
    if found:
        yield Finding(level="problem", what=f"{place}: {listed(found)}", advice=_ADVICE)
    else:
        yield Finding(level="ok", what=f"{place}: {count(looked, noun, nouns)}, all consistent")


def listed(items: Iterable[str]) -> str:
    """The first few of ``items``, and how many more there are."""
    rest = iter(items)
    given = list(islice(rest, NAMED))
    more = sum(1 for _ in rest)
    return "; ".join(given) + (f"; and {more} more" if more else "")


def _entries(tx: Transaction, total: int) -> Iterator[str]:
    """Entries in and out: each waits, or ended once, with a reason and with the article it brought."""
    counts = tx.entries.counts()
    if sum(counts.values()) != total:
        yield f"{total} came in, but {sum(counts.values())} are waiting or have ended"
    some: list[Entry] = []
    for entry in tx.entries.find():
        some.append(entry)
        if len(some) == 500:  # Ids that are asked for at once.
            yield from _entries_disagree(tx, some)
            some = []
    yield from _entries_disagree(tx, some)


def _entries_disagree(tx: Transaction, entries: Sequence[Entry]) -> Iterator[str]:
    there = tx.articles.get_many({entry.article for entry in entries if entry.article is not None})
    for entry in entries:
        if entry.outcome is None:
            continue
        if entry.ended is None or not entry.reason:
            yield f"{entry.id} ended as {entry.outcome} without a {'time' if entry.ended is None else 'reason'}"
        if entry.article is None and entry.outcome in _READ_AS:
            yield f"{entry.id} ended as {entry.outcome} without an article"
        if entry.article is not None and entry.article not in there and entry.outcome in _READ_AS:
            yield f"{entry.id} brought {entry.article}, which is not in the record"


def _articles(tx: Transaction) -> Iterator[str]:
    """Each article is in a story that there is, and each copy under an original that is none."""
    copies: dict[str, str] = {}
    originals: set[str] = set()
    stories: dict[str, str] = {}
    for article in tx.articles.iterate():
        if article.copy_link is None:
            originals.add(article.id)
        else:
            copies[article.id] = article.copy_link.original
        if article.story is not None:
            stories.setdefault(article.story, article.id)
    for copy, original in copies.items():
        if original not in originals:
            what = "which is a copy itself" if original in copies else "which is not in the record"
            yield f"{copy} is a copy of {original}, {what}"
    for story, article_id in stories.items():
        if tx.stories.get(story) is None:
            yield f"{article_id} is in {story}, which is not in the record"


def outbox_disagrees(alerts: Mapping[str, Alert], messages: Sequence[Message]) -> Iterator[str]:
    """In words, what is not as it must be: nobody is told an alert in two messages, and none is lost on its way."""
    bound: dict[tuple[str, str, str], list[Message]] = defaultdict(list)
    for message in messages:
        if message.state is MessageState.SENT and message.sent is None:
            yield f"{message.id} was sent, but has no time"
        if message.state is MessageState.WAITING and message.digest is None and message.bundle is None:
            yield f"{message.id} is waiting, but is empty"
        for alert in message.alerts:
            if alert not in alerts:
                yield f"{message.id} contains {alert}, which is not in the record"
            elif message.state is not MessageState.DROPPED:
                bound[message.topic, message.recipient, alert].append(message)
    for (_, recipient, alert), several in bound.items():
        if len(several) > 1:
            yield f"{alert} goes to {recipient} more than once: in {' and '.join(one.id for one in several)}"
    identities = Counter((one.recipient, one.message_id) for one in messages if one.message_id)
    for (recipient, identity), number in identities.items():
        if number > 1:
            yield f"{number} messages to {recipient} have the Message-ID {identity}"
    yield from _states_disagree(alerts, messages)


def _states_disagree(alerts: Mapping[str, Alert], messages: Sequence[Message]) -> Iterator[str]:
    states: dict[str, set[MessageState]] = defaultdict(set)
    for message in messages:
        for alert in message.alerts:
            states[alert].add(message.state)
    # Alerts from before there were messages have none.
    first = min((message.bound for message in messages), default=None)
    for one in alerts.values():
        its = states[one.id]
        if one.state is AlertState.SENT and MessageState.SENT not in its and first and one.created >= first:
            yield f"{one.id} is marked as sent, but no message with it was sent"
        if one.state in (AlertState.SENT, AlertState.FAILED, AlertState.DIGEST) and MessageState.WAITING in its:
            yield f"{one.id} is done ({one.state}), but a message with it is waiting"


def digests_disagree(digests: Sequence[Digest], messages: Sequence[Message]) -> Iterator[str]:
    """In words, which digests have messages that are not theirs, or ended before them."""
    known = {digest.id: digest for digest in digests}
    told: Counter[tuple[str, str]] = Counter()
    for message in messages:
        if message.digest is None:
            continue
        told[message.digest, message.recipient] += 1
        digest = known.get(message.digest)
        if digest is None:
            yield f"{message.id} belongs to {message.digest}, which is not in the record"
        elif message.state is MessageState.WAITING and digest.state is DigestState.SENT:
            yield f"{digest.id} is marked as sent, but {message.id} of it is waiting"
        elif message.state is MessageState.WAITING and digest.data is None:
            yield f"{digest.id} is empty, but {message.id} of it is waiting"
    for (identity, recipient), number in told.items():
        if number > 1:
            yield f"{recipient} gets {identity} in {number} messages"


def _index(services: Services) -> Iterator[Finding]:
    """Whether the index holds each article at the version that the record is at."""
    try:
        if any(one.behind for one in check_index(services) if one.kind is IndexKind.ARTICLES):
            return
        with services.record.read() as tx:
            before = set(_versions(tx))
        held = services.index.versions()
        with services.record.read() as tx:
            after = set(_versions(tx))
        if behind(services, IndexKind.ARTICLES):
            return
        refused = {one.version for one in refusals(services.record) if one.kind is IndexKind.ARTICLES}
    except TallywireError as error:
        yield trouble(error)
        return
    # No two changes have one version, so that what has one is as it was then.
    # What changed while others were at work may be as it was before.
    old = sorted(id for id, version in held.items() if version not in before | after)
    lacking = (before & after) - set(held.values()) - refused
    differing = old or [f"version {version}" for version in sorted(lacking)]
    if differing:
        yield Finding(
            level="warning",
            what=f"index: {count(len(differing), 'document')} out of date: {listed(differing)}",
            advice="`tallywire index rebuild` rebuilds it from the record, while the old one keeps serving",
        )
    else:
        yield Finding(level="ok", what=f"index: {count(len(held), 'document')}, all up to date")


def _versions(tx: Transaction) -> Iterator[int]:
    """The version that each article is at."""
    after = 0
    while some := tx.versions("articles", after, 10_000):
        yield from some
        after = some[-1]
