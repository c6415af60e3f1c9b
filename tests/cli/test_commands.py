"""The commands, as a person and as a script meet them."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from pipeline.topics import read_topic
from schemas.brief import Brief
from schemas.export import ArticleRow, FigureRow, FoundRow
from tests.cli.conftest import Command


def rows(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_help_names_every_command(tallywire: Command) -> None:
    done = tallywire("--help")
    for name in ("alerts", "demo", "digest", "doctor", "explain", "export", "extract", "feeds", "figures", "index"):
        assert name in done.stdout
    assert done.returncode == 0


def test_wrong_usage_exits_with_2(tallywire: Command) -> None:
    assert tallywire("export", "gossip").returncode == 2
    assert tallywire("nonsense").returncode == 2


@pytest.mark.parametrize(
    "command", [("export", "articles"), ("search", "x"), ("stories", "list"), ("figures", "list"), ("alerts", "list")]
)
def test_a_home_without_a_record_says_how_to_begin(
    tallywire: Command, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = tallywire(*command, "--home", tmp_path / "none")
    assert done.returncode == 1
    assert "tallywire run" in done.stderr
    assert not (tmp_path / "none").exists()


def test_exported_articles_carry_the_documented_fields(tallywire: Command, home: Path) -> None:
    found = rows(tallywire("export", "articles", "--home", home).stdout)
    assert [row["id"] for row in found] == ["first", "second", "third"]
    assert set(found[0]) == set(ArticleRow.model_fields)
    assert found[0]["story"] == found[1]["story"] != found[2]["story"]
    assert found[0]["published"] == "2026-03-02T08:00:00Z"


def test_exported_figures_point_at_the_text_of_their_article(tallywire: Command, home: Path) -> None:
    articles = {row["id"]: row for row in rows(tallywire("export", "articles", "--home", home).stdout)}
    figures = rows(tallywire("export", "figures", "--home", home).stdout)
    assert {field.alias or name for name, field in FigureRow.model_fields.items()} == set(figures[0])
    for figure in figures:
        start, end = figure["span"]  # type: ignore[misc]
        assert articles[figure["article"]]["text"][start:end] == figure["surface"]  # type: ignore[index]
    changed = [figure for figure in figures if figure["verdict"] == "changed"]
    assert [(figure["value"], figure["from"]) for figure in changed] == [(65.0, 40.0)]


def test_csv_opens_in_a_spreadsheet_and_runs_no_formula(tallywire: Command, home: Path) -> None:
    text = tallywire("export", "articles", "--format", "csv", "--home", home).stdout
    assert text.startswith("\ufeff")
    found = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["id"] for row in found] == ["first", "second", "third"]
    assert found[2]["title"] == "'=Handball cup goes to Eskholm"


def test_search_finds_and_json_gives_the_same(tallywire: Command, home: Path) -> None:
    text = tallywire("search", "hospital", "--home", home).stdout
    assert "Nordwire" in text
    assert "2 found" in text
    assert {
        row["document"]["id"] for row in rows(tallywire("search", "hospital", "--json", "--home", home).stdout)
    } == {  # type: ignore[index]
        "first",
        "second",
    }


def test_search_for_nothing_that_is_there_finds_nothing(tallywire: Command, home: Path) -> None:
    done = tallywire("search", "volcano", "--home", home)
    assert (done.returncode, done.stdout.strip()) == (0, "0 found")


def test_search_gives_csv_of_the_documented_fields(tallywire: Command, home: Path) -> None:
    text = tallywire("search", "cup", "--csv", "--home", home).stdout
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert set(row) == set(FoundRow.model_fields)
    assert row["title"] == "'=Handball cup goes to Eskholm"
    assert tallywire("search", "cup", "--csv", "--json", "--home", home).returncode == 2


def test_search_sorts_and_narrows(tallywire: Command, home: Path) -> None:
    def ids(*options: str) -> list[object]:
        printed = tallywire("search", "--json", *options, "--home", home).stdout
        return [row["document"]["id"] for row in rows(printed)]  # type: ignore[index]

    assert ids("--sort", "date", "hospital") == ["second", "first"]
    assert ids("--sort", "date", "--limit", "1") == ["third"]
    assert ids("--outlet", "Southpost", "hospital") == ["second"]
    assert ids("--until", "2026-03-02T09:00Z", "hospital") == ["first"]


def test_a_search_in_an_unknown_topic_is_an_error(tallywire: Command, home: Path) -> None:
    done = tallywire("search", "hospital", "--topic", "flodos", "--home", home)
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no topic 'flodos'" in done.stderr


def test_search_says_what_of_the_words_it_left_out(tallywire: Command, home: Path) -> None:
    done = tallywire("search", 'hospital "flood', "--home", home)
    assert "A quotation mark is not closed" in done.stderr


def test_stories_are_listed_and_shown(tallywire: Command, home: Path) -> None:
    listed = rows(tallywire("stories", "list", "--json", "--home", home).stdout)
    flood = next(row for row in listed if row["reports"] == 2)
    shown = tallywire("stories", "show", flood["id"], "--home", home)
    assert "Southpost" in shown.stdout
    assert "2 reports, 0 of them copies, 2 outlets, 0 published in the last 24 hours" in shown.stdout
    assert "in 24 h" in tallywire("stories", "list", "--home", home).stdout
    assert tallywire("stories", "show", "story-none", "--home", home).returncode == 1


def test_a_brief_tells_what_the_reports_of_a_story_say_together(tallywire: Command, home: Path) -> None:
    briefs = rows(tallywire("export", "briefs", "--home", home).stdout)
    assert set(briefs[0]) == set(Brief.model_fields)
    flood = next(brief for brief in briefs if len(brief["articles"]) == 2)  # type: ignore[arg-type]
    evacuated = next(figure for figure in flood["figures"] if figure["value"] == 65)  # type: ignore[attr-defined]
    assert evacuated["outlets"] == ["Southpost"]
    shown = tallywire("stories", "brief", flood["id"], "--home", home).stdout
    assert evacuated["headline"] in shown
    assert "one outlet so far: Southpost" in shown
    assert rows(tallywire("stories", "brief", flood["id"], "--home", home, "--json").stdout)[0]["id"] == flood["id"]
    assert tallywire("stories", "brief", "story-none", "--home", home).returncode == 1


def test_series_are_listed_and_shown_with_quotes(tallywire: Command, home: Path) -> None:
    listed = rows(tallywire("figures", "list", "--json", "--home", home).stdout)
    series = next(row for row in listed if len(row["claims"]) > 1)  # type: ignore[arg-type]
    shown = tallywire("figures", "show", series["id"], "--home", home).stdout
    assert "65 people had been evacuated" in shown
    assert "https://southpost.example/flood" in shown
    assert "65" in tallywire("figures", "list", "--home", home).stdout


@pytest.mark.parametrize("what", ["entries", "articles", "stories", "figures", "alerts"])
def test_everything_that_is_exported_can_be_explained(tallywire: Command, home: Path, what: str) -> None:
    found = rows(tallywire("export", what, "--home", home).stdout)
    assert found
    done = tallywire("explain", found[0]["id"], "--home", home)
    assert done.returncode == 0, done.stderr
    assert str(found[0]["id"]) in done.stdout
    assert len(done.stdout.splitlines()) > 2


def test_an_id_that_names_nothing_is_told(tallywire: Command, home: Path) -> None:
    done = tallywire("explain", "article-none", "--home", home)
    assert done.returncode == 1
    assert "article-none" in done.stderr


def test_figures_are_read_from_lines_without_state(tallywire: Command) -> None:
    lines = (
        json.dumps({"text": "At least 19,500 children were deported."}) + "\n{broken\n" + json.dumps({"text": "None."})
    )
    done = tallywire("figures", "read", stdin=lines)
    first, broken, last = rows(done.stdout)
    assert [figure["value"] for figure in first["figures"]] == [19500.0]  # type: ignore[attr-defined]
    assert broken["figures"] == []
    assert last["figures"] == []
    assert done.returncode == 3
    assert ":2:" in done.stderr


def test_figures_are_read_from_a_text_as_it_is(tallywire: Command) -> None:
    text = "Nine people were killed on Monday.\n\nThe fire burned 40 hectares."
    (row,) = rows(tallywire("figures", "read", "--text", stdin=text).stdout)
    assert [figure["value"] for figure in row["figures"]] == [9, 40]  # type: ignore[attr-defined]


def test_rejected_numerals_are_shown_with_the_reason(tallywire: Command) -> None:
    done = tallywire("figures", "read", "--rejected", stdin=json.dumps({"text": "The law of 2019 replaced it."}))
    (row,) = rows(done.stdout)
    assert [one["surface"] for one in row["rejected"]] == ["2019"]  # type: ignore[attr-defined]


def test_a_page_is_extracted_to_a_json_line(tallywire: Command, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    text = "The river flooded the old town on Sunday night, and 40 people were evacuated by boat. " * 4
    page.write_text(
        f"<html><head><title>Flood</title></head><body><article><h1>Flood</h1><p>{text}</p></article></body></html>"
    )
    done = tallywire("extract", page, "--url", "https://nordwire.example/flood")
    (row,) = rows(done.stdout)
    assert row["title"] == "Flood"
    assert row["url"] == "https://nordwire.example/flood"
    assert done.returncode == 0


def test_what_is_no_page_is_told_and_the_rest_extracted(tallywire: Command, tmp_path: Path) -> None:
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(b"%PDF-1.7 nothing to read here")
    done = tallywire("extract", pdf, tmp_path / "missing.html")
    assert done.returncode == 1
    assert "report.pdf" in done.stderr
    assert "missing.html" in done.stderr


def test_a_new_topic_file_is_valid_not_ready_and_not_written_over(tallywire: Command, tmp_path: Path) -> None:
    assert tallywire("topics", "new", "floods", cwd=tmp_path).returncode == 0
    first = (tmp_path / "floods.yaml").read_text().splitlines()[0]
    named = tmp_path / first.removeprefix("# yaml-language-server: $schema=")
    assert json.loads(named.read_text())["title"] == "Topic"
    done = tallywire("topics", "validate", "floods.yaml", cwd=tmp_path)
    assert done.returncode == 3
    assert "all right" not in done.stdout
    assert "not ready: it names no feeds" in done.stderr
    done = tallywire("topics", "new", "floods", cwd=tmp_path)
    assert done.returncode == 1
    assert "--force" in done.stderr
    assert tallywire("topics", "new", "Bad Name", cwd=tmp_path).returncode == 1


def test_a_new_topic_file_holds_what_it_was_given(tallywire: Command, tmp_path: Path) -> None:
    options = ("--term", "flood*", "--term", 'the "big" one: now', "--feed", "https://www.icrc.org/en/rss/news")
    done = tallywire(
        "topics", "new", "floods", *options, "--to", "desk@newsroom.test", "--zone", "Europe/Kyiv", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    topic = read_topic(tmp_path / "floods.yaml")
    assert topic.match.any.every == ("flood*", 'the "big" one: now')
    assert topic.feeds[0].url == "https://www.icrc.org/en/rss/news"
    assert topic.zone == "Europe/Kyiv"
    assert len(topic.recipients) == 1
    assert tallywire("topics", "validate", "floods.yaml", cwd=tmp_path).returncode == 0
    wrong = tallywire("topics", "new", "fires", "--to", "nobody", cwd=tmp_path)
    assert (wrong.returncode, "'nobody'" in wrong.stderr) == (1, True)
    assert not (tmp_path / "fires.yaml").exists()


def test_a_topic_with_a_typo_is_named_with_its_line_and_the_others_checked(tallywire: Command, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a\nfeds: []\n")
    (tmp_path / "b.yaml").write_text("name: b\nfeeds: [https://www.icrc.org/en/rss/news]\n")
    done = tallywire("topics", "validate", "a.yaml", "b.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "a.yaml:2: unknown key `feds`; did you mean `feeds`?" in done.stderr
    assert "b.yaml: b, 1 feed, all right" in done.stdout


def test_the_schema_of_a_topic_file_is_json(tallywire: Command) -> None:
    assert json.loads(tallywire("topics", "schema").stdout)["title"] == "Topic"


def test_the_index_can_be_looked_at_and_rebuilt(tallywire: Command, home: Path) -> None:
    assert json.loads(tallywire("index", "status", "--json", "--home", home).stdout)["indexed"] == 3
    assert "3 articles" in tallywire("index", "rebuild", "--home", home).stdout


def test_a_digest_can_be_previewed_as_text_and_as_a_page(tallywire: Command, home: Path, tmp_path: Path) -> None:
    period = ("--since", "2026-03-02T00:00Z", "--until", "2026-03-03T00:00Z", "--home", home)
    assert "Tarn" in tallywire("digest", "preview", "replay", *period).stdout
    page = tmp_path / "digest.html"
    tallywire("digest", "preview", "replay", "--out", page, *period)
    assert "Tarn" in page.read_text()


def test_rules_can_be_tried_on_what_is_in_the_record(tallywire: Command, home: Path) -> None:
    kept = rows(tallywire("alerts", "list", "--json", "--home", home).stdout)
    tried = rows(tallywire("alerts", "test", "replay", "--json", "--home", home).stdout)
    assert {row["id"] for row in tried} == {row["id"] for row in kept}


def test_doctor_finds_nothing_wrong_with_a_sound_home(tallywire: Command, home: Path) -> None:
    done = tallywire("doctor", "--home", home)
    assert done.returncode == 0, done.stdout
    assert "✗" not in done.stdout
    assert "3 articles" in done.stdout


def test_doctor_names_a_home_that_is_no_folder(tallywire: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = tallywire("doctor", "--home", tmp_path / "file" / "home")
    assert done.returncode == 1
    assert "--home" in done.stdout


def test_a_record_that_is_no_database_is_told_in_words(tallywire: Command, tmp_path: Path) -> None:
    (tmp_path / "tallywire.db").write_bytes(b"Dear editor, " * 500)
    done = tallywire("export", "articles", "--home", tmp_path)
    assert done.returncode == 1
    assert "tallywire.db" in done.stderr
    assert "→" in done.stderr


def test_two_runs_on_one_home_do_not_mix(tallywire: Command, tmp_path: Path) -> None:
    from pipeline.runner import home_locked

    topic = tmp_path / "t.yaml"
    topic.write_text("name: t\n")
    with home_locked(tmp_path / "home"):
        done = tallywire("run", topic, "--home", tmp_path / "home")
    assert done.returncode == 1
    assert "another tallywire" in done.stderr
    assert tallywire("run", topic, "--home", tmp_path / "home").returncode == 0


def test_a_feed_file_is_parsed_and_a_web_page_is_not_taken_for_one(tallywire: Command, tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(
        '<rss version="2.0"><channel><title>Nordwire</title><item><title>Flood</title><link>/flood</link></item>'
        "</channel></rss>"
    )
    done = tallywire("feeds", "parse", feed, "--url", "https://nordwire.example/rss", "--json")
    assert [row["url"] for row in rows(done.stdout)] == ["https://nordwire.example/flood"]
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><html><body><p>Hello</p></body></html>")
    done = tallywire("feeds", "parse", page)
    assert done.returncode == 1
    assert "discover" in done.stderr


def test_upkeep_says_what_it_found_and_json_holds_all_of_it(tallywire: Command, home: Path) -> None:
    done = tallywire("upkeep", "--home", home)
    assert done.returncode == 0, done.stderr
    assert "✓ the index is complete: 3 articles" in done.stdout
    (report,) = rows(tallywire("upkeep", "--json", "--home", home).stdout)
    assert report["index"] == [
        {
            "kind": "articles",
            "wanted": 3,
            "held": 3,
            "refused": 0,
            "behind": False,
            "lacks": 0,
            "surplus": 0,
        }
    ]
    assert report["feeds"] == {"ok": 0, "failing": 0, "silent": 0, "gone": 0}
    assert report["removed"]["leftovers"]["files"] == 0


def test_upkeep_of_an_index_that_can_not_be_used_is_done_in_part(
    tallywire: Command, home: Path, tmp_path: Path
) -> None:
    copied = shutil.copytree(home, tmp_path / "copied")
    for file in copied.glob("index.db*"):
        file.unlink()
    (copied / "index.db").write_bytes(b"no database" * 500)
    done = tallywire("upkeep", "--home", copied)
    assert done.returncode == 3
    assert "✗" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_what_a_file_would_have_told_is_shown_before_it_goes_live(
    tallywire: Command, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "rivers.yaml").write_text("name: rivers\nmatch: {any: [malva]}\nrecipients: [desk@newsroom.test]\n")
    done = tallywire("topics", "try", tmp_path / "rivers.yaml", "--home", home)
    assert done.returncode == 0, done.stderr
    assert "3 articles looked at, 2 on topic" in done.stdout
    assert "UTC  " in done.stdout
    told = rows(tallywire("alerts", "test", tmp_path / "rivers.yaml", "--json", "--home", home).stdout)
    assert {row["topic"] for row in told} == {"rivers"}
    assert "rivers" not in tallywire("topics", "list", "--home", home).stdout


@pytest.mark.parametrize("command", [("alerts", "list", "--topic"), ("alerts", "test"), ("topics", "remove")])
def test_an_unknown_topic_is_an_error(tallywire: Command, home: Path, command: tuple[str, ...]) -> None:
    done = tallywire(*command, "none", "--home", home)
    assert done.returncode == 1
    assert "there is no topic 'none'" in done.stderr
    assert "replay" in done.stderr


def test_alerts_say_their_figure_and_what_they_wait_for(tallywire: Command, home: Path) -> None:
    listed = tallywire("alerts", "list", "--state", "waiting", "--home", home).stdout
    assert "40" in listed
    assert "waits for the digest: nobody is mailed at once" in " ".join(listed.split())
