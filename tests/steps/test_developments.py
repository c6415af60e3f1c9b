"""Which developments are told at once, which are left to the digest, and what goes on with them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.runner import Runner
from pipeline.steps.judge import Judge
from schemas.alert import Alert, AlertKind, AlertState
from schemas.feed import Outcome
from schemas.story import DecisionKind, Story, ThreadDecision
from schemas.topic import Topic
from tests.steps.conftest import START, House, Site

QUAKE = (
    "Earthquake levels old town of Castel Orsino",
    "An earthquake struck the Marenza valley before dawn and brought down much of the old town of Castel Orsino.",
    "The civil protection agency said that dozens were missing under the rubble of two apartment blocks.",
    "Survivors wrapped in blankets waited on the football ground of Castel Orsino, while soldiers cleared the road to "
    "the valley.",
)
RESCUE = (
    "Girl found alive in rubble of Castel Orsino",
    "Rescuers pulled a girl alive from the rubble of an apartment block in Castel Orsino, days after the earthquake in "
    "the Marenza valley.",
    "Firefighters had heard her knock on a pipe. The civil protection agency said that the search for the missing goes "
    "on under the apartment blocks.",
)
RESCUE_IN_OTHER_WORDS = (
    "Knocking on a pipe saves girl buried in Castel Orsino",
    "A girl who knocked on a pipe was lifted alive from what is left of an apartment block in Castel Orsino.",
    "Her mother had waited beside the rubble since the earthquake. Firefighters in the Marenza valley cheered, and "
    "then went on with the search for the missing.",
)
AID = (
    "Government pledges aid for quake-hit Marenza valley",
    "The government set money aside for the towns of the Marenza valley that the earthquake destroyed.",
    "Families from Castel Orsino will move from tents to wooden houses before the winter, the head of the civil "
    "protection agency promised. The mayor of Castel Orsino called the sum a beginning.",
)
TRIAL = (
    "Banker Lund goes on trial over hidden Sundbank losses",
    "The trial of the banker Henrik Lund opened in Norrhaven. Prosecutors accuse him of having hidden losses from the "
    "shareholders of Sundbank for years.",
    "Lund, who was arrested at the airport in May, told the judges that his auditors knew of every loan.",
)
TRIAL_IN_OTHER_WORDS = (
    "Sundbank shareholders hear Lund deny fraud",
    "Henrik Lund, once the head of Sundbank, denied in a Norrhaven court room that he had hidden the losses of the "
    "bank.",
    "His auditors had known of every loan, the banker told the judges at the opening of his trial. Shareholders in the "
    "gallery shouted at him; prosecutors asked for the books to be read aloud.",
)
WITNESS = (
    "Norrhaven judges hear how Sundbank hid its losses",
    "The Sundbank trial in Norrhaven heard an auditor who said that the banker Henrik Lund knew of the hidden losses.",
    "Lund shook his head in the dock. Prosecutors read letters in which the banker asked that shareholders of Sundbank "
    "be told nothing of the loans.",
)
VERDICT = (
    "Prison for Lund over Sundbank losses",
    "Judges in Norrhaven sentenced the banker Henrik Lund to prison for hiding losses of Sundbank from its "
    "shareholders.",
    "His lawyers said that Lund would appeal. Shareholders who lost their savings applauded in the court room.",
)
OTHERS = {
    "libraries": (
        "Dunmore raises parking charges to save libraries",
        "The council of Dunmore voted to raise parking charges from April.",
        "Finance chair Ola Brandt called the rise painful but needed to keep libraries open through the winter.",
    ),
    "painting": (
        "Thieves take Woman with Heron from Ostrova museum",
        "Masked thieves cut the painting Woman with Heron from its frame in the museum of Ostrova at night.",
        "The guard who chased them through the park lost sight of their van at the bridge, the director said.",
    ),
    "whale": (
        "Stranded whale swims free at Lerwick",
        "A young humpback whale that had lain on a sandbank off Lerwick swam free with the tide.",
        "Volunteers had kept its skin wet with towels all morning, a marine biologist said.",
    ),
}


def topic(*sites: Site, **fields: object) -> Topic:
    """A topic that takes all there is, and whose stories further apart than a day are never one."""
    given = {"name": "news", "feeds": [site.feed_url for site in sites], "recipients": ["desk@newsroom.example"]}
    return Topic.model_validate(given | {"window": "1d", "alerts": {"bundle": "0s", "figures": []}} | fields)


def publish(site: Site, slug: str, report: tuple[str, ...], days: float = 0) -> None:
    site.publish(slug, *report, published=START + timedelta(days=days))


def story(house: House, url: str) -> Story:
    """The story of an article, as the record has it."""
    with house.services.record.read() as tx:
        article = tx.articles.by_url(url)
        found = tx.stories.get(article.story) if article and article.story else None
    assert found is not None
    return found


def alerts(house: House, name: str = "news") -> dict[str, Alert]:
    """The alerts that tell of a development, by the headline of the story that they name."""
    with house.services.record.read() as tx:
        return {
            alert.story_news.headline: alert
            for alert in tx.alerts.find(name)
            if alert.kind is AlertKind.NEW_STORY and alert.story_news
        }


def at_once(house: House, name: str = "news") -> set[str]:
    """The headlines of developments that were mailed, or wait to be."""
    told = (AlertState.WAITING, AlertState.SENT)
    return {headline for headline, alert in alerts(house, name).items() if alert.state in told}


def in_digest(house: House) -> set[str]:
    return {headline for headline, alert in alerts(house).items() if alert.state is AlertState.DIGEST}


@pytest.mark.parametrize("anew", [False, True])
def test_a_development_is_told_when_it_begins_and_not_when_it_goes_on(house: House, site: Site, anew: bool) -> None:
    publish(site, "quake", QUAKE)
    publish(site, "trial", TRIAL)
    house.enrol(topic(site))
    with Runner(house.services, mailer=house.post) as runner:
        done = runner.round(every_feed=True)
        assert done.judged.alerts[AlertKind.NEW_STORY] == 2
        assert at_once(house) == {QUAKE[0], TRIAL[0]}
        house.clock.forward(days=3)
        publish(site, "rescue", RESCUE, days=3)
        done = house.round() if anew else runner.round(every_feed=True)
    assert done.judged.ended[Outcome.INDEXED] == 1
    assert done.judged.alerts[AlertKind.NEW_STORY] == 0
    assert at_once(house) == {QUAKE[0], TRIAL[0]}
    quake, rescue = story(house, site.url("quake")), story(house, site.url("rescue"))
    assert rescue.id != quake.id
    assert rescue.thread == quake.thread != story(house, site.url("trial")).thread
    assert rescue.previous == quake.id


def test_a_story_that_grows_is_no_new_development(house: House, site: Site, other_site: Site) -> None:
    publish(site, "trial", TRIAL)
    house.enrol(topic(site, other_site))
    house.round()
    house.clock.forward(hours=5)
    publish(other_site, "trial", TRIAL_IN_OTHER_WORDS)
    done = house.round()
    assert len(story(house, site.url("trial")).articles) == 2
    assert done.judged.alerts[AlertKind.NEW_STORY] == 0


def _begin_many(house: House, site: Site, *more: Site) -> None:
    """Three developments, told at once, and on the next day a fourth and a fifth, reported by one outlet alone."""
    publish(site, "quake", QUAKE)
    for slug in ("libraries", "painting"):
        publish(site, slug, OTHERS[slug])
    house.enrol(topic(site, *more))
    house.round()
    assert at_once(house) == {QUAKE[0], OTHERS["libraries"][0], OTHERS["painting"][0]}
    house.clock.forward(days=1)
    publish(site, "whale", OTHERS["whale"], days=1)
    publish(site, "trial", TRIAL, days=1)
    house.round()


def test_where_developments_begin_often_what_one_outlet_reports_is_left_to_the_digest(house: House, site: Site) -> None:
    _begin_many(house, site)
    assert len(at_once(house)) == 3
    assert in_digest(house) == {TRIAL[0], OTHERS["whale"][0]}
    assert not any(alert.held_back for alert in alerts(house).values())
    assert not any(TRIAL[0] in mail.text for mail in house.post.mails)


def test_it_is_told_once_a_second_outlet_reports_it(house: House, site: Site, other_site: Site) -> None:
    _begin_many(house, site, other_site)
    house.clock.forward(hours=8)
    publish(other_site, "trial", TRIAL_IN_OTHER_WORDS, days=1.2)
    done = house.round()
    trial = story(house, site.url("trial"))
    assert story(house, other_site.url("trial")).thread == trial.thread
    assert done.judged.alerts[AlertKind.NEW_STORY] == 1
    (told,) = (alert for alert in alerts(house).values() if alert.story == trial.id)
    assert told.state is AlertState.SENT
    assert told.story_news is not None
    assert set(told.story_news.outlets) == {"nordwire", "southpost"}
    assert in_digest(house) == {OTHERS["whale"][0]}
    house.clock.forward(days=3)
    publish(other_site, "later", VERDICT, days=4.2)
    assert house.round().judged.alerts[AlertKind.NEW_STORY] == 0
    assert story(house, other_site.url("later")).thread == trial.thread


def test_the_second_outlet_may_report_the_next_event_of_the_development(
    house: House, site: Site, other_site: Site
) -> None:
    publish(site, "trial", TRIAL)
    for slug, report in OTHERS.items():
        publish(site, slug, report)
    house.enrol(topic(site, other_site))
    house.round()
    assert len(in_digest(house)) == 4
    house.clock.forward(days=2)
    publish(other_site, "later", TRIAL_IN_OTHER_WORDS, days=2)
    house.round()
    assert story(house, other_site.url("later")).id != story(house, site.url("trial")).id
    assert len(in_digest(house)) == 3
    assert at_once(house) in ({TRIAL[0]}, {TRIAL_IN_OTHER_WORDS[0]})


def test_a_copy_is_no_second_outlet(house: House, site: Site, other_site: Site) -> None:
    _begin_many(house, site, other_site)
    house.clock.forward(hours=2)
    publish(other_site, "trial", TRIAL, days=1.1)
    assert house.round().judged.ended == {Outcome.COPY: 1}
    assert in_digest(house) == {TRIAL[0], OTHERS["whale"][0]}


def test_what_two_outlets_report_as_it_begins_is_told_at_once(house: House, site: Site, other_site: Site) -> None:
    publish(site, "trial", TRIAL)
    publish(other_site, "trial", TRIAL_IN_OTHER_WORDS)
    publish(site, "quake", QUAKE)
    for slug, report in OTHERS.items():
        publish(site, slug, report)
    house.enrol(topic(site, other_site))
    house.round()
    assert len(at_once(house)) == 1
    assert at_once(house) <= {TRIAL[0], TRIAL_IN_OTHER_WORDS[0]}
    assert in_digest(house) == {QUAKE[0], *(report[0] for report in OTHERS.values())}


def test_a_desk_that_wants_no_stories_is_told_of_none(house: House, site: Site, other_site: Site) -> None:
    publish(site, "trial", TRIAL)
    house.enrol(topic(site, other_site, alerts={"bundle": "0s", "stories": False}))
    house.round()
    house.clock.forward(hours=2)
    publish(other_site, "trial", TRIAL_IN_OTHER_WORDS)
    house.round()
    assert alerts(house) == {}


def test_a_thread_without_a_report_for_sixty_days_is_closed(house: House, site: Site) -> None:
    publish(site, "quake", QUAKE)
    house.enrol(topic(site))
    house.round()
    house.clock.forward(days=59)
    publish(site, "painting", OTHERS["painting"], days=59)
    house.round()
    publish(site, "rescue", RESCUE, days=59)
    house.round()
    quake = story(house, site.url("quake"))
    assert story(house, site.url("rescue")).thread == quake.thread
    house.clock.forward(days=61)
    publish(site, "whale", OTHERS["whale"], days=120)
    house.round()
    house.clock.forward(days=1)
    publish(site, "aid", AID, days=121)
    done = house.round()
    assert story(house, site.url("aid")).thread != quake.thread
    assert done.judged.alerts[AlertKind.NEW_STORY] == 1
    with house.services.record.read() as tx:
        assert quake.id in {one.id for one in tx.stories.of_thread(quake.thread or "")}
        remembered = {row.id for row in tx.threads.remembered()}
    assert remembered == {story(house, site.url(slug)).id for slug in ("whale", "aid")}


def _remembered_as_recorded(house: House) -> None:
    with house.services.record.read() as tx:
        rows, stories = tx.threads.remembered(), {found.id: found for found in tx.stories.find()}
    assert {row.id: row.join.thread for row in rows} == {found.id: found.thread for found in stories.values()}
    assert all(row.articles == stories[row.id].articles for row in rows)
    assert all(row.join.reason for row in rows)


def test_what_is_remembered_of_threads_is_what_the_record_says_of_stories(house: House, site: Site) -> None:
    _begin_many(house, site)
    house.clock.forward(days=2)
    publish(site, "rescue", RESCUE, days=3)
    house.round()
    _remembered_as_recorded(house)
    with house.services.record.read() as tx:
        assert tx.threads.remembered()[-1].id == story(house, site.url("rescue")).id


def test_a_thread_that_joins_another_takes_its_stories_along(house: House, site: Site, other_site: Site) -> None:
    publish(site, "trial", TRIAL)
    house.enrol(topic(site, other_site))
    house.round()
    house.clock.forward(days=3)
    publish(site, "witness", WITNESS, days=3)
    publish(other_site, "witness", TRIAL_IN_OTHER_WORDS, days=3)
    house.round()
    trial, fuller = story(house, site.url("trial")), story(house, site.url("witness"))
    assert (len(trial.articles), len(fuller.articles)) == (1, 2)
    assert trial.thread == fuller.thread
    _remembered_as_recorded(house)


def _decided(kind: DecisionKind, *stories: Story, others: tuple[Story, ...] = ()) -> ThreadDecision:
    return ThreadDecision(
        kind=kind,
        articles=tuple(article for one in stories for article in one.articles),
        others=tuple(article for one in others for article in one.articles),
        decided=START,
    )


def test_what_people_split_stays_split_over_later_rounds(house: House, site: Site, other_site: Site) -> None:
    publish(site, "quake", QUAKE)
    house.enrol(topic(site, other_site))
    house.round()
    house.clock.forward(days=3)
    publish(site, "rescue", RESCUE, days=3)
    house.round()
    quake, rescue = story(house, site.url("quake")), story(house, site.url("rescue"))
    assert quake.thread == rescue.thread
    moved = Judge(house.services).decide_threads(_decided(DecisionKind.SPLIT, rescue, others=(quake,)))
    assert moved == (rescue.id,)
    apart = story(house, site.url("rescue"))
    assert apart.thread != quake.thread
    assert apart.previous is None
    house.clock.forward(hours=6)
    publish(other_site, "rescue", RESCUE_IN_OTHER_WORDS, days=3.2)
    house.round()
    assert len(story(house, site.url("rescue")).articles) == 2
    house.clock.forward(days=2)
    publish(site, "aid", AID, days=5)
    house.round()
    assert story(house, site.url("quake")).thread == quake.thread
    assert story(house, site.url("rescue")).thread == apart.thread


def test_what_people_put_together_stays_together_and_is_not_told_again(
    house: House, site: Site, other_site: Site
) -> None:
    publish(site, "quake", QUAKE)
    publish(site, "trial", TRIAL)
    house.enrol(topic(site, other_site))
    house.round()
    quake, trial = story(house, site.url("quake")), story(house, site.url("trial"))
    Judge(house.services).decide_threads(_decided(DecisionKind.MERGE, quake, trial))
    assert story(house, site.url("quake")).thread == story(house, site.url("trial")).thread
    house.clock.forward(hours=6)
    publish(other_site, "trial", TRIAL_IN_OTHER_WORDS, days=0.2)
    done = house.round()
    assert len(story(house, site.url("trial")).articles) == 2
    assert story(house, site.url("quake")).thread == story(house, site.url("trial")).thread
    assert done.judged.alerts[AlertKind.NEW_STORY] == 0
