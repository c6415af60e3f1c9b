"""Mails to a real SMTP server: what it takes, what it refuses, and what it leaves unsaid."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pipeline.errors import DeliveryError, DeliveryRefused, SettingsError
from pipeline.tell.delivery import NotAsked, PartlyDelivered, SmtpMailer, sitting
from schemas.alert import Mail
from tests.tell.examples import NOW
from tests.tell.test_delivery import mail


@dataclass
class Inbox:
    """A server's handler: keeps what came in, and answers recipients and texts as a test wants."""

    answers: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 taken"
    taken: list[Envelope] = field(default_factory=list)
    helo: list[str] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 — the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.helo.append(str(session.host_name))
        if session not in self.sessions:
            self.sessions.append(session)
        if self.data_answer.startswith("250"):
            self.taken.append(envelope)
        return self.data_answer


class DropsInTheText(SMTP):
    """Asks for the text, then hangs up."""

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        await self.push("354 go ahead")
        assert self.transport is not None
        self.transport.close()


class TakesAndHangsUp(SMTP):
    """Takes the mail, and breaks off where it should say goodbye."""

    async def smtp_QUIT(self, arg: str | None) -> None:  # noqa: N802
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()


class HangsUpAfterEach(SMTP):
    """Takes a mail, and then has no more time."""

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_DATA(arg)
        assert self.transport is not None
        self.transport.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(
    inbox: Inbox, protocol: Callable[..., SMTP] = SMTP, *, implicit: Any = None, **options: Any
) -> Iterator[int]:
    class Server(Controller):
        def factory(self) -> SMTP:
            return protocol(self.handler, hostname="mail.test", **self.SMTP_kwargs)

    controller = Server(inbox, hostname="127.0.0.1", port=free_port(), ssl_context=implicit, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-made certificate for localhost and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, "-out", certificate, "-keyout", key], check=True, capture_output=True)
    return certificate, key


def server_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def to(*recipients: str) -> Mail:
    return mail(recipients=recipients)


def test_a_mail_goes_to_all_recipients_in_one_message() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        delivery = SmtpMailer(f"smtp://127.0.0.1:{port}").send(to("a@news.example", "b@news.example"), date=NOW)
    (envelope,) = inbox.taken
    assert envelope.mail_from == "news@tally.example"
    assert envelope.rcpt_tos == ["a@news.example", "b@news.example"]
    assert isinstance(envelope.content, bytes)
    assert b"b@news.example" not in envelope.content
    assert b"\r\n.\r\n" in envelope.content
    assert delivery.delivered == ("a@news.example", "b@news.example")
    assert inbox.helo == ["tally.example"]


def test_a_recipient_refused_for_ever_is_told_and_the_others_are_served() -> None:
    inbox = Inbox(answers={"gone@news.example": "550 no such user"})
    with serving(inbox) as port:
        delivery = SmtpMailer(f"smtp://127.0.0.1:{port}").send(to("gone@news.example", "a@news.example"), date=NOW)
    assert delivery.delivered == ("a@news.example",)
    assert [(one.recipient, one.why) for one in delivery.refused] == [("gone@news.example", "550 no such user")]


