"""What is counted from round to round, and what monitoring is told of a deployment that is not well."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import cast

from pipeline.errors import DeliveryError
from pipeline.index.contract import SearchIndex
from pipeline.steps.keeping.measured import BOUNDS, Lag, Measured, measure, measured
from pipeline.steps.keeping.vitals import IndexProbe, Watch
from schemas.feed import Health
from schemas.search import IndexKind
from tests.steps.conftest import START, House, Site
from tests.steps.test_rounds import FLOOD, topic_for

LATER = "At least 95 people were evacuated from the hospital by boat, according to the fire brigade."


def counted(house: House) -> Measured:
    with house.services.record.read() as tx:
        found = measured(tx)
    assert found is not None
    return found


def test_a_lag_counts_in_the_first_bucket_that_holds_it() -> None:
    lag = Lag().with_these([0.5, 1.0, 1.1, -3.0, 10**6])
    assert (lag.buckets[0], lag.buckets[1], lag.buckets[-1], lag.count) == (3, 1, 1, 5)
    assert lag.seconds == 0.5 + 1.0 + 1.1 + 10**6
    assert len(lag.buckets) == len(BOUNDS) + 1


def test_what_a_round_did_is_counted_once(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD, published=START - timedelta(minutes=4))
    house.enrol(topic_for(site))
    measure(house.services)
    house.clock.forward(seconds=1)
    house.post.failures = [DeliveryError("the mail server is down")]
    house.round()
    first = counted(house)
    assert (first.judged, first.sent, first.troubles) == (1, 0, 1)
    assert first.judge_seconds > 0
    # Published four minutes and a second before it could be found.
    assert (first.published_to_searchable.count, first.published_to_searchable.seconds) == (1, 241)
    assert first.seen_to_searchable.seconds == 0
    house.clock.forward(hours=1)
    house.round()
    second = counted(house)
    assert (second.judged, second.sent, second.troubles) == (1, 1, 1)
    assert second.published_to_searchable == first.published_to_searchable
    assert second.judged_to_told.count == second.published_to_told.count >= 1
    assert second.judged_to_told.seconds == 3600 * second.judged_to_told.count
    house.clock.forward(hours=1)
    house.round()
    assert counted(house) == second


def test_a_clock_that_was_set_back_counts_no_mail_twice(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    # A digest of the month that then seems to have gone by would be another mail.
    house.enrol(topic_for(site, digest=None))
    measure(house.services)
    house.clock.forward(seconds=1)
    house.round()
    assert counted(house).sent == 1
    house.clock.forward(days=-30)
    house.round()
    house.clock.forward(days=30, minutes=1)
    house.round()
    measure(house.services, troubles=1)
    assert (counted(house).sent, counted(house).judged_to_told.count) == (1, len(house.post.mails[0].alerts))


def test_vitals_of_a_deployment_that_is_well_and_of_one_whose_rounds_stopped(house: House, site: Site) -> None:
    watch = Watch(house.services, runs=True)
    house.enrol(topic_for(site))
    vitals, numbers = watch.look()
    assert numbers is not None
    assert (vitals.up, vitals.late, vitals.last_round, vitals.oldest_waiting) == (True, False, None, None)
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.round()
    vitals, numbers = watch.look()
    assert numbers is not None
    assert (vitals.up, vitals.last_round, numbers.outcomes, numbers.feeds) == (
        True,
        START,
        {"indexed": 1},
        {Health.OK: 1},
    )
    house.clock.forward(minutes=16)
    assert (watch.vitals().up, watch.vitals().late) == (False, True)
    # Who only shows the record is up as long as there is something to show.
    other = Watch(house.services).vitals()
    assert (other.up, other.late) == (True, True)


def test_a_page_that_does_not_answer_is_postponed_and_is_no_backlog(house: House, site: Site) -> None:
    site.publish("flood", "Flood", *FLOOD, status=503)
    house.enrol(topic_for(site))
    house.round()
    vitals, numbers = Watch(house.services).look()
    assert numbers is not None
    assert (vitals.oldest_waiting, numbers.inbox.postponed, numbers.inbox.due) == (None, 1, 0)
    house.clock.forward(minutes=5)
    vitals, numbers = Watch(house.services).look()
    assert numbers is not None
    assert (vitals.oldest_waiting, numbers.inbox.postponed, numbers.inbox.due) == (300, 0, 1)


class _Silent:
    """An index that does not answer."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer = threading.Event()

    def heard(self, kind: IndexKind) -> int:
        self.asked += 1
        self.answer.wait(60)
        return 7


def test_an_index_that_hangs_is_asked_once_and_away_until_it_answers(house: House) -> None:
    silent = _Silent()
    services = replace(house.services, index=cast(SearchIndex, silent))
    probe = IndexProbe()
    assert [probe.heard(services, patience=0.01) for _ in range(3)] == [None, None, None]
    assert silent.asked == 1
    silent.answer.set()
    assert probe.heard(services, patience=60) == 7
