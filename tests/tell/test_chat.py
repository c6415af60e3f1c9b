"""Apprise against real local receivers of what ntfy, Mattermost, Matrix and plain JSON are posted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipeline.errors import DeliveryError
from pipeline.tell.chat import AppriseChannel
from pipeline.tell.short import harmless, short_text
from schemas.channel import ChannelSettings
from schemas.feed import Health
from tests.tell.channels import posted, posted_digest, silent_server
from tests.tell.examples import NOW, alert, changed, contradiction, feed_alert, ill_feed, news, statement, story

# Apprise looks whether Python still has a module that is on its way out.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

NAME = "apprise:newsdesk"
TOKEN = "3ccdd113474722377935511fc85d3dd4"


def channel(url: str, seconds: float = 20.0) -> AppriseChannel:
    return AppriseChannel(NAME, ChannelSettings(url=SecretStr(url)), seconds=seconds)


def taken(server: HTTPServer) -> list[Any]:
    """What is posted to the server, as JSON."""
    found: list[Any] = []

    def take(request: Request) -> Response:
        found.append(json.loads(request.data))
        return Response('{"ok": true}', content_type="application/json")

    server.expect_request("", method="POST").respond_with_handler(take)
    server.expect_request("/", method="POST").respond_with_handler(take)
    for path in ("/hook", f"/hooks/{TOKEN}", f"/api/v1/matrix/hook/{TOKEN}"):
        server.expect_request(path, method="POST").respond_with_handler(take)
    return found


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("json://{host}/hook", ("title", "message")),
        ("ntfy://{host}/newsroom", ("title", "message")),
        ("mmost://{host}/" + TOKEN, ("text", "text")),
        ("matrix://news:" + TOKEN + "@{host}?mode=slack", ("attachments", "attachments")),
    ],
)
def test_a_service_gets_subject_wording_and_link(httpserver: HTTPServer, address: str, where: tuple[str, str]) -> None:
    found = taken(httpserver)
    host = f"{httpserver.host}:{httpserver.port}"
    channel(address.format(host=host)).post(posted(NAME, alert(changed(), story="story-flood")), date=NOW)
    (got,) = found
    title, body = (str(got[name]) for name in where)
    assert "58 people had been rescued by boat" in title
    assert "58 people had been rescued by boat" in body
    assert "https://" in body
    assert "github" not in json.dumps(got)


def test_a_message_is_short_and_plain() -> None:
    alerts = [alert(news(series=f"s{n}", of=statement(n + 2)), id=f"a{n}", story="story-flood") for n in range(9)]
    _, body = short_text(posted(NAME, *alerts))
    assert body.count("https://") == 5
    assert body.endswith("+ 4")
    assert "<" not in body
    for post in (posted(NAME, alert(story())), posted(NAME, feed_alert(ill_feed())), posted_digest(NAME)):
        title, body = short_text(post)
        assert title.startswith("[harlow-flood]")
        assert 0 < len(body) < 2000


def test_nothing_of_a_page_calls_anybody() -> None:
    for text in ("@everyone look", "<!channel> now", "<@U012> hey", "mail me@news.example"):
        assert "\u2060" in harmless(text)
        assert harmless(text).replace("\u2060", "") == text
    assert harmless("3 < 4, 5 @ 6") == "3 < 4, 5 @ 6"


def test_a_refusal_is_told_without_secrets_and_no_redirect_is_followed(httpserver: HTTPServer) -> None:
    inside = httpserver.url_for("/inside")
    httpserver.expect_request("/hook-secret").respond_with_data("moved", status=307, headers={"Location": inside})
    with pytest.raises(DeliveryError) as caught:
        channel(f"json://{httpserver.host}:{httpserver.port}/hook-secret").post(posted(NAME, alert(news())), date=NOW)
    assert "hook-secret" not in str(caught.value)
    assert "307" in str(caught.value)
    assert [request.path for request, _ in httpserver.log] == ["/hook-secret"]


def test_one_that_never_ends_its_answer_is_left() -> None:
    with silent_server(b"x") as port, pytest.raises(DeliveryError, match=r"no answer within|could not be sent"):
        channel(f"json://127.0.0.1:{port}/", seconds=0.5).post(posted(NAME, alert(contradiction())), date=NOW)


def test_an_address_that_apprise_does_not_know_says_so() -> None:
    with pytest.raises(DeliveryError, match="does not support this address") as caught:
        channel("nosuch://token-of-mine").post(posted(NAME, alert(news())), date=NOW)
    assert "token-of-mine" not in str(caught.value)


def test_without_apprise_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    with pytest.raises(DeliveryError, match=r"Apprise is not installed") as caught:
        channel("json://127.0.0.1/").post(posted(NAME, alert(news())), date=NOW)
    assert "tallywire[channels]" in caught.value.hint


def test_every_kind_of_health_has_a_line() -> None:
    for health in (Health.SILENT, Health.GONE, Health.FAILING):
        _, body = short_text(posted(NAME, feed_alert(ill_feed(health=health))))
        assert body.strip()