def test_a_recipient_put_off_is_left_to_the_next_try_alone() -> None:
    inbox = Inbox(answers={"full@news.example": "452 mailbox full", "gone@news.example": "550 no such user"})
    letter = to("full@news.example", "a@news.example", "gone@news.example")
    with serving(inbox) as port:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}")
        with pytest.raises(PartlyDelivered, match="452 mailbox full") as raised:
            mailer.send(letter, date=NOW)
        assert raised.value.delivered == ("a@news.example",)
        assert raised.value.deferred == ("full@news.example",)
        assert [one.recipient for one in raised.value.refused] == ["gone@news.example"]
        inbox.answers.clear()
        mailer.send(letter.model_copy(update={"recipients": raised.value.deferred}), date=NOW)
    assert [envelope.rcpt_tos for envelope in inbox.taken] == [["a@news.example"], ["full@news.example"]]


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"a@x.example": "550 no", "b@x.example": "553 no"}, DeliveryRefused),
        ({"a@x.example": "550 no", "b@x.example": "451 later"}, DeliveryError),
        ({"a@x.example": "451 later", "b@x.example": "450 later"}, DeliveryError),
    ],
)
def test_a_mail_that_reaches_nobody_is_an_error(answers: dict[str, str], error: type[DeliveryError]) -> None:
    inbox = Inbox(answers=answers)
    with serving(inbox) as port, pytest.raises(DeliveryError, match="rejects all recipients") as raised:
        SmtpMailer(f"smtp://127.0.0.1:{port}").send(to("a@x.example", "b@x.example"), date=NOW)
    assert type(raised.value) is error
    assert inbox.taken == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [("451 try again", DeliveryError), ("421 shutting down", DeliveryError), ("554 spam", DeliveryRefused)],
)
def test_a_text_the_server_does_not_take(answer: str, error: type[DeliveryError]) -> None:
    with serving(Inbox(data_answer=answer)) as port, pytest.raises(DeliveryError, match=answer) as raised:
        SmtpMailer(f"smtp://127.0.0.1:{port}").send(to("a@x.example"), date=NOW)
    assert type(raised.value) is error


def test_a_connection_lost_in_the_text_is_tried_again() -> None:
    with serving(Inbox(), DropsInTheText) as port, pytest.raises(DeliveryError) as raised:
        SmtpMailer(f"smtp://127.0.0.1:{port}").send(to("a@x.example"), date=NOW)
    assert type(raised.value) is DeliveryError
    assert "tried again" in str(raised.value)


def test_a_mail_that_was_taken_is_not_sent_again_for_a_broken_goodbye() -> None:
    inbox = Inbox()
    with serving(inbox, TakesAndHangsUp) as port:
        assert SmtpMailer(f"smtp://127.0.0.1:{port}").send(to("a@x.example"), date=NOW).delivered == ("a@x.example",)
    assert len(inbox.taken) == 1


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(DeliveryError, match="could not be sent") as raised:
        SmtpMailer(f"smtp://127.0.0.1:{free_port()}").send(to("a@x.example"), date=NOW)
    assert type(raised.value) is DeliveryError


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(DeliveryError, match="timed out"):
            SmtpMailer(url, timeout=0.2).send(to("a@x.example"), date=NOW)


def test_mails_of_one_sitting_go_over_one_connection_even_after_a_refusal() -> None:
    inbox, letters = Inbox(answers={"gone@news.example": "550 no such user"}), [to("a@news.example")] * 3
    with serving(inbox) as port, sitting(SmtpMailer(f"smtp://127.0.0.1:{port}")) as mailer:
        mailer.send(letters[0], date=NOW)
        with pytest.raises(DeliveryRefused):
            mailer.send(to("gone@news.example"), date=NOW)
        mailer.send(letters[1], date=NOW)
    assert len(inbox.taken) == 2
    assert len(inbox.sessions) == 1


def test_a_server_that_closed_the_connection_meanwhile_is_connected_to_again() -> None:
    inbox = Inbox()
    with serving(inbox, HangsUpAfterEach) as port, sitting(SmtpMailer(f"smtp://127.0.0.1:{port}")) as mailer:
        mailer.send(to("a@news.example"), date=NOW)
        mailer.send(to("b@news.example"), date=NOW)
    assert len(inbox.taken) == 2


def test_a_server_that_says_nothing_holds_up_a_sitting_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        mailer = SmtpMailer(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout=0.3)
        with sitting(mailer) as connected:
            with pytest.raises(DeliveryError, match="could not be sent"):
                connected.send(to("a@news.example"), date=NOW)
            with pytest.raises(NotAsked, match="did not answer earlier"):
                connected.send(to("b@news.example"), date=NOW)
        silent.accept()[0].close()
        silent.settimeout(0.05)
        with pytest.raises(TimeoutError):
            silent.accept()


