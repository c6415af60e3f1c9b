"""Mails become files or go to an SMTP server.

A mail is one message to all of its recipients, who are named in the envelope only and so don't see each other: a server
takes it for all of them at once, and a process that dies has either told all or none.
"""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from filelock import FileLock

from pipeline.errors import DeliveryError, DeliveryRefused, SettingsError
from pipeline.settings import SMTP_PORTS
from pipeline.tell.words import one_line, slug
from schemas.alert import Mail
from schemas.base import Model, to_utc

_IDENTIFIERS = {"message-id", "in-reply-to", "references", "list-id", "list-unsubscribe"}
_LOCAL = {"localhost", "127.0.0.1", "::1"}


class Refusal(Model):
    """A recipient the server did not take, and what it said."""

    recipient: str
    why: str


class Delivery(Model):
    """What became of a mail that went out: who it went to, and whom the server will never take."""

    delivered: tuple[str, ...]
    refused: tuple[Refusal, ...] = ()


class PartlyDelivered(DeliveryError):
    """The mail went to some recipients; others have to be tried again, and only they.

    ``deferred`` are those: ``mail.model_copy(update={"recipients": error.deferred})`` is the mail that is left to send.
    """

    def __init__(self, mail: Mail, delivery: Delivery, deferred: tuple[Refusal, ...]) -> None:
        super().__init__(
            f"the mail reached {len(delivery.delivered)} of {len(mail.recipients)} recipients",
            where=mail.subject,
            why=_reasons((*deferred, *delivery.refused)),
            hint="it will be tried again for the others",
        )
        self.delivered = delivery.delivered
        self.refused = delivery.refused
        self.deferred = tuple(refusal.recipient for refusal in deferred)


class NotAsked(DeliveryError):
    """The mail was not even tried: the server did not answer to an earlier one of the same `sitting`."""


class Mailer(Protocol):
    """Takes mails.

    ``send`` raises DeliveryError where nobody got the mail and another try may help, DeliveryRefused where none will,
    and PartlyDelivered where some recipients have to be tried again. Those that a server will never take, while it
    took others, are told in the Delivery.
    """

    def send(self, mail: Mail, *, date: datetime) -> Delivery: ...


@contextmanager
def sitting(mailer: Mailer) -> Iterator[Mailer]:
    """The mailer for the mails that are sent in one go: over one connection, where they go to a server.

    A server that does not answer holds up the first of them for its time-out; to the others it is not asked again, and
    each raises `NotAsked`.
    """
    if isinstance(mailer, SmtpMailer):
        with mailer.sitting() as connected:
            yield connected
    else:
        yield mailer


