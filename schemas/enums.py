"""The closed lists of words that people type: choices of commands, shown by every `--help`.

They stand apart from the models that use them, which take longer to build than a command takes to print its help.
"""

from __future__ import annotations

from enum import StrEnum


class AlertKind(StrEnum):
    """What was found worth telling."""

    NEW_FIGURE = "new_figure"
    CHANGED_FIGURE = "changed_figure"
    CONTRADICTION = "contradiction"
    CORRECTION = "correction"
    NEW_STORY = "new_story"
    FEED_HEALTH = "feed_health"


class AlertState(StrEnum):
    """Where an alert is: waiting in the outbox, told, left to the digest (cap, backlog), given up, or kept silent
    because a person decided so."""

    WAITING = "waiting"
    SENT = "sent"
    DIGEST = "digest"
    FAILED = "failed"
    SILENCED = "silenced"


class DigestState(StrEnum):
    """Where a digest is whose period has ended: waiting to be taken by all of its recipients, told, or given up."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Wrong(StrEnum):
    """What a person may find wrong with a figure: its number, what is counted, where it is followed, that it is mailed.

    A figure whose number or thing is wrong is told nowhere and holds against nothing. One that is not of its series is
    followed in a series of its own. One that is not worth a mail is told in the digest at most.
    """

    NUMBER = "number"
    THING = "thing"
    SERIES = "series"
    WORTH = "worth"


class SubjectKind(StrEnum):
    """What can be decided about."""

    SERIES = "series"
    THREAD = "thread"
    RULE = "rule"
    FIGURE = "figure"
    RECIPIENT = "recipient"


class Act(StrEnum):
    """What can be decided."""

    MUTE = "mute"
    UNMUTE = "unmute"
    WRONG = "wrong"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    STOP = "stop"
    RESUME = "resume"


class Mails(StrEnum):
    """Which of a topic's mails a recipient stops or resumes."""

    ALERTS = "alerts"
    DIGESTS = "digests"
    BOTH = "both"


class Sort(StrEnum):
    """What comes first among the articles found."""

    RELEVANCE = "relevance"
    DATE = "date"
