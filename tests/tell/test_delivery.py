"""Mails as messages and as files."""

from __future__ import annotations

import email
import os
import stat
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DeliveryError, DeliveryRefused
from pipeline.tell.delivery import FileMailer, as_message
from schemas.alert import InlineImage, Mail
from tests.tell.examples import NOW

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def mail(subject: str = "[harlow-flood] 58 people rescued — Nordwire", **changes: object) -> Mail:
    values: dict[str, object] = {
        "message_id": "<alert-0123456789abcdef@tally.example>",
        "recipients": ("desk@news.example",),
        "subject": subject,
        "text": "58 people rescued – “so far”\n" + "long " * 400 + "\n.\n",
        "html": "<p>58 people rescued – “so far”</p>",
        "headers": (("From", "Tallywire <news@tally.example>"), ("Auto-Submitted", "auto-generated")),
    }
    return Mail.model_validate(values | changes)


def read_back(message: EmailMessage) -> EmailMessage:
    found = email.message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(found, EmailMessage)
    return found


def test_a_message_is_plain_text_first_then_html() -> None:
    message = read_back(as_message(mail(), NOW))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == mail().text
    assert message["Subject"] == mail().subject
    assert message["Message-ID"] == mail().message_id


def test_pictures_belong_to_the_html() -> None:
    image = InlineImage(cid="coverage.digest-1", png=PNG, alt="bars")
    message = read_back(as_message(mail(images=(image,)), NOW))
    related = list(message.iter_parts())[1]
    assert related.get_content_type() == "multipart/related"
    html, picture = list(related.iter_parts())
    assert html.get_content_type() == "text/html"
    assert picture["Content-ID"] == "<coverage.digest-1>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == PNG


def test_every_line_of_a_message_can_travel() -> None:
    for line in as_message(mail(subject="ж" * 160), NOW).as_bytes().split(b"\r\n"):
        assert line.isascii()
        assert len(line) <= 998


def test_the_date_is_given_in_utc() -> None:
    east = datetime(2026, 3, 14, 11, 30, tzinfo=timezone(timedelta(hours=2)))
    assert as_message(mail(), east)["Date"] == "Sat, 14 Mar 2026 09:30:00 +0000"


def test_recipients_do_not_see_each_other() -> None:
    assert as_message(mail(), NOW)["To"] == "desk@news.example"
    both = as_message(mail(recipients=("desk@news.example", "night@news.example")), NOW)
    assert both["To"] == "undisclosed-recipients:;"
    assert b"night@" not in both.as_bytes()


def test_a_long_unsubscribe_address_stays_whole() -> None:
    stop = f"<https://tally.example/stop/{'x' * 300}>, <mailto:news@tally.example?subject=unsubscribe%20harlow>"
    message = as_message(mail(headers=(("From", "news@tally.example"), ("List-Unsubscribe", stop))), NOW)
    assert stop.replace(", ", ",\r\n ").encode() in message.as_bytes()
    assert str(read_back(message)["List-Unsubscribe"]).replace("\r\n", "") == stop


def test_a_header_with_a_line_break_is_refused() -> None:
    with pytest.raises(DeliveryRefused, match="header"):
        as_message(mail(subject="58\r\nBcc: victim@x.example"), NOW)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=160))
def test_a_subject_arrives_as_it_was_written(subject: str) -> None:
    sent = " ".join(subject.split()) or "x"
    received = str(read_back(as_message(mail(subject=sent), NOW))["Subject"])
    assert received == sent.replace("=?", "= ?")


@pytest.mark.parametrize("words", range(1, 9))
def test_a_long_subject_gains_no_space_before_a_word_with_an_accent(words: int) -> None:
    subject = "Resumen: " + "pasaportes de los menores del orfanato " * words + "y dos hechos más"
    assert str(read_back(as_message(mail(subject=subject), NOW))["Subject"]) == subject


def test_a_mail_is_written_as_a_file(tmp_path: Path) -> None:
    delivery = FileMailer(tmp_path / "mail").send(mail(), date=NOW)
    (path,) = (tmp_path / "mail").glob("*.eml")
    assert path.name.startswith("20260314T093000Z-harlow-flood-58-people-rescued-nordwire-")
    assert delivery.delivered == ("desk@news.example",)
    found = email.message_from_bytes(path.read_bytes(), policy=SMTP)
    assert found["Message-ID"] == mail().message_id


def test_the_same_mail_is_never_written_twice(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path)
    mailer.send(mail(), date=NOW)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.eml")}
    FileMailer(tmp_path).send(mail(subject="[harlow-flood] other words"), date=NOW + timedelta(hours=1))
    assert {path: path.read_bytes() for path in tmp_path.glob("*.eml")} == before
    mailer.send(mail(message_id="<alert-2@tally.example>"), date=NOW)
    assert len(list(tmp_path.glob("*.eml"))) == 2


def test_a_file_says_whom_it_is_for(tmp_path: Path) -> None:
    FileMailer(tmp_path).send(mail(recipients=("desk@news.example", "night@news.example")), date=NOW)
    (path,) = tmp_path.glob("*.eml")
    found = email.message_from_bytes(path.read_bytes(), policy=SMTP)
    assert found["Bcc"] == "desk@news.example, night@news.example"


def test_a_half_written_mail_is_no_mail(tmp_path: Path) -> None:
    FileMailer(tmp_path).send(mail(), date=NOW)
    (path,) = tmp_path.glob("*.eml")
    whole, identity = path.read_bytes(), path.stem.rpartition("-")[2]
    path.unlink()
    (tmp_path / f".{identity}.part").write_bytes(b"From: half")
    FileMailer(tmp_path).send(mail(), date=NOW)
    (path,) = tmp_path.glob("*.eml")
    assert len(path.read_bytes()) == len(whole)
    assert not list(tmp_path.glob(".*.part"))


def test_a_title_is_no_path(tmp_path: Path) -> None:
    FileMailer(tmp_path / "mail").send(mail(subject="../../etc/passwd \0 | rm"), date=NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["mail"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(DeliveryError, match="can't be written") as raised:
        FileMailer(tmp_path / "mail").send(mail(), date=NOW)
    assert not isinstance(raised.value, DeliveryRefused)
    assert "permission" in str(raised.value)


def test_the_name_of_a_written_mail_outlives_a_power_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[bool, list[str]]] = []

    def watch(opened: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(opened).st_mode), [one.name for one in tmp_path.glob("*.eml")]))

    monkeypatch.setattr(os, "fsync", watch)
    FileMailer(tmp_path).send(mail(), date=NOW)
    (written,) = tmp_path.glob("*.eml")
    # First the text, under no name that counts, then the folder that holds the name.
    assert synced == [(False, []), (True, [written.name])]
