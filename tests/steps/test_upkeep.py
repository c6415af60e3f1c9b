"""The daily upkeep of a deployment: what goes, what is found, and that it harms nothing."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.collect.archive import read_warc
from pipeline.errors import RecordError, TallywireError
from pipeline.runner import Round, Runner, Stop
from pipeline.steps.services import Services, open_services
from pipeline.steps.upkeep import UpkeepReport, daily_upkeep, upkeep
from pipeline.tell.delivery import FileMailer
from schemas.feed import Health
from schemas.search import IndexKind, Query
from schemas.topic import Topic
from tests.steps.conftest import House, Site

FLOOD = (
    "The river Malva burst its banks on Sunday night and flooded the old town of Tarn, the mayor said.",
    "At least 40 people were evacuated from the hospital by boat, according to the fire brigade.",
)


@pytest.fixture
def keeping(house: House) -> House:
    """A house that keeps pages for two days, mails for three and digests for one."""
    kept = {"keep_archive": timedelta(days=2), "keep_mails": timedelta(days=3), "keep_digests": timedelta(days=1)}
    settings = house.services.settings.model_copy(update=kept)
    return House(replace(house.services, settings=settings), house.clock, house.post)


def floods(site: Site) -> Topic:
    return Topic.model_validate(
        {
            "name": "floods",
            "match": {"any": ["flood*"]},
            "feeds": [site.feed_url],
            "recipients": ["desk@newsroom.example"],
            "alerts": {"bundle": "0s"},
        }
    )


def lived_in(house: House, site: Site, days: int = 5) -> None:
    """A topic watched for some days, an article each, with mails written as files."""
    house.enrol(floods(site))
    mailer = FileMailer(house.services.settings.mail_path)
    for day in range(days):
        site.publish(f"flood-{day}", f"Malva floods Tarn, day {day}", *FLOOD, published=house.clock.now)
        with Runner(house.services, mailer=mailer) as runner:
            runner.round(every_feed=True)
        house.clock.forward(days=1)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_what_need_not_be_kept_goes_and_the_record_stays_whole(keeping: House, site: Site) -> None:
    lived_in(keeping, site)
    settings = keeping.services.settings
    with keeping.services.record.read() as tx:
        before = tx.totals()
    assert names(settings.archive_path) == ["20260302", "20260303", "20260304", "20260305", "20260306"]
    mails, digests = names(settings.mail_path), names(settings.digest_path)
    report = upkeep(keeping.services)
    assert names(settings.archive_path) == ["20260305", "20260306"]
    assert names(settings.mail_path) == [name for name in mails if name >= "20260304T12"]
    assert names(settings.digest_path) == [name for name in digests if name >= "floods-20260306T12"]
    assert report.removed["archive"].files == 6
    assert report.removed["mails"].files > 0
    assert report.removed["digests"].files > 0
    with keeping.services.record.read() as tx:
        assert tx.totals() == before
    assert keeping.services.index.search(Query(text="malva")).total == 5


def test_a_second_upkeep_removes_nothing_and_what_is_left_can_be_read(keeping: House, site: Site) -> None:
    lived_in(keeping, site)
    upkeep(keeping.services)
    assert sum(one.files for one in upkeep(keeping.services).removed.values()) == 0
    pages = [page.url for file in keeping.services.archive.files() for page in read_warc(file)]
    assert pages == [site.url("flood-3"), site.url("flood-4")]


def test_without_settings_all_is_kept_but_what_was_left_half_done(house: House, site: Site) -> None:
    lived_in(house, site, days=2)
    home = house.services.settings.home
    left = [home / "mail" / ".0f.part", home / "index.db.next", home / "index.db.next-wal"]
    for path in left:
        path.write_bytes(b"half")
        os.utime(path, (house.clock.now.timestamp() - 2 * 86400,) * 2)
    fresh = home / "mail" / ".0e.part"
    fresh.write_bytes(b"half")
    os.utime(fresh, (house.clock.now.timestamp(),) * 2)
    kept = [names(home / name) for name in ("archive", "mail", "digests")]
    report = upkeep(house.services)
    assert [names(home / name) for name in ("archive", "mail", "digests")] == kept
    assert report.removed.keys() == {"leftovers"}
    assert report.removed["leftovers"].files == 3
    assert not any(path.exists() for path in left)
    assert fresh.exists()


def test_a_sound_deployment_gives_no_advice(house: House, site: Site) -> None:
    lived_in(house, site, days=1)
    report = upkeep(house.services)
    assert {finding.level for finding in report.findings} == {"ok"}
    assert report.feeds == {Health.OK: 1, Health.FAILING: 0, Health.SILENT: 0, Health.GONE: 0}
    assert report.ill == ()
    (check,) = report.index
    assert (check.kind, check.wanted, check.held, check.behind) == (IndexKind.ARTICLES, 1, 1, False)


def test_ill_feeds_are_named_with_what_to_do(house: House, site: Site) -> None:
    lived_in(house, site, days=1)
    site.feed_status = 410
    house.round()
    report = upkeep(house.services)
    assert report.feeds[Health.GONE] == 1
    assert [news.url for news in report.ill] == [site.feed_url]
    (finding,) = [one for one in report.findings if one.level == "warning"]
    assert site.feed_url in finding.what
    assert "feeds check" in finding.advice


def test_an_index_that_is_behind_lacks_or_has_too_much_is_told_apart(house: House, site: Site) -> None:
    lived_in(house, site, days=1)
    path = house.services.settings.index_path
    elsewhere = path.with_name("elsewhere.db")
    house.services.index.close()
    path.rename(elsewhere)
    (finding,) = [one for one in upkeep(house.services).findings if one.level == "warning"]
    assert "the index is behind: it has 0 of 1 articles" in finding.what


def test_an_index_that_can_not_be_used_is_a_finding(house: House, site: Site) -> None:
    lived_in(house, site, days=1)
    house.services.index.close()
    for path in house.services.settings.home.glob("index.db*"):
        path.unlink()
    house.services.settings.index_path.write_bytes(b"no database at all" * 100)
    report = upkeep(house.services)
    (problem,) = report.problems
    assert "index" in problem.what
    assert problem.advice
    assert report.index == ()
    assert report.feeds[Health.OK] == 1


def test_a_file_that_can_not_be_removed_is_a_finding_and_the_rest_is_done(keeping: House, site: Site) -> None:
    lived_in(keeping, site)
    first = sorted(keeping.services.settings.mail_path.glob("*.eml"))[0]
    first.unlink()
    first.mkdir()
    report = upkeep(keeping.services)
    (problem,) = report.problems
    assert first.name in problem.what
    assert report.removed["archive"].files == 6
    assert report.removed["digests"].files > 0


def test_it_is_done_once_a_day_whoever_asks(house: House) -> None:
    assert daily_upkeep(house.services) is not None
    house.clock.forward(hours=23)
    assert daily_upkeep(house.services) is None
    restarted: Services = open_services(house.services.settings, clock=house.clock)
    assert daily_upkeep(restarted) is None
    house.clock.forward(hours=1)
    assert daily_upkeep(restarted) is not None
    assert daily_upkeep(house.services) is None
    restarted.close()


def test_a_clock_that_was_set_back_does_not_put_it_off_for_ever(house: House) -> None:
    assert daily_upkeep(house.services) is not None
    house.clock.now -= timedelta(days=400)
    assert daily_upkeep(house.services) is not None


def watched(runner: Runner, stop: Stop, rounds: int) -> tuple[list[UpkeepReport], list[TallywireError]]:
    """What was kept up, and what broke off, while ``runner`` watched for so many rounds."""
    reports: list[UpkeepReport] = []
    troubles: list[TallywireError] = []
    left = iter(range(rounds - 1))

    def count(_: object) -> None:
        if next(left, None) is None:
            stop.wish()

    def broke_off(error: TallywireError) -> None:
        troubles.append(error)
        count(error)

    with runner:
        runner.watch(on_round=count, on_upkeep=reports.append, on_trouble=broke_off)
    return reports, troubles


@pytest.fixture
def hurried(house: House, site: Site) -> Services:
    """Services whose rounds follow each other at once."""
    house.enrol(floods(site))
    settings = house.services.settings.model_copy(update={"poll_every": timedelta(0)})
    return replace(house.services, settings=settings)


def test_watching_does_it_by_itself(house: House, hurried: Services) -> None:
    stop = Stop()
    reports, troubles = watched(Runner(hurried, mailer=house.post, stop=stop), stop, 3)
    assert len(reports) == 1
    assert troubles == []


def test_a_round_that_broke_off_does_not_keep_it_from_making_room(house: House, hurried: Services) -> None:
    class Full(Runner):
        def round(self, **_: object) -> Round:
            raise RecordError("no space is left for the record")

    stop = Stop()
    reports, troubles = watched(Full(hurried, mailer=house.post, stop=stop), stop, 3)
    assert len(reports) == 1
    assert len(troubles) == 3
