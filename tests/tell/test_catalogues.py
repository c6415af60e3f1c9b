"""The messages and their translations: none is missing, none is broken, and no word of the frame is beyond them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from jinja2 import Environment, nodes

from pipeline.tell import pages
from pipeline.tell.digest import compose_digest
from pipeline.tell.frame import ENGLISH
from pipeline.tell.languages import SPOKEN, frame_of, read_catalogue
from pipeline.tell.links import Links, Signer
from pipeline.tell.mails import compose_alert
from pipeline.tell.outbox import Heard, plan
from pipeline.tell.sender import Sender
from schemas.alert import Alert, DigestData, Mail
from schemas.feed import Health
from schemas.figure import Modifier, VerdictKind
from schemas.language import TRANSLATED
from tests.tell import examples
from tests.tell.examples import (
    NOW,
    alert,
    article,
    changed,
    contradiction,
    feed_alert,
    ill_feed,
    news,
    statement,
    story,
)
from tests.tell.messages import script, source
from tests.tell.pseudo import Pseudo, in_greek, pseudo_frame
from tests.tell.test_developments import development, line, value
from tests.tell.test_summaries import backlog

TEMPLATES = Path(pages.__file__).parent / "templates"
INTO = [code for code in SPOKEN if code != "en"]
HEADING = "Харлов"
TOPIC = examples.topic(title=HEADING, recipients=["desk@news.example"], alerts={"counted": ["діти", "будинки"]})
FROM = "Tallywire <news@tally.example>"
LINKS = Links(Signer(b"k" * 32), "https://tally.example")
SENDERS = (Sender(mail_from=FROM), Sender(mail_from=FROM, public_url="https://tally.example", links=LINKS))
"""One whose mails have no links, and one whose mails have them."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def words_of(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def forms_of(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_there_is_a_catalogue_for_each_language_and_for_no_other() -> None:
    assert script().codes() == sorted(INTO)
    assert TRANSLATED[0] == ENGLISH.language


@pytest.mark.parametrize("language", INTO)
def test_a_catalogue_holds_what_the_source_says_and_nothing_else(language: str) -> None:
    found = {(one.context, one.id) for one in read_catalogue(language)}
    assert found == {(one.context, one.id) for one in source()}, "run make locale"


def test_bringing_a_catalogue_up_to_date_keeps_its_translations_and_drops_what_is_gone() -> None:
    text = script().path_of("uk").read_bytes()
    assert script().updated("uk", text, source()) == text
    gone = b'\nmsgid "Nobody says this"\nmsgstr "\xd0\x9d"\n'
    assert script().updated("uk", text + gone, source()) == text


def test_the_catalogue_of_a_new_language_has_every_message_and_the_plurals_of_that_language() -> None:
    begun = script().updated("pl", None, source()).decode()
    assert "nplurals=3" in begun
    assert begun.count("msgid ") == len(source()) + 1


@pytest.mark.parametrize("language", INTO)
def test_every_message_has_a_translation_with_the_same_placeholders(language: str) -> None:
    catalogue = read_catalogue(language)
    found = [message for message in catalogue if message.id]
    for message in found:
        forms = forms_of(message)
        assert not message.fuzzy, message.id
        assert len(forms) == (catalogue.num_plurals if isinstance(message.id, tuple) else 1), message.id
        wanted = set().union(*map(placeholders, words_of(message)))
        for number, form in enumerate(forms):
            assert form.strip(), (language, message.id)
            # Only where a form is for one alone may it say so in a word.
            spare = {"n"} if number == 0 and catalogue.num_plurals == 2 else set()
            assert wanted - spare <= placeholders(form) <= wanted, (language, message.id, form)


@pytest.mark.parametrize("language", INTO)
def test_translations_are_written_as_the_language_writes(language: str) -> None:
    for message in read_catalogue(language):
        for form in forms_of(message) if message.id else ():
            assert not re.search(r"[“”'\"]", form.replace("„", "").replace("“", "") if language == "de" else form), form
            assert form == form.strip()
            if language == "fr":
                assert not re.search(r"[^\u00a0](?:[:»](?!/)|$^)|[^\u202f\u00a0][;?!]|«[^\u00a0]", form), form


def test_messages_name_what_is_filled_in_and_format_nothing() -> None:
    for message in source():
        for words in words_of(message) if message.id else ():
            parsed = list(Formatter().parse(words))
            assert all(name is None or re.fullmatch(r"[a-z_]+", name) for _, name, _, _ in parsed), words
            assert not any(form or conversion for _, _, form, conversion in parsed), words


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.j2")), ids=lambda path: path.name)
def test_templates_hold_no_words_of_their_own(template: Path) -> None:
    tree = Environment(autoescape=True).parse(template.read_text(encoding="utf-8"))
    data = "".join(one.data for one in tree.find_all(nodes.TemplateData))
    seen = re.sub(r"<style.*?</style>|<!DOCTYPE[^>]*>|<[^>]*>|&nbsp;", " ", data, flags=re.DOTALL)
    # Addresses of links and attributes that a tag is put together of, and a command.
    seen = re.sub(r'\?do=\w+|class="[^"]*"|tallywire feeds list --topic', " ", seen)
    assert not re.search(r"[^\W\d_]{2,}", re.sub(r'"[^"]*"|<\w+|\w+=', " ", seen)), seen


