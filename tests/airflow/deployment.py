"""A deployment with everything real: feeds to watch, mails that arrive, an index to search, and Airflow in between."""

from __future__ import annotations

import email
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import yaml
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_httpserver import HTTPServer
from sqlalchemy import URL, make_url

from pipeline.errors import SearchIndexError
from pipeline.settings import Settings, load_settings
from pipeline.steps.services import Services, open_services
from schemas.alert import AlertState
from schemas.feed import Outcome
from schemas.search import Query
from tests.airflow.stack import Airflow, free_ports, wait_for
from tests.door import Door
from tests.elastic.sharing import Running
from tests.postgres import fresh_database
from tests.steps.conftest import Site


@dataclass
class PostOffice:
    """A mail server at one address, which can be closed and opened; and when each mail came in."""

    port: int = field(default_factory=lambda: free_ports(1)[0])
    mails: list[tuple[datetime, EmailMessage]] = field(default_factory=list)
    recipients: list[tuple[str, ...]] = field(default_factory=list)
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail = email.message_from_bytes(cast(bytes, envelope.content), policy=email.policy.default)
        self.recipients.append(tuple(envelope.rcpt_tos))
        self.mails.append((datetime.now(UTC), cast(EmailMessage, mail)))
        return "250 taken"

    def open(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def to(self, recipient: str) -> list[EmailMessage]:
        """The mails that came for ``recipient``."""
        return [mail for (_, mail), (one, *_) in zip(self.mails, self.recipients, strict=True) if one == recipient]

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for _, mail in self.mails]

    def texts(self) -> list[str]:
        """The texts of the mails, without the marks of numbers in quoted sentences."""
        return [mail.get_body(("plain",)).get_content().replace("*", "") for _, mail in self.mails]  # type: ignore[union-attr]


@dataclass
class Deployment:
    """What a test plays with."""

    airflow: Airflow
    sites: list[Site]
    post: PostOffice
    search: Door
    settings: Settings
    published: int = 0

    @property
    def site(self) -> Site:
        """The first of the sites."""
        return self.sites[0]

    def publish(self, count: int = 1, *, site: Site | None = None) -> list[str]:
        """Publish so many reports, each of an event and a figure of its own; gives their titles."""
        site = site or self.site
        titles = []
        for _ in range(count):
            self.published += 1
            slug, title, paragraphs = report(self.published)
            site.publish(slug, title, *paragraphs, published=datetime.now(UTC))
            titles.append(title)
        return titles

    def wait_until_all_ended(self, *, seconds: float = 300.0) -> None:
        """Wait until every report that was published has its outcome."""
        self.wait_for(lambda: self.ended() == self.published, f"{self.published} outcomes", seconds=seconds)

    def check_that_news_is_found_and_told(self) -> None:
        """A report that is published can be searched for, and its figure is in a mail."""
        (title,) = self.publish()
        self.wait_for(lambda: title in self.found(f'"{title}"'), "the article to be found")
        number = title.split()[-2]
        self.wait_for(lambda: [text for text in self.post.texts() if f"At least {number}" in text], "a mail")
        self.check_the_books()

    def check_the_books(self) -> None:
        """Counts in are counts out; no document and no mail is there twice, and none is missing."""
        # A mail is here before the record knows that it was taken.
        self.wait_for(self._is_all_told, "every alert to be told", seconds=60)
        with self.services() as services, services.record.read() as tx:
            counts, totals = tx.entries.counts(), tx.totals()
            alerts = tx.alerts.find()
        assert sum(counts.values()) == self.published == totals["articles"]
        assert counts["waiting"] == counts["read"] == counts["failed"] == 0
        assert self.documents() == self.published
        sent = {alert.message_id for alert in alerts if alert.state is AlertState.SENT}
        received = [str(mail["Message-ID"]) for mail in self.post.to("reader@tallywire.example")]
        assert len(received) == len(set(received)), "a mail came twice"
        assert set(received) == sent
        assert not [alert for alert in alerts if alert.state is AlertState.WAITING]

    def _is_all_told(self) -> bool:
        with self.services() as services, services.record.read() as tx:
            return not tx.alerts.find(state=AlertState.WAITING)

    @contextmanager
    def services(self) -> Iterator[Services]:
        services = open_services(self.settings)
        try:
            yield services
        finally:
            services.close()

    def counts(self) -> dict[str, int]:
        """How many entries wait, are read, and ended in each outcome."""
        with self.services() as services, services.record.read() as tx:
            return tx.entries.counts()

    def ended(self) -> int:
        """How many entries have their outcome."""
        counts = self.counts()
        return sum(counts.values()) - counts["waiting"] - counts["read"]

    def found(self, words: str) -> list[str]:
        """The titles that a search gives."""
        with self.services() as services:
            try:
                found = services.index.search(Query(text=words, limit=100))
            except SearchIndexError:
                return []
        return [hit.document.title for hit in found.hits]

    def documents(self) -> int:
        """How many articles the index holds; none as long as nothing was published yet."""
        with self.services() as services:
            try:
                return services.index.count()
            except SearchIndexError:
                return 0

    def state(self) -> str:
        """All that may explain why a test waits in vain."""
        runs = self.airflow.rows("select dag_id, run_type, state, count(*) from dag_run group by 1, 2, 3 order by 1")
        tasks = self.airflow.rows(
            "select dag_id, task_id, state, count(*) from task_instance group by 1, 2, 3 order by 1, 2"
        )
        with self.services() as services, services.record.read() as tx:
            failed = [entry.reason for entry in tx.entries.find(outcome=Outcome.FAILED)]
        lines = [f"entries: {self.counts()}", f"failed: {failed}", f"mails: {self.post.subjects()}"]
        lines += [str(row) for row in (*runs, *tasks)]
        return "\n".join([*lines, self.airflow.logs()])

    def wait_for(self, condition: Any, what: str, *, seconds: float = 300.0) -> Any:
        return wait_for(condition, what, seconds=seconds, of=self.state)


