"""Developments and figures are put together, split, renamed and pinned in the window, under the name of who did it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.serve.access import access_of
from pipeline.serve.app import make_app
from pipeline.serve.secret import secret_of
from pipeline.serve.server import serving
from pipeline.steps.deciding.arranged import Arranged, arranged
from schemas.figure import Series
from schemas.story import StoryDecision
from tests.serve.client import Answer, Client
from tests.serve.test_links import Reader
from tests.steps.scripted import newsroom
from tests.steps.test_decisions_hold import BEFORE, series_of


@pytest.fixture
def reader() -> Iterator[Reader]:
    """Anna, whose proxy says who she is, at the window of a newsroom with an earthquake, a cup and a budget."""
    given: dict[str, Any] = {
        "serve_proxy_header": "X-Remote-User",
        "serve_proxies": "127.0.0.1",
        "serve_hosts": "window.example",
    }
    with newsroom(start=BEFORE[-1].published, **given) as room:
        room.arrive(BEFORE)
        settings = room.services.settings
        app = make_app(room.services, access_of(settings, "127.0.0.1"), secret_of(settings.home))
        with serving(app, "127.0.0.1", 0) as address:
            yield Reader(room, Client(address, {"host": "window.example", "x-remote-user": "Anna"}))


def kept(reader: Reader) -> list[Arranged]:
    with reader.room.services.record.read() as tx:
        return arranged(tx)


def development(reader: Reader, article: str) -> str:
    return reader.room.story(article).development


def series(reader: Reader, article: str, value: float) -> Series:
    return series_of(reader.room, article, value)


def confirmed(reader: Reader, asking: str) -> Answer:
    """The answer to the form of a page that asks once more."""
    page = reader.client.get(asking)
    assert page.status == 200, page.words
    fields = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page.text))
    assert kept(reader) == [], "to look changes nothing"
    return reader.client.post("/arrange", fields, form=asking)


def arrange(reader: Reader, **fields: str) -> Answer:
    return reader.client.post("/arrange", fields, form="/decisions/series/" + series(reader, "rescue-1", 212).id)


def test_a_development_is_put_together_with_another_that_its_page_offers(reader: Reader) -> None:
    cup, budget = development(reader, "cup-1"), development(reader, "budget-1")
    page = reader.client.get(f"/developments/{cup}")
    assert re.findall(r'<option value="(thread-[^"]+)"', page.text) == [development(reader, "quake-1"), budget]
    answer = confirmed(reader, f"/arrange/developments/{cup}/merge?with={budget}")
    both = development(reader, "cup-1")
    assert both == development(reader, "budget-1")
    assert (answer.status, answer.headers["location"]) == (303, f"/developments/{both}?said=put-together")
    assert "Merged." in reader.client.get(answer.headers["location"]).words
    (decision,) = kept(reader)
    assert (decision.by, decision.decided, decision.topic) == ("Anna", reader.room.clock(), "news")
    words = reader.client.get("/decisions").words
    assert "developments “Handball cup goes to Eskholm”, “Parliament in Lunden passes budget" in words
    assert ": merged Anna, Fri 6 Mar 09:00" in words


def test_stories_are_split_off_a_development_by_ticking_them(reader: Reader) -> None:
    quake, aid = development(reader, "quake-1"), reader.room.story("aid-1")
    page = reader.client.get(f"/developments/{quake}").text
    assert page.count('form="split-off"') == 3
    headline = re.findall(r"<h1[^>]*>([^<]*)</h1>", page)[0]
    answer = confirmed(reader, f"/arrange/developments/{quake}/split?story={aid.id}")
    assert answer.headers["location"] == f"/developments/{development(reader, 'quake-1')}?said=split-off"
    assert development(reader, "aid-1") != development(reader, "quake-1")
    assert [(one.by, one.about, one.what) for one in kept(reader)] == [
        ("Anna", f"story “{aid.headline}”", f"split off from development “{headline}”")
    ]


def test_a_figure_is_renamed_pinned_and_unpinned(reader: Reader) -> None:
    toll = series(reader, "rescue-1", 212).id
    for fields, said in (
        ({"do": "rename", "label": "  killed in   Orsava "}, "renamed"),
        ({"do": "pin"}, "pinned"),
    ):
        answer = arrange(reader, id=toll, **fields)
        assert (answer.status, answer.headers["location"]) == (303, f"/figures/{toll}?said={said}")
    page, figures = reader.client.get(f"/figures/{toll}").words, reader.client.get("/figures?topic=news")
    assert "killed in Orsava Pinned" in page
    assert "Unpin this figure" in page
    assert re.findall(r"/figures/(series-[0-9a-f]+)", figures.text)[0] == toll
    assert len(re.findall(rf'href="/figures/{toll}"', figures.text)) == 1
    assert arrange(reader, id=toll, do="unpin").status == 303
    assert "Pinned" not in reader.client.get(f"/figures/{toll}").words
    assert [(one.act, one.by) for one in kept(reader)] == [("unpin", "Anna"), ("pin", "Anna"), ("rename", "Anna")]
    assert "renamed to “killed in Orsava” Anna" in reader.client.get("/decisions").words


def test_a_figure_is_put_together_with_another_of_its_topic(reader: Reader) -> None:
    toll, tents = series(reader, "rescue-1", 212), series(reader, "aid-1", 30_000)
    offered = dict(re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)<', reader.client.get(f"/figures/{toll.id}").text))
    assert offered[tents.id] == f"{tents.label}: 30,000"
    assert toll.id not in offered
    answer = confirmed(reader, f"/arrange/figures/{toll.id}/merge?with={tents.id}")
    assert answer.headers["location"] == f"/figures/{toll.id}?said=put-together"
    assert series(reader, "aid-1", 30_000).id == toll.id
    assert reader.client.get(f"/figures/{tents.id}").headers["location"] == f"/figures/{toll.id}"
    again = reader.client.get(f"/arrange/figures/{toll.id}/merge?with={tents.id}")
    assert (again.status, "These are the same series already" in again.words) == (409, True)


def test_all_that_people_decided_is_one_list_without_an_undo_for_what_was_arranged(reader: Reader) -> None:
    toll = series(reader, "rescue-1", 212).id
    arrange(reader, id=toll, do="pin")
    reader.room.clock.forward(minutes=5)
    reader.client.post("/decisions", {"kind": "series", "id": toll, "choice": "mute"}, form=f"/decisions/series/{toll}")
    reader.room.clock.forward(minutes=5)
    arrange(reader, id=toll, do="unpin")
    page = reader.client.get("/decisions")
    assert re.findall(r"no longer shown first|shown first|muted", page.words) == [
        "no longer shown first",
        "muted",
        "shown first",
    ]
    assert page.text.count(">Undo</button>") == 1


def test_a_decision_of_old_has_no_author_and_is_listed_by_what_it_is_about_now(reader: Reader) -> None:
    old = {"kind": "merge", "articles": ["rescue-1", "aid-1"], "decided": "2026-03-05T00:00:00Z"}
    with reader.room.services.record.begin() as tx:
        tx.stories.decide(StoryDecision.model_validate(old))
    (decision,) = kept(reader)
    assert (decision.by, decision.topics) == ("somebody", ("news",))
    headlines = [reader.room.story(one).headline for one in ("rescue-1", "aid-1")]
    assert decision.about == f"stories “{headlines[0]}”, “{headlines[1]}”"


def test_what_comes_from_another_page_arranges_nothing(reader: Reader) -> None:
    fields = {"do": "pin", "id": series(reader, "rescue-1", 212).id}
    assert reader.client.post("/arrange", fields).status == 403
    assert reader.client.post("/arrange", fields | {"form_token": "x"}).status == 403
    assert kept(reader) == []


def test_what_can_not_be_arranged_is_refused_in_words(reader: Reader) -> None:
    toll, quake, cup = series(reader, "rescue-1", 212).id, development(reader, "quake-1"), development(reader, "cup-1")
    cup_story = reader.room.story("cup-1").id
    for path, status, words in (
        (f"/arrange/developments/{cup}/merge", 422, "Choose a development"),
        (f"/arrange/developments/{cup}/merge?with=thread-none", 409, "There is no thread 'thread-none'."),
        (f"/arrange/developments/{cup}/merge?with={cup}", 409, "A merge needs two threads or more."),
        (f"/arrange/developments/{cup}/split", 422, "Choose at least one story"),
        (f"/arrange/developments/{cup}/split?story={cup_story}", 409, "Nothing would be left"),
        (f"/arrange/developments/{quake}/split?story={cup_story}", 409, "is not of thread"),
        (f"/arrange/figures/{toll}/merge?with=series-none", 409, "There is no series 'series-none'."),
    ):
        page = reader.client.get(path)
        assert (page.status, words in page.words) == (status, True), page.words
    for fields, status, words in (
        ({"do": "explode", "id": toll}, 422, "nothing of that kind to arrange"),
        ({"do": "pin", "id": "series-none"}, 409, "There is no series"),
        ({"do": "rename", "id": toll, "label": " "}, 422, "The name is empty."),
        ({"do": "rename", "id": toll, "label": "x" * 121}, 422, "longer than 120 characters"),
        ({"do": "rename", "id": toll, "label": "a\x1b[2Jb"}, 422, "control characters"),
        ({"do": "merge-series", "id": toll, "with": toll}, 409, "A merge needs two series or more."),
        ({"do": "merge-developments", "id": cup, "with": "thread-none"}, 409, "There is no thread"),
        ({"do": "split-development", "id": cup, "stories": cup_story}, 409, "Nothing would be left"),
        ({"do": "split-development", "id": quake, "stories": ""}, 409, "No story was chosen."),
    ):
        answer = arrange(reader, **fields)
        assert (answer.status, words in answer.words) == (status, True), answer.words
    assert kept(reader) == []
