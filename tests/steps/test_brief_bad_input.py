"""What feeds get wrong, and people make up: a brief says plainly what it has, in bounded time, and nothing is lost."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.figures.briefs import READ
from pipeline.steps.known.briefs import Briefs
from pipeline.steps.known.threads import development_of
from pipeline.steps.tell import tell
from pipeline.tell.delivery import Mailer
from pipeline.tell.sender import Sender
from schemas.alert import AlertState
from schemas.story import DecisionKind, Story, StoryDecision, ThreadDecision
from schemas.topic import Topic
from tests.record import examples
from tests.steps.conftest import START, Post
from tests.steps.scripted import TOPIC, Newsroom, Written, newsroom

SENDER = Sender(mail_from="Tallywire <news@tally.example>")
HOUR = timedelta(hours=1)
ENOUGH = 30.0
"""Seconds of processor time for the brief of a development of any size: what a hundred reports and a hundred copies
take is a second on a quiet machine; a loaded one must not fail the test, one that reads all 5,000 must."""


def at(hours: float, id: str, outlet: str, title: str, text: str) -> Written:
    return Written(id, outlet, START + hours * HOUR, title, text)


FERRY = at(
    0,
    "ferry",
    "Nordwire",
    "Ferry sinks off Tarn",
    "The ferry Aurelia sank off Tarn in a storm on Monday morning. At least 12 people were killed, the coast guard "
    "of Tarn said. Helicopters searched the bay of Tarn for 40 missing passengers of the Aurelia.",
)
FERRY_TOO = at(
    4,
    "ferry-too",
    "Southpost",
    "Aurelia disaster: divers search bay of Tarn",
    "Divers searched the bay of Tarn for passengers of the Aurelia, which sank in a storm. The coast guard put the "
    "number of people killed at 17. Relatives waited in the harbour of Tarn for news of the ferry.",
)


def values(room: Newsroom, article: str) -> dict[float | None, int]:
    """The values that the brief of an article's thread says hold, each with its witnesses."""
    return {figure.value: figure.witnesses for figure in room.brief(article).figures}


def test_two_developments_with_the_same_names_are_never_each_others_rivals_and_can_be_told_apart() -> None:
    """Two Springfields, a flood in one and an election in the other, may be taken for one by their names."""
    flood = at(
        0,
        "flood",
        "Nordwire",
        "Flood in Springfield",
        "The river rose over its banks in Springfield after days of rain. At least 300 people left their homes in "
        "Springfield, Mayor John Miller said, and soldiers filled sandbags along the river.",
    )
    vote = at(
        2,
        "vote",
        "Southpost",
        "Springfield elects mayor",
        "Springfield elected a new mayor on Sunday. John Miller got 5,400 votes, the election office in Springfield "
        "said, and thanked his party at a hotel. His rival Ann Lee congratulated him.",
    )
    with newsroom() as room:
        room.arrive([flood])
        room.clock.forward(hours=2)
        room.arrive([vote])
        found = [*room.brief("flood").figures, *room.brief("vote").figures]
        assert {one.value for one in found} == {300, 5400}
        assert not any(one.rivals or one.before for one in found)
        story = room.story("flood").id
        if room.story("vote").id == story:
            room.judge.decide(
                StoryDecision(kind=DecisionKind.SPLIT, articles=("vote",), story=story, decided=room.clock())
            )
        room.judge.decide_threads(
            ThreadDecision(kind=DecisionKind.SPLIT, articles=("vote",), others=("flood",), decided=room.clock())
        )
        assert (set(values(room, "flood")), set(values(room, "vote"))) == ({300}, {5400})


def test_a_hoax_that_many_outlets_copy_stays_the_word_of_one() -> None:
    hoax = at(
        1,
        "hoax",
        "Tattler",
        "Shark kills bathers at Tarn",
        "A white shark killed 3 bathers on the beach of Tarn on Monday, a lifeguard told the Tattler. The beach was "
        "closed, and the mayor of Tarn asked hunters for help against the shark.",
    )
    printed = [
        replace(hoax, id=f"hoax-{n}", outlet=f"Paper{n}", published=hoax.published + n * HOUR / 4) for n in range(1, 40)
    ]
    with newsroom() as room:
        room.clock.forward(hours=1)
        room.arrive([hoax])
        for start in range(0, len(printed), 13):
            room.clock.forward(hours=4)
            room.arrive(printed[start : start + 13])
        brief = room.brief("hoax")
        (killed,) = (figure for figure in brief.figures if figure.value == 3)
        assert (killed.witnesses, killed.sure, killed.article) == (1, False, "hoax")
        assert len(killed.articles) == len(brief.articles) == 40


def test_an_outlet_that_contradicts_itself_is_one_witness_of_each_value_and_both_are_told() -> None:
    back = at(
        8,
        "ferry-back",
        "Nordwire",
        "Ferry Aurelia: coast guard corrects toll",
        "The coast guard of Tarn said 12 people were killed when the ferry Aurelia sank in a storm off Tarn, not 21 as "
        "it had said before. Helicopters went on searching the bay of Tarn.",
    )
    more = at(
        6,
        "ferry-more",
        "Nordwire",
        "Toll of ferry Aurelia rises",
        "The ferry Aurelia, which sank in a storm off Tarn, killed 21 people, the coast guard said. Helicopters "
        "searched the bay of Tarn for missing passengers.",
    )
    with newsroom() as room:
        for report in (FERRY, more, back):
            room.clock.now = report.published
            room.arrive([report])
        figures = room.brief("ferry").figures
        stated = {one.value for figure in figures for one in (figure, *figure.before, *figure.rivals)}
        assert {12, 21} <= stated
        assert {figure.witnesses for figure in figures} == {1}


