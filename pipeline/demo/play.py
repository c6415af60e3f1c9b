"""The rounds of the demonstration, played through the real steps and told as they happen."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.demo.newsroom import Stage, read_newsroom, serving, topic_text
from pipeline.errors import RecordError
from pipeline.runner import Round, Runner, Watcher
from pipeline.settings import Settings
from pipeline.steps.deciding.enrol import enrol
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.services import Clock, Services, open_services, system_clock
from pipeline.steps.showing.digest import digest_data
from pipeline.steps.transport import sender_of
from pipeline.tell.delivery import FileMailer
from pipeline.tell.digest import digest_page
from pipeline.tell.views import headline
from pipeline.tell.words import count
from pipeline.topics import parse_topic
from schemas.alert import AlertState, FigureNews
from schemas.feed import Entry, Origin, Outcome
from schemas.figure import Tell
from schemas.topic import Topic

_MARKER = "made-by-tallywire-demo"
_WORDS = "`tallywire demo` made this folder and may delete it.\n"


@dataclass
class DemoClock:
    """The demonstration's time, which jumps from round to round."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Told:
    """Where the demonstration's words go: lines, and a bar for the articles of a round."""

    line: Callable[[str], None]
    bar: Callable[[str], AbstractContextManager[Callable[[int], None]]] = field(
        default=lambda label: nullcontext(lambda count: None)
    )


@dataclass
class Played:
    """What the demonstration left behind."""

    home: Path
    digest: Path
    mails: tuple[Path, ...]
    rounds: tuple[Round, ...]


def play(home: Path, told: Told, *, clock: Clock = system_clock) -> Played:
    """Play the newsroom into ``home``, which ends up as the home of an ordinary run.

    Raises RecordError where ``home`` holds something that an earlier demonstration has not made.
    """
    _clear(home)
    newsroom = read_newsroom()
    # The last round is polled now, so that nothing lies in the future.
    length = timedelta(hours=newsroom.rounds[-1].hours)
    stage = Stage(newsroom, began=clock().replace(second=0, microsecond=0) - length)
    time = DemoClock(stage.began)
    rounds: list[Round] = []
    with serving(stage) as address:
        settings = demo_settings(home, address.removeprefix("http://"))
        topic = parse_topic(topic_text([f"{address}/{name}/feed" for name in newsroom.outlets]), where="topic.yaml")
        services = open_services(settings, clock=time)
        mailer = FileMailer(settings.mail_path)
        try:
            enrol(services.record, [topic], logins_of(services))
            with Runner(services, mailer=mailer) as runner:
                for number, planned in enumerate(newsroom.rounds, 1):
                    stage.round, time.now = number, stage.time_of(number)
                    rounds.append(_play_round(runner, services, topic, stage, planned.title, told))
            digest = _write_digest(services, topic, stage.began, time.now)
        finally:
            services.close()
    stamp = {"began": stage.began.isoformat(), "port": urlsplit(address).port}
    (home / _MARKER).write_text(_WORDS + json.dumps(stamp) + "\n", encoding="utf-8")
    (home / "topic.yaml").write_text(topic_text([]).replace("feeds:\n", ""), encoding="utf-8")
    return Played(home, digest, tuple(sorted(settings.mail_path.glob("*.eml"))), tuple(rounds))


def play_another(home: Path, told: Told, *, clock: Clock = system_clock) -> Round:
    """Play the round after the last into a ``home`` that `play` made; what people decided there since takes effect.

    Raises RecordError where there is no such home, or another program uses the port of its newsroom.
    """
    newsroom, now = read_newsroom(), clock()
    began, port = _stamp(home)
    stage = Stage(newsroom, began=began, another=now, round=len(newsroom.rounds) + 1)
    try:
        with serving(stage, port) as address:
            services = open_services(demo_settings(home, address.removeprefix("http://")), clock=lambda: now)
            try:
                with services.record.read() as tx:
                    (topic,) = tx.topics.all()
                with Runner(services, mailer=FileMailer(services.settings.mail_path)) as runner:
                    return _play_round(runner, services, topic, stage, newsroom.another, told)
            finally:
                services.close()
    except OSError as error:
        raise RecordError(
            "the demo's newsroom can't be served again",
            where=f"127.0.0.1 port {port}",
            why=error.strerror or str(error),
            hint="stop the program that uses the port, or start over with `tallywire demo`",
        ) from error


