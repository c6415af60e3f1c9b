"""``tallywire threads``: what it lists and shows, and that what people decide holds while more articles come in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import load_settings
from pipeline.steps.services import open_services
from schemas.story import ThreadDecision
from tests.cli.conftest import Command

FIRST = (
    (
        "quake-1",
        "Nordwire",
        "2026-03-02T08:00:00Z",
        "Earthquake of magnitude 6.8 strikes Orsava",
        "A magnitude 6.8 earthquake struck the Orsava valley in northern Keldovia at dawn on Monday, bringing down "
        "apartment blocks in the town of Brankova. Governor Ilja Petrov said at least 40 people were dead. The "
        "Seismological Institute in Tervo put the centre ten kilometres beneath the Orsava valley.",
    ),
    (
        "quake-2",
        "Southpost",
        "2026-03-02T11:00:00Z",
        "Orsava earthquake flattens blocks in Brankova",
        "Apartment blocks fell in Brankova after an earthquake of magnitude 6.8 shook the Orsava valley of Keldovia. "
        "Governor Ilja Petrov asked for help and put the number of dead at 45. The Seismological Institute in Tervo "
        "warned of aftershocks in the valley.",
    ),
    (
        "cup-1",
        "Echo",
        "2026-03-03T14:00:00Z",
        "Handball cup goes to Eskholm",
        "The handball players of Eskholm beat the favourites from Wrenfield in the final. Their coach praised the "
        "goalkeeper, whose saves near the end kept the lead. The supporters met the team at the station.",
    ),
    (
        "rescue-1",
        "Nordwire",
        "2026-03-04T07:00:00Z",
        "Girl pulled alive from rubble in Brankova after two days",
        "Rescuers in Brankova pulled a girl of nine alive from the rubble of her school, two days after the earthquake "
        "in the Orsava valley of Keldovia. Firefighters dug through the night with their hands. Governor Ilja Petrov "
        "thanked the crews and said 212 people were known to be dead.",
    ),
    (
        "budget-1",
        "Southpost",
        "2026-03-04T16:00:00Z",
        "Parliament in Lunden passes budget after long night",
        "The parliament in Lunden passed the budget by five votes after a long night of talks. Finance minister Greta "
        "Holm promised lower taxes on fuel and more money for railways. The opposition called it a gift to landlords.",
    ),
    (
        "aid-1",
        "Echo",
        "2026-03-06T09:00:00Z",
        "Tents and field hospital reach Orsava valley",
        "Trucks with tents, blankets and a field hospital reached the Orsava valley of Keldovia on Friday. The Red "
        "Cross said 30,000 people had slept outdoors in Brankova since the earthquake. Governor Ilja Petrov said the "
        "airport at Tervo would take relief flights day and night.",
    ),
)
MORE = (
    (
        "aid-2",
        "Southpost",
        "2026-03-06T15:00:00Z",
        "Field hospital and tents arrive in Orsava valley",
        "A field hospital, tents and blankets arrived in the Orsava valley of Keldovia on Friday aboard trucks. 30,000 "
        "people had slept outdoors in Brankova since the earthquake, the Red Cross said. Relief flights would use the "
        "airport at Tervo day and night, said Governor Ilja Petrov.",
    ),
    (
        "aftershock-1",
        "Nordwire",
        "2026-03-07T06:00:00Z",
        "Aftershock cracks houses in Brankova",
        "An aftershock of magnitude 5.1 cracked houses in Brankova that the earthquake in the Orsava valley of "
        "Keldovia had left standing. Nobody was hurt. The Seismological Institute in Tervo said more would follow, and "
        "Governor Ilja Petrov told people to stay outdoors.",
    ),
    (
        "cup-2",
        "Nordwire",
        "2026-03-07T08:00:00Z",
        "Eskholm celebrates its handball players",
        "Thousands lined the streets of Eskholm to celebrate the handball players who won the cup final against "
        "Wrenfield. The goalkeeper, whose saves kept the lead near the end, waved from a bus with the coach.",
    ),
    (
        "budget-2",
        "Echo",
        "2026-03-07T09:00:00Z",
        "Landlords welcome Lunden budget",
        "Landlords welcomed the budget that the parliament in Lunden passed by five votes. Finance minister Greta Holm "
        "defended lower taxes on fuel and the money for railways against the opposition.",
    ),
)
LONG_AFTER = (
    (
        "lamp-1",
        "Echo",
        "2026-06-20T09:00:00Z",
        "Lighthouse at Kalvik gets new lamp",
        "The lighthouse at Kalvik has a new lamp after ninety years. The keeper, Jon Brask, lit it on Friday before "
        "the harbour choir. The old lamp goes to the museum of the town.",
    ),
)

Articles = tuple[tuple[str, str, str, str, str], ...]


def replay(tallywire: Command, home: Path, articles: Articles) -> None:
    lines = [
        {
            "id": id,
            "url": f"https://{outlet.lower()}.example/{id}",
            "title": title,
            "text": text,
            "published": published,
            "source": outlet,
            "language": "en",
        }
        for id, outlet, published, title, text in articles
    ]
    archive = home.parent / f"{articles[0][0]}.jsonl"
    archive.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = tallywire("replay", archive, "--home", home, "--workers", 0)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def home(tallywire: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an earthquake, a cup and a budget in it; tests only look."""
    folder = tmp_path_factory.mktemp("threads") / "home"
    replay(tallywire, folder, FIRST)
    return folder


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Path:
    """A copy of the home, to change."""
    return shutil.copytree(home, tmp_path / "home")


