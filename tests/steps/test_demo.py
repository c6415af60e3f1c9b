"""The demonstration tells a stranger nothing but what its articles say, and each thing once."""

from __future__ import annotations

import html
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from pipeline.demo.play import Played, Told, demo_settings, play, play_another
from pipeline.errors import RecordError
from pipeline.steps.deciding.decide import decide
from pipeline.steps.services import open_services
from pipeline.tell.words import headline_of, value_of
from schemas.alert import Alert, AlertState
from schemas.decision import Act, Choice, Subject, SubjectKind
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


@pytest.mark.parametrize("muted", [True, False])
def test_another_round_heeds_what_was_decided_meanwhile(
    played: tuple[Played, list[str], list[Alert]], tmp_path: Path, *, muted: bool
) -> None:
    home = shutil.copytree(played[0].home, tmp_path / "home")
    if muted:
        services = open_services(demo_settings(home, "newsroom.example"))
        with services.record.read() as tx:
            (series,) = [one for one in tx.figures.series("ukraine-children") if one.label == "children returned"]
        decide(services, Subject(kind=SubjectKind.SERIES, id=series.id), Choice(act=Act.MUTE), by="Anna")
        services.close()
    lines: list[str] = []
    play_another(home, Told(lines.append))
    assert any("  figure: changed: With them, 1,631 children have returned" in line for line in lines)
    mailed = [line for line in lines if line.startswith("  mail:") and "1,631" in line]
    silent = [line for line in lines if line.startswith("  not mailed: With them, 1,631") and "muted by Anna" in line]
    assert (len(mailed), len(silent)) == ((0, 1) if muted else (1, 0))


def test_another_round_needs_a_demo(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="no demo in this folder"):
        play_another(tmp_path, Told(lambda line: None))
