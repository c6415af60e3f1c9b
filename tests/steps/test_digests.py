"""Digests on their way to real mail servers: what is bound before it is sent, tried again, and given up.

What they say of developments, from the record to the mail, stands at the end.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest

from pipeline.settings import Settings
from pipeline.steps.services import Services, open_services
from pipeline.steps.showing.digest import digest_data as read_digest
from pipeline.steps.tell import tell, topics_to_tell
from pipeline.steps.telling.digests import bind
from pipeline.steps.telling.messages import TellReport
from pipeline.tell.delivery import Delivery, SmtpMailer
from pipeline.tell.digest import compose_digest
from pipeline.tell.sender import Sender
from schemas.alert import Digest, DigestData, DigestState, Mail
from schemas.article import Article
from schemas.figure import Figure, Tell, Telling, VerdictKind
from schemas.story import Story
from schemas.topic import Topic
from tests.postgres import fresh_database, postgres_server
from tests.record import examples
from tests.steps.conftest import START, MovableClock
from tests.tell.examples import digest_data, undeveloped
from tests.tell.test_smtp import Inbox, serving

__all__ = ["postgres_server"]

SENDER = Sender(mail_from="Tallywire <news@tally.example>")
DESK, NIGHT = "desk@news.example", "night@news.example"
PUT_OFF = "450 mailbox unavailable"
DAY = timedelta(days=1)


@dataclass
class DiesAfterSending:
    """Hands mails to a server, and dies as soon as one is taken."""

    mailer: SmtpMailer

    def send(self, mail: Mail, *, date: datetime) -> Delivery:
        self.mailer.send(mail, date=date)
        raise KeyboardInterrupt


@dataclass
class Desk:
    """A topic of two readers with a digest at six, a mail server, and a clock."""

    services: Services
    clock: MovableClock
    port: int
    inbox: Inbox = field(default_factory=Inbox)

    @property
    def mailer(self) -> SmtpMailer:
        return SmtpMailer(f"smtp://127.0.0.1:{self.port}")

    def watch(self, **more: Any) -> None:
        values = {"name": "floods", "recipients": [DESK, NIGHT], "digest": {"at": ["18:00"]}} | more
        with self.services.record.begin() as tx:
            tx.topics.put(Topic.model_validate(values))

    def arrives(self, name: str) -> None:
        with self.services.record.begin() as tx:
            tx.articles.put(examples.article(name, "floods", first_seen=self.clock.now))

    def tell(self, **options: Any) -> TellReport:
        return tell(self.services, options.pop("mailer", self.mailer), SENDER, **options)

    def six_o_clock(self) -> None:
        """A report has come in, and its digest is due."""
        self.watch()
        self.arrives("first")
        self.tell()
        self.clock.forward(hours=6, minutes=1)

    def kept(self) -> list[Digest]:
        with self.services.record.read() as tx:
            return tx.digests.find("floods")

    def messages(self) -> list[EmailMessage]:
        texts = (cast(bytes, envelope.content) for envelope in self.inbox.taken)
        return [cast(EmailMessage, email.message_from_bytes(one, policy=email.policy.default)) for one in texts]

    def told(self) -> list[list[str]]:
        """Whom each mail went to."""
        return [envelope.rcpt_tos for envelope in self.inbox.taken]


@contextmanager
def at_a_desk(services: Services, clock: MovableClock) -> Iterator[Desk]:
    inbox = Inbox()
    with serving(inbox) as port:
        yield Desk(services, clock, port, inbox)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The address of a database with no table in it; None stands for a file in the home."""
    if request.param == "sqlite":
        yield None
    else:
        with fresh_database(request.getfixturevalue("postgres_server")) as url:
            yield url


@pytest.fixture
def desk(tmp_path: Path, clock: MovableClock, database: str | None) -> Iterator[Desk]:
    services = open_services(Settings(_env_file=None, home=tmp_path / "home", database_url=database), clock=clock)
    with at_a_desk(services, clock) as desk:
        yield desk
    services.close()


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(cast(EmailMessage, part).get_content())