def listed(tallywire: Command, home: Path, *options: object) -> list[dict[str, Any]]:
    done = tallywire("threads", "list", "--json", "--home", home, *options)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_article(tallywire: Command, home: Path) -> dict[str, dict[str, Any]]:
    """Each article's story."""
    rows = map(json.loads, tallywire("export", "stories", "--home", home).stdout.splitlines())
    return {article: row for row in rows for article in row["articles"]}


def threads(tallywire: Command, home: Path, *articles: str) -> list[str]:
    """The threads of articles."""
    stories = by_article(tallywire, home)
    return [stories[article]["thread"] for article in articles]


def decisions(home: Path) -> list[ThreadDecision]:
    services = open_services(load_settings(home=home))
    try:
        with services.record.read() as tx:
            return tx.threads.decisions()
    finally:
        services.close()


def test_threads_are_listed_the_one_with_the_latest_news_first(tallywire: Command, home: Path) -> None:
    rows, stories = listed(tallywire, home), by_article(tallywire, home)
    quake = next(row for row in rows if row["id"] == stories["quake-1"]["thread"])
    last_seen = [row["last_seen"] for row in rows]
    assert last_seen == sorted(last_seen, reverse=True)
    assert len(rows) == 3
    assert quake["stories"] == [stories[article]["id"] for article in ("quake-1", "rescue-1", "aid-1")]
    assert (quake["reports"], quake["copies"], quake["topics"]) == (4, 0, ["replay"])
    assert quake["outlets"] == ["Nordwire", "Southpost", "Echo"]
    assert (quake["first_seen"], quake["last_seen"]) == ("2026-03-02T08:00:00Z", "2026-03-06T09:00:00Z")
    assert quake["headline"] == stories["quake-1"]["headline"]
    (line,) = [line for line in tallywire("threads", "list", "--home", home).stdout.splitlines() if quake["id"] in line]
    assert line.split()[1:8] == ["2026-03-02", "08:00", "UTC", "2026-03-06", "09:00", "UTC", "3"]
    assert line.rstrip().endswith(quake["headline"])


def test_a_thread_is_listed_whole_though_only_some_of_it_is_of_the_time_asked_for(
    tallywire: Command, home: Path
) -> None:
    (quake,) = listed(tallywire, home, "--until", "2026-03-03")
    assert len(quake["stories"]) == 3
    assert quake in listed(tallywire, home, "--since", "2026-03-05")
    assert listed(tallywire, home, "--since", "2026-03-07") == []
    assert listed(tallywire, home, "--topic", "gossip") == []
    assert len(listed(tallywire, home, "--topic", "replay", "--limit", 2)) == 2


def test_a_thread_is_shown_with_its_stories_oldest_first_and_why_each_is_there(tallywire: Command, home: Path) -> None:
    found = by_article(tallywire, home)
    quake, stories = found["quake-1"]["thread"], [found[article] for article in ("quake-1", "rescue-1", "aid-1")]
    shown = tallywire("threads", "show", quake, "--home", home).stdout
    assert shown.splitlines()[:3] == [
        stories[0]["headline"],
        "began 2026-03-02 08:00 UTC, last seen 2026-03-06 09:00 UTC",
        "3 stories, 4 reports, 0 of them copies, 3 outlets",
    ]
    places = [shown.index(story["id"]) for story in stories]
    assert places == sorted(places)
    assert "it began the thread: no open thread is similar" in shown[places[0] : places[1]]
    for part in ("1 report", "sure that it is part of the same development", "Brankova"):
        assert part in shown[places[1] :]
    row = json.loads(tallywire("threads", "show", quake, "--json", "--home", home).stdout)
    assert row["open"]
    assert [story["id"] for story in row["stories"]] == [story["id"] for story in stories]
    assert [story["join"]["opened"] for story in row["stories"]] == [True, False, False]


