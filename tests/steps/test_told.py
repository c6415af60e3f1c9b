"""What was decided of a figure, as it is told, listed and explained: digest, exports, index and `explain`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import Settings
from pipeline.steps.services import Services, open_services
from pipeline.steps.showing.digest import digest_data
from pipeline.steps.showing.documents import CHANGES
from pipeline.steps.showing.explain import explain
from pipeline.steps.showing.export import EXPORTS
from pipeline.steps.trying.rehearse import rehearse
from schemas.alert import Alert, AlertState, DigestData
from schemas.figure import Figure, Tell, Telling, VerdictKind, Wording
from schemas.search import FigureDocument, IndexKind
from schemas.topic import Topic
from tests.record import examples

NOW = examples.NOW
CHANGED, NEW, REPEATED = VerdictKind.CHANGED, VerdictKind.NEW, VerdictKind.REPEATED


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    settings = Settings(_env_file=None, home=tmp_path / "home", database_url=None, elasticsearch_url=None)
    services = open_services(settings)
    yield services
    services.close()


def topic(**more: Any) -> Topic:
    return Topic.model_validate({"name": "floods", **more})


def tell_of(services: Services, value: float, hour: int, telling: Telling | None, kind: VerdictKind = NEW) -> str:
    """An article an hour that states ``value``; gives the id of the figure, which is made of the value and the hour."""
    name, when = f"figure-{value:g}-{hour}", NOW + timedelta(hours=hour)
    quote = f"By then {value:g} people had been saved, the mayor said."
    article = examples.article(f"article-{name}", "floods", text=quote, first_seen=when)
    article = article.model_copy(update={"reading": article.reading.model_copy(update={"published": when})})
    read = Figure(
        span=(8, 8 + len(f"{value:g}")),
        surface=f"{value:g}",
        quote=quote,
        value=value,
        counted="people",
        action="bought",
        wording=Wording(text=f"{value:g} people had been saved", cut=False),
    )
    figure = examples.figure(name, article.id).model_copy(update={"figure": read, "published": when})
    verdict = examples.verdict(name, "floods", kind).model_copy(update={"telling": telling})
    with services.record.begin() as tx:
        tx.articles.put(article)
        tx.figures.put_series(examples.series("series-a", "floods"))
        tx.figures.put(figure)
        tx.figures.put_verdict(verdict)
    return name


def telling(kind: VerdictKind = NEW, tell: Tell = Tell.NOW, **more: Any) -> Telling:
    return Telling.model_validate({"worth": 0.8, "kind": kind, "tell": tell, **more})


def digest(services: Services, start: int = 0, **more: Any) -> DigestData:
    with services.record.read() as tx:
        return digest_data(tx, topic(**more), NOW + timedelta(hours=start), NOW + timedelta(hours=24))


def told(data: DigestData) -> list[float | None]:
    return [one.current.figure.value for one in (*data.changed, *data.new)]


def test_a_digest_tells_what_is_worth_it_and_was_not_told_before(services: Services) -> None:
    tell_of(services, 4, 1, telling())
    tell_of(services, 5, 2, telling(tell=Tell.DIGEST))
    tell_of(services, 6, 3, telling(tell=Tell.NONE))
    tell_of(services, 7, 4, telling(REPEATED))
    assert sorted(told(digest(services))) == [4, 5]  # type: ignore[type-var]


def test_a_record_from_before_worth_was_judged_is_told_as_its_verdicts_have_it(services: Services) -> None:
    tell_of(services, 4, 1, None)
    tell_of(services, 4, 2, None, REPEATED)
    assert told(digest(services)) == [4]


def test_the_steps_of_a_figure_are_one_line_with_what_was_told_before_the_period(services: Services) -> None:
    old = tell_of(services, 2, -30, telling())
    first = tell_of(services, 4, 1, telling(CHANGED, worth=0.6, of=old, from_value=2))
    second = tell_of(services, 9, 2, telling(CHANGED, worth=0.9, of=first, from_value=4))
    tell_of(services, 14, 3, telling(CHANGED, worth=0.7, of=second, from_value=9))
    (line,) = digest(services).changed
    assert (line.from_value, line.current.figure.value, line.steps, line.worth) == (2, 14, 3, 0.9)
    assert line.began is not None
    assert line.began.figure_id == old
    assert [value for _, value in line.history] == [2, 4, 9, 14]


def test_what_two_articles_say_alike_is_told_once_and_not_again_in_the_next_digest(services: Services) -> None:
    old = tell_of(services, 4, -2, telling())
    tell_of(services, 4, 1, telling(REPEATED, of=old))
    assert told(digest(services)) == []
    first = tell_of(services, 5, 2, telling())
    tell_of(services, 5, 3, telling(REPEATED, of=first))
    (line,) = digest(services).new
    assert line.current.figure_id == first


def test_what_is_mailed_later_than_told_in_a_digest_is_in_no_digest_twice(services: Services) -> None:
    first = tell_of(services, 4, -2, telling(tell=Tell.DIGEST))
    again = tell_of(services, 4, -1, telling(REPEATED, tell=Tell.NONE, of=first))
    tell_of(services, 4, 1, telling(of=again))
    assert told(digest(services)) == []
    assert told(digest(services, start=-3)) == [4]


def test_what_no_digest_told_is_told_when_it_is_worth_it(services: Services) -> None:
    first = tell_of(services, 4, -2, telling(tell=Tell.NONE))
    tell_of(services, 4, 1, telling(of=first))
    assert told(digest(services)) == [4]


def test_the_same_number_of_two_things_is_told_twice(services: Services) -> None:
    tell_of(services, 3, 1, telling())
    tell_of(services, 3, 2, telling())
    assert told(digest(services)) == [3, 3]


def test_numbers_of_one_series_are_no_steps_where_no_move_was_told(services: Services) -> None:
    tell_of(services, 4, 1, telling())
    tell_of(services, 14, 2, telling(), CHANGED)
    assert sorted(told(digest(services))) == [4, 14]  # type: ignore[type-var]
    assert {one.steps for one in digest(services).new} == {1}


def test_a_figure_that_the_topic_follows_is_told_in_the_digest_whatever_its_worth(services: Services) -> None:
    tell_of(services, 6, 1, telling(tell=Tell.NONE))
    assert told(digest(services)) == []
    (line,) = digest(services, figures=[{"name": "Saved", "action": "saved", "always": "digest"}]).new
    assert line.followed == "Saved"


def story_of(services: Services, name: str, hours: dict[int, str]) -> None:
    """A story with an article of a topic at each hour."""
    reports = [
        examples.article(f"{name}-{hour}", of, story=name, first_seen=NOW + timedelta(hours=hour))
        for hour, of in hours.items()
    ]
    first, last = reports[0].first_seen, reports[-1].first_seen
    told = examples.story(name, *set(hours.values()), last_seen=last).model_copy(
        update={"first_seen": first, "articles": tuple(one.id for one in reports)}
    )
    with services.record.begin() as tx:
        for one in reports:
            tx.articles.put(one)
        tx.stories.put(told)


def test_a_digest_lists_the_stories_that_have_something_of_the_topic_in_its_period(services: Services) -> None:
    story_of(services, "goes-on", {-5: "floods", 3: "floods"})
    story_of(services, "of-before", {-5: "floods"})
    story_of(services, "before-and-after", {-5: "floods", 30: "floods"})
    story_of(services, "of-another-topic", {-5: "floods", 3: "storms"})
    story_of(services, "begins", {4: "floods", 40: "storms"})
    assert {one.id for one in digest(services).stories} == {"goes-on", "begins"}


def test_what_is_meant_for_the_digest_is_not_called_held_back(services: Services) -> None:
    tell_of(services, 4, 1, telling(tell=Tell.DIGEST, worth=0.4))
    with services.record.begin() as tx:
        (alert,) = rehearse(tx, topic(), since=None, until=None, now=NOW + timedelta(hours=1))
        tx.alerts.put(alert)
    assert alert.state is AlertState.DIGEST
    assert digest(services).held_back == 0
    left = examples.alert("alert-left", "floods", created=NOW + timedelta(hours=1), state=AlertState.DIGEST)
    with services.record.begin() as tx:
        tx.alerts.put(left)
        tx.alerts.put(left.model_copy(update={"id": "alert-held", "held_back": True}))
    assert digest(services).held_back == 1


def rehearsed(services: Services, **more: Any) -> list[Alert]:
    with services.record.read() as tx:
        return rehearse(tx, topic(**more), since=None, until=None, now=NOW)


def test_a_rehearsal_tells_by_what_the_desk_was_told_not_by_the_series(services: Services) -> None:
    tell_of(services, 4, 1, telling(), REPEATED)
    tell_of(services, 5, 2, telling(REPEATED), NEW)
    assert [alert.figure.statement.figure.value for alert in rehearsed(services) if alert.figure] == [4]


def test_a_rehearsal_tells_by_the_worth_that_the_topic_wants_now(services: Services) -> None:
    tell_of(services, 4, 1, telling(worth=0.9, wanted=0.9))
    tell_of(services, 5, 2, telling(worth=0.6, wanted=0.5))
    tell_of(services, 6, 3, telling(worth=0.1, wanted=0.1, tell=Tell.NONE))
    tell_of(services, 6, 4, telling(worth=0.1, wanted=0.1, tell=Tell.NONE), REPEATED)

    def at_once(tells: str) -> list[float | None]:
        found = rehearsed(services, alerts={"tells": tells})
        return [one.figure.statement.figure.value for one in found if one.figure and one.state is AlertState.WAITING]

    assert at_once("urgent") == [4]
    assert at_once("normal") == [4, 5]
    assert at_once("everything") == [4, 5, 6]


def test_an_export_has_wording_worth_and_what_was_told(services: Services) -> None:
    first = tell_of(services, 4, 1, telling())
    tell_of(services, 9, 2, telling(CHANGED, of=first, from_value=4, tell=Tell.DIGEST))
    tell_of(services, 7, 3, None)
    with services.record.read() as tx:
        rows = {row.value: row for row in EXPORTS["figures"][1](tx)}  # type: ignore[attr-defined]
    said = rows[9]
    assert said.wording == "9 people had been saved"
    assert (said.tell, said.worth, said.told, said.told_from, said.told_of) == ("digest", 0.8, "changed", 4, first)
    assert (rows[7].tell, rows[7].worth, rows[7].told) == (None, None, None)


def test_an_exported_alert_has_the_words_of_the_mail(services: Services) -> None:
    tell_of(services, 4, 1, telling())
    with services.record.begin() as tx:
        for alert in rehearse(tx, topic(), since=None, until=None, now=NOW):
            tx.alerts.put(alert)
        (row,) = EXPORTS["alerts"][1](tx)
    assert (row.headline, row.tell, row.worth) == ("4 people had been saved", "now", 0.8)  # type: ignore[attr-defined]


def test_the_index_gets_wording_worth_and_what_was_told(services: Services) -> None:
    first = tell_of(services, 4, 1, telling())
    tell_of(services, 9, 2, telling(CHANGED, of=first, from_value=4))
    with services.record.read() as tx:
        batch = CHANGES[IndexKind.FIGURES](tx, 0, 10)
    assert batch is not None
    (document,) = (one for one in batch.documents if isinstance(one, FigureDocument) and one.value == 9)
    assert (document.wording, document.tell, document.worth) == ("9 people had been saved", "now", 0.8)
    assert (document.told, document.told_from, document.told_of) == ("changed", (4.0,), first)


def test_explain_says_how_a_figure_is_told_and_why(services: Services) -> None:
    first = tell_of(services, 4, 1, telling())
    other = tell_of(services, 5, 2, telling(tell=Tell.NONE))
    last = tell_of(
        services, 9, 3, telling(CHANGED, of=first, from_value=4, before=[other], reasons=["in the lead: +0.9"])
    )
    with services.record.read() as tx:
        said = "\n".join(explain(tx, last) or ())
        none = "\n".join(explain(tx, other) or ())
    for line in (
        "9 people had been saved",
        "wording: a clause of the sentence",
        "read as: value 9, counted people, action bought",
        "told at once, worth 0.80: changed from 4",
        "in the lead: +0.9",
        f"changes {first}, news: 4 people had been saved",
        f"told before, possibly the same: {other}, news: 5 people had been saved",
    ):
        assert f"  {line}\n" in f"{said}\n"
    assert "not told, worth 0.80: new" in none
