"""Feeds by hand: looked at before they are taken, moved, removed, and their passwords kept apart."""

from __future__ import annotations

import base64
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.collect.web import Web, answer
from tests.hostile import environment, feed, html_answer, page, serving, topic_file


@dataclass
class Done:
    """How a command ended, and what it said."""

    returncode: object
    stdout: str
    stderr: str
    args: tuple[object, ...]


Run = Callable[..., Done]

SITEMAP = answer(
    b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    b'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>http://a.example/1</loc><news:news>'
    b"<news:publication><news:name>A</news:name></news:publication><news:title>Flood in Tarn</news:title>"
    b"<news:publication_date>2026-03-01T10:00:00Z</news:publication_date></news:news></url></urlset>",
    Content_Type="application/xml",
)
FRONT = html_answer(
    b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/news.rss" title="News">'
    b'<link rel="alternate" type="application/rss+xml" href="/gone.rss"></head><body><p>Front</p></body></html>'
)


@pytest.fixture
def web() -> Iterator[Web]:
    with serving({"/news.rss": feed(["/1", "/2"]), "/": FRONT, "/other.rss": feed(["/3"])}) as served:
        served.pages["/robots.txt"] = answer(f"Sitemap: {served.url('/sitemaps/news.xml')}\n".encode())
        served.pages["/sitemaps/news.xml"] = SITEMAP
        yield served