def _stamp(home: Path) -> tuple[datetime, int]:
    """When the play in ``home`` began, and the port its newsroom was served on."""
    try:
        stamp = json.loads((home / _MARKER).read_text(encoding="utf-8").removeprefix(_WORDS))
        return datetime.fromisoformat(stamp["began"]), int(stamp["port"])
    except (OSError, ValueError, KeyError) as error:
        raise RecordError(
            "there is no demo in this folder that could go on", where=str(home), hint="run `tallywire demo` first"
        ) from error


def _play_round(runner: Runner, services: Services, topic: Topic, stage: Stage, title: str, told: Told) -> Round:
    now = stage.time_of(stage.round)
    told.line("")
    told.line(f"Round {stage.round} · {now.astimezone(topic.tzinfo):%a %d %b %H:%M} {topic.zone} · {title}")
    with told.bar("reading") as advance:
        done = runner.round(every_feed=True, watcher=Watcher(read=lambda entry: advance(1)))
    _tell_round(services, topic, done, now, told)
    return done


def demo_settings(home: Path, host: str) -> Settings:
    """Settings that keep the demonstration on this machine, whatever the environment says of mail and databases."""
    return Settings(
        _env_file=None,
        home=home,
        database_url=None,
        smtp_url=None,
        mail_from="Tallywire demonstration <tallywire@newsroom.example>",
        public_url=None,
        unsubscribe_url=None,
        user_agent_contact="https://newsroom.example/bot",
        allowed_hosts=(host,),
        host_delay=0.0,
        workers=1,
    )


def _clear(home: Path) -> None:
    if home.exists() and any(home.iterdir()):
        if not (home / _MARKER).exists():
            raise RecordError(
                "the folder holds files that no demo created",
                where=str(home),
                hint="choose an empty or new folder with --out",
            )
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / _MARKER).write_text(_WORDS, encoding="utf-8")


def _tell_round(services: Services, topic: Topic, done: Round, now: datetime, told: Told) -> None:
    polled = done.polled
    words = [count(polled.new, "new entry", "new entries"), f"{polled.unchanged} with nothing new"]
    if polled.failed:
        words.append(f"{len(polled.failed)} failed")
    told.line(f"  polled {polled.polled} feeds: {', '.join(words)}")
    for _, why in polled.failed:
        told.line(f"    {why.splitlines()[0]}")
    with services.record.read() as tx:
        for entry in tx.entries.find():
            # A known page that was asked for again and is as it was tells nothing.
            same = entry.origin is Origin.REVISIT and entry.outcome is Outcome.KNOWN
            if entry.ended == now and not same:
                told.line(f"  {_entry_words(entry)}")
        if done.judged.stories_opened:
            for story in reversed(tx.stories.find(topic=topic.name, since=now)):
                if story.first_seen == now:
                    reports = count(len(story.articles), "report")
                    told.line(f"  story: “{story.headline}” ({reports}: {', '.join(story.outlets)})")
        found = [alert.figure for alert in tx.alerts.find(topic=topic.name, since=now) if alert.figure]
        for news in sorted(found, key=lambda news: (news.tell is not Tell.NOW, -news.worth)):
            told.line(f"  figure: {_figure_words(news)}")
        for alert in tx.alerts.find(topic=topic.name, since=now):
            if alert.state is AlertState.SILENCED:
                told.line(f"  not mailed: {headline(alert.figure) if alert.figure else alert.kind}; {alert.reason}")
    for subject in done.told.mails:
        told.line(f"  mail: {subject}")
    for path in done.told.digests:
        told.line(f"  digest kept as {Path(path).relative_to(services.settings.home)}")


def _entry_words(entry: Entry) -> str:
    title = entry.announcement.title or entry.announcement.url
    assert entry.outcome is not None
    outcome = entry.outcome.replace("_", " ")
    plain = entry.outcome is Outcome.INDEXED and not entry.reason.startswith("revision")
    return f"{outcome}: “{title}”" + ("" if plain else f" ({entry.reason.splitlines()[0]})")


def _figure_words(news: FigureNews) -> str:
    way = "" if news.tell is Tell.NOW else ", for the digest"
    return f"{news.verdict}{way}: {headline(news)} — {news.statement.article.outlet}"


def _write_digest(services: Services, topic: Topic, start: datetime, end: datetime) -> Path:
    with services.record.read() as tx:
        data = digest_data(tx, topic, start, end + timedelta(minutes=1))
    path = services.settings.home / "digest.html"
    path.write_text(digest_page(topic, data, sender=sender_of(services.settings)), encoding="utf-8")
    return path
