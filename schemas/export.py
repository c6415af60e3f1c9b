"""The rows of `tallywire export`: everything the record holds, in documented fields."""

from __future__ import annotations

from datetime import date

from pydantic import ConfigDict, Field

from schemas.base import Model, Utc
from schemas.figure import Value


class Row(Model):
    """One row of an export."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ArticleRow(Row):
    """An article that was read, whether it is of a topic or not."""

    id: str = Field(description="id; after a replay of JSONL, the one given there")
    url: str = Field(description="canonical address")
    requested_url: str = Field(description="address that was fetched")
    title: str = Field(description="headline, without the outlet's name")
    text: str = Field(description="paragraphs separated by a newline")
    authors: tuple[str, ...] = Field(description="names as the page gives them, without “by”")
    published: Utc = Field(description="when it was published; never in the future")
    published_source: str | None = Field(description="where the date came from: json_ld, meta, url, feed, given …")
    modified: Utc | None = Field(description="when it was changed, if the page says so")
    source: str = Field(description="name of the outlet")
    language: str | None = Field(description="ISO 639-1")
    topics: tuple[str, ...] = Field(description="topics it is coverage of")
    outcome: str = Field(description="indexed, copy, off_topic, or what its page was: teaser, consent, login, gone …")
    reason: str = Field(description="why it has this outcome, for people")
    copy_of: str | None = Field(description="id of the article it repeats")
    copy_kind: str | None = Field(description="exact, edited, truncated or embedded")
    story: str | None = Field(description="id of its story; none if it is off topic or not an article")
    revision: int = Field(description="1 if the text has never changed")
    first_seen: Utc = Field(description="when its entry came in")
    revised: Utc | None = Field(description="when its last revision came in; none at revision 1")


class StoryRow(Row):
    """A story: the articles about one event."""

    id: str = Field(description="id; unchanged as long as most of its articles stay together")
    topics: tuple[str, ...] = Field(description="topics that its articles are coverage of")
    headline: str = Field(description="the most central of its articles' titles")
    lead: str = Field(description="a sentence quoted from one of its articles")
    first_seen: Utc = Field(description="when its first article came in")
    last_seen: Utc = Field(description="when its last article came in")
    reports: int = Field(description="number of articles, without copies")
    copies: int = Field(description="number of copies of its articles")
    outlets: tuple[str, ...] = Field(description="outlets in order of arrival, including those of copies")
    articles: tuple[str, ...] = Field(description="ids of the reports")
    copy_ids: tuple[str, ...] = Field(description="ids of the copies")
    thread: str | None = Field(description="id of the development it belongs to, if that has other stories")
    previous: str | None = Field(description="the story this one continues")


class MoveRow(Row):
    """That an article was put into a story, or from one into another; `export moves` is the history of all stories."""

    at: Utc = Field(description="when")
    article: str = Field(description="id of the article")
    kind: str = Field(description="join (as it came), move, split or merge (when the open stories were grouped again)")
    from_story: str | None = Field(alias="from", description="id of the story it was in; none for a join")
    to_story: str = Field(alias="to", description="id of the story it was moved to")
    reason: str = Field(description="why, for people")


class FigureRow(Row):
    """A figure, with what it says in one topic; a figure of two topics has two rows."""

    id: str = Field(description="id, derived from article, revision and position")
    article: str = Field(description="id of the article that states it")
    revision: int = Field(description="revision of the article it was read from")
    span: tuple[int, int] = Field(description="[start, end) in characters of the article's text")
    surface: str = Field(description="the text of the span")
    quote: str = Field(description="the sentence that contains it")
    value: float | None = Field(description="the number stated; none for a range or a vague word")
    low: float | None = Field(description="lower end of a range, or of the values a vague word allows")
    high: float | None = Field(description="upper end of a range, or of the values a vague word allows")
    modifier: str = Field(
        description="exact, at_least, more_than, up_to, fewer_than, about, nearly, only, range or vague"
    )
    unit: str | None = Field(description="%, USD, km …, if it is measured")
    counted: str | None = Field(description="the noun counted, in the words of the text; resolved if left out")
    action: str | None = Field(description="what happened to it, as a class: killed, returned, deported …")
    scope: str = Field(description="place, window, sub-group and kind, if the text gives them")
    attribution: str | None = Field(description="the source, if the text names it")
    as_of: date | None = Field(description="the day it holds for, if the text gives it")
    outlet: str = Field(description="name of the outlet")
    published: Utc = Field(description="when its article was published")
    topic: str | None = Field(description="topic in which it is followed")
    series: str | None = Field(description="id of the series it is part of in that topic")
    series_label: str | None = Field(description="name of the series, for people")
    verdict: str | None = Field(description="new, repeated, changed, contradiction or correction")
    from_value: Value | None = Field(alias="from", description="the value it replaces")
    contradicts: tuple[str, ...] = Field(description="ids of the figures it is incompatible with")
    reason: str = Field(description="how the verdict was reached, for people")
    wording: str = Field(
        description="its wording in mails: a clause of its sentence, or if none states it the sentence shortened with …"
    )
    tell: str | None = Field(description="now, digest or none: how the desk is told; none until that is decided")
    worth: float | None = Field(description="from 0 to 1, how likely the desk of the topic wants to know it at once")
    told: str | None = Field(
        description="what it is told as, on stronger evidence than the verdict: new, repeated, changed, contradiction "
        "or correction"
    )
    told_from: Value | None = Field(description="the value told before that it changes, contradicts or corrects")
    told_of: str | None = Field(description="id of the figure told before that it repeats, changes or contradicts")
    wrong: str | None = Field(description="what a person found wrong with it: number, thing, series or worth")


class AlertRow(Row):
    """An alert, told or not."""

    id: str = Field(
        description="id, derived from topic, kind and the figure, story or feed it is about; the same in a replay"
    )
    topic: str = Field(description="topic whose rules raised it")
    kind: str = Field(description="new_figure, changed_figure, contradiction, correction, new_story or feed_health")
    state: str = Field(description="waiting, sent, digest (left to the digest), silenced (by a person) or failed")
    created: Utc = Field(description="when the rules raised it")
    due: Utc = Field(description="not sent before this time")
    sent: Utc | None = Field(description="when a server accepted its mail")
    attempts: int = Field(description="failed tries to deliver it")
    error: str | None = Field(description="why the last try failed, or which recipients the server refused")
    message_id: str | None = Field(description="Message-ID of the mail it is bound to")
    story: str | None = Field(description="id of the story it belongs to")
    headline: str | None = Field(
        description="wording of the figure in the mail, with its source; for a new development, headline of the story"
    )
    tell: str | None = Field(description="now or digest: how the desk is told of the figure")
    worth: float | None = Field(description="from 0 to 1, how likely the desk wants to know the figure at once")
    followed: str | None = Field(description="name of the figure in the topic file, if it is followed by name")
    wrong: str | None = Field(description="what a person found wrong with the figure: number, thing, series or worth")
    series: str | None = Field(description="id of the series, for a figure")
    label: str | None = Field(description="name of the series, for people")
    verdict: str | None = Field(description="what the figure says against its series")
    figure: str | None = Field(description="id of the figure")
    value: Value | None = Field(description="what the figure states; two ends for a range")
    from_value: Value | None = Field(alias="from", description="the value it replaces")
    quote: str | None = Field(description="the sentence that contains the figure")
    outlet: str | None = Field(description="name of the outlet that states it")
    url: str | None = Field(description="address of the article that states it, or of the feed")
    feed: str | None = Field(description="id of the feed with a problem, for feed_health")
    health: str | None = Field(description="its health: silent, gone or failing")
    since: Utc | None = Field(description="when the problem began")
    reason: str = Field(description="for a silenced alert: what was decided, by whom and when; for people")


class DecisionRow(Row):
    """What a person decided; one about a figure is a labelled sentence."""

    id: str = Field(description="id, for `tallywire decisions undo`")
    decided: Utc = Field(description="when")
    by: str = Field(description="who: a name, “the command line”, “a link in a mail to X”, “the window”")
    act: str = Field(description="mute, unmute, wrong, follow, unfollow, stop or resume")
    kind: str = Field(description="what it is about: series, thread, rule, figure or recipient")
    subject: str = Field(description="its id; for a rule the kind of alert, for a recipient the address")
    topic: str | None = Field(description="topic in which it holds; none if it holds in every topic")
    label: str = Field(description="name of the subject at that time")
    until: Utc | None = Field(description="mute: until when; none if for ever")
    mails: str | None = Field(description="stop, resume: alerts, digests or both")
    wrong: str | None = Field(
        description="wrong: number (misread), thing (something else is counted), series (it belongs to another) or "
        "worth (not worth a mail)"
    )
    article: str | None = Field(description="id of the article whose sentence was found wrong")
    outlet: str | None = Field(description="name of the outlet that states it")
    url: str | None = Field(description="address of that article")
    published: Utc | None = Field(description="when that article was published")
    quote: str | None = Field(description="the sentence")
    surface: str | None = Field(description="the number as it is written there")
    span: tuple[int, int] | None = Field(description="[start, end) in characters of the article's text")
    value: Value | None = Field(description="what was read; two ends for a range")
    modifier: str | None = Field(description="the modifier that was read")
    unit: str | None = Field(description="the unit that was read")
    counted: str | None = Field(description="the noun that was read as counted")
    action: str | None = Field(description="the action that was read")
    undone: Utc | None = Field(description="when it was undone; none while it holds")
    undone_by: str | None = Field(description="who undid it")


class EntryRow(Row):
    """An item a feed announced or a replay gave, and how it ended."""

    id: str = Field(
        description="id, derived from feed, page and words; in a replay of files, from the given id or address and time"
    )
    seq: int = Field(description="order of arrival")
    origin: str = Field(description="feed, revisit or replay; in a replay of a run, what it was in that run")
    feed: str | None = Field(description="id of the feed")
    url: str = Field(description="address as it was announced")
    title: str = Field(description="title as it was announced")
    published: Utc | None = Field(description="date as it was announced")
    first_seen: Utc = Field(description="when it came in")
    attempts: int = Field(description="tries to read it")
    outcome: str | None = Field(description="none while it is waiting")
    reason: str = Field(description="why it has this outcome, or why it is still waiting; for people")
    ended: Utc | None = Field(description="when it ended")
    article: str | None = Field(description="id of the article it led to")


class FoundRow(Row):
    """An article that a search found, as `tallywire search --csv` and the window's CSV give it."""

    id: str = Field(description="id of the article")
    url: str = Field(description="canonical address")
    title: str = Field(description="headline, without the outlet's name")
    source: str = Field(description="name of the outlet")
    language: str | None = Field(description="ISO 639-1")
    published: Utc = Field(description="when it was published; never in the future")
    topics: tuple[str, ...] = Field(description="topics it is coverage of")
    story: str | None = Field(description="id of its story")
    copy_of: str | None = Field(description="id of the article it repeats, which lacks the words asked for")
    copies: tuple[str, ...] = Field(description="ids of its first 20 copies")
    score: float = Field(description="how relevant it is; 0 where results are sorted by date")
    excerpt: str = Field(description="a part of the text, or else the title, with words found")