def test_a_digest_sent_before_its_process_died_goes_out_again_as_the_very_same(desk: Desk) -> None:
    desk.six_o_clock()
    with pytest.raises(KeyboardInterrupt):
        desk.tell(mailer=DiesAfterSending(desk.mailer))
    desk.arrives("second")
    desk.watch(title="Floods in the valley")
    desk.clock.forward(days=1)
    desk.tell()
    first, again, to_night, following, _ = desk.messages()
    assert desk.told() == [[DESK], [DESK], [NIGHT], [DESK], [NIGHT]]
    assert (plain(to_night), to_night["Message-ID"]) == (plain(again), again["Message-ID"])
    assert first["Message-ID"] == again["Message-ID"] != following["Message-ID"]
    assert "From 1 report." in plain(first)
    assert "From 1 report." in plain(again)
    assert "Mon 2 Mar 12:00 – Mon 2 Mar 18:00" in plain(again)
    assert "Mon 2 Mar 18:00 – Tue 3 Mar 18:00" in plain(following)
    assert [one.state for one in desk.kept()] == [DigestState.SENT] * 2
    desk.clock.forward(hours=1)
    desk.tell()
    assert len(desk.inbox.taken) == 5


def test_who_has_a_digest_does_not_get_it_again_while_another_is_put_off(desk: Desk) -> None:
    desk.six_o_clock()
    desk.inbox.answers[NIGHT] = PUT_OFF
    assert "450 mailbox unavailable" in desk.tell().troubles[0]
    assert desk.tell().troubles == []  # not before a minute has passed
    for minutes in (1, 2, 4):
        desk.clock.forward(minutes=minutes)
        assert desk.tell().troubles
        assert desk.tell().troubles == []
    assert desk.told() == [[DESK]]
    desk.inbox.answers.clear()
    desk.clock.forward(minutes=8)
    assert desk.tell().troubles == []
    assert desk.told() == [[DESK], [NIGHT]]
    first, second = desk.messages()
    assert first["Message-ID"] == second["Message-ID"]
    assert plain(first) == plain(second)


def test_a_digest_that_nobody_takes_is_given_up_after_twelve_tries_and_says_so(desk: Desk) -> None:
    desk.six_o_clock()
    desk.inbox.answers |= {DESK: PUT_OFF, NIGHT: PUT_OFF}
    troubles: list[str] = []
    for _ in range(40):
        troubles += desk.tell().troubles
        desk.clock.forward(hours=0.5)
    assert len(troubles) == 2 * 12
    assert all("rejects all recipients" in one for one in troubles)
    assert ["won't be tried again" in one for one in troubles[-3:]] == [False, True, True]
    (digest,) = desk.kept()
    assert f"tallywire digest retry {digest.id}" in troubles[-1]
    assert (digest.state, digest.attempts) == (DigestState.FAILED, 12)
    assert "450 mailbox unavailable" in (digest.error or "")


def test_a_digest_that_a_server_refuses_is_given_up_at_once(desk: Desk) -> None:
    desk.six_o_clock()
    desk.inbox.data_answer = "554 no digests here"
    troubles = desk.tell().troubles
    assert len(troubles) == 2
    assert all("554 no digests here" in one and "won't be tried again" in one for one in troubles)
    desk.clock.forward(hours=4)
    assert desk.tell().troubles == []
    assert [one.state for one in desk.kept()] == [DigestState.FAILED]


def test_an_address_that_is_put_off_holds_up_neither_the_others_nor_the_next_digest(desk: Desk) -> None:
    desk.six_o_clock()
    desk.inbox.answers[NIGHT] = PUT_OFF
    desk.tell()
    desk.clock.forward(hours=5)
    desk.arrives("second")
    desk.clock.forward(hours=19)
    desk.tell()
    assert desk.told() == [[DESK], [DESK]]
    desk.inbox.answers.clear()
    desk.clock.forward(hours=3)
    desk.tell()
    assert desk.told() == [[DESK], [DESK], [NIGHT], [NIGHT]]
    assert [one["Message-ID"] for one in desk.messages()] == [one.message_id for one in desk.kept() * 2]


def test_an_address_refused_for_ever_is_told_and_not_tried_again(desk: Desk) -> None:
    desk.six_o_clock()
    desk.inbox.answers[NIGHT] = "550 no such user"
    (trouble,) = desk.tell().troubles
    assert f"to {NIGHT}" in trouble
    assert "550 no such user" in trouble
    desk.clock.forward(hours=4)
    assert desk.tell().troubles == []
    assert desk.told() == [[DESK]]
    assert [one.state for one in desk.kept()] == [DigestState.FAILED]


def test_an_address_that_is_taken_out_of_the_topic_is_not_tried_again(desk: Desk) -> None:
    desk.six_o_clock()
    desk.inbox.answers[NIGHT] = PUT_OFF
    desk.tell()
    desk.watch(recipients=[DESK])
    desk.clock.forward(hours=1)
    assert desk.tell().troubles == []
    assert desk.told() == [[DESK]]
    assert [one.state for one in desk.kept()] == [DigestState.SENT]


