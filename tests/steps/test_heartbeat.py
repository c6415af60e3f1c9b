"""A monitoring service hears after each round that went well, and of no other; it never holds up a round."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace

import pytest
from pydantic import SecretStr
from werkzeug import Request, Response

from pipeline.errors import DeliveryError
from pipeline.steps.telling.heartbeat import Heart
from tests.steps.conftest import House, Site
from tests.steps.test_rounds import FLOOD, topic_for


def monitored(house: House, url: str) -> House:
    settings = house.services.settings.model_copy(update={"heartbeat_url": SecretStr(url)})
    return House(replace(house.services, settings=settings), house.clock, house.post)


def test_each_round_that_went_well_is_told_and_none_in_which_a_mail_failed(house: House, site: Site) -> None:
    beats: list[str] = []
    heard = threading.Semaphore(0)

    def answer(request: Request) -> Response:
        beats.append(request.method)
        heard.release()
        return Response("fine")

    site.server.expect_request("/ping/key").respond_with_handler(answer)
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house = monitored(house, site.server.url_for("/ping/key"))
    house.enrol(topic_for(site))
    house.post.failures = [DeliveryError("the mail server is down")]
    assert house.round().told.troubles
    house.clock.forward(hours=1)
    assert house.round().went_well
    assert heard.acquire(timeout=60)
    assert beats == ["GET"]


def test_an_address_that_hangs_holds_up_nothing_and_its_key_is_not_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        heart = Heart(monitored(house, f"http://127.0.0.1:{silent.getsockname()[1]}/secret").services.settings)
        heart.beat()
        # Who does not answer is not asked again meanwhile.
        heart.beat()
        assert [one.name for one in threading.enumerate()].count("heartbeat") == 1
        assert time.monotonic() - began < 5
    heart.rest(60)
    heart = Heart(monitored(house, "http://127.0.0.1:1/secret").services.settings)
    heart.beat()
    heart.rest(60)
    assert "the heartbeat did not get through" in caplog.text
    assert "secret" not in caplog.text