@pytest.mark.parametrize("years", [-1, 1])
def test_a_date_that_is_wrong_by_a_year_hides_nothing_and_holds_nothing_up(years: int) -> None:
    """A date in the future is the moment of arrival; one long past is kept, and its report is news all the same."""
    wrong = Written(
        "wrong",
        "Echo",
        FERRY_TOO.published + timedelta(days=365 * years),
        "Aurelia disaster off Tarn: what we know",
        "The coast guard of Tarn said 17 people were killed when the ferry Aurelia sank in a storm. The owner put the "
        "damage at $9 million. Divers searched the bay of Tarn for passengers of the Aurelia.",
    )
    with newsroom() as room:
        room.arrive([FERRY])
        room.clock.forward(hours=4)
        room.arrive([FERRY_TOO])
        room.clock.forward(hours=1)
        room.arrive([wrong])
        with room.services.record.read() as tx:
            kept = tx.articles.get("wrong")
            assert kept is not None
            stated = {one.figure.value for one in tx.figures.of_article("wrong")}
        assert kept.first_seen == room.clock()
        assert {17, 9_000_000} <= stated
        brief = room.brief("wrong")
        said = {one.value for figure in brief.figures for one in (figure, *figure.before, *figure.rivals)}
        assert {17, 9_000_000} <= said
        if room.story("wrong").development == room.story("ferry").development:
            assert {"ferry", "ferry-too", "wrong"} <= set(brief.articles)
            assert 12 in said


def test_a_topic_without_recipients_has_briefs_and_digests_and_loses_nothing() -> None:
    alone = Topic.model_validate(TOPIC.model_dump() | {"recipients": (), "digest": {"at": ["18:00"]}})
    post: Mailer = Post()
    with newsroom(alone) as room:
        room.arrive([FERRY])
        tell(room.services, post, SENDER)
        room.clock.forward(hours=4)
        room.arrive([FERRY_TOO])
        tell(room.services, post, SENDER)
        room.clock.forward(hours=3)
        report = tell(room.services, post, SENDER)
        assert (report.troubles, len(report.digests)) == ([], 1)
        with room.services.record.read() as tx:
            assert {alert.state for alert in tx.alerts.find()} == {AlertState.DIGEST}
        assert values(room, "ferry")
    assert isinstance(post, Post)
    assert post.mails == []


def of_five_thousand(room: Newsroom, report: Written) -> str:
    """A thread of fifty stories of a hundred articles each, a third of them copies; gives its id.

    Its last reports are what the judge made of ``report``; the others are put into the record as they would lie there.
    """
    room.arrive([report])
    story = room.story(report.id)
    with room.services.record.begin() as tx:
        judged = tx.articles.get(report.id)
        assert judged is not None
        figures = tx.figures.of_article(report.id)
        verdicts = {one.figure: one for figure in figures for one in tx.figures.verdicts_of(figure.id)}
        for number in range(5000):
            name, seen = f"n{number:04}", START - (5000 - number) * timedelta(minutes=10)
            reading = judged.reading.model_copy(update={"outlet": f"Paper {number % 90}", "published": seen})
            article = judged.model_copy(
                update={"id": name, "story": f"story-{number // 100}", "first_seen": seen, "reading": reading}
            )
            if number % 3 == 2:
                article = examples.copy_of(f"n{number - 1:04}", name, "news").model_copy(
                    update={"story": article.story, "first_seen": seen, "reading": reading}
                )
            tx.articles.put(article)
            for figure in figures:
                own = f"{name}-{figure.id}"
                tx.figures.put(figure.model_copy(update={"id": own, "article": name, "outlet": reading.outlet}))
                tx.figures.put_verdict(verdicts[figure.id].model_copy(update={"figure": own}))
        for number in range(50):
            members = [f"n{n:04}" for n in range(100 * number, 100 * number + 100)]
            tx.stories.put(of_hundred(story, number, members))
    return story.development


def of_hundred(story: Story, number: int, members: list[str]) -> Story:
    first = START - (5000 - 100 * number) * timedelta(minutes=10)
    return story.model_copy(
        update={
            "id": f"story-{number}",
            "first_seen": first,
            "last_seen": first + 99 * timedelta(minutes=10),
            "articles": tuple(one for one in members if int(one[1:]) % 3 != 2),
            "copies": tuple(one for one in members if int(one[1:]) % 3 == 2),
        }
    )


def test_a_thread_of_five_thousand_articles_has_a_brief_in_bounded_time() -> None:
    with newsroom() as room:
        thread = of_five_thousand(room, FERRY)
        began = time.process_time()
        with room.services.record.read() as tx:
            development = development_of(tx, thread)
            assert development is not None
            brief = Briefs(tx).of_development(development)
            news = Briefs(tx).news(thread, START - timedelta(hours=5))
        assert time.process_time() - began < ENOUGH
    assert len(brief.articles) == 5001
    assert brief.figures
    assert news is not None
    # Reports of the last five hours, 10 minutes apart, one in three of them a copy, and the one that the judge took.
    assert len(news.latest) + news.more == 21
    assert max(len(figure.articles) for figure in brief.figures) <= 2 * READ
    assert {figure.value for figure in brief.figures} == {12, 40}
