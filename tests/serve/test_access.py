"""Who may look: the Host header, the log-in, forms from elsewhere."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.serve.access import access_of, host_name
from pipeline.serve.secret import secret_of
from pipeline.settings import Settings
from tests.serve.conftest import EVERYWHERE, Opens


def test_on_loopback_no_login_is_asked_for(window: Opens) -> None:
    answer = window().client().get("/")
    assert answer.status == 200
    assert "Topics" in answer.words


@pytest.mark.parametrize(
    "name", ["evil.example", "127.0.0.1.evil.example", "192.168.1.7:8420", "", "localhost@evil.example"]
)
def test_a_page_of_another_name_bent_to_this_address_sees_nothing(window: Opens, name: str) -> None:
    answer = window().client().get("/", host=name)
    assert answer.status in (400, 421)
    assert "Topics" not in answer.words


@pytest.mark.parametrize("name", ["localhost", "localhost:1", "127.0.0.1:8420", "[::1]:8420", "LOCALHOST"])
def test_the_names_of_this_machine_are_answered(window: Opens, name: str) -> None:
    assert window().client().get("/", host=name).status == 200


def test_what_a_proxy_passes_on_to_a_window_without_login_is_refused(window: Opens) -> None:
    answer = window().client().get("/", x_forwarded_for="203.0.113.9")
    assert answer.status == 403
    assert "TALLYWIRE_SERVE_HOSTS" in answer.words


def test_a_window_open_to_more_asks_for_its_token(window: Opens) -> None:
    open_ = window(host=EVERYWHERE)
    client = open_.client()
    asked = client.get("/feeds?health=gone")
    assert (asked.status, asked.headers["location"]) == (303, "/login?next=/feeds%3Fhealth%3Dgone")
    assert client.post("/login", {"token": "wrong"}, form="/login").status == 403
    entered = client.post("/login", {"token": open_.token, "next": "/feeds?health=gone"}, form="/login")
    assert (entered.status, entered.headers["location"]) == (303, "/feeds?health=gone")
    assert client.get("/").status == 200
    assert client.post("/logout", {}, form="/").status == 303
    assert client.get("/").status == 303


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_login_never_leads_elsewhere(window: Opens, elsewhere: str) -> None:
    open_ = window(host=EVERYWHERE)
    answer = open_.client().post("/login", {"token": open_.token, "next": elsewhere}, form="/login")
    assert answer.headers["location"] == "/"


def test_a_forged_session_is_none(window: Opens) -> None:
    client = window(host=EVERYWHERE).client()
    client.cookies["tallywire_session"] = "AAAA.BBBB.CCCC"
    assert client.get("/").status == 303


def test_cookies_are_for_the_server_alone(window: Opens) -> None:
    open_ = window(host=EVERYWHERE)
    answer = open_.client().post("/login", {"token": open_.token}, form="/login")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_after_five_wrong_tokens_even_the_right_one_waits(window: Opens) -> None:
    open_ = window(host=EVERYWHERE)
    client = open_.client()
    for _ in range(5):
        assert client.post("/login", {"token": "wrong"}, form="/login").status == 403
    refused = client.post("/login", {"token": open_.token}, form="/login")
    assert refused.status == 429
    assert int(refused.headers["retry-after"]) > 0
    open_.clock.now += timedelta(minutes=16)
    assert client.post("/login", {"token": open_.token}, form="/login").status == 303


def test_a_form_without_its_token_does_nothing(window: Opens) -> None:
    open_ = window(host=EVERYWHERE)
    client = open_.client()
    assert client.post("/login", {"token": open_.token}).status == 403
    client.get("/login")
    assert client.post("/login", {"token": open_.token, "form_token": "forged"}).status == 403
    # The token of another visit is none of this one's.
    other = open_.client()
    other.get("/login")
    client.cookies["tallywire_visit"] = other.cookies["tallywire_visit"]
    assert other.post("/login", {"token": open_.token}, form="/login").status == 303


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"}]
)
def test_a_form_of_another_site_does_nothing(window: Opens, headers: dict[str, str]) -> None:
    open_ = window()
    client = open_.client()
    client.get("/")
    assert client.post("/logout", {}, **headers).status == 403


def test_a_proxy_that_is_named_says_who_asks(window: Opens) -> None:
    open_ = window(serve_proxy_header="X-Remote-User", serve_proxies=("127.0.0.1",), serve_hosts=("news.example",))
    assert open_.client(host="news.example", x_remote_user="ada").get("/").words.count("You are ada") == 1
    assert open_.client(host="news.example").get("/").status == 303


def test_the_word_of_a_stranger_is_not_taken(window: Opens) -> None:
    open_ = window(serve_proxy_header="X-Remote-User", serve_proxies=("10.0.0.0/8",), serve_hosts=("news.example",))
    assert open_.client(host="news.example", x_remote_user="ada").get("/").status == 303


def test_half_a_proxy_is_an_error() -> None:
    with pytest.raises(SettingsError, match="only one of the two proxy settings"):
        access_of(Settings(serve_proxy_header="X-Remote-User"), "127.0.0.1")


def test_every_answer_carries_the_same_strict_headers(window: Opens) -> None:
    client = window().client()
    for path in ("/", "/nothing-here", "/static/window.css", "/login"):
        headers = client.get(path).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert client.get("/", host="evil.example").headers["x-frame-options"] == "DENY"


def test_the_token_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    made = secret_of(tmp_path)
    assert made.fresh
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    again = secret_of(tmp_path)
    assert (again.token, again.fresh) == (made.token, False)
    made.path.write_text("")
    with pytest.raises(SettingsError, match="does not contain a token"):
        secret_of(tmp_path)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("a.example:80", "a.example"),
        ("[::1]:80", "::1"),
        ("a.example:x", None),
        ("a/b", None),
        ("u@a", None),
        ("", None),
    ],
)
def test_a_host_header_is_a_name_or_nothing(header: str, name: str | None) -> None:
    assert host_name(header) == name


def test_a_page_that_is_not_there_says_so(window: Opens) -> None:
    answer = window().client().get("/no/such/page")
    assert answer.status == 404
    assert "There is nothing here" in answer.words
