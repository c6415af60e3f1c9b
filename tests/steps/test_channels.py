"""Channels of a deployment: from a topic's recipients to real local receivers, and what is said of those that fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipeline.settings import Settings, load_settings
from pipeline.steps.keeping.channels import channel_findings, tried
from pipeline.steps.services import Services, open_services
from pipeline.steps.showing.fates import fates
from pipeline.steps.tell import tell
from pipeline.steps.telling.messages import TellReport
from pipeline.steps.transport import channels_of, mailer_of, sender_of
from schemas.alert import AlertState
from schemas.topic import Topic
from tests.steps.conftest import MovableClock
from tests.tell.channels import KEY
from tests.tell.examples import alert, contradiction, news

DESK, HOOK, CHAT = "desk@news.example", "webhook:newsdesk", "apprise:duty"

# Apprise looks whether Python still has a module that is on its way out.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def settings(home: Path, server: HTTPServer) -> Settings:
    host = f"{server.host}:{server.port}"
    channels = {HOOK: {"url": f"http://{host}/hook", "key": KEY}, CHAT: {"url": f"json://{host}/chat"}}
    return load_settings(home=home, channels=json.dumps(channels), allowed_hosts=host)


@pytest.fixture
def services(tmp_path: Path, clock: MovableClock, httpserver: HTTPServer) -> Iterator[Services]:
    found = open_services(settings(tmp_path / "home", httpserver), clock=clock)
    yield found
    found.close()


def receiving(server: HTTPServer, path: str) -> list[Request]:
    got: list[Request] = []

    def take(request: Request) -> Response:
        got.append(request)
        return Response(status=200)

    server.expect_request(path, method="POST").respond_with_handler(take)
    return got


def watch(services: Services, *recipients: Any, **more: Any) -> Topic:
    topic = Topic.model_validate(
        {"name": "floods", "recipients": recipients, "alerts": {"bundle": "0s"}, "digest": None} | more
    )
    with services.record.begin() as tx:
        tx.topics.put(topic)
    return topic


def found(services: Services, name: str, what: Any) -> None:
    now = services.clock()
    with services.record.begin() as tx:
        tx.alerts.add(alert(what, id=name, topic="floods", created=now, due=now))


def told(services: Services) -> TellReport:
    given = services.settings
    return tell(services, mailer_of(given), sender_of(given), channels=channels_of(given))


def test_alerts_reach_each_by_the_channel_and_the_severity_they_asked_for(
    services: Services, httpserver: HTTPServer
) -> None:
    hook, chat = receiving(httpserver, "/hook"), receiving(httpserver, "/chat")
    watch(services, DESK, HOOK, {"to": CHAT, "severity": "urgent"})
    found(services, "new", news(worth=0.5))
    found(services, "against", contradiction())
    assert told(services).troubles == []
    assert sorted(one["id"] for post in hook for one in json.loads(post.data)["data"]["alerts"]) == ["against", "new"]
    (message,) = chat
    assert "320 houses" in json.loads(message.data)["message"]
    assert len(list(services.settings.mail_path.glob("*.eml"))) == 2


def test_a_channel_that_fails_is_tried_again_with_the_same_id_and_holds_up_nobody(
    services: Services, clock: MovableClock, httpserver: HTTPServer
) -> None:
    chat = receiving(httpserver, "/chat")
    httpserver.expect_oneshot_request("/hook").respond_with_data("down", status=503)
    watch(services, HOOK, CHAT, DESK)
    found(services, "a", contradiction())
    found(services, "b", news(series="another"))
    (trouble,) = told(services).troubles
    assert "webhook:newsdesk" in trouble
    assert "HTTP 503: down" in trouble
    # Having failed once it is left alone for this round, while others get both.
    assert len([one for one, _ in httpserver.log if one.path == "/hook"]) == 1
    assert len(chat) == 2
    with services.record.read() as tx:
        assert {one.state for one in tx.alerts.find()} == {AlertState.WAITING}
        fate = fates(tx, tx.alerts.find())["a"]
    assert fate[DESK].startswith("sent ")
    assert fate[HOOK].endswith("HTTP 503: down) → it will be tried again")
    hook = receiving(httpserver, "/hook")
    clock.forward(minutes=1)
    assert told(services).troubles == []
    assert len(chat) == 2
    failed = next(one for one, answer in httpserver.log if answer.status_code == 503)
    assert failed.headers["webhook-id"] in {one.headers["webhook-id"] for one in hook}
    assert len(hook) == 2
    with services.record.read() as tx:
        assert {one.state for one in tx.alerts.find()} == {AlertState.SENT}


def test_a_digest_goes_to_channels_too(services: Services, clock: MovableClock, httpserver: HTTPServer) -> None:
    hook, chat = receiving(httpserver, "/hook"), receiving(httpserver, "/chat")
    watch(services, HOOK, {"to": CHAT, "tells": "now"}, digest={"at": ["18:00"], "empty": True})
    told(services)
    clock.forward(hours=7)
    told(services)
    (post,) = hook
    assert json.loads(post.data)["type"] == "digest"
    assert chat == []


def test_each_recipient_can_be_tried(services: Services, httpserver: HTTPServer) -> None:
    hook = receiving(httpserver, "/hook")
    httpserver.expect_request("/chat").respond_with_data("no", status=500)
    topic = watch(services, DESK, HOOK, CHAT, "webhook:nosuch")
    outcome = {to: str(error) if error else "" for to, error in tried(services, topic)}
    assert outcome[DESK] == outcome[HOOK] == ""
    assert "500" in outcome[CHAT]
    assert "there is no channel webhook:nosuch" in outcome["webhook:nosuch"]
    assert json.loads(hook[0].data)["type"] == "test"
    with services.record.read() as tx:
        assert tx.messages.find() == []


def test_doctor_knows_what_can_not_work(
    services: Services, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = watch(services, DESK, HOOK, CHAT, "webhook:nosuch")
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    findings = {one.what: one for one in channel_findings(services.settings, [topic])}
    levels = {what: one.level for what, one in findings.items()}
    assert levels["the channel webhook:newsdesk is set up"] == "ok"
    (missing,) = (one for what, one in findings.items() if "Apprise is not installed" in what)
    assert (missing.level, "tallywire[channels]" in missing.advice) == ("problem", True)
    assert any("webhook:nosuch" in what and level == "problem" for what, level in levels.items())
