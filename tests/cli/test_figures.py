"""``tallywire figures``: what it lists and shows, and that what people decide survives the same articles again."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

TEXTS = (
    ("Nordwire", "2026-03-02T08:00:00Z", "The flood in Dern killed at least 12 people, the fire brigade said."),
    ("Southpost", "2026-03-03T08:00:00Z", "The death toll of the flood in Dern has risen to 30."),
    ("Slowpaper", "2026-03-02T20:00:00Z", "The flood in Dern killed 17 people."),
    ("Echo", "2026-03-04T08:00:00Z", "Storm Ada left 9,300 households in Ostrel without power."),
)


@pytest.fixture(scope="module")
def home(tallywire: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the texts in it; tests only look."""
    folder = tmp_path_factory.mktemp("figures") / "home"
    replay(tallywire, folder)
    return folder


def replay(tallywire: Command, home: Path) -> None:
    lines = [
        {
            "id": f"a{n}",
            "url": f"https://{outlet.lower()}.example/{n}",
            "title": f"{outlet} reports",
            "text": f"{text} Rescuers worked through the night, and more rain is expected in the valley.",
            "published": published,
            "source": outlet,
            "language": "en",
        }
        for n, (outlet, published, text) in enumerate(TEXTS)
    ]
    home.mkdir(exist_ok=True)
    archive = home.parent / "articles.jsonl"
    archive.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert tallywire("replay", archive, "--home", home, "--workers", 0).returncode == 0


def series(tallywire: Command, home: Path) -> list[dict[str, object]]:
    done = tallywire("figures", "list", "--json", "--all", "--home", home)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_series_is_listed_with_what_holds_since_when_who_says_so_and_its_range(
    tallywire: Command, home: Path
) -> None:
    (line,) = [line for line in tallywire("figures", "list", "--home", home).stdout.splitlines() if "people" in line]
    for part in ("30", "2026-03-03", "Southpost", "+18 from 12", "12–30"):
        assert part in line


def test_figures_and_alerts_are_listed_in_the_words_of_their_sentences(tallywire: Command, home: Path) -> None:
    listed = tallywire("figures", "list", "--json", "--all", "--home", home).stdout
    claims = [claim for line in listed.splitlines() for claim in json.loads(line)["claims"]]
    wordings = {claim["value"]: claim["wording"] for claim in claims}
    assert wordings[30] == "The death toll of the flood in Dern has risen to 30"
    assert {"tell", "worth", "told"} <= set(claims[0])
    table = tallywire("figures", "list", "--all", "--home", home).stdout
    assert "Storm Ada left 9,300" in " ".join(table.split())
    alerts = [json.loads(line) for line in tallywire("export", "alerts", "--home", home).stdout.splitlines()]
    told = [alert for alert in alerts if alert["figure"]]
    assert told
    for alert in told:
        assert alert["headline"].removesuffix(" (fire brigade)") == wordings[alert["value"]]
        assert alert["tell"] in ("now", "digest")


def test_reading_a_text_gives_the_wording_of_each_figure(tallywire: Command, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("The flood, which began on Monday, killed 17 people, the mayor said.", encoding="utf-8")
    (figure,) = json.loads(tallywire("figures", "read", "--text", text).stdout)["figures"]
    assert figure["wording"]["text"] == "The flood, which began on Monday, killed 17 people, the mayor said"
    assert figure["wording"]["cut"] is False


def test_a_series_is_shown_with_all_its_claims_their_quotes_and_links(tallywire: Command, home: Path) -> None:
    deaths = next(one for one in series(tallywire, home) if len(one["claims"]) == 3)  # type: ignore[arg-type]
    shown = tallywire("figures", "show", deaths["id"], "--home", home).stdout
    for outlet, _, text in TEXTS[:3]:
        assert f"“{text}”" in shown
        assert f"https://{outlet.lower()}.example/" in shown
    assert "fire brigade" in shown


def test_a_late_article_does_not_undo_what_holds(tallywire: Command, home: Path) -> None:
    deaths = next(one for one in series(tallywire, home) if len(one["claims"]) == 3)  # type: ignore[arg-type]
    held = {claim["figure"]: claim["value"] for claim in deaths["claims"]}  # type: ignore[attr-defined]
    assert held[deaths["current"]] == 30


def test_what_people_decide_survives_the_same_articles_again(tallywire: Command, tmp_path: Path) -> None:
    home = tmp_path / "home"
    replay(tallywire, home)
    deaths, power = sorted(series(tallywire, home), key=lambda one: -len(one["claims"]))  # type: ignore[arg-type]
    out = str(deaths["claims"][2]["figure"])  # type: ignore[index]
    for decision in (
        ("rename", deaths["id"], "drowned in Dern"),
        ("pin", power["id"]),
        ("mute", deaths["id"]),
        ("split", deaths["id"], out, "--label", "by one paper"),
        ("merge", power["id"], deaths["id"]),
    ):
        done = tallywire("figures", *decision, "--home", home)
        assert done.returncode == 0, done.stderr
    before = series(tallywire, home)
    apart = next(one for one in before if one["label"] == "by one paper")
    assert [claim["figure"] for claim in apart["claims"]] == [out]  # type: ignore[attr-defined]
    merged = next(one for one in before if one["id"] == power["id"])
    assert len(merged["claims"]) == 3  # type: ignore[arg-type]
    assert merged["pinned"]
    replay(tallywire, home)
    assert series(tallywire, home) == before


def test_exported_figures_open_in_a_spreadsheet(tallywire: Command, home: Path) -> None:
    out = tallywire("export", "figures", "--format", "csv", "--home", home).stdout
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    assert [row["verdict"] for row in rows] == ["new", "changed", "changed", "new"]
    assert [float(row["value"]) for row in rows] == [12, 30, 17, 9300]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
