"""/api: the rows of the exports, in the order in which they changed, in bounded pieces, for who has the token."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipeline.serve.secret import Secret
from pipeline.steps.showing.changes import CHANGES
from pipeline.steps.showing.export import EXPORTS
from schemas.topic import Topic
from tests.serve.client import Answer, Client
from tests.serve.conftest import NOW, Opens, Served
from tests.serve.test_subscribe import alert, story


def client(served: Served) -> Client:
    return served.client(authorization=f"Bearer {Secret(served.token, Path()).key('api')}")


def rows(answer: Answer) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson; charset=utf-8"
    return [json.loads(line) for line in answer.text.splitlines()]


def everything(asks: Client, kind: str, limit: int) -> list[dict[str, Any]]:
    """All rows of a kind, page after page."""
    path, found = f"/api/{kind}?limit={limit}", []
    while path:
        answer = asks.get(path)
        found += rows(answer)
        following = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
        parts = urlsplit(following[1]) if following else None
        path = f"{parts.path}?{parts.query}" if parts else ""
    return found


@pytest.mark.parametrize("kind", CHANGES)
def test_the_rows_are_those_of_the_export(window: Opens, demo: Path, kind: str) -> None:
    served = window(demo)
    found = everything(client(served), kind, limit=7)
    with served.services.record.read() as tx:
        exported = [json.loads(row.model_dump_json(by_alias=True)) for row in EXPORTS[kind][1](tx)]

    def in_order(some: list[dict[str, Any]]) -> list[str]:
        return sorted(json.dumps(row, sort_keys=True) for row in some)

    assert exported or kind == "decisions"
    assert in_order(found) == in_order(exported)


def test_every_kind_of_export_is_there(window: Opens) -> None:
    served = window()
    assert CHANGES.keys() == EXPORTS.keys()
    listed = json.loads(client(served).get("/api").text)
    assert listed == {kind: f"{served.address}api/{kind}" for kind in CHANGES}


def test_who_goes_on_from_the_last_version_gets_what_changed_since(window: Opens) -> None:
    served = window()
    asks = client(served)
    with served.services.record.begin() as tx:
        for number in range(5):
            tx.stories.put(story(f"s{number}", hours=number))
    first = asks.get("/api/stories?limit=3")
    assert [row["id"] for row in rows(first)] == ["s0", "s1", "s2"]
    rest = asks.get(f"/api/stories?after={first.headers['tallywire-after']}")
    assert [row["id"] for row in rows(rest)] == ["s3", "s4"]
    assert "link" not in rest.headers
    last = rest.headers["tallywire-after"]
    assert rows(asks.get(f"/api/stories?after={last}")) == []
    assert asks.get(f"/api/stories?after={last}").headers["tallywire-after"] == last
    with served.services.record.begin() as tx:
        tx.stories.put(story("s1", hours=0))
    assert [row["id"] for row in rows(asks.get(f"/api/stories?after={last}"))] == ["s1"]


def test_more_than_is_read_at_once_comes_whole(window: Opens) -> None:
    served = window()
    with served.services.record.begin() as tx:
        tx.topics.put(Topic(name="floods"))
        for number in range(130):
            tx.alerts.add(alert(number, created=NOW - timedelta(seconds=number)))
    found = rows(client(served).get("/api/alerts?limit=120"))
    assert [row["id"] for row in found] == [f"alert-{number:03}" for number in range(120)]


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer", "Basic eDp4", "Bearer ü"])
@pytest.mark.parametrize("path", ["/api", "/api/articles", "/api/none"])
def test_without_the_token_nothing_is_told(window: Opens, header: str | None, path: str) -> None:
    served = window()
    headers = {"authorization": header.encode("latin-1").decode("latin-1")} if header else {}
    answer = served.client(**headers).get(path)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Bearer realm="tallywire"')
    assert json.loads(answer.text)["error"] == "this needs the token of the API"


def test_neither_the_token_of_the_window_nor_the_key_of_a_feed_opens_the_api(window: Opens) -> None:
    served = window()
    for given in (served.token, Secret(served.token, Path()).key("atom floods")):
        assert served.client(authorization=f"Bearer {given}").get("/api/articles").status == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/gossip", 404),
        ("/api/articles?limit=0", 400),
        ("/api/articles?limit=1001", 400),
        ("/api/articles?after=-1", 400),
        ("/api/articles?after=1e9", 400),
        ("/api/articles?after=99999999999999999999", 400),
        ("/api/articles?after=٣", 400),
    ],
)
def test_what_can_not_be_answered_is_said_as_json(window: Opens, path: str, status: int) -> None:
    served = window()
    answer = client(served).get(path.replace("٣", "%D9%A3"))
    assert answer.status == status
    assert set(json.loads(answer.text)) == {"error", "hint"}
    assert served.crashes == []


def test_nothing_can_be_written(window: Opens) -> None:
    asks = client(window())
    for method in ("POST", "PUT", "DELETE"):
        assert asks.ask(method, "/api/articles").status == 405