def test_a_mail_to_nobody_is_refused() -> None:
    with pytest.raises(DeliveryRefused, match="no recipients"):
        SmtpMailer("smtp://127.0.0.1:9").send(to(), date=NOW)


def test_an_international_address_needs_a_server_that_knows_them() -> None:
    modern, old = Inbox(), Inbox()
    letter = to("жук@news.example", "a@bücher.example")
    with serving(modern) as port:
        SmtpMailer(f"smtp://127.0.0.1:{port}").send(letter, date=NOW)
    assert modern.taken[0].rcpt_tos == ["жук@news.example", "a@xn--bcher-kva.example"]
    with serving(old, enable_SMTPUTF8=False) as port:
        delivery = SmtpMailer(f"smtp://127.0.0.1:{port}").send(letter, date=NOW)
    assert delivery.delivered == ("a@bücher.example",)
    assert [one.recipient for one in delivery.refused] == ["жук@news.example"]


def logs_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"desk", b"p@ss:word/")
    return AuthResult(success=right, handled=False)


def test_starttls_with_a_password(certificate: tuple[Path, Path]) -> None:
    inbox = Inbox()
    with serving(
        inbox, tls_context=server_context(certificate), require_starttls=True, auth_required=True, authenticator=logs_in
    ) as port:
        place = f"localhost:{port}?ca={certificate[0]}"
        SmtpMailer(f"smtp+starttls://desk:p%40ss%3Aword%2F@{place}").send(to("a@x.example"), date=NOW)
        with pytest.raises(DeliveryError, match="user name and password") as raised:
            SmtpMailer(f"smtp+starttls://desk:wrong@{place}").send(to("a@x.example"), date=NOW)
    assert len(inbox.taken) == 1
    assert "wrong" not in str(raised.value)


def test_tls_from_the_start(certificate: tuple[Path, Path]) -> None:
    inbox = Inbox()
    # aiosmtpd probes itself without verification when it starts.
    with serving(inbox, implicit=server_context(certificate)) as port:
        SmtpMailer(f"smtps://localhost:{port}?ca={certificate[0]}").send(to("a@x.example"), date=NOW)
    assert len(inbox.taken) == 1


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_certificate_nobody_vouches_for_is_not_trusted(certificate: tuple[Path, Path], scheme: str) -> None:
    inbox, context = Inbox(), server_context(certificate)
    options: dict[str, Any] = {"implicit": context} if scheme == "smtps" else {"tls_context": context}
    with serving(inbox, **options) as port:
        with pytest.raises(DeliveryError, match="certificate"):
            SmtpMailer(f"{scheme}://localhost:{port}").send(to("a@x.example"), date=NOW)
        with pytest.raises(DeliveryError, match="certificate"):
            SmtpMailer(f"{scheme}://127.0.0.1:{port}?ca={certificate[0]}").send(to("a@x.example"), date=NOW)
        assert inbox.taken == []
        SmtpMailer(f"{scheme}://localhost:{port}?verify=no").send(to("a@x.example"), date=NOW)
    assert len(inbox.taken) == 1


def test_a_server_without_starttls_gets_nothing() -> None:
    inbox = Inbox()
    with serving(inbox) as port, pytest.raises(DeliveryError, match="STARTTLS"):
        SmtpMailer(f"smtp+starttls://localhost:{port}").send(to("a@x.example"), date=NOW)
    assert inbox.taken == []


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:port",
        "smtp://user:secret@mail.example.org",
        "smtps://mail.example.org?verfy=no",
        "smtps://mail.example.org?verify=maybe",
        "smtps://mail.example.org?ca=/nowhere/ca.pem",
        "smtps://user:secret@[mail",
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError) as raised:
        SmtpMailer(url)
    assert "secret" not in str(raised.value)
    assert "TALLYWIRE_SMTP_URL" in str(raised.value)
