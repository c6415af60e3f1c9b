"""What a run that watches says, and when it says nothing."""

from __future__ import annotations

import re

import pytest

from pipeline.cli.telling import Said
from pipeline.errors import TopicError
from pipeline.runner import Round
from pipeline.steps.deciding.topicfiles import Taken
from pipeline.steps.poll import PollReport
from pipeline.steps.tell import TellReport
from schemas.enums import AlertKind
from schemas.figure import VerdictKind
from tests.steps.scripted import newsroom
from tests.steps.test_told_once import REPORTS, TOPIC

URL = "https://nordwire.example/rss"


def polled(*failed: str, new: int = 0) -> Round:
    answered = () if failed else (URL,)
    return Round(polled=PollReport(polled=1, new=new, answered=answered, failed=[(URL, why) for why in failed]))


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What is said of a round without news, of three in which a feed fails, of one in which it is back, of a mail."""
    watching, lines = Said(as_json=False, timed=True), []
    rounds = (
        polled(),
        polled("no answer"),
        polled("no answer"),
        polled("not found"),
        Round(),
        polled(),
        polled(new=1200),
        Round(told=TellReport(mails=["12 people killed"])),
    )
    for one in rounds:
        watching.round(one)
        lines.append(capsys.readouterr().out)
    return lines


def test_a_watch_speaks_when_something_happened_with_a_time(said: list[str]) -> None:
    without_time = [re.sub(r"^\d\d:\d\d:\d\d \S+  ", "", line).strip() for line in said]
    assert without_time == [
        "",
        f"feed {URL}: no answer",
        "",
        f"feed {URL}: not found",
        "",
        f"feed {URL} answers again",
        "1,200 new entries from 1 feed",
        "mail: 12 people killed",
    ]
    assert all(re.match(r"\d\d:\d\d:\d\d \S+  ", line) for line in said if line)


def test_what_becomes_of_topic_files_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    watching = Said(as_json=False, timed=True)
    watching.topics(Taken(changed=("floods",), broken=(TopicError("unknown key", where="fires.yaml:2"),)))
    shown = capsys.readouterr()
    assert "topics changed: floods" in shown.out
    assert "fires.yaml:2: unknown key" in shown.err
    assert "the topic stays as it was" in shown.err


def test_a_single_round_says_all_of_it_even_if_nothing_happened(capsys: pytest.CaptureFixture[str]) -> None:
    Said(as_json=False, timed=False).round(polled())
    assert capsys.readouterr().out == "polled 1 feed: 0 new entries, 0 failed\n"


def test_figures_are_counted_as_they_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = REPORTS[:2]
    with newsroom(TOPIC, first.published) as room:
        room.arrive([first])
        judged = room.arrive([second])
    # The series of the death toll goes on; of the two numbers in the sentence the desk is told one, as new.
    assert judged.verdicts == {VerdictKind.CHANGED: 1, VerdictKind.REPEATED: 1}
    assert judged.alerts == {AlertKind.NEW_FIGURE: 1}
    Said(as_json=False, timed=False).round(Round(judged=judged))
    assert "figures: 1 new, 1 repeated" in capsys.readouterr().out