def test_a_page_that_can_not_be_written_is_tried_again_before_anything_is_mailed(desk: Desk) -> None:
    desk.six_o_clock()
    folder = desk.services.settings.digest_path
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    (trouble,) = desk.tell().troubles
    assert "can't be written" in trouble
    assert desk.told() == []
    folder.unlink()
    desk.clock.forward(minutes=1)
    assert [Path(one).name for one in desk.tell().digests] == ["floods-20260302T1800Z.html"]
    assert desk.told() == [[DESK], [NIGHT]]


def test_who_tells_of_alerts_alone_sends_what_is_left_of_a_digest_and_begins_none(desk: Desk) -> None:
    desk.six_o_clock()
    assert topics_to_tell(desk.services) == []
    desk.tell(digests=False)
    assert desk.kept() == []
    desk.inbox.answers[NIGHT] = PUT_OFF
    desk.tell()
    assert topics_to_tell(desk.services) == []
    desk.clock.forward(minutes=1)
    assert topics_to_tell(desk.services) == ["floods"]
    desk.inbox.answers.clear()
    desk.tell(digests=False)
    assert desk.told() == [[DESK], [NIGHT]]
    assert topics_to_tell(desk.services) == []


def test_a_period_without_news_is_over_though_nothing_is_sent(desk: Desk) -> None:
    desk.six_o_clock()
    desk.tell()
    desk.clock.forward(days=2)
    desk.tell()
    desk.arrives("late")
    desk.clock.forward(days=1)
    desk.tell()
    assert [(one.start, one.end) for one in desk.kept()] == [
        (START, START + timedelta(hours=6)),
        (START + timedelta(hours=54), START + timedelta(hours=78)),
    ]
    assert len(desk.inbox.taken) == 2 * 2


def test_a_digest_that_was_bound_before_there_were_developments_goes_out(desk: Desk) -> None:
    desk.watch()
    data = undeveloped(digest_data(topic="floods", start=START - DAY, end=START))
    digest = Digest(
        id="old", topic="floods", start=START - DAY, end=START, message_id="<old@tally>", data=data, due=START
    )
    with desk.services.record.begin() as tx:
        topic = tx.topics.get("floods")
        assert topic is not None
        bind(tx, topic, digest)
    desk.tell(digests=False)
    text = " ".join(plain(desk.messages()[0]).split())
    assert "1 development, 1 changed figure, 1 contradiction and 1 new figure" in text
    assert "58 people had been rescued by boat (was 41)" in text


def came(desk: Desk, story: str, thread: str | None, *reports: Article, headline: str = "") -> None:
    """A story of a thread with its reports, some of them copies."""
    told = Story(
        id=story,
        topics=("floods",),
        headline=headline or story.title(),
        lead="The river rose.",
        lead_article=reports[0].id,
        first_seen=reports[0].first_seen,
        last_seen=reports[-1].first_seen,
        articles=tuple(one.id for one in reports if one.copy_link is None),
        copies=tuple(one.id for one in reports if one.copy_link is not None),
        thread=thread,
    )
    with desk.services.record.begin() as tx:
        for one in reports:
            tx.articles.put(one.model_copy(update={"story": story}))
        tx.stories.put(told)


def report(name: str, hour: float, topic: str = "floods", outlet: str = "news", copy_of: str = "") -> Article:
    """An article that came so many hours after the period began, or before it."""
    when = START + timedelta(hours=hour)
    read = examples.reading(name, outlet=outlet, published=when)
    article = examples.copy_of(copy_of, name, topic) if copy_of else examples.article(name, topic)
    return article.model_copy(update={"first_seen": when, "reading": read})


def stated(desk: Desk, article: Article, value: float, kind: VerdictKind = VerdictKind.NEW, **more: Any) -> str:
    """A figure that the topic was told of; gives its id."""
    quote = f"By then {value:g} people had been saved."
    read = Figure(span=(8, 8 + len(f"{value:g}")), surface=f"{value:g}", quote=quote, value=value, counted="people")
    name = f"figure-{value:g}"
    figure = examples.figure(name, article.id).model_copy(
        update={"figure": read, "published": article.reading.published}
    )
    told = Telling(worth=0.8, kind=kind, tell=Tell.NOW, **more)
    with desk.services.record.begin() as tx:
        tx.figures.put_series(examples.series("series-a", "floods"))
        tx.figures.put(figure)
        tx.figures.put_verdict(examples.verdict(name, "floods", kind).model_copy(update={"telling": told}))
    return name


