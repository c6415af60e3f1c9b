"""``tallywire articles``."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.settings import load_settings
from pipeline.steps.services import open_services
from schemas.article import Revision
from tests.cli.conftest import Command

URL = "https://nordwire.example/flood"


@pytest.fixture
def revised(home: Path, tmp_path: Path) -> Path:
    """The home, in which the first article was revised twice."""
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    services = open_services(load_settings(home=copy))
    with services.record.begin() as tx:
        article = tx.articles.by_url(URL)
        assert article is not None
        for number, people in ((2, 65), (3, 80)):
            reading = article.reading.model_copy(
                update={"text": article.reading.text.replace("40", str(people)), "title": f"{people} evacuated"}
            )
            seen = article.first_seen + timedelta(hours=number)
            tx.articles.put(article.model_copy(update={"reading": reading, "revision": number, "revised": seen}))
            tx.articles.add_revision(
                Revision(article=article.id, number=number, title=reading.title, text=reading.text, seen=seen)
            )
    services.close()
    return copy


def test_what_changed_is_shown_numbers_first(tallywire: Command, revised: Path) -> None:
    done = tallywire("articles", "diff", URL, "--home", revised)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines.index("  40 → 65") < lines.index("  headline") < lines.index("  65 → 80")
    assert "    - At least 40 people were evacuated from the hospital by boat, according to the fire brigade." in lines
    assert "    + At least 65 people were evacuated from the hospital by boat, according to the fire brigade." in lines


def test_two_revisions_are_compared_and_told_to_programs(tallywire: Command, revised: Path) -> None:
    done = tallywire("articles", "diff", URL, "--from", 1, "--to", 3, "--json", "--home", revised)
    (made,) = map(json.loads, done.stdout.splitlines())
    assert (made["revision"], made["numbers"][0]["numbers_before"]) == (3, ["40"])
    assert made["numbers"][0]["numbers_after"] == ["80"]


def test_an_article_that_never_changed_says_so(tallywire: Command, home: Path) -> None:
    done = tallywire("articles", "diff", URL, "--home", home)
    assert (done.returncode, "the only one" in done.stdout) == (0, True)


def test_what_is_not_there_is_told_in_words(tallywire: Command, home: Path) -> None:
    done = tallywire("articles", "diff", "nothing", "--home", home)
    assert done.returncode == 1
    assert "there is no article 'nothing'" in done.stderr