def test_a_thread_can_be_explained_and_a_story_says_why_it_is_part_of_it(tallywire: Command, home: Path) -> None:
    rescue = by_article(tallywire, home)["rescue-1"]
    explained = tallywire("explain", rescue["thread"], "--home", home).stdout
    assert explained.startswith(f"thread {rescue['thread']}\n")
    assert "3 stories, 4 reports, 0 of them copies, 3 outlets" in explained
    assert "first seen 2026-03-02 08:00 UTC" in explained
    assert f"2026-03-04 07:00 UTC {rescue['id']}: {rescue['headline']!r}, 1 report\n" in explained
    assert "sure that it is part of the same development" in explained
    story = tallywire("explain", rescue["id"], "--home", home).stdout
    assert f"  part of thread {rescue['thread']}: " in story
    assert "sure that it is part of the same development" in story
    assert f"  continues {rescue['previous']}\n" in story


def test_a_split_and_a_merge_hold_while_more_articles_come_in(tallywire: Command, own: Path) -> None:
    before = by_article(tallywire, own)
    quake, aid = before["quake-1"]["thread"], before["aid-1"]
    split = tallywire("threads", "split", quake, aid["id"], "--home", own)
    merged = tallywire(
        "threads", "merge", before["cup-1"]["thread"], before["budget-1"]["thread"], "--by", "Bo", "--home", own
    )
    assert [one.by for one in decisions(own)] == ["the command line", "Bo"]
    apart, rest, games = threads(tallywire, own, "aid-1", "quake-1", "cup-1")
    assert apart != quake == rest
    assert split.stdout.splitlines() == [
        f"{aid['id']}: {quake} → {apart}, {aid['headline']}",
        "saved; 1 story is in another thread now",
    ]
    assert "saved; 1 story is in another thread now" in merged.stdout
    replay(tallywire, own, MORE)
    assert threads(tallywire, own, "aid-1", "aid-2") == [apart] * 2
    assert threads(tallywire, own, "quake-1", "rescue-1", "aftershock-1") == [quake] * 3
    assert threads(tallywire, own, "cup-1", "budget-1", "cup-2", "budget-2") == [games] * 4
    assert "a person put them together" in tallywire("threads", "show", games, "--home", own).stdout
    assert "a person took it out of another thread" in tallywire("explain", apart, "--home", own).stdout


def test_what_was_split_can_be_merged_again(tallywire: Command, own: Path) -> None:
    before = by_article(tallywire, own)
    quake, taken = before["quake-1"]["thread"], [before[article]["id"] for article in ("rescue-1", "aid-1")]
    split = tallywire("threads", "split", quake, *taken, "--home", own)
    assert "saved; 2 stories are in another thread now" in split.stdout
    apart, same, rest = threads(tallywire, own, "rescue-1", "aid-1", "quake-1")
    assert apart == same != quake == rest
    assert tallywire("threads", "merge", apart, quake, "--home", own).returncode == 0
    assert len(set(threads(tallywire, own, "quake-1", "rescue-1", "aid-1"))) == 1


def test_what_can_not_be_decided_is_told_and_nothing_is_kept(tallywire: Command, home: Path) -> None:
    stories = by_article(tallywire, home)
    quake, cup, story = stories["quake-1"]["thread"], stories["cup-1"]["thread"], stories["cup-1"]["id"]
    for command, code, words in (
        (("show", "thread-none"), 1, "there is no thread 'thread-none'"),
        (("show", story), 1, f"it is a story, of thread {cup}"),
        (("merge", cup, "thread-none"), 1, "there is no thread 'thread-none'"),
        (("merge", cup, cup), 2, "a merge needs two threads or more"),
        (("split", "thread-none", story), 1, "there is no thread 'thread-none'"),
        (("split", quake, "story-none"), 1, "there is no story 'story-none'"),
        (("split", quake, story), 1, f"story '{story}' is not of thread '{quake}'"),
        (("split", cup, story), 1, f"nothing would be left of thread '{cup}'"),
    ):
        done = tallywire("threads", *command, "--home", home)
        assert (done.returncode, done.stdout) == (code, "")
        assert words in done.stderr
    assert decisions(home) == []


def test_a_closed_thread_is_shown_but_stays_as_it_is(tallywire: Command, own: Path) -> None:
    replay(tallywire, own, LONG_AFTER)
    stories = by_article(tallywire, own)
    quake, lamp, aid = stories["quake-1"]["thread"], stories["lamp-1"]["thread"], stories["aid-1"]["id"]
    for command in (("split", quake, aid), ("merge", lamp, quake)):
        done = tallywire("threads", *command, "--home", own)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"thread '{quake}' is closed" in done.stderr
    assert decisions(own) == []
    shown = tallywire("threads", "show", quake, "--home", own).stdout
    assert "3 stories" in shown
    assert "closed: new articles no longer join its stories" in shown
    assert "same development" not in shown
    row = json.loads(tallywire("threads", "show", quake, "--json", "--home", own).stdout)
    assert not row["open"]
    assert [story["join"] for story in row["stories"]] == [None] * 3
    assert f"  part of thread {quake}\n" in tallywire("explain", aid, "--home", own).stdout
    assert "closed: " in tallywire("explain", quake, "--home", own).stdout
