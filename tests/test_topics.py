"""Topic files: what they may hold, and what their mistakes are told as."""

from __future__ import annotations

import contextlib
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import TopicError
from pipeline.topics import parse_topic, read_topic, read_topics, unready
from schemas.figure import Tell
from schemas.topic import Tells, Topic
from schemas.written import format_duration, parse_duration

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
        (9, WHOLE.replace("feeds:", "feed:"), "unknown key `feed`; did you mean `feeds`?"),
        (13, WHOLE.replace("15m", "soon"), "feeds, item 2, every: 'soon' is not a duration"),
        (
            11,
            WHOLE.replace("https://nordwire.example/rss", "nordwire"),
            "feeds, item 1: 'nordwire' can't be used; write a web address",
        ),
        (22, WHOLE.replace("Europe/Berlin", "Berlin"), "not the IANA name of a time zone"),
        (20, WHOLE.replace("[07:00, 22:30]", "[25:99]"), "digest, at, item 1: a time of day is needed, such as 07:00"),
        (5, WHOLE.replace("[flood*]", '["!!"]'), "has no letter or digit"),
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
        (4, FIGURES.replace("counted: people", "counted: ' '"), "figures, item 1, counted: the word ' ' is blank"),
        (
            4,
            FIGURES.replace("counted: people", "counted: 5"),
            "figures, item 1, counted: a list is needed, such as [one, two], not 5",
        ),
        (6, FIGURES.replace("digest", "soon"), "figures, item 2, always: 'soon' is not one of now, digest or none"),
        (3, FIGURES.replace("name: Deaths", "title: Deaths"), "figures, item 1: `title` does not belong here"),
        (8, FIGURES.replace("urgent", "loud"), "alerts, tells: 'loud' is not one of urgent, normal or everything"),
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
def test_a_key_that_is_there_twice_is_refused(text: str) -> None:
    with pytest.raises(TopicError, match=r"appears twice; the first is in line \d"):
        parse_topic(text)


MISTAKES = """\
name: Floods 2026
feds: []
alerts:
  min_change: 5
  bundl: 5m
  pause: 30
  tells: urgnt
quiet: {start: "22:00", end: "06:00"}
feeds: [me]
figures:
  - counted: people
digest: {days: mon, empty: maybe}
"""


def test_mistakes_are_told_in_the_words_of_the_file_and_the_order_of_its_lines() -> None:
    with pytest.raises(TopicError) as caught:
        parse_topic(MISTAKES, where="f.yaml")
    assert str(caught.value).splitlines()[:-1] == [
        "f.yaml:1: name: 'Floods 2026' can't be used; use lower-case letters, digits and hyphens, 63 at most, "
        "for example floods-2026",
        "f.yaml:2: unknown key `feds`; did you mean `feeds`?",
        "f.yaml:4: alerts, min_change: it is a share from 0 to 1: write 0.05 for 5 %",
        "f.yaml:5: alerts: unknown key `bundl`; did you mean `bundle`?",
        "f.yaml:6: alerts, pause: 30 has no unit; write for example 30s, 15m, 6h, 2d or 1w",
        "f.yaml:7: alerts, tells: 'urgnt' is not one of urgent, normal or everything; did you mean urgent?",
        "f.yaml:8: `quiet` does not belong here but under `alerts`",
        "f.yaml:9: feeds, item 1: 'me' can't be used; write a web address that starts with http:// or https://",
        "f.yaml:11: figures, item 1: the key `name` is missing",
        "f.yaml:12: digest, days: a list is needed, such as [one, two], not 'mon'",
        "f.yaml:12: digest, empty: true or false is needed, not 'maybe'",
    ]


def test_what_an_older_version_took_is_still_read_from_a_record() -> None:
    assert Topic.model_validate({"name": "a", "alerts": {"min_change": 5, "bundle": "3d"}}).alerts.min_change == 5


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{key}: &{key} [{', '.join([f'*{before}'] * 9)}]\n" for before, key in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "its aliases expand to more than 20,000 keys and values"),
        ("a: &a [*a]", "an alias that contains itself"),
        ("x: [" + "[]," * 300_000 + "]", "it holds more than 20,000 keys and values"),
        ("x: " + "[" * 5_000, "it is nested too deeply"),
    ],
    ids=["aliases", "circle", "many", "deep"],
)
def test_a_bomb_is_refused_and_costs_little(text: str, words: str) -> None:
    began = process_time()
    with pytest.raises(TopicError, match=words):
        parse_topic(text)
    # Written out, the aliases alone are 43 million nodes, hours of work.
    assert process_time() - began < 20


def test_an_alias_that_is_used_as_meant_is_read() -> None:
    topic = parse_topic("name: a\nmatch:\n  any: &words [flood*, dike]\n  all: *words\n")
    assert topic.match.all == topic.match.any


def test_a_topic_that_names_nothing_real_is_not_ready() -> None:
    assert "names no feeds" in unready(parse_topic("name: a"))[0]
    assert "example address" in unready(parse_topic("name: a\nfeeds: [https://www.example.org/rss]"))[0]
    assert not unready(parse_topic("name: a\nfeeds: [https://www.icrc.org/en/rss/news]"))


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
    with pytest.raises(TopicError, match="already used"):
        read_topics([tmp_path])


@given(st.integers(min_value=1, max_value=10**7))
def test_a_duration_is_read_back_as_written(seconds: int) -> None:
    assert parse_duration(format_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@given(st.text(max_size=200))
def test_no_text_whatever_brings_a_traceback(text: str) -> None:
    with contextlib.suppress(TopicError):
        parse_topic(text)