class _Policy(EmailPolicy):
    """SMTP's rules, but never an encoded word in an identifier: a long unsubscribe address would be broken by one."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in _IDENTIFIERS:
            return f"{name}: {str(value).replace(', ', f',{self.linesep} ')}{self.linesep}"
        return _once(str(super().fold(name, value)), self.linesep)

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _IDENTIFIERS:
            return self.fold(name, value).encode("ascii", "replace")
        return _once(super().fold_binary(name, value).decode("utf-8", "surrogateescape"), self.linesep).encode(
            "utf-8", "surrogateescape"
        )


def _once(header: str, linesep: str) -> str:
    """A folded header with one space at each fold: before an encoded word the library keeps one and adds another."""
    return header.replace(f" {linesep} ", f"{linesep} ")


# 7bit makes the library choose the shorter of base64 and quoted-printable, which every server takes.
_POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit")


def as_message(mail: Mail, date: datetime) -> EmailMessage:
    """``mail`` as a message: plain text first, then HTML with its images.

    A sole recipient is named in ``To``; of several, none is. Raises DeliveryRefused where a header can't be written.
    """
    international = not all(_on_the_wire(address).isascii() for address in mail.recipients)
    message = EmailMessage(policy=_POLICY.clone(utf8=True) if international else _POLICY)
    headers = [
        *mail.headers,
        ("To", _on_the_wire(mail.recipients[0]) if len(mail.recipients) == 1 else "undisclosed-recipients:;"),
        # The library would decode an encoded word in a title, and write the line breaks it hides into the header.
        ("Subject", mail.subject.replace("=?", "= ?")),
        ("Date", format_datetime(to_utc(date))),
        ("Message-ID", mail.message_id),
    ]
    try:
        for name, value in headers:
            message[name] = value
    except (ValueError, MessageError) as error:
        raise DeliveryRefused(
            "a header of the mail is invalid", where=one_line(mail.subject, 120), why=one_line(str(error), 200)
        ) from error
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.images:
        html = message.get_payload(1)
        assert isinstance(html, EmailMessage)
        for image in mail.images:
            html.add_related(
                image.png,
                "image",
                "png",
                cid=f"<{image.cid}>",
                disposition="inline",
                filename=f"{slug(image.cid.partition('@')[0])}.png",
            )
    return message


def _on_the_wire(address: str) -> str:
    """An address with its domain in ASCII, as servers without SMTPUTF8 take it."""
    user, _, domain = address.rpartition("@")
    try:
        return f"{user}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


class FileMailer:
    """Writes each mail as an ``.eml`` file into a folder, whole or not at all; the same mail is never written twice."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def send(self, mail: Mail, *, date: datetime) -> Delivery:
        """Write ``mail``; nothing where a mail of its Message-ID is there already.

        Raises DeliveryError where the folder can't be written to.
        """
        message = as_message(mail, date)
        if len(mail.recipients) > 1:
            # Only a file may hold it: it says who the mail is for, and tools that send the file take it out.
            message["Bcc"] = ", ".join(mail.recipients)
        identity = hashlib.blake2b(mail.message_id.encode(), digest_size=8).hexdigest()
        path = self._directory / f"{to_utc(date):%Y%m%dT%H%M%SZ}-{slug(mail.subject)}-{identity}.eml"
        partial = self._directory / f".{identity}.part"
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with FileLock(self._directory / ".lock"):
                if next(self._directory.glob(f"*-{identity}.eml"), None) is None:
                    with partial.open("wb") as file:
                        file.write(message.as_bytes())
                        file.flush()
                        os.fsync(file.fileno())
                    partial.replace(path)
                    _sync(self._directory)
        except OSError as error:
            raise DeliveryError(
                "the mail can't be written",
                where=str(self._directory),
                why=error.strerror or str(error),
                hint="free some disk space and check the folder's permissions, or set TALLYWIRE_SMTP_URL",
            ) from error
        return Delivery(delivered=mail.recipients)


