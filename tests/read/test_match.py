"""Which article belongs to which topic, and the words in which that is said."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.match import Matcher, match_topic
from pipeline.text import fold
from schemas.article import Reading, TopicMatch
from schemas.topic import Topic

LONG = "The quick brown fox jumps over the lazy dog. " * 1200


def reading(title: str = "", text: str = "", language: str | None = "en") -> Reading:
    return Reading(
        requested_url="https://news.example/a",
        url="https://news.example/a",
        title=title,
        text=text,
        published=datetime(2026, 3, 1, tzinfo=UTC),
        language=language,
        outlet="Example",
    )


def held(match: dict[str, object], title: str = "", text: str = "", language: str | None = "en") -> TopicMatch:
    return match_topic(Topic.model_validate({"name": "t", "match": match}), reading(title, text, language))


@pytest.mark.parametrize(
    ("term", "text", "matched"),
    [
        ("deported children", "The deported  children of Kherson", True),
        ("deported children", "Deported\nchildren", False),
        ("child", "children", False),
        ("child*", "children", True),
        ("child*", "stepchild", False),
        ("cease-fire", "a cease fire holds", True),
        ("cease fire", "a cease‑fire holds", True),
        ("cease fire", "a ceasefire holds", False),
        ("Świątek", "SWIATEK’s win", True),
        ("US", "It helps us all", True),
        ("C++", "written in C++.", True),
        ("C++", "written in C.", False),
        ("$5m", "cost $5m today", True),
        ("5m", "cost 15m today", False),
        ("戦争", "日本は戦争を避けた", True),
        ("우크라이나", "우크라이나에서 온 소식", True),
        ("크라이나", "우크라이나에서 온 소식", False),
        ("สงคราม", "หลังสงครามจบ", True),
    ],
)
def test_terms(term: str, text: str, matched: bool) -> None:
    assert held({"any": [term]}, text=text).matched is matched


def test_says_what_was_found_where() -> None:
    found = held(
        {"any": ["deported children", "adopt*"], "all": ["Ukraine"]}, "Deported children named", "Ukraine: adopted"
    )
    assert found == TopicMatch(
        topic="t", matched=True, reason="found 'deported children' in the title, 'Ukraine', 'adopt*' in the text"
    )


@pytest.mark.parametrize(
    ("match", "reason"),
    [
        ({"any": ["drought", "famine"]}, "contains none of: 'drought', 'famine'"),
        ({"any": list("abcdefg")}, "contains none of: 'a', 'b', 'c' and 4 more"),
        ({"any": ["flood"], "none": ["football"]}, "holds 'football', which the topic leaves out"),
        ({"any": ["flood"], "all": ["Kenya", "Tana"]}, "lacks 'Kenya', 'Tana', without which it is not coverage"),
        ({"languages": ["fr", "de"]}, "language en is not one of fr, de"),
        ({"any": {"uk": ["повінь"]}}, "the topic has no term for language en"),
    ],
)
def test_says_what_was_missing(match: dict[str, object], reason: str) -> None:
    answer = held(match, "Flood stops football", "Nothing else.")
    assert (answer.matched, answer.reason) == (False, reason)


def test_a_topic_that_asks_for_nothing_takes_everything() -> None:
    assert held({}, "Anything").reason == "the topic covers every article"


def test_terms_of_one_language_count_in_that_language_only() -> None:
    terms = {"any": {"de": ["Gift"], "*": ["poison"]}}
    assert held(terms, "Gift im Wasser", language="de").matched
    assert not held(terms, "A gift for all", language="en").matched
    assert held(terms, "Poison im Wasser", language="de").matched


def test_an_article_of_unknown_language_is_held_against_every_term() -> None:
    assert held({"any": {"de": ["Gift"]}, "languages": ["de"]}, "Gift im Wasser", language=None).matched


def test_one_matcher_serves_articles_of_many_languages() -> None:
    matcher = Matcher(Topic.model_validate({"name": "t", "match": {"any": {"de": ["Flut"], "fr": ["crue"]}}}))
    texts = [("Die Flut", "de"), ("La crue", "fr"), ("La crue", "de"), ("Die Flut", None)]
    assert [matcher(reading(text, language=language)).matched for text, language in texts] == [True, True, False, True]


def test_a_long_text_of_near_misses_is_decided() -> None:
    assert not held({"any": ["fox jump", "a" * 50, "dog the*x"]}, text=LONG).matched


WORD = st.text(st.sampled_from("abcéßñжїя"), min_size=1, max_size=4)


@given(st.lists(WORD, min_size=1, max_size=3), st.lists(WORD, max_size=8), st.sampled_from([" ", "-", " – "]))
def test_a_phrase_is_found_wherever_its_words_stand_in_a_row(term: list[str], words: list[str], joint: str) -> None:
    text = " ".join([*words, joint.join(term).upper(), *words])
    assert held({"any": [" ".join(term)]}, text=text).matched


@given(
    st.text("ab -\n*.1é", min_size=1, max_size=6).filter(lambda t: re.search(r"\w", t)),
    st.text("ab -\n.1é", max_size=20),
)
def test_agrees_with_the_plain_definition(term: str, text: str) -> None:
    open_ended = term.rstrip().endswith("*")
    words = [re.escape(part) for part in re.split(r"(?: *-+ *| +)", fold(term.strip("* \t\n")))]
    if not all(words) or "\n" in term or "*" in term.rstrip("* "):
        return
    pattern = "(?: *-+ *| +)".join(words)
    if term.strip("* ")[0].isalnum():
        pattern = r"(?<!\w)" + pattern
    if term.strip("* ")[-1].isalnum() and not open_ended:
        pattern += r"(?!\w)"
    assert held({"any": [term]}, text=text).matched == bool(re.search(pattern, fold(text)))
