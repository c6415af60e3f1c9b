"""Webhooks against real servers: what they get, what proves who sent it, and what becomes of one that misbehaves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from jsonschema import Draft202012Validator
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipeline.errors import DeliveryError, DeliveryRefused
from pipeline.tell.payload import payload
from pipeline.tell.webhook import WebhookChannel, signature
from schemas.channel import WebhookSettings
from schemas.webhook import Webhook
from tests.docs.pages import DOCS
from tests.tell.channels import KEY, posted, posted_digest, silent_server
from tests.tell.examples import NOW, alert, changed, contradiction, feed_alert, ill_feed, news, story

NAME = "webhook:newsdesk"


def channel(url: str, *, allowed: bool = True, seconds: float = 15.0) -> WebhookChannel:
    settings = WebhookSettings.model_validate({"url": url, "key": KEY})
    return WebhookChannel(NAME, settings, allowed_hosts=["127.0.0.1", "localhost"] if allowed else [], seconds=seconds)


def test_a_message_is_signed_json_with_an_id_that_stays(httpserver: HTTPServer) -> None:
    asked: list[Request] = []

    def take(request: Request) -> Response:
        asked.append(request)
        return Response(status=204)

    httpserver.expect_request("/hook", method="POST").respond_with_handler(take)
    post = posted(NAME, alert(changed(), story="story-flood"))
    for _ in range(2):
        channel(httpserver.url_for("/hook?token=1")).post(post, date=NOW)
    first, second = asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "message-1"
    assert first.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    # As a receiver checks it, by the text of the standard alone.
    key = base64.b64decode(KEY.removeprefix("whsec_"))
    signed = f"message-1.{first.headers['webhook-timestamp']}.".encode() + first.data
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert first.headers["webhook-signature"] == f"v1,{expected}"
    assert first.data == second.data
    assert first.args["token"] == "1"
    (told,) = json.loads(first.data)["data"]["alerts"]
    assert told["figure"]["headline"].startswith("58 people")
    assert (told["figure"]["value"], told["figure"]["was"]) == (58, 41)


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_message_fits_the_published_schema() -> None:
    schema = Draft202012Validator(json.loads((DOCS / "webhook.schema.json").read_text(encoding="utf-8")))
    posts = [
        posted(NAME, alert(changed(), story="story-flood"), alert(contradiction(), story="story-flood")),
        posted(NAME, alert(story())),
        posted(NAME, feed_alert(ill_feed())),
        posted_digest(NAME),
    ]
    for post in posts:
        made = json.loads(payload(post).model_dump_json())
        assert not list(schema.iter_errors(made))
        assert Webhook.model_validate(made) == payload(post)
    assert list(schema.iter_errors({"type": "alerts"}))


@pytest.mark.parametrize("status", [301, 307, 400, 404, 429, 500, 503])
def test_what_is_not_taken_is_tried_again_and_no_redirect_is_followed(httpserver: HTTPServer, status: int) -> None:
    inside = httpserver.url_for("/inside")
    httpserver.expect_request("/hook").respond_with_data("not now", status=status, headers={"Location": inside})
    with pytest.raises(DeliveryError, match=f"HTTP {status}") as caught:
        channel(httpserver.url_for("/hook")).post(posted(NAME, alert(news())), date=NOW)
    assert not isinstance(caught.value, DeliveryRefused)
    assert [request.path for request, _ in httpserver.log] == ["/hook"]


def test_one_that_is_gone_is_given_up(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data(status=410)
    with pytest.raises(DeliveryRefused):
        channel(httpserver.url_for("/hook")).post(posted(NAME, alert(news())), date=NOW)


@pytest.mark.parametrize("trickle", [b"", b"HTTP/1.1 500 no\r\n\r\n", b"x"])
def test_one_that_never_ends_its_answer_is_left(trickle: bytes) -> None:
    with silent_server(trickle) as port, pytest.raises(DeliveryError):
        channel(f"http://127.0.0.1:{port}/", seconds=0.5).post(posted(NAME, alert(news())), date=NOW)


def test_a_huge_answer_is_not_read(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("x" * 5_000_000, status=500)
    with pytest.raises(DeliveryError) as caught:
        channel(httpserver.url_for("/hook")).post(posted(NAME, alert(news())), date=NOW)
    assert len(str(caught.value)) < 500


def test_an_address_inside_the_network_is_refused_unless_it_is_allowed(httpserver: HTTPServer) -> None:
    url = httpserver.url_for("/hook").replace("http://", "https://")
    with pytest.raises(DeliveryError, match="in a private network") as caught:
        channel(url, allowed=False).post(posted(NAME, alert(news())), date=NOW)
    assert "TALLYWIRE_ALLOWED_HOSTS" in caught.value.hint
    assert httpserver.log == []


def test_plain_http_is_for_hosts_that_are_allowed() -> None:
    with pytest.raises(DeliveryError, match="not https"):
        channel("http://news.example/hook", allowed=False).post(posted(NAME, alert(news())), date=NOW)


def test_no_error_names_the_address() -> None:
    with pytest.raises(DeliveryError) as caught:
        channel("http://127.0.0.1:9/hook?token=secret").post(posted(NAME, alert(news())), date=NOW)
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
