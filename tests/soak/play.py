"""A watch over simulated weeks, and what it takes."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.errors import DeliveryError, TallywireError
from pipeline.runner import Round, Runner, Stop
from pipeline.settings import Settings
from pipeline.steps.deciding.enrol import enrol
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.services import Services, open_services
from pipeline.tell.delivery import Delivery, FileMailer
from schemas.alert import Mail
from schemas.topic import Topic
from tests.collect.web import Web, answer
from tests.hostile import feed, html_answer, page, serving
from tests.steps.conftest import MovableClock

START = datetime(2026, 3, 16, 6, tzinfo=UTC)
"""A Monday, so that the second week ends with the change to summer time in Europe."""
KEPT = timedelta(days=7)
_IN_FEED = 40
"""Items that a feed lists."""
OUTLETS = ("nordwire", "southpost", "echo")
_EVENTS = ("flood", "landslide", "storm", "wildfire")
_PLACES = ("Tarn", "Arn", "Bel", "Cor", "Dun", "Esk", "Fal", "Gar", "Hex", "Ilm", "Jes", "Kell", "Lund", "Mor", "Nes")
_WHO = ("the fire brigade", "the mayor", "a hospital", "the ministry", "the Red Cross", "police", "an engineer")
_WHAT = (
    "Roads into {place} stay closed until {who} has looked at the bridges, and buses end at the market.",
    "Schools in {place} were told by {who} to send the children home before the evening.",
    "{who} asked people in {place} to boil their water and to keep the phone lines free.",
    "Volunteers from {other} brought blankets and soup to a gym in {place}, {who} said.",
    "Power came back to half of {place} during the night, according to {who}.",
    "Trains between {place} and {other} will not run before the weekend, {who} announced.",
    "The insurer of {place} counts on weeks of work, while {who} spoke of a narrow escape.",
)
_SPARE_MEMORY = 60_000_000
"""Bytes by which a process may grow from the end of its second week on, beside what open articles take: caches of
libraries, and pieces of memory that the allocator keeps."""
_OPEN_ARTICLE = 20_000
"""Bytes that grouping takes for an open article: about 15 kB, says the setting, and some more."""


@dataclass(frozen=True)
class Week:
    """What had come in by the end of a week, and what the run took then; bytes, but for counts."""

    rounds: int
    articles: int
    troubles: int
    memory: int
    handles: int
    record: int
    index: int
    archive: int
    mails: int

    def __str__(self) -> str:
        sizes = {name: getattr(self, name) / 1e6 for name in ("memory", "record", "index", "archive", "mails")}
        told = ", ".join(f"{name} {size:.1f} MB" for name, size in sizes.items())
        return (
            f"{self.rounds} rounds, {self.articles} articles, {self.troubles} troubles: {told}, {self.handles} handles"
        )


def unbounded(weeks: Sequence[Week]) -> list[str]:
    """What grows that should not, in words.

    The record and the index keep everything: they may grow with the articles, and no faster. Archive, mails and
    digests are kept a week. The first week, in which everything is loaded and nothing expires, is not compared.
    """
    found = []
    if len(weeks) < 3:
        return found
    second, last = weeks[1], weeks[-1]
    articles = last.articles - second.articles
    if last.memory - second.memory > _SPARE_MEMORY + articles * _OPEN_ARTICLE:
        found.append(f"memory grew by {(last.memory - second.memory) / 1e6:.0f} MB in {len(weeks) - 2} weeks")
    if last.handles > second.handles + 8:
        found.append(f"open handles grew from {second.handles} to {last.handles}")
    for name in ("archive", "mails"):
        before, now = getattr(second, name), getattr(last, name)
        if now > 2 * before + 100_000:
            found.append(f"{name} grew from {before / 1e6:.1f} to {now / 1e6:.1f} MB, though only a week is kept")
    for name in ("record", "index"):
        each = getattr(second, name) / max(second.articles, 1)
        later = (getattr(last, name) - getattr(second, name)) / max(articles, 1)
        if later > 2 * each:
            found.append(f"{name} grew by {later / 1e3:.0f} kB an article, at first by {each / 1e3:.0f}")
    return found


@dataclass
class Event:
    """Something that happens in a place, and how many were led to safety so far."""

    kind: str
    place: str
    ends: datetime
    number: int = 20
    reports: int = 0


@dataclass
class World:
    """Three outlets that tell of events, each by a feed of its own."""

    web: Web
    chance: random.Random
    links: dict[str, list[str]] = field(default_factory=lambda: {outlet: [] for outlet in OUTLETS})
    pages: dict[str, bytes] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    dead: dict[str, datetime] = field(default_factory=dict)

    def goes_on(self, now: datetime, out: bool) -> None:
        """Let some time pass: reports, revisions and copies; ``out``: no site answers."""
        chance = self.chance
        self.events = [one for one in self.events if one.ends > now]
        if len(self.events) < 4:
            days = timedelta(days=chance.uniform(0.5, 4))
            self.events.append(Event(chance.choice(_EVENTS), chance.choice(_PLACES), now + days))
        for event in chance.sample(self.events, min(2, len(self.events))):
            event.number += chance.randint(0, 9)
            for outlet in chance.sample(OUTLETS, chance.randint(1, 2)):
                self._report(event, outlet, now)
        if self.pages and chance.random() < 0.3:
            self._revise(now)
        for outlet in OUTLETS:
            if outlet not in self.dead and chance.random() < 0.01:
                self.dead[outlet] = now + timedelta(days=chance.uniform(0.5, 3))
        self.dead = {outlet: until for outlet, until in self.dead.items() if until > now}
        self._serve(out)

    def _report(self, event: Event, outlet: str, now: datetime) -> None:
        event.reports += 1
        link = f"/{outlet}/{event.kind}-{event.place}-{now:%m%d%H%M}-{event.reports}"
        self.pages[link] = self._page(event, now)
        if self.chance.random() < 0.15:
            copy = self.chance.choice([one for one in OUTLETS if one != outlet])
            again = f"/{copy}{link}"
            self.pages[again] = self.pages[link]
            self.links[copy].append(again)
        self.links[outlet].append(link)

    def _page(self, event: Event, now: datetime) -> bytes:
        chance = self.chance
        told = [
            f"At least {event.number} people were evacuated after a {event.kind} in {event.place}, {_who(chance)} said."
        ]
        for sentence in chance.sample(_WHAT, 4):
            who = _who(chance)
            words = sentence.format(place=event.place, who=who, other=chance.choice(_PLACES))
            told.append(words[:1].upper() + words[1:])
        return html_answer(
            page(f"{event.kind.title()} in {event.place}: {event.number} evacuated", *told, published=now)
        )

    def _revise(self, now: datetime) -> None:
        link = self.chance.choice(list(self.pages)[-60:])
        self.pages[link] = self.pages[link].replace(b"At least", b"More than")

    def _serve(self, out: bool) -> None:
        for links in self.links.values():
            del links[:-_IN_FEED]
        for link in list(self.pages)[:-400]:
            del self.pages[link]
        feeds = {f"/{outlet}/feed": feed(links, "A report: {link}") for outlet, links in self.links.items()}
        gone = {f"/{outlet}/feed": answer(b"", "404 Not Found") for outlet in self.dead}
        away = answer(b"", "503 Service Unavailable")
        self.web.pages = dict.fromkeys([*self.pages, *feeds], away) if out else {**self.pages, **feeds, **gone}
        self.web.asked.clear()


def _who(chance: random.Random) -> str:
    return chance.choice(_WHO)


@dataclass
class Mailer:
    """Writes mails as files, unless the server is away."""

    folder: FileMailer
    away: bool = False

    def send(self, mail: Mail, *, date: datetime) -> Delivery:
        if self.away:
            raise DeliveryError("the mail server is away")
        return self.folder.send(mail, date=date)


def soak(
    home: Path, *, weeks: int, rounds: int, seed: int = 1, on_week: Callable[[Week], None] = lambda week: None
) -> list[Week]:
    """Watch for ``weeks`` with so many ``rounds`` in each; what was taken at the end of each week."""
    chance, clock, stop = random.Random(seed), MovableClock(START), Stop()
    found: list[Week] = []
    with serving({}) as web:
        settings = _settings(home, f"127.0.0.1:{web.port}")
        services = open_services(settings, clock=clock)
        enrol(services.record, [_topic(web)], logins_of(services))
        world, mailer = World(web, chance), Mailer(FileMailer(settings.mail_path))
        troubles: list[str] = []
        step, done = timedelta(days=7) / rounds, 0

        def before() -> None:
            nonlocal done
            # Out for half a day now and then; the clock of the machine is wrong for some rounds in the middle.
            world.goes_on(START + done * step, out=chance.random() < 0.05)
            mailer.away = chance.random() < 0.1
            wrong = timedelta(days=2) if done // 3 == rounds * weeks // 6 else timedelta(0)
            clock.now = START + done * step + wrong

        def after() -> None:
            nonlocal done
            done += 1
            if done % rounds == 0:
                found.append(_week(services, done, len(troubles)))
                on_week(found[-1])
            stop.wish() if done == weeks * rounds else before()

        def on_round(one: Round) -> None:
            troubles.extend(one.told.troubles)
            after()

        def on_trouble(error: TallywireError) -> None:
            troubles.append(str(error))
            after()

        before()
        with Runner(services, mailer=mailer, stop=stop) as runner:
            runner.watch(on_round=on_round, on_trouble=on_trouble)
        services.close()
    return found


def _settings(home: Path, web: str) -> Settings:
    return Settings(
        _env_file=None,
        home=home,
        database_url=None,
        elasticsearch_url=None,
        smtp_url=None,
        allowed_hosts=(web,),
        host_delay=0.0,
        workers=0,
        poll_every=timedelta(0),
        revisits_per_run=3,
        keep_archive=KEPT,
        keep_mails=KEPT,
        keep_digests=KEPT,
    )


def _topic(web: Web) -> Topic:
    return Topic.model_validate(
        {
            "name": "disasters",
            "match": {"any": [f"{event}*" for event in _EVENTS]},
            "feeds": [web.url(f"/{outlet}/feed") for outlet in OUTLETS],
            "recipients": ["desk@news.example", {"to": "night@news.example", "zone": "Asia/Tokyo"}],
            "zone": "Europe/Berlin",
            "digest": {"at": ["06:00", "18:00"]},
            "window": "3d",
            "alerts": {"bundle": "0s", "tells": "everything"},
        }
    )


def _week(services: Services, rounds: int, troubles: int) -> Week:
    with services.record.read() as tx:
        articles = tx.totals()["articles"]
    home = services.settings.home
    return Week(
        rounds=rounds,
        articles=articles,
        troubles=troubles,
        memory=int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
        handles=len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - they come and go while they are listed
        record=_size(home.glob("tallywire.db*")),
        index=_size(home.glob("index.db*")),
        archive=_size(home.rglob("archive/*/*")),
        mails=_size([*home.glob("mail/*"), *home.glob("digests/*")]),
    )


def _size(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())
