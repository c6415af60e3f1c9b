"""What a host asks of us holds from one run to the next: cron and Airflow start a new process each time."""

from __future__ import annotations

from datetime import timedelta

from werkzeug import Request, Response

from pipeline.steps.intake.hosts import RecordedHosts
from schemas.feed import Health, Outcome
from schemas.host import HostState, RobotsKept
from tests.steps.conftest import START, House, Site
from tests.steps.test_rounds import FLOOD, outcomes, topic_for


def test_a_host_that_wants_a_pause_gets_it_from_every_run_and_loses_nothing(house: House, site: Site) -> None:
    for slug in ("one-flood", "two-flood", "three-flood"):
        site.publish(slug, "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    busy = True

    def page(request: Request) -> Response:
        return Response("slow down", 429, {"Retry-After": "80000"}) if busy else site._page(request)

    for slug in ("one-flood", "two-flood", "three-flood"):
        site.server.expect_oneshot_request(f"/nordwire/{slug}").respond_with_handler(page)
    house.round()
    asked = len(site.asked)
    # Every one of these is a run of its own, long after the waits that an entry has for itself.
    for hours in (0.03, 1, 7, 10):
        house.clock.forward(hours=hours)
        house.round()
    assert len(site.asked) == asked
    with house.services.record.read() as tx:
        (feed,) = tx.feeds.all()
    assert feed.state.health is Health.OK
    busy = False
    house.clock.forward(hours=12)
    house.round()
    assert {entry.outcome for entry in outcomes(house.services).values()} <= {Outcome.INDEXED, Outcome.COPY}


def test_robots_txt_is_asked_once_a_day_by_all_runs_together(house: House, site: Site) -> None:
    house.enrol(topic_for(site))
    times = []
    for number in range(6):
        site.publish(f"flood-{number}", f"Flood {number}", *FLOOD)
        house.round()
        times.append(sum(request.path == "/robots.txt" for request, _ in site.server.log))
        house.clock.forward(hours=10)
    assert times == [1, 1, 1, 2, 2, 2]


def test_what_hosts_ask_is_in_the_record_until_nobody_has_asked_for_weeks(house: House) -> None:
    memory = RecordedHosts(house.services)
    state = HostState(host="e.com", delay=20, free_at=START + timedelta(hours=1), busy=1, held=300)
    rules = RobotsKept(origin="https://e.com", until=START + timedelta(days=1), text="User-agent: *\0", known=True)
    memory.put_host(state)
    memory.put_robots(rules)
    assert memory.host("e.com") == state
    kept = memory.robots("https://e.com")
    assert kept == rules.model_copy(update={"text": "User-agent: *\ufffd"})
    house.clock.forward(days=39)
    memory.put_host(HostState(host="other.com"))
    assert memory.host("e.com") == state
    house.clock.forward(days=3)
    memory.put_host(HostState(host="other.com"))
    memory.put_robots(rules.model_copy(update={"origin": "https://other.com", "until": house.clock.now}))
    assert memory.host("e.com") is None
    assert memory.robots("https://e.com") is None
