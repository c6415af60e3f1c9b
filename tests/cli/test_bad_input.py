"""Whatever a feed, a page, a file or an argument is: it is told in words, and everything else goes on."""

from __future__ import annotations

import email
import gzip
import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

import pipeline.cli
from tests.cli.conftest import ARTICLES, Command
from tests.collect.web import Answer, answer
from tests.hostile import (
    command,
    dripping,
    endless,
    environment,
    exported,
    feed,
    hanging_up,
    html_answer,
    page,
    serving,
    topic_file,
    zipped,
)

STEERING = (
    "Flood &#13;&#10;Bcc: all@evil.example &#27;[31m \x1b[2J\x07 &lt;script&gt;alert(1)&lt;/script&gt;"
    " &#x202e;kcab \x9b31m ../../etc/passwd"
)
HALF_PAIR = rb'<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Flood \ud800"}</script></head>'
XML = "application/rss+xml; charset=utf-8"

# Each page has a text of its own: of pages that say the same, chance decides which is the original.
BRIDGE = (
    "Engineers closed the old bridge at Corvel on Monday morning because the flood had washed out two of its pillars.",
    "Traffic is sent over the motorway until at least the end of the month, said a spokesman for the road authority.",
    "Bus lines 4 and 9 end at the market square, and pupils from the far bank are to stay at home until Thursday.",
)
HARVEST = (
    "Farmers around Lindau fear for their potatoes after the flood left fields under half a metre of standing water.",
    "What is not dug up within ten days rots in the ground, warned the chair of the growers' union on the radio.",
    "The ministry of agriculture promised loans without interest to every holding that lost more than a third.",
)
MUSEUM = (
    "Volunteers carried four thousand paintings from the cellar of the city museum as flood water came up the stairs.",
    "Restorers froze damp drawings in a fish factory nearby, which keeps paper from growing mould for several months.",
    "The director expects to reopen the upper floors in spring and asks nobody to bring towels, for there are plenty.",
)
RAIL = (
    "No train will run between Ostrel and the coast before Friday, since the flood undermined six kilometres of track.",
    "Passengers get their fares back at any counter, and tickets for the night train remain valid into next week.",
    "A goods train with cement still stands on the embankment and has to be unloaded by hand before a crane can come.",
)

PAGES: dict[str, tuple[Answer, str]] = {
    "/good": (html_answer(page("Hospital evacuated as Malva floods Tarn")), "indexed"),
    "/latin": (html_answer(page("Überflutung in Tarn", *BRIDGE).decode().encode("latin-1")), "indexed"),
    "/missing": (answer(b"", "404 Not Found"), "again: the server answered 404"),
    "/pdf": (answer(b"%PDF-1.7 \0\1", Content_Type="application/pdf"), "not_html: it is a PDF document"),
    "/empty": (html_answer(b""), "not_html: the page is empty"),
    "/endless": (endless, "too_large: more than 10,000,000 bytes"),
    "/dripping": (dripping, "again: no complete answer within 2 seconds"),
    "/half": (hanging_up, "again: its body is incomplete or garbled"),
    "/bomb": (zipped(200_000_000), "too_large: more than 10,000,000 bytes"),
    "/nested": (html_answer(b"<html><body>" + b"<b><i><font>" * 60_000 + b"flood"), "failed"),
    "/table": (html_answer(b"<html><body><table>" + b"<tr><td>" * 100_000), "failed: more than 150000"),
    "/binary": (html_answer(bytes(range(256)) * 400), "not_html"),
    "/steering": (html_answer(page(STEERING, *HARVEST)), "indexed"),
    "/half-pair": (html_answer(page("Flood", *MUSEUM).replace(b"</head>", HALF_PAIR)), "indexed"),
    "/unstorable": (html_answer(page("Flood &#xD800;&#0;&#xFFFF;&#27;", *RAIL)), "indexed"),
    "/circle": (answer(b"", "302 Found", Location="/circle"), "again: it redirects in a loop"),
    "/inside": (answer(b"", "302 Found", Location="http://127.0.0.1:1/"), "blocked: leads to a private network"),
    "/metadata": (answer(b"", "302 Found", Location="http://169.254.169.254/"), "blocked: leads to a private network"),
    "/file": (answer(b"", "302 Found", Location="file:///etc/passwd"), "again: file is neither http nor https"),
    "/no-http": (b"Dear editor, this is no HTTP\r\n\r\n", "again: its answer is not HTTP"),
    "http://127.0.0.1:1/": (b"", "blocked: leads to a private network"),
    "http://169.254.169.254/latest/": (b"", "blocked: leads to a private network"),
    "http://0x7f.1/": (b"", "blocked: leads to a private network"),
}
"""What is announced, what it answers, and what becomes of it: an outcome or `again`, and words of the reason."""

