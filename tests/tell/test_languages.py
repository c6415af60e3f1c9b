"""In which language a topic and its recipients are told, and what is said of a language that there is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.errors import TopicError
from pipeline.tell.channels import Post
from pipeline.tell.digest import compose_digest, digest_page
from pipeline.tell.languages import SPOKEN, frame_of, not_spoken
from pipeline.tell.mails import Sender
from pipeline.tell.payload import payload
from pipeline.tell.short import short_text
from pipeline.topics import parse_topic
from schemas.topic import Recipient, Topic
from tests.tell.examples import NOW, digest_data, topic

GERMAN = {"to": "berlin@news.example", "language": "de"}
SENDER = Sender(mail_from="Tallywire <news@tally.example>")


def test_languages_that_fall_back_to_english_are_named_once() -> None:
    assert not_spoken(topic(language="uk", recipients=[GERMAN])) == ()
    dutch = {"to": "utrecht@news.example", "language": "nl"}
    asked = topic(language="pt", recipients=["desk@news.example", dutch, dutch | {"to": "delft@news.example"}])
    assert not_spoken(asked) == ("pt", "nl")


def test_validating_a_topic_says_so(tmp_path: Path) -> None:
    file = tmp_path / "floods.yaml"
    file.write_text(
        "name: floods\nfeeds: [https://www.icrc.org/en/rss/news]\n"
        "recipients: [{to: utrecht@news.example, language: nl}]\n"
    )
    done = CliRunner().invoke(cli, ["topics", "validate", str(file)])
    assert done.exit_code == 0
    assert "no translation into 'nl'; its messages are in English, with dates and numbers as in 'nl'" in done.output


def test_a_recipient_reads_their_own_language_or_else_the_topics() -> None:
    watched = topic(language="uk", recipients=["desk@news.example", GERMAN])
    desk, berlin = (frame_of(watched.for_recipient(one)) for one in watched.recipients)
    assert desk.say("Reports") == "Публікації"
    assert berlin.say("Reports") == "Berichte"
    assert berlin.zone.key == "Europe/Kyiv"


def test_a_digest_is_told_in_the_recipients_language_and_what_it_quotes_is_not() -> None:
    german = topic(recipients=[GERMAN | {"zone": "Europe/Berlin"}])
    mail = compose_digest(german.for_recipient(german.recipients[0]), digest_data(), sender=SENDER)
    assert mail.subject.startswith("[harlow-flood] Überblick, So., 15. März: 1 Ereignis, 1 geänderte Zahl")
    assert '<html lang="de"' in mail.html
    for text in (mail.text, mail.html):
        assert "River takes the lower town of Harlow" in text
        assert "58 people had been rescued by boat (zuvor 41)" in text
        assert "Stand: 14. März 2026" in text
        assert "Alle Zeiten gelten für Europe/Berlin." in text
        assert "Unsubscribe" not in text
    assert "„The county counts *210* destroyed houses.“" in mail.text
    assert "mit dem Betreff „unsubscribe harlow-flood“" in " ".join(mail.text.split())


def test_the_word_by_which_one_stops_is_the_same_in_every_language() -> None:
    mails = [compose_digest(topic(language=one), digest_data(), sender=SENDER) for one in ("en", "uk")]
    assert mails[0].headers == mails[1].headers
    assert all("?subject=unsubscribe%20harlow-flood" in mail.html for mail in mails)


def test_the_page_of_a_digest_is_in_the_topics_language() -> None:
    watched = topic(language="fr", recipients=[GERMAN])
    assert "À partir de 16 articles, dont 5 copies." in digest_page(watched, digest_data(), sender=SENDER)


def test_channels_say_it_in_the_recipients_language_too() -> None:
    watched = topic(recipients=[{"to": "webhook:newsdesk", "language": "uk"}])
    own = watched.for_recipient(watched.recipients[0])
    mail = compose_digest(own, digest_data(), sender=SENDER)
    post = Post(id="m", bound=NOW, topic=own, mail=mail, digest=digest_data())
    told = payload(post)
    assert told.data.subject.startswith("[harlow-flood] Дайджест, нд, 15 бер.")
    title, body = short_text(post)
    assert title == told.data.subject
    assert "320 houses are gone (the county: 210) — Port Gazette" in body


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("ua", "'ua' is not the code of a language; did you mean uk (Ukrainian)?"),
        ("German", "'German' is not the code of a language; did you mean de (German)?"),
        ("español", "did you mean es (Spanish)?"),
        ("de-AT", "did you mean de (German)?"),
        ("ukranian", "did you mean uk (Ukrainian)?"),
        ("xx", "'xx' is not the code of a language; messages are translated into en, de, es, fr, ru, uk"),
        ("no", 'write "no" in quotes, or nb'),
        ("7", "text is needed"),
    ],
)
def test_a_language_that_there_is_not_is_refused_with_the_one_that_may_be_meant(written: str, said: str) -> None:
    with pytest.raises(TopicError) as error:
        parse_topic(f"name: floods\nrecipients:\n  - {{to: desk@news.example, language: {written}}}\n")
    assert said in str(error.value)
    assert "topic:3" in str(error.value)


def test_the_docs_name_every_language_that_messages_are_translated_into() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "topics.md").read_text(encoding="utf-8")
    part = page.partition("### Languages")[2].partition("A language that has no translation")[0]
    assert {code for code in SPOKEN if f"`{code}`" in part} == set(SPOKEN) - {"en"}


def test_a_topic_of_an_older_record_may_have_any_language() -> None:
    kept = Topic.model_validate({"name": "floods", "language": "xx", "recipients": [{"to": "a@b.example"}]})
    assert frame_of(kept).say("Reports") == "Reports"
    assert Recipient.model_validate({"to": "a@b.example", "language": "zz"}).language == "zz"