def mails() -> Iterator[Mail]:
    """Mails of every kind, with and without links, in the language that nobody speaks."""
    frame = pseudo_frame(frame_of(TOPIC))
    for number, alerts in enumerate(alerts_told()):
        waiting = [in_greek(one) for one in alerts]
        heard = Heard(threads={"story-flood": "thread-flood"})
        for bundle in plan(TOPIC, waiting, sent_today=0, now=NOW.replace(hour=20), heard=heard).bundles:
            yield compose_alert(TOPIC, bundle, sender=SENDERS[number % 2], frame=frame)
    for sender, data in zip(SENDERS, digests_told(), strict=True):
        yield compose_digest(TOPIC, in_greek(data), sender=sender, frame=frame, web_copy="https://tally.example/d")
    assert isinstance(frame.translations, Pseudo)
    of_templates = {words_of(one)[0] for one in source() if any("templates" in name for name, _ in one.locations)}
    unsaid = of_templates - frame.translations.said - RARE
    assert not unsaid, f"no mail here says {unsaid}"


RARE = {"and {n} more; all of them:", "Other developments"}
"""Messages that only huge mails have."""


def alerts_told() -> Iterator[list[Alert]]:
    known = (
        line("houses", 320, article("Nordwire"), article("Daily Ledger"), before=(value(210, article()),)),
        line("boats", 4, article("Echo"), speaker="a guard", rivals=(value(5, article("Port Gazette")),)),
    )
    about = development(*known, latest=(article("Echo", "Later"),), more=3)
    yield [alert(news(of=statement(58)), story="story-flood", development=about), alert(story())]
    yield [alert(news(of=statement(58)), story="story-flood", development=about)]
    yield [alert(one, story="s") for one in (changed(), contradiction(), corrected(), said_before(), vague(), same())]
    many = [statement(n, title=f"Title {n}", quote=f"There were {n} of them.") for n in range(3, 14)]
    yield [alert(news(of=one), id=f"a{n}", story="s") for n, one in enumerate(many)]
    yield [alert(story(lead=""))]
    yield [*backlog(), *(alert(one, backlog=True) for one in (contradiction(), story()))]
    yield [alert(one, backlog=True) for one in (contradiction(), story())]
    yield [feed_alert(ill_feed(str(health), health)) for health in (Health.SILENT, Health.GONE, Health.FAILING)]
    yield [feed_alert(ill_feed(last_success=None, last_new=None, polled=None, error=None, status=None))]


def corrected() -> object:
    return changed().model_copy(update={"verdict": VerdictKind.CORRECTION, "since": NOW})


def said_before() -> object:
    return news(before=(statement(41, "Echo"),))


def vague() -> object:
    some = statement(24, modifier=Modifier.VAGUE, surface="dozens of")
    return news(VerdictKind.CHANGED, of=statement(60), from_value=24, against=(some,))


def same() -> object:
    """A figure that another one of its own sentence is held against."""
    said = statement(30, "Echo", quote="They counted 30, and not 31, in all.")
    other = statement(31, "Echo", quote=said.figure.quote)
    return news(VerdictKind.CONTRADICTION, series="series-same", of=said, against=(other,))


def digests_told() -> Iterator[DigestData]:
    ill = tuple(ill_feed(f"Feed {n}", list(Health)[n % 4]) for n in range(12))
    told = examples.digest_data(
        feeds_ill=ill, feeds_back=ill, pauses=((NOW, NOW.replace(hour=12)), (NOW, NOW.replace(day=16)))
    )
    yield told
    others = tuple(examples.series_news(news(series=f"s{n}", of=statement(n, title=f"T{n}"))) for n in range(30))
    quiet = tuple(story(f"story-{n}", thread=f"thread-{n}") for n in range(30))
    later = tuple(one.model_copy(update={"earlier": 4, "first_seen": NOW.replace(day=1)}) for one in quiet)
    yield told.model_copy(
        update={
            "changed": (),
            "coverage": (),
            "new": others,
            "stories": (*told.stories, *later),
            "outcomes": {"indexed": 2},
        }
    )


def test_no_word_of_a_mail_is_beyond_translation() -> None:
    for mail in mails():
        for seen in (mail.subject, mail.text, *visible(mail.html), *(image.alt for image in mail.images)):
            plain = re.sub(r"https?://\S+|mailto:\S+|\S+@\S+|\[?harlow-flood\]?|Europe/Kyiv|HTTP", " ", seen)
            plain = re.sub(r"tallywire \w+ \w+ (?:--topic )?\S*|unsubscribe|alerts\.feeds: false", " ", plain)
            assert not re.search(r"[A-Za-z]{2,}", plain), (
                re.findall(r".{0,40}[A-Za-z]{2,}.{0,40}", plain),
                seen[:2000],
            )


def visible(html: str) -> Iterator[str]:
    """The title, what stands between tags, and what pictures are said to show."""
    body = re.sub(r"<style.*?</style>", " ", html, flags=re.DOTALL)
    yield re.sub(r"&\w+;", " ", re.sub(r"<[^>]*>", " ", body))
    yield from re.findall(r'alt="([^"]*)"', body)
