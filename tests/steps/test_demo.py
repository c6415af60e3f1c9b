"""The demonstration tells a stranger nothing but what its articles say, and each thing once."""

from __future__ import annotations

import html
import re
from collections import Counter

import pytest

from pipeline.demo.play import Played, Told, demo_settings, play
from pipeline.steps.services import open_services
from pipeline.tell.words import headline_of, value_of
from schemas.alert import Alert, AlertState
from schemas.figure import Tell, VerdictKind

MOVES = {(8.0, 7.0), (1605.0, 1622.0), (1605.0, 1240.0)}
"""What its articles correct, count anew and dispute."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Played, list[str], list[Alert]]:
    """The demonstration, what it said, and the figures it told at once."""
    lines: list[str] = []
    done = play(tmp_path_factory.mktemp("demo") / "home", Told(lines.append))
    services = open_services(demo_settings(done.home, "newsroom.example"))
    with services.record.read() as tx:
        alerts = [one for one in tx.alerts.find() if one.figure and one.figure.tell is Tell.NOW]
    services.close()
    return done, lines, alerts


def test_the_figures_that_the_story_is_about_are_mailed(played: tuple[Played, list[str], list[Alert]]) -> None:
    _, _, alerts = played
    values = {value_of(one.figure.statement.figure) for one in alerts if one.figure}
    assert {8.0, 19500.0, 1605.0, 1240.0, 17.0, 1622.0, 7.0} <= values
    assert 14.0 not in values  # regions that volunteers have visited
    assert {one.state for one in alerts} == {AlertState.SENT}


def test_no_sentence_is_mailed_twice_whoever_carries_it(played: tuple[Played, list[str], list[Alert]]) -> None:
    _, _, alerts = played
    told = Counter(
        (one.figure.statement.figure.quote, one.figure.statement.figure.value) for one in alerts if one.figure
    )
    assert [what for what, times in told.items() if times > 1] == []
    totals = [value_of(one.figure.statement.figure) for one in alerts if one.figure]
    assert [value for value in (19500.0, 1605.0, 1622.0, 1240.0) if totals.count(value) != 1] == []


def test_only_what_moved_is_told_as_moved(played: tuple[Played, list[str], list[Alert]]) -> None:
    _, _, alerts = played
    moved = {
        (one.figure.from_value, value_of(one.figure.statement.figure))
        for one in alerts
        if one.figure and one.figure.from_value is not None
    }
    assert (8.0, 7.0) in moved
    assert moved <= MOVES
    corrected = [one.figure for one in alerts if one.figure and one.figure.verdict is VerdictKind.CORRECTION]
    assert [value_of(one.statement.figure) for one in corrected] == [7.0]


def test_what_is_shown_is_what_was_mailed(played: tuple[Played, list[str], list[Alert]]) -> None:
    done, lines, alerts = played
    shown = [line for line in lines if re.match(r"  figure: [a-z]+: ", line)]
    assert len(shown) == len(alerts)
    assert len(done.mails) == len([line for line in lines if line.startswith("  mail: ")])
    assert done.digest.exists()


def test_the_digest_has_all_that_was_mailed(played: tuple[Played, list[str], list[Alert]]) -> None:
    done, _, alerts = played
    page = html.unescape(done.digest.read_text(encoding="utf-8"))
    mailed = [headline_of(one.figure.statement.figure) for one in alerts if one.figure]
    # Eight children became seven, and 1,605 became 1,622; each is one line, with what it was.
    assert sorted(words[:12] for words in mailed if words not in page) == ["Eight childr", "Its Children"]