NOT_ANNOUNCED = ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "http://h:99999/", "http://ex ample/"]

FEEDS: dict[str, tuple[Answer, str]] = {
    "/feed": (feed([*PAGES, *NOT_ANNOUNCED]), ""),
    "/feed/page": (html_answer(page("A page")), "this is a web page, not a feed"),
    "/feed/empty": (answer(b""), "the feed is empty"),
    "/feed/huge": (answer(b"<rss>" + b"<item><link>/x</link></item>" * 400_000), "the page is too large"),
    "/feed/endless": (endless, "the page is too large"),
    "/feed/dripping": (dripping, "no complete answer within 2 seconds"),
    "/feed/bomb": (zipped(100_000_000), "the page is too large"),
    "/feed/inside": (answer(b"", "302 Found", Location="http://127.0.0.1:1/"), "leads to a private network"),
    "/feed/circle": (answer(b"", "302 Found", Location="/feed/circle"), "it redirects in a loop"),
    "/feed/latin": (
        answer(
            '<rss version="2.0"><channel><title>Größe</title><item><title>Überflutung</title><link>/wide</link></item>'
            "</channel></rss>".encode("latin-1"),
            Content_Type=XML,
        ),
        "",
    ),
    "/feed/half-pair": (
        answer(rb'{"version": "https://jsonfeed.org/version/1.1", "title": "\ud800", "items": []}'),
        "",
    ),
}
"""What a feed answers, and what is said to be wrong with it."""