def said(desk: Desk) -> DigestData:
    """The digest of the day that begins with the clock's start."""
    with desk.services.record.read() as tx:
        return read_digest(tx, Topic(name="floods"), START, START + DAY)


def test_a_digest_holds_the_developments_that_got_reports_with_what_came_in_its_period(desk: Desk) -> None:
    before = report("a", -30), report("b", -3, outlet="Port Gazette")
    came(desk, "first", "thread-flood", *before, report("c", 2, outlet="Nordwire"), headline="River rises")
    came(
        desk,
        "second",
        "thread-flood",
        report("d", 3, outlet="Daily Ledger"),
        report("e", 4, outlet="Harbour Wire", copy_of="d"),
        report("after", 30),
    )
    came(desk, "quiet", "thread-of-before", report("f", -5))
    (flood,) = said(desk).stories
    assert (flood.id, flood.headline, flood.thread) == ("first", "River rises", "thread-flood")
    assert flood.lead_article is not None
    assert flood.lead_article.id == "a"
    assert flood.first_seen == START - timedelta(hours=30)
    assert [one.id for one in flood.reports] == ["c", "d"]
    assert (flood.more, flood.copies, flood.earlier) == (0, 1, 2)
    assert flood.outlets == ("Nordwire", "Daily Ledger", "Harbour Wire")


def test_developments_come_by_their_reports_and_more_than_a_dozen_are_counted(desk: Desk) -> None:
    came(desk, "small", "thread-small", report("small-a", 1))
    came(desk, "large", "thread-large", *(report(f"large-{n}", 2) for n in range(15)))
    large, small = said(desk).stories
    assert (len(large.reports), large.more, large.earlier) == (12, 3, 0)
    assert small.thread == "thread-small"


def test_a_copy_is_no_report(desk: Desk) -> None:
    came(desk, "flood", "thread-flood", report("a", -3), report("b", -2, copy_of="a"), report("c", 1, copy_of="a"))
    data = said(desk)
    assert data.stories == ()
    assert (data.articles, data.copies) == (1, 1)


def test_a_development_of_which_a_copy_tells_a_figure_is_listed(desk: Desk) -> None:
    copy = report("c", 1, copy_of="a")
    came(desk, "flood", "thread-flood", report("a", -3), copy)
    stated(desk, copy, 4)
    (flood,) = said(desk).stories
    assert (flood.reports, flood.copies, flood.earlier) == ((), 1, 1)


def test_reports_of_another_topic_are_not_counted(desk: Desk) -> None:
    reports = report("a", -3, "storms"), report("b", -2), report("c", 1), report("d", 2, "storms")
    came(desk, "flood", "thread-flood", *reports)
    (flood,) = said(desk).stories
    assert ([one.id for one in flood.reports], flood.earlier) == (["c"], 1)


def test_a_story_without_a_thread_is_a_development_of_its_own(desk: Desk) -> None:
    article = report("a", 1)
    came(desk, "flood", None, article)
    stated(desk, article, 4)
    data = said(desk)
    assert [one.thread for one in data.stories] == [one.thread for one in data.new] == ["flood"]


def test_the_steps_of_a_figure_across_two_stories_of_a_thread_are_one_line(desk: Desk) -> None:
    first, second, third = report("a", 1), report("b", 2), report("c", 3)
    came(desk, "flood", "thread-flood", first)
    came(desk, "rescue", "thread-flood", second, third)
    four = stated(desk, first, 4)
    nine = stated(desk, second, 9, VerdictKind.CHANGED, of=four, from_value=4)
    stated(desk, third, 14, VerdictKind.CHANGED, of=nine, from_value=9)
    data = said(desk)
    (line,) = data.new
    assert (line.thread, line.steps, line.from_value) == ("thread-flood", 2, 4)
    text = compose_digest(Topic(name="floods"), data, sender=SENDER).text
    assert text.count("From 4 to 14 in 2 steps") == 1
    assert "1 development and 1 new figure" in text
    assert text.index("Rescue") < text.index("From 4 to 14")


def test_a_contradiction_is_of_the_development_of_the_article_that_states_it(desk: Desk) -> None:
    first, second = report("a", -1), report("b", 2)
    came(desk, "flood", "thread-flood", first)
    came(desk, "rescue", "thread-rescue", second)
    stated(desk, second, 9, VerdictKind.CONTRADICTION, of=stated(desk, first, 4))
    data = said(desk)
    assert [one.thread for one in data.contradictions] == [one.thread for one in data.stories] == ["thread-rescue"]
