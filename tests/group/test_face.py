"""A story shows its most central title and one sentence of one of its articles, word for word."""

from __future__ import annotations

import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from pipeline.group import summarise
from tests.group.building import reading
from tests.group.test_stories import FERRY, FERRY_AGAIN

OPINION = reading(
    "By Olav Lie\nFerries are older than most of their captains, and that is a choice. "
    "A ferry like the Astrid that ran aground off Kalvik on Monday should have had its engine replaced long ago.",
    "What we choose not to see",
    outlet="Coast Daily",
)


def test_the_headline_is_the_title_that_says_most_of_what_all_say() -> None:
    face = summarise([("c", OPINION), ("a", FERRY), ("b", FERRY_AGAIN)])
    assert face.headline == "Ferry Astrid runs aground off Kalvik"


def test_the_lead_is_quoted_from_the_article_it_names() -> None:
    articles = {"c": OPINION, "a": FERRY, "b": FERRY_AGAIN}
    face = summarise(list(articles.items()))
    assert face.article in articles
    assert face.lead in articles[face.article].text
    assert face.lead.endswith(".")
    assert "By Olav Lie" not in face.lead


def test_a_story_without_titles_shows_its_lead() -> None:
    face = summarise([("a", FERRY.model_copy(update={"title": ""}))])
    assert face.headline == face.lead != ""


def test_an_empty_story_shows_nothing() -> None:
    assert summarise([]) == summarise([("a", reading(""))])


@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=400)), max_size=5))
def test_whatever_the_texts_nothing_is_made_up(articles: list[tuple[str, str]]) -> None:
    read = [(f"a{at}", reading(text, title)) for at, (title, text) in enumerate(articles)]
    face = summarise(read)
    texts = {article: one.text for article, one in read}
    assert face.lead == "" if face.article is None else face.lead in texts[face.article]
    assert face.headline in {one.title.strip() for _, one in read} | {face.lead}


FACE_OF_TWO_ALIKE = """
from pipeline.group import summarise
from tests.group.building import reading

# Each title has nine words, of which the n-th is said by as many articles as that of the other title.
one = "brunok drivak fostel gramit kliper lodmin morvag nepril tolzik".split()
other = "zilkot pardev mublin kostar frumil dagorn tervis bolnak grimzo".split()
texts = [" ".join(one[: n + 1] + other[: n + 1]) + "." for n in range(9)] + [" ".join(one + other) + "."]
titles = {8: " ".join(one), 9: " ".join(other)}
print(summarise([(str(n), reading(text, titles.get(n, ""))) for n, text in enumerate(texts)]).headline)
"""


def test_of_two_titles_alike_the_earlier_is_shown_in_every_process() -> None:
    command = [sys.executable, "-c", FACE_OF_TWO_ALIKE]
    processes = [
        subprocess.Popen(command, env=os.environ | {"PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True)
        for seed in ("0", "5", "6", "7")
    ]
    shown = {process.communicate()[0] for process in processes}
    assert shown == {"brunok drivak fostel gramit kliper lodmin morvag nepril tolzik\n"}