@dataclass(frozen=True)
class Done:
    """What a run over all of it left behind."""

    code: int
    out: str
    err: str
    home: Path
    address: str
    rows: dict[str, list[dict[str, Any]]]

    def entry(self, link: str) -> dict[str, Any]:
        url = link if ":" in link else self.address + link
        (found,) = (row for row in self.rows["entries"] if row["url"] == url)
        return found


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("hostile")
    answers = {path: served for table in (PAGES, FEEDS) for path, (served, _) in table.items()}
    with serving(answers | {"/wide": answer(b"", "410 Gone")}) as web:
        topic = topic_file(folder, *map(web.url, FEEDS))
        process = subprocess.run(
            command("run", topic, "--home", folder / "home", "--workers", 2),
            env=environment(web, fetch_timeout=2),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in process.stderr, process.stderr
        home, address = folder / "home", web.url("")
    return Done(process.returncode, process.stdout, process.stderr, home, address, exported(home))


def test_a_run_over_a_hostile_web_is_done_in_part_and_says_so(done: Done) -> None:
    assert done.code == 3
    assert f"polled {len(FEEDS)} feeds" in done.out
    assert done.err == ""


@pytest.mark.parametrize("path", [path for path, (_, wrong) in FEEDS.items() if wrong])
def test_what_is_wrong_with_a_feed_is_said_beside_its_address(done: Done, path: str) -> None:
    (line,) = (line for line in done.out.splitlines() if line.startswith(f"  {done.address}{path}: "))
    assert FEEDS[path][1] in line


@pytest.mark.parametrize("path", [path for path, (_, wrong) in FEEDS.items() if not wrong])
def test_a_feed_that_can_be_read_is_read(done: Done, path: str) -> None:
    assert f"  {done.address}{path}: " not in done.out


@pytest.mark.parametrize("link", PAGES)
def test_every_page_ends_as_what_it_is_or_is_tried_again(done: Done, link: str) -> None:
    outcome, _, words = PAGES[link][1].partition(": ")
    entry = done.entry(link)
    assert (entry["outcome"] or "again") == outcome
    assert words in entry["reason"]
    assert entry["reason"]


def test_in_is_out(done: Done) -> None:
    entries = done.rows["entries"]
    assert len(entries) == len(PAGES) + 1
    ended = Counter(entry["outcome"] for entry in entries if entry["outcome"])
    again = sum(entry["outcome"] is None for entry in entries)
    said = next(line for line in done.out.splitlines() if line.startswith("entries: "))
    counted = {words.split(" ", 1)[1]: int(words.split(" ", 1)[0]) for words in said[9:].split(", ")}
    assert counted == {name.replace("_", " "): count for name, count in ended.items()} | {"to be tried again": again}


def test_what_no_robot_may_visit_is_not_even_announced(done: Done) -> None:
    assert not {entry["url"].split(":")[0] for entry in done.rows["entries"]} - {"http"}


def test_a_feed_in_the_wrong_charset_is_read_in_the_right_one(done: Done) -> None:
    assert done.entry("/wide")["title"] == "Überflutung"


def test_letters_of_a_page_in_the_wrong_charset_are_kept(done: Done) -> None:
    (article,) = (row for row in done.rows["articles"] if row["url"] == f"{done.address}/latin")
    assert article["title"] == "Überflutung in Tarn"


def test_nothing_of_a_title_steers_a_mail_a_file_name_a_terminal_or_a_spreadsheet(
    done: Done, tallywire: Command
) -> None:
    (article,) = (row for row in done.rows["articles"] if row["url"] == f"{done.address}/steering")
    assert "Bcc: all@evil.example" in article["title"]
    assert article["title"].isprintable()
    mails = list((done.home / "mail").iterdir())
    assert mails
    for path in mails:
        assert path.name.isascii()
        assert set(path.name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")
        if path.suffix == ".eml":
            mail = email.message_from_bytes(path.read_bytes(), policy=default)
            assert mail["Bcc"] is None
            assert "<script>" not in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    for words in (("search", "Bcc"), ("export", "articles", "--format", "csv"), ("explain", article["id"])):
        shown = tallywire(*words, "--home", done.home).stdout
        assert "Bcc" in shown
        assert shown.removeprefix("\ufeff").replace("\n", "").replace("\r", "").isprintable()


BROKEN = [
    ("{broken", "it is not JSON"),
    ('["a list"]', "it is JSON, but not an object"),
    ("\udcff\udcfe", "it is not UTF-8 text"),
    ('{"id": "x"}', "it has neither text nor html"),
    ('{"id": "x", "text": 5}', "text: "),
    ('{"id": "\\ud800", "text": "flood"}', "id: "),
    ('{"id": "", "text": "flood"}', "id: "),
    ('{"id": "x", "text": "flood", "published": 1e400}', "'inf' is not a date"),
    ('{"id": "x", "text": "flood", "published": NaN}', "'nan' is not a date"),
    ('{"id": "x", "text": "flood", "published": "0001-01-01T00:00:00+14:00"}', "is not a date"),
    ('{"id": "x", "text": ' + "[" * 50_000 + "}", "nested too deeply"),
    (json.dumps({"id": "first", "text": "Other words."}), "another article with the ID 'first' came before"),
]
ODD: list[dict[str, object]] = [
    {"id": "bare", "text": "A flood took 5 houses in Tarn."},
    {"id": "scheme", "text": "A flood took 6 houses in Tarn.", "url": "javascript:alert(1)"},
    {"id": "halves", "text": "A flood \ud800 took 7 houses.", "title": "a\ud800", "url": "http://x/\ud800"},
    {"id": "con\x1b[2Jtrol", "text": "A flood took 8 houses.", "title": "\x1b[31m\r\nBcc: x", "source": "\x07"},
    {"id": 7, "text": "A flood took 9 houses.", "published": "", "authors": 3},
]


def test_what_is_wrong_with_a_replay_is_told_line_by_line_and_the_rest_is_judged(
    tallywire: Command, tmp_path: Path
) -> None:
    lines = [json.dumps(ARTICLES[0]), *(line for line, _ in BROKEN), *map(json.dumps, ODD), json.dumps(ARTICLES[1])]
    path = tmp_path / "mixed.jsonl"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))
    cut = tmp_path / "cut.jsonl.gz"
    whole = gzip.compress(
        "".join(json.dumps({"id": f"c{n}", "text": f"Flood {n}."}) + "\n" for n in range(40)).encode()
    )
    cut.write_bytes(whole[:-30])
    huge = tmp_path / "huge.jsonl"
    huge.write_bytes(b"x" * 40_000_000 + b"\n" + json.dumps(ARTICLES[2]).encode())
    done = tallywire("replay", path, cut, huge, "--home", tmp_path / "home", "--workers", 0)
    assert done.returncode == 3
    for number, (_, why) in enumerate(BROKEN, 2):
        (line,) = (line for line in done.stderr.splitlines() if f"mixed.jsonl:{number}: " in line)
        assert why in line
    assert "huge.jsonl:1: longer than 32 MB" in done.stderr
    assert "the file is incomplete" in done.stderr
    rows = exported(tmp_path / "home")
    ids = [row["id"] for row in rows["articles"]]
    kept = [one for one in ids if one.startswith("c") and one[1:].isdigit()]
    assert [one for one in ids if one not in kept] == ["first", *(str(row["id"]) for row in ODD), "second", "third"]
    assert kept == [f"c{number}" for number in range(len(kept))]
    assert len(kept) > 20
    assert len(ids) == len(rows["entries"]) == sum(entry["outcome"] == "indexed" for entry in rows["entries"])
    said = tallywire("export", "articles", "--home", tmp_path / "home").stdout
    assert len(said.splitlines()) == len(ids)
    assert "\x1b" not in said