@contextmanager
def deployed(
    folder: Path,
    postgres: URL,
    elastic: Running,
    *servers: HTTPServer,
    every: str = "1s",
    workers: Sequence[str] = (),
    **environment: str,
) -> Iterator[Deployment]:
    """A deployment whose Airflow is ready to be started, with one topic that watches a site of each server.

    ``workers`` are names of Celery's workers, for which ``environment`` must name executor and broker.
    """
    sites = [Site(server, outlet) for server, outlet in zip(servers, _OUTLETS, strict=False)]
    search = Door(int(elastic.url.rpartition(":")[2]))
    for server in servers:
        server.expect_request("/robots.txt").respond_with_data("")
    post = PostOffice()
    topics = folder / "topics"
    topics.mkdir(parents=True)
    (topics / "floods.yaml").write_text(yaml.safe_dump(topic(*(site.feed_url for site in sites), every=every)))
    with fresh_database(postgres) as record, fresh_database(postgres) as airflow_database:
        environment = {
            "TALLYWIRE_HOME": str(folder / "home"),
            "TALLYWIRE_TOPICS": str(topics),
            "TALLYWIRE_DATABASE_URL": record,
            "TALLYWIRE_ELASTICSEARCH_URL": f"http://127.0.0.1:{search.port}",
            "TALLYWIRE_ELASTICSEARCH_PREFIX": f"t{uuid.uuid4().hex[:12]}",
            "TALLYWIRE_ELASTICSEARCH_ANALYZERS": "*=folding,en=english",
            "TALLYWIRE_SMTP_URL": post.url,
            "TALLYWIRE_MAIL_FROM": "desk@tallywire.example",
            "TALLYWIRE_OPERATOR": "operator@tallywire.example",
            # Less than Airflow takes to miss a scheduler: whatever was killed with one is late for certain.
            "TALLYWIRE_LATE_AFTER": "8s",
            "TALLYWIRE_ALLOWED_HOSTS": ",".join(f"{server.host}:{server.port}" for server in servers),
            "TALLYWIRE_HOST_DELAY": "0",
            "TALLYWIRE_POLL_EVERY": "1s",
            "TALLYWIRE_WORKERS": "1",
            **environment,
        }
        settings = load_settings(
            _env_file=None,
            **{
                name.removeprefix("TALLYWIRE_").lower(): value
                for name, value in environment.items()
                if "TALLYWIRE_" in name
            },
        )
        airflow = Airflow(
            folder / "airflow", database=make_url(airflow_database), settings=environment, workers=workers
        )
        (folder / "airflow").mkdir()
        post.open()
        try:
            with airflow:
                yield Deployment(airflow, sites, post, search, settings)
        finally:
            post.close()
            search.close()


def topic(*feeds: str, every: str = "1s") -> dict[str, Any]:
    """A topic file that takes all and tells it at once, whatever its worth and however soon after the last mail."""
    return {
        "name": "floods",
        "feeds": [{"url": feed, "every": every} for feed in feeds],
        "recipients": ["reader@tallywire.example"],
        "alerts": {"tells": "everything", "bundle": "0s", "pause": "0s", "daily_cap": 1000},
        "digest": {"at": ["07:00"], "empty": True},
    }


def report(number: int) -> tuple[str, str, tuple[str, ...]]:
    """Slug, title and paragraphs of an article about an event of its own, with one figure."""
    place = f"{_PLACES[number % len(_PLACES)]} {_KINDS[number // len(_PLACES) % len(_KINDS)]}"
    what, who, then = _EVENTS[number % len(_EVENTS)]
    count = 20 + 7 * number
    return (
        f"report-{number}",
        f"{place}: {what}, {count} {who}",
        (
            f"At least {count} people were {who} after {what} in {place} on Monday, the interior ministry said.",
            f"{then} The mayor of {place} thanked all who had helped and asked for patience.",
        ),
    )


_OUTLETS = ("nordwire", "southpost", "eastern")
_PLACES = ("Arvika", "Belmont", "Corvara", "Dunholm", "Eskdale", "Farsund", "Grenna", "Hallin", "Istrana", "Jarvell")
_KINDS = ("North", "South", "Harbour", "Old Town", "Heights", "Bridge", "Fields", "Mills", "Quay", "Cross")
_EVENTS = (
    ("a river flood", "killed", "Water stood in the market square, and boats took families from their roofs."),
    ("a fire in a mill", "injured", "Smoke hung over the chimneys until firemen from three districts put it out."),
    ("a mass trial", "arrested", "Judges sat behind glass while lawyers argued over wiretaps and bank accounts."),
    ("a storm at sea", "rescued", "Helicopters lifted sailors from the deck of a coaster that had lost its rudder."),
    ("a factory closure", "dismissed", "Looms were sold to a dealer abroad, and the union called for a march."),
    ("a landslide", "evacuated", "Mud and boulders blocked the pass road, and geologists watch cracks in the slope."),
    ("an outbreak of measles", "vaccinated", "Nurses set up tables in the school gym, and the fair was put off."),
)
