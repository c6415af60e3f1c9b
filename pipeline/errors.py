"""Everything that can go wrong and that a person should hear of in words.

    TallywireError
    ├── SettingsError         a setting is invalid or missing
    ├── TopicError            a topic file can't be used
    ├── FeedError             bytes that are no feed
    ├── FetchError            an address gave no page
    │   ├── AddressRefused    it leads to a place inside a network
    │   ├── RobotsDisallowed  its site asks robots to stay away
    │   ├── TooLarge          its body passes the limit
    │   └── FetchFailed       no answer, or a broken one; worth another try
    │       └── HostPaused    it was not asked: its host wants to be left alone for a while
    ├── ReadError             a page can't be read as an article
    │   └── NotHtml           it is something other than a web page
    ├── ArchiveError          an archive or replay file can't be used
    ├── RecordError           the store of truth can't be used
    │   └── RecordBusy        another process holds it
    ├── SearchIndexError      the index can't be used
    │   └── SearchRefused     it can, but a search asks for a topic, development or page that is not there
    ├── KibanaError           Kibana can't be used
    ├── DecisionError         what a person wants to decide can't be decided
    │   └── DecidedBefore     it was decided so already
    └── DeliveryError         a mail was not taken
        └── DeliveryRefused   and never will be

A caller that wants to survive any of them catches the root::

    try:
        ...
    except TallywireError as error:
        print(error)
"""

from __future__ import annotations


class TallywireError(Exception):
    """The root of every error a person may see.

    ``what`` went wrong, ``where`` (a file and line, an address, an id), ``why`` (the cause in words) and ``hint``
    (what to do next); only the first is required.
    """

    def __init__(self, what: str, *, where: str = "", why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.hint = hint

    def __str__(self) -> str:
        message = f"{self.where}: {self.what}" if self.where else self.what
        if self.why:
            message += f" ({self.why})"
        if self.hint:
            message += f"\n  → {self.hint}"
        return message


class SettingsError(TallywireError):
    """A setting is wrong or missing."""


class TopicError(TallywireError):
    """A topic file can't be used."""


class FeedError(TallywireError):
    """Bytes that are no feed."""


class FetchError(TallywireError):
    """An address gave no page."""


class AddressRefused(FetchError):
    """An address leads to a place inside a network, which no page of the web may make us visit."""


class RobotsDisallowed(FetchError):
    """The site's robots.txt asks robots to stay away from this address."""


class TooLarge(FetchError):
    """The body passes the limit; what came before it is dropped."""


class FetchFailed(FetchError):
    """No answer, or a broken one; worth another try."""


class HostPaused(FetchFailed):
    """An address was not asked, for its host wants to be left alone for ``seconds`` more."""

    def __init__(self, host: str, seconds: float) -> None:
        super().__init__(
            "the host asked us to wait", where=host, why=f"{seconds:.0f} more seconds", hint="try again later"
        )
        self.seconds = seconds


class ReadError(TallywireError):
    """A page can't be read as an article."""


class NotHtml(ReadError):
    """The address gave something other than a web page."""


class ArchiveError(TallywireError):
    """An archive or a replay file can't be used."""


class RecordError(TallywireError):
    """The store of truth can't be used."""


class RecordBusy(RecordError):
    """Another process holds the record or the home; the work can be done later."""


class SearchIndexError(TallywireError):
    """The index can't be used."""


class SearchRefused(SearchIndexError):
    """A search asks for a topic, a development or a page that is not there."""


class KibanaError(TallywireError):
    """Kibana is not there, or refused."""


class DecisionError(TallywireError):
    """What a person wants to decide can't be decided."""


class DecidedBefore(DecisionError):
    """It was decided so already, by the very same link or command."""


class DeliveryError(TallywireError):
    """A mail was not taken now; worth another try."""


class DeliveryRefused(DeliveryError):
    """A mail was not taken and never will be."""