def main(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """The command within this process, which is faster than one of its own."""
    before = sys.argv
    sys.argv = ["tallywire", *map(str, arguments)]
    try:
        with pytest.raises(SystemExit) as ended:
            pipeline.cli.main()
    finally:
        sys.argv = before
    out, err = capsys.readouterr()
    assert "unexpected error" not in err, err
    assert "Traceback" not in err
    return int(ended.value.code or 0), out, err


LONG = "x" * 30_000


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("search", ""), 0, "found"),
        (("search", '"'), 0, "found"),
        (("search", "-"), 0, "found"),
        (("search", "NEAR(a b) OR * ^"), 0, "found"),
        (("search", LONG), 0, "0 found"),
        (("search", "洪水 ☃"), 0, "0 found"),
        (("search", "x", "--after", "nonsense"), 1, "is not a cursor"),
        (("search", "x", "--limit", "0"), 2, "--limit"),
        (("search", "x", "--since", "nonsense"), 2, "'nonsense' is neither a time"),
        (("search", "x", "--since", "0001-01-01T00:00+14:00"), 2, "is neither a time"),
        (("search", "x", "--since", "999999999999d"), 2, "is neither a time"),
        (("explain", ""), 1, "''"),
        (("explain", "\udcff"), 1, "udcff"),
        (("explain", LONG), 1, "x…'"),
        (("stories", "show", "☃"), 1, "there is no story '☃'"),
        (("stories", "merge", "a", "b"), 1, "there is no story 'a'"),
        (("stories", "split", "a", "b"), 1, "there is no story 'a'"),
        (("figures", "mute", "none"), 1, "there is no series 'none'"),
        (("figures", "merge", "one"), 2, "two series or more"),
        (("alerts", "test", "none"), 1, "there is no topic 'none'"),
        (("alerts", "send", "--topic", "none"), 1, "there is no topic 'none'"),
        (("digest", "preview", "none"), 1, "there is no topic 'none'"),
        (("digest", "preview", "replay", "--since", "2d", "--until", "5d"), 2, "before it begins"),
        (("digest", "send", "replay"), 1, "has no recipients"),
        (("feeds", "add", "", "--topic", "replay"), 1, "not the address of a feed"),
        (("feeds", "add", "javascript:x", "--topic", "replay"), 1, "starts with http:// or https://"),
        (("feeds", "add", "http://x.example/f", "--topic", "none"), 1, "there is no topic 'none'"),
        (("feeds", "check", "http://127.0.0.1:1/"), 1, "private network"),
        (("feeds", "import", "/dev/null", "--topic", "replay"), 1, "not a list of feeds"),
        (("topics", "remove", "none"), 1, "there is no topic 'none'"),
    ],
)
def test_odd_arguments_are_answered_in_words(
    home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    found, out, err = main(capsys, *words, "--home", home)
    assert found == code
    assert said in out + err


@pytest.mark.parametrize("name", ["", "Bad Name", "../up", "123", "a\nfeeds: []", "x" * 64, "☃"])
def test_a_name_that_no_topic_can_have_writes_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = main(capsys, "topics", "new", name)
    assert code == 1
    assert "can't be the name of a topic" in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "typo.yaml"), "typo.yaml:2: unknown key `feds`; did you mean `feeds`?"),
        (("run", "none.yaml"), "none.yaml: the topic file can't be read"),
        (("run", "letter.yaml"), "letter.yaml: a topic file holds keys and values"),
        (("run", "latin.yaml"), "latin.yaml: the topic file is not UTF-8"),
        (("run", "folder"), "there is no topic to watch"),
        (("topics", "validate", "folder"), "no topic file"),
        (("replay", "folder"), "can't be replayed"),
        (("replay", "folder.jsonl"), "folder.jsonl: the file can't be read (is a directory)"),
        (("replay", "none.jsonl"), "none.jsonl: the file can't be read"),
        (("replay", "letter.warc.gz"), "letter.warc.gz: this is not a WARC file"),
        (("extract", "folder"), "folder: the file can't be read"),
        (("feeds", "parse", "letter.yaml"), "→"),
    ],
)
def test_a_file_that_is_not_what_was_asked_for_is_named(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "typo.yaml").write_text("name: u\nfeds: []\n")
    (tmp_path / "letter.yaml").write_text("Dear editor")
    (tmp_path / "letter.warc.gz").write_text("Dear editor")
    (tmp_path / "latin.yaml").write_bytes("name: ü".encode("latin-1"))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.jsonl").mkdir()
    code, out, err = main(capsys, *words, *(("--home", "home") if words[0] in ("run", "replay") else ()))
    assert code == 1
    assert said in out + err


def test_a_topic_whose_feeds_answer_nothing_ends_in_3_and_names_each(tallywire: Command, tmp_path: Path) -> None:
    topic = topic_file(tmp_path, "http://127.0.0.1:9/one", "http://127.0.0.1:9/two")
    done = subprocess.run(
        command("run", topic, "--home", tmp_path / "home", "--workers", 0),
        env={"TALLYWIRE_ALLOWED_HOSTS": "127.0.0.1", "TALLYWIRE_HOST_DELAY": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    for name in ("one", "two"):
        assert (
            f"http://127.0.0.1:9/{name}: the page could not be fetched (no connection: connection refused)"
            in done.stdout
        )


def test_a_topic_without_feeds_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = main(capsys, "run", topic_file(tmp_path), "--home", tmp_path / "home", "--workers", 0)
    assert code == 0
    assert "floods has no feeds" in err


@pytest.mark.parametrize("words", [("export", "articles"), ("stories", "list")])
def test_output_that_finds_no_room_is_told_once(home: Path, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command(*words, "--home", home), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith("tallywire: no space left on device\n")
    assert "Exception" not in done.stderr
