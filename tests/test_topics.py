"""Topic files: what they may hold, and what their mistakes are told as."""

from __future__ import annotations

import contextlib
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import TopicError
from pipeline.topics import parse_topic, read_topic, read_topics
from schemas.figure import Tell
from schemas.topic import Tells, format_duration, parse_duration

WHOLE = """\
name: river-floods
title: River floods
match:
  any:
    "*": [flood*]
    de: [Hochwasser]
  none: [flood of applications]
  languages: [en, de]
feeds:
  - https://nordwire.example/rss
  - url: https://suedpost.example/feed
    every: 15m
alerts:
  figures: [changed, contradiction]
  bundle: 5m
  quiet: {start: "22:30", end: 06:00}
recipients: [desk@newsroom.example]
digest:
  at: [07:00, 22:30]
  days: [mon, fri]
zone: Europe/Berlin
window: 4d
"""


def test_a_whole_topic_file_is_read() -> None:
    topic = parse_topic(WHOLE)
    assert topic.match.any.of("de") == ("flood*", "Hochwasser")
    assert topic.match.any.of("en") == ("flood*",)
    assert topic.feeds[1].every == timedelta(minutes=15)
    assert topic.digest is not None
    assert topic.digest.at == (time(7, 0), time(22, 30))
    assert topic.alerts.quiet is not None
    assert (topic.alerts.quiet.start, topic.alerts.quiet.end) == (time(22, 30), time(6, 0))
    assert topic.window == timedelta(days=4)


def test_a_name_is_all_a_topic_needs() -> None:
    topic = parse_topic("name: everything")
    assert topic.heading == "everything"
    assert not topic.match.any


@pytest.mark.parametrize(
    ("line", "wrong", "words"),
    [
        (9, WHOLE.replace("feeds:", "feed:"), "feed: there is no such key"),
        (13, WHOLE.replace("15m", "soon"), "no duration"),
        (11, WHOLE.replace("https://nordwire.example/rss", "nordwire"), "feeds.0.url"),
        (22, WHOLE.replace("Europe/Berlin", "Berlin"), "no IANA time zone"),
        (20, WHOLE.replace("[07:00, 22:30]", "[25:99]"), "digest.at.0"),
        (5, WHOLE.replace("[flood*]", '["!!"]'), "holds no letter"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(tmp_path: Path, line: int, wrong: str, words: str) -> None:
    path = tmp_path / "floods.yaml"
    path.write_text(wrong)
    with pytest.raises(TopicError) as caught:
        read_topic(path)
    message = str(caught.value)
    assert words in message
    named = int(message.split(f"{path}:")[1].split(":")[0])
    assert abs(named - line) <= 1


FIGURES = """\
name: floods
figures:
  - name: Deaths
    counted: people
    action: [killed, drowned]
  - {name: Rain, counted: [mm, "%"], always: digest}
alerts:
  tells: urgent
"""


def test_figures_that_a_desk_follows_are_read() -> None:
    topic = parse_topic(FIGURES)
    assert topic.alerts.tells is Tells.URGENT
    deaths, rain = topic.figures
    assert (deaths.counted, deaths.action, deaths.always) == (("people",), ("killed", "drowned"), Tell.NOW)
    assert (rain.counted, rain.always) == (("mm", "%"), Tell.DIGEST)


@pytest.mark.parametrize(
    ("line", "wrong", "words"),
    [
        (6, FIGURES.replace('counted: [mm, "%"], ', ""), "the figure 'Rain' needs `counted` or `action`"),
        (4, FIGURES.replace("counted: people", "counted: ' '"), "figures.0.counted: the word ' ' is blank"),
        (4, FIGURES.replace("counted: people", "counted: 5"), "figures.0.counted: a list is needed, not 5"),
        (6, FIGURES.replace("digest", "soon"), "figures.1.always: Input should be 'now', 'digest' or 'none'"),
        (3, FIGURES.replace("name: Deaths", "title: Deaths"), "figures.0.title: there is no such key"),
        (8, FIGURES.replace("urgent", "loud"), "Input should be 'urgent', 'normal' or 'everything', not 'loud'"),
    ],
)
def test_a_mistake_in_what_a_desk_follows_is_named_with_its_line(line: int, wrong: str, words: str) -> None:
    with pytest.raises(TopicError) as caught:
        parse_topic(wrong)
    assert words in str(caught.value)
    assert f"topic:{line}: " in str(caught.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(TopicError) as caught:
        parse_topic("name: Bad Name\nzone: Nowhere\nfoo: 1")
    assert str(caught.value).count("topic:") == 3


@pytest.mark.parametrize("text", ["name: a\nname: b", "name: a\nmatch: {any: [x], any: [y]}"])
def test_a_key_that_stands_twice_is_refused(text: str) -> None:
    with pytest.raises(TopicError, match="stands twice"):
        parse_topic(text)


@pytest.mark.parametrize("text", ["", "- a\n- b", "just words", "name: [", "name: a\n\tfeeds: []", "&a [*a]"])
def test_what_is_no_topic_is_told_in_words(text: str) -> None:
    with pytest.raises(TopicError) as caught:
        parse_topic(text, where="t.yaml")
    assert "t.yaml" in str(caught.value)
    assert caught.value.hint


def test_a_missing_file_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(TopicError, match="topics new"):
        read_topic(tmp_path / "none.yaml")


def test_two_files_of_one_name_are_refused_and_one_file_twice_is_not(tmp_path: Path) -> None:
    a, b = tmp_path / "a.yaml", tmp_path / "b.yaml"
    a.write_text("name: same")
    b.write_text("name: same")
    assert len(read_topics([a, a])) == 1
    with pytest.raises(TopicError, match="is taken"):
        read_topics([tmp_path])


@given(st.integers(min_value=1, max_value=10**7))
def test_a_duration_is_read_back_as_written(seconds: int) -> None:
    assert parse_duration(format_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@given(st.text(max_size=200))
def test_no_text_whatever_brings_a_traceback(text: str) -> None:
    with contextlib.suppress(TopicError):
        parse_topic(text)