@pytest.fixture
def tallywire_on(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on a home that watches floods and fires, both without feeds of their own; in this process, for
    what a process of its own costs."""
    for name, value in environment(web, workers=0).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: object, **settings: str) -> Done:
        for name, value in settings.items():
            monkeypatch.setenv(f"TALLYWIRE_{name.upper()}", value)
        monkeypatch.setattr(sys, "argv", ["tallywire", *map(str, arguments), "--home", str(tmp_path / "home")])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Done(returncode=ended.value.code, stdout=said.out, stderr=said.err, args=arguments)

    fires = tmp_path / "fires.yaml"
    fires.write_text("name: fires\nfeeds: []\n")
    assert run("run", topic_file(tmp_path), fires).returncode == 0
    return run


def test_a_feed_is_looked_at_before_it_is_taken(web: Web, tallywire_on: Run) -> None:
    done = tallywire_on("feeds", "add", web.url("/news.rss"), "--topic", "floods")
    assert done.returncode == 0, done.stderr
    assert "rss, A feed, 2 entries" in done.stdout
    missing = tallywire_on("feeds", "add", web.url("/missing.rss"), "--topic", "floods")
    assert (missing.returncode, "the server answered 404" in missing.stderr) == (1, True)
    assert "/missing.rss" not in tallywire_on("feeds", "list").stdout
    assert tallywire_on("feeds", "add", web.url("/missing.rss"), "--topic", "floods", "--unseen").returncode == 0


def test_of_a_web_page_the_feeds_and_news_sitemaps_that_answer_are_offered(web: Web, tallywire_on: Run) -> None:
    done = tallywire_on("feeds", "add", web.url("/"), "--topic", "floods")
    assert done.returncode == 1
    assert f"{web.url('/news.rss')}  rss, A feed, 2 entries" in done.stderr
    assert f"{web.url('/sitemaps/news.xml')}  sitemap, A, 1 entry, newest 2026-03-01" in done.stderr
    assert "/gone.rss" not in done.stderr
    assert web.url("/news.rss") not in tallywire_on("feeds", "list").stdout


def test_a_page_that_leads_to_no_feed_says_so(web: Web, tallywire_on: Run) -> None:
    web.pages = {"/page": html_answer(page("A page"))}
    done = tallywire_on("feeds", "add", web.url("/page"), "--topic", "floods")
    assert done.returncode == 1
    assert "this is a web page, not a feed" in done.stderr
    assert "no feed was found on it" in done.stderr


def test_a_feed_is_moved_and_removed_and_what_it_brought_stays(web: Web, tallywire_on: Run) -> None:
    url = web.url("/news.rss")
    tallywire_on("feeds", "add", url, "--topic", "floods")
    tallywire_on("run")
    assert url in tallywire_on("feeds", "list", "--topic", "floods").stdout
    assert tallywire_on("feeds", "move", url, "--from", "floods", "--to", "fires").returncode == 0
    assert url not in tallywire_on("feeds", "list", "--topic", "floods").stdout
    assert url in tallywire_on("feeds", "list", "--topic", "fires").stdout
    assert "no longer polled for fires" in tallywire_on("feeds", "remove", url).stdout
    assert url not in tallywire_on("feeds", "list").stdout
    assert tallywire_on("export", "entries").stdout.count("\n") == 2
    again = tallywire_on("feeds", "remove", url)
    assert (again.returncode, "isn't polled" in again.stderr) == (1, True)


def test_what_the_file_of_a_topic_would_bring_back_is_said(web: Web, tallywire_on: Run, tmp_path: Path) -> None:
    tallywire_on("run", topic_file(tmp_path, web.url("/other.rss")))
    assert "the file of floods lists it too" in tallywire_on("feeds", "remove", web.url("/other.rss")).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("feeds", "list", "--topic", "none"),
        ("feeds", "export", "--topic", "none"),
        ("feeds", "remove", "http://a.example/f", "--topic", "none"),
        ("feeds", "move", "http://a.example/f", "--from", "floods", "--to", "none"),
    ],
)
def test_an_unknown_topic_is_an_error(tallywire_on: Run, arguments: tuple[str, ...]) -> None:
    done = tallywire_on(*arguments)
    assert done.returncode == 1
    assert "there is no topic 'none'" in done.stderr


@pytest.mark.parametrize("by", ["file", "command"])
def test_a_password_is_sent_to_its_feed_and_written_nowhere_else(
    web: Web, tallywire_on: Run, tmp_path: Path, by: str
) -> None:
    url = web.url("/news.rss").replace("http://", "http://desk:s%40cret@")
    if by == "file":
        said = tallywire_on("run", topic_file(tmp_path, url))
    else:
        added = tallywire_on("feeds", "add", url, "--topic", "floods")
        said = tallywire_on("run")
        assert "cret" not in added.stdout + added.stderr
    assert "polled 1 feed" in said.stdout, said.stderr
    basic = base64.b64encode(b"desk:s@cret").decode()
    assert [f"Basic {basic}" in head for head in web.asked if "/news.rss" in head][-1]
    assert not any(basic in head for head in web.asked if "/news.rss" not in head)

    shown = [("feeds", "list", "--json"), ("feeds", "export"), ("topics", "list", "--json"), ("feeds", "check")]
    shown += [("export", what) for what in ("entries", "articles", "alerts")]
    told = [tallywire_on(*one) for one in shown]
    assert not [one.args for one in told if "cret" in one.stdout + one.stderr]
    holding = [path for path in (tmp_path / "home").rglob("*") if path.is_file() and b"cret" in path.read_bytes()]
    assert [path.name for path in holding] == ["logins.json"]
    assert stat.S_IMODE(holding[0].stat().st_mode) == 0o600
    assert tallywire_on("feeds", "remove", web.url("/news.rss")).returncode == 0
    assert b"cret" not in holding[0].read_bytes()


def test_a_password_does_not_follow_a_feed_to_another_host(web: Web, tallywire_on: Run) -> None:
    with serving({"/feed": feed(["/9"])}) as other:
        web.pages["/news.rss"] = answer(b"", "301 Moved Permanently", Location=other.url("/feed", host="localhost"))
        hosts = f"127.0.0.1:{web.port},localhost:{other.port}"
        added = tallywire_on(
            "feeds",
            "add",
            web.url("/news.rss").replace("//", "//desk:secret@"),
            "--topic",
            "floods",
            allowed_hosts=hosts,
        )
        assert added.returncode == 0, added.stderr
        assert tallywire_on("run", allowed_hosts=hosts).returncode == 0
        assert other.asked
        assert not any("Authorization" in head for head in other.asked)
        assert all("Authorization" in head for head in web.asked if "/news.rss" in head)