def _sync(folder: Path) -> None:
    """Have the names in ``folder`` outlive a power failure, as what stands in its files does by then."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class SmtpMailer:
    """Sends mails through the server at ``url``.

    ``smtp://host[:port]`` is plain and for a server nearby, ``smtp+starttls://user:password@host`` and
    ``smtps://user:password@host`` are encrypted; characters of the password that have a meaning in addresses are
    percent-encoded. The server's certificate is verified; ``?ca=/path/to/ca.pem`` names an authority of your own, and
    ``?verify=no`` gives up on it. ``timeout`` (seconds) bounds each answer of the server.

    Raises SettingsError, never naming the password, for an address that can't be used.
    """

    def __init__(self, url: str, timeout: float = 30.0) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
            options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        except ValueError as error:
            raise _bad_url("it is not a URL") from error
        if parts.scheme not in SMTP_PORTS or not parts.hostname:
            raise _bad_url("it does not start with smtp://, smtp+starttls:// or smtps:// and a host")
        if unknown := set(options) - {"ca", "verify"}:
            raise _bad_url(f"it has the unknown option {min(unknown)}")
        if options.get("verify", "yes") not in ("yes", "no"):
            raise _bad_url("verify must be yes or no")
        if parts.username and parts.scheme == "smtp" and parts.hostname not in _LOCAL:
            raise _bad_url("the password would be sent unencrypted")
        self._scheme, self._host = parts.scheme, parts.hostname
        self._port = port or SMTP_PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._timeout = timeout
        self._tls = _tls(options) if parts.scheme != "smtp" else None
        self._where = f"{self._scheme}://{self._host}:{self._port}"

    def send(self, mail: Mail, *, date: datetime) -> Delivery:
        """Send ``mail`` to all its recipients in one transaction.

        What is raised is what `Mailer` says. A connection lost after the text was sent leaves open whether it was
        taken; the next try repeats its Message-ID.
        """
        with self.sitting() as connected:
            return connected.send(mail, date=date)

    @contextmanager
    def sitting(self) -> Iterator[Mailer]:
        """This mailer on one connection, which is made for the first mail; see `sitting`."""
        connected = _Connected(self)
        try:
            yield connected
        finally:
            connected.close()

    def in_words(self, error: OSError) -> DeliveryError:
        """What went wrong with the server, which is no answer to a mail."""
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return DeliveryError(
                "the mail server rejects the user name and password",
                where=self._where,
                why=_said(error.smtp_code, error.smtp_error),
                hint="check TALLYWIRE_SMTP_URL; the mail will be tried again",
            )
        if isinstance(error, smtplib.SMTPResponseException):
            return self._failure(error.smtp_code, error.smtp_error)
        if isinstance(error, ssl.SSLCertVerificationError):
            return DeliveryError(
                "the mail server's certificate can't be trusted",
                where=self._where,
                why=one_line(error.verify_message, 200),
                hint="add ?ca=/path/to/ca.pem to TALLYWIRE_SMTP_URL",
            )
        return DeliveryError(
            "the mail could not be sent",
            where=self._where,
            why=one_line(str(error) or type(error).__name__, 200),
            hint="the mail will be tried again",
        )

    @property
    def where(self) -> str:
        """The server with scheme and port, without a password."""
        return self._where

    def try_out(self, sender: str) -> None:
        """Do all that sending a mail from ``sender`` takes, but send none: encryption, certificate, login, sender.

        Raises DeliveryError as `send` does.
        """
        address = parseaddr(sender)[1]
        try:
            server = self.connect(address.rpartition("@")[2] or "localhost")
            try:
                server.ehlo_or_helo_if_needed()
                code, answer = server.mail(address)
                with suppress(OSError):
                    server.quit()
            finally:
                server.close()
        except OSError as error:
            raise self.in_words(error) from error
        if code != 250:
            raise self._failure(code, answer)

    def connect(self, name: str) -> smtplib.SMTP:
        """A connection to the server, to which we are ``name``. Raises OSError, as smtplib does."""
        # Giving our name spares the look-up of this machine's, which may take long.
        local = name if name.isascii() else "localhost"
        if self._scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, local_hostname=local, timeout=self._timeout, context=self._tls
            )
        else:
            server = smtplib.SMTP(self._host, self._port, local_hostname=local, timeout=self._timeout)
        try:
            if self._scheme == "smtp+starttls":
                server.starttls(context=self._tls)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def transact(self, server: smtplib.SMTP, mail: Mail, sender: str, message: EmailMessage) -> Delivery:
        """Give the server one mail. Raises what `Mailer` says, or OSError, as smtplib does."""
        server.ehlo_or_helo_if_needed()
        server.command_encoding = "ascii"
        options: list[str] = []
        international = not all(_on_the_wire(recipient).isascii() for recipient in mail.recipients)
        if international and server.has_extn("smtputf8"):
            server.command_encoding = "utf-8"
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        code, answer = server.mail(sender, options)
        if code != 250:
            raise self._failure(code, answer)
        taken: list[str] = []
        deferred: list[tuple[int, Refusal]] = []
        refused: list[tuple[int, Refusal]] = []
        for recipient in mail.recipients:
            address = _on_the_wire(recipient)
            if not (address.isascii() or options):
                refused.append((553, Refusal(recipient=recipient, why="the server does not accept such addresses")))
                continue
            code, answer = server.rcpt(address)
            if code in (250, 251):
                taken.append(recipient)
            else:
                refusal = Refusal(recipient=recipient, why=_said(code, answer))
                (refused if 500 <= code < 600 else deferred).append((code, refusal))
        if not taken:
            error = DeliveryError if deferred else DeliveryRefused
            raise error(
                "the mail server rejects all recipients",
                where=self._where,
                why=_reasons(refusal for _, refusal in (*deferred, *refused)),
                hint="the mail will be tried again" if deferred else "correct the topic's recipients",
            )
        code, answer = server.data(message.as_bytes())
        if code != 250:
            raise self._failure(code, answer)
        delivery = Delivery(delivered=tuple(taken), refused=tuple(refusal for _, refusal in refused))
        if deferred:
            raise PartlyDelivered(mail, delivery, tuple(refusal for _, refusal in deferred))
        return delivery

    def _failure(self, code: int, answer: bytes | str) -> DeliveryError:
        if 500 <= code < 600:
            return DeliveryRefused("the mail server rejects the mail", where=self._where, why=_said(code, answer))
        return DeliveryError(
            "the mail server does not accept the mail now",
            where=self._where,
            why=_said(code, answer),
            hint="the mail will be tried again",
        )


class _Connected:
    """An `SmtpMailer` for several mails in a row: on one connection, and silenced by one time-out."""

    def __init__(self, mailer: SmtpMailer) -> None:
        self._mailer = mailer
        self._server: smtplib.SMTP | None = None
        self._away: DeliveryError | None = None

    def send(self, mail: Mail, *, date: datetime) -> Delivery:
        message = as_message(mail, date)
        if not mail.recipients:
            raise DeliveryRefused("the mail has no recipients", where=mail.subject)
        if self._away is not None:
            raise NotAsked(
                "the mail server did not answer earlier in this run",
                where=self._away.where,
                why=self._away.why,
                hint="the mail will be tried again",
            ) from self._away
        sender = parseaddr(str(message["From"]))[1]
        try:
            server = self._ready(sender.rpartition("@")[2])
            delivery = self._mailer.transact(server, mail, sender, message)
        except PartlyDelivered:
            raise
        except DeliveryError:
            # It refused this one; the next begins anew.
            with suppress(OSError):
                server.rset()
            raise
        except OSError as error:
            words = self._mailer.in_words(error)
            if self._server is None or isinstance(error, TimeoutError):
                self._away = words
            self._drop()
            raise words from error
        return delivery

    def close(self) -> None:
        """Say goodbye. What was taken is taken: a server that says goodbye badly must not have it sent again."""
        if self._server is not None:
            with suppress(OSError):
                self._server.quit()
            self._drop()

    def _ready(self, name: str) -> smtplib.SMTP:
        """The connection, made anew where the server has closed it since the last mail."""
        if self._server is not None:
            try:
                self._server.noop()
            except smtplib.SMTPServerDisconnected:
                self._drop()
        if self._server is None:
            self._server = self._mailer.connect(name)
        return self._server

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _tls(options: dict[str, str]) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=options.get("ca"))
    except (OSError, ssl.SSLError) as error:
        raise _bad_url(f"the certificates in {options.get('ca')} can't be read") from error
    if options.get("verify") == "no":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _bad_url(why: str) -> SettingsError:
    return SettingsError(
        "the address of the mail server can't be used",
        where="TALLYWIRE_SMTP_URL",
        why=why,
        hint="write for example smtp+starttls://user:password@mail.example.org:587",
    )


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return one_line(f"{code} {text}", 200)


def _reasons(refusals: Iterable[Refusal]) -> str:
    return one_line("; ".join(f"{refusal.recipient}: {refusal.why}" for refusal in refusals), 500)
