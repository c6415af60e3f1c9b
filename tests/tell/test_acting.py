"""Mails offer to mute, snooze and correct what they tell, and to stop them: by links, or by a command."""

from __future__ import annotations

import re
from datetime import timedelta
from email.parser import BytesParser
from email.policy import SMTP

from pipeline.tell.delivery import as_message
from pipeline.tell.digest import compose_digest, digest_page
from pipeline.tell.links import PATH, STOP_PATH, Link, Links, Signer
from pipeline.tell.pages import BUDGET
from pipeline.tell.sender import Sender
from schemas.alert import AlertKind, Mail
from tests.tell.examples import NOW, THREAD, alert, changed, digest_data, news, statement, story, topic
from tests.tell.markup import Markup
from tests.tell.test_mails import FLOOD, mail_of

SIGNER = Signer(b"0123456789abcdef")
LINKS = Links(SIGNER, "https://tally.example")
SENDER = Sender(mail_from="Tallywire <news@tally.example>", public_url="https://tally.example", links=LINKS)
ALONE = topic(recipients=["desk@news.example"])
ADDRESS = re.compile(r"https://tally\.example/(decide|stop)/([A-Za-z0-9_-]+)")


def read(address: str) -> Link:
    match = ADDRESS.match(address)
    assert match, address
    return SIGNER.read(match[2], NOW)


def offered(mail: Mail) -> list[str]:
    """The addresses at which its HTML lets a reader decide."""
    return [link for link in Markup(mail.html).links if f"{PATH}" in link]


def test_each_figure_can_be_muted_snoozed_and_found_wrong() -> None:
    mail = mail_of(alert(changed(), story=FLOOD), of=ALONE, sender=SENDER)
    assert [link.rpartition("?do=")[2] for link in offered(mail)] == ["mute", "snooze", "wrong"]
    (link,) = {read(one) for one in offered(mail)}
    assert link == Link(
        topic="harlow-flood",
        recipient="desk@news.example",
        series=changed().series,
        figure=changed().statement.figure_id,
        rule=AlertKind.CHANGED_FIGURE,
        until=NOW + timedelta(days=60),
    )
    assert [read(found[0]) for found in ADDRESS.finditer(mail.text) if found[1] == "decide"] == [link]
    assert "tallywire" not in mail.text


def test_a_development_can_be_muted_and_snoozed() -> None:
    mail = mail_of(alert(story(thread=THREAD)), of=ALONE, sender=SENDER)
    assert [link.rpartition("?do=")[2] for link in offered(mail)] == ["mute", "snooze"]
    assert {read(one).thread for one in offered(mail)} == {THREAD}


def test_one_click_stops_the_mails_of_one_reader() -> None:
    alerts = mail_of(alert(changed()), of=ALONE, sender=SENDER)
    for mail in (alerts, compose_digest(ALONE, digest_data(), sender=SENDER)):
        message = BytesParser(policy=SMTP).parsebytes(as_message(mail, NOW).as_bytes())
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = str(message["List-Unsubscribe"]).partition(">")[0].lstrip("<")
        link = read(address)
        assert (link.topic, link.recipient, link.stops) == ("harlow-flood", "desk@news.example", True)
        assert address.startswith(f"https://tally.example{STOP_PATH}")
        assert address in mail.text
        assert address in Markup(mail.html).links


def test_a_window_without_https_is_offered_and_not_asked_by_programs() -> None:
    near = Sender(mail_from="news@tally.example", links=Links(SIGNER, "http://localhost:8420"))
    headers = dict(mail_of(alert(changed()), of=ALONE, sender=near).headers)
    assert headers["List-Unsubscribe"].startswith(f"<http://localhost:8420{STOP_PATH}")
    assert "List-Unsubscribe-Post" not in headers


def test_a_digest_offers_it_of_each_figure_and_its_page_offers_nothing() -> None:
    mail = compose_digest(ALONE, digest_data(), sender=SENDER)
    figures = {read(one).figure for one in offered(mail)} - {None}
    data = digest_data()
    told = [one.current.figure_id for one in (*data.changed, *data.new)]
    assert figures == {*told, *(one.statement.figure_id for one in data.contradictions)}
    page = digest_page(ALONE, digest_data(), sender=SENDER)
    assert not ADDRESS.search(page)
    assert len(mail.html.encode()) < BUDGET


def test_a_mail_to_several_has_no_links_of_one() -> None:
    mail = mail_of(alert(changed()), sender=SENDER)
    assert not ADDRESS.search(mail.text + mail.html)


def test_without_a_window_the_mail_names_the_command_in_one_line() -> None:
    mail = mail_of(alert(changed()), of=ALONE, sender=Sender(mail_from="news@tally.example"))
    command = f"tallywire figures mute {changed().series}"
    assert [line for line in mail.text.splitlines() if "tallywire " in line] == [f"To mute this figure: {command}"]
    assert Markup(mail.html).text.count(command) == 1


def test_the_same_mail_has_the_same_links_whenever_it_is_sent() -> None:
    first, again = (mail_of(alert(changed()), of=ALONE, sender=SENDER) for _ in range(2))
    assert first == again


def test_a_full_mail_with_links_stays_within_what_mail_programs_show() -> None:
    told = [
        alert(news(of=statement(float(n), outlet=f"Outlet {n}", title="A title of some length " * 4)), id=f"a{n}")
        for n in range(60)
    ]
    mail = mail_of(*told, of=ALONE, sender=SENDER)
    assert len(mail.html.encode()) < BUDGET
