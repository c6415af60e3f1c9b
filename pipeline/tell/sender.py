"""Who sends: addresses, Message-IDs and the headers all mails share.

Headers follow RFC 5322 (identification), RFC 3834 (``Auto-Submitted``), RFC 2919 (``List-Id``), RFC 2369
(``List-Unsubscribe``) and RFC 8058 (one-click unsubscribe).
"""

from __future__ import annotations

from email.headerregistry import Address as MailAddress
from email.utils import parseaddr
from typing import Annotated
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field, InstanceOf

from pipeline.tell.links import Links
from schemas.base import Model
from schemas.topic import Address, Topic


def _mailbox(text: str) -> str:
    name, address = parseaddr(text)
    user, at, domain = address.rpartition("@")
    if not (user and at and domain) or not text.isprintable() or not address.isascii():
        raise ValueError(f"{text!r} is not a mail address; write news@example.org or Tallywire <news@example.org>")
    # What the parser of mails refuses must be refused here, where a person can still act.
    return str(MailAddress(display_name=name, addr_spec=address))


def _https(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or any(c in text for c in '<>," ') or not text.isprintable():
        raise ValueError(f"{text!r} is not an https address")
    return text


def _stop_subject(topic: Topic) -> str:
    """The same in every language: whoever reads such mails, or sorts them, knows them by it."""
    return f"unsubscribe {topic.name}"


class Sender(Model):
    """Who sends the mails, and where readers find more or stop them."""

    mail_from: Annotated[str, AfterValidator(_mailbox)]
    host: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
        description="right side of Message-IDs; the sender's domain if left out",
    )
    public_url: str | None = Field(default=None, description="where readers find the window")
    links: InstanceOf[Links] | None = Field(default=None, description="makes the links by which readers decide")
    unsubscribe_mailto: Address | None = Field(default=None, description="takes wishes to stop; else the sender does")
    unsubscribe_url: Annotated[str, AfterValidator(_https)] | None = Field(
        default=None, description="takes a one-click unsubscribe; {topic} and {recipient} in it are filled in"
    )

    @property
    def address(self) -> str:
        """The bare address of the sender."""
        return parseaddr(self.mail_from)[1]

    @property
    def id_host(self) -> str:
        """The right side of Message-IDs."""
        return self.host or self.address.rpartition("@")[2]

    def message_id(self, identity: str) -> str:
        """The Message-ID of ``identity``: the same for the same mail, in every run."""
        return f"<{identity}@{self.id_host}>"

    def stop_mailto(self, topic: Topic) -> str:
        """A ``mailto:`` address that asks to stop the topic's mails."""
        address = self.unsubscribe_mailto or self.address
        return f"mailto:{quote(address, safe='@+')}?subject={quote(_stop_subject(topic))}"

    def stop_url(self, topic: Topic, own: str = "") -> str | None:
        """The address that stops the topic's mails at a click: the one that is set, else the window's ``own``.

        None where there is none, or where it has to name one recipient and the topic is not as one has it.
        """
        url = self.unsubscribe_url
        if url is None:
            return own or None
        if "{recipient}" in url and len(topic.recipients) != 1:
            return None
        recipient = topic.recipients[0].to if topic.recipients else ""
        return url.replace("{topic}", topic.name).replace("{recipient}", quote(recipient, safe=""))

    def stopping(self, topic: Topic, own: str = "") -> dict[str, str | None]:
        """What the foot of a mail says of how to stop it, by the names that templates have for it."""
        return {
            "stop_url": self.stop_url(topic, own),
            "stop_mailto": self.stop_mailto(topic),
            "stop_subject": _stop_subject(topic),
            "stop_address": self.unsubscribe_mailto or self.address,
        }

    def headers(self, topic: Topic, *, thread: str | None = None, stop: str = "") -> tuple[tuple[str, str], ...]:
        """The headers of a mail of ``topic``; ``thread`` is the Message-ID its conversation begins with, ``stop`` the
        window's address that stops such mails.

        That first message need not exist: RFC 5322 §3.6.4 asks for none, and mail programs group by it all the same.
        """
        mailto, url = f"<{self.stop_mailto(topic)}>", self.stop_url(topic, stop)
        headers = [
            ("From", self.mail_from),
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            ("List-Id", f"{topic.name} <{topic.name}.{self.id_host}>"),
            ("List-Unsubscribe", f"<{url}>, {mailto}" if url else mailto),
        ]
        # RFC 8058 asks for HTTPS; of a window reached otherwise, the address is one to open.
        if url and url.startswith("https:"):
            headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        if thread:
            headers += [("In-Reply-To", thread), ("References", thread)]
        return tuple(headers)
