"""A home with a small replay in it, and a way to run commands."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]

ARTICLES = [
    {
        "id": "first",
        "url": "https://nordwire.example/flood",
        "title": "Hospital evacuated as Malva floods Tarn",
        "text": "The river Malva flooded the old town of Tarn on Sunday night, the mayor said. At least 40 people were "
        "evacuated from the hospital by boat, according to the fire brigade. Residents spoke of water rising within "
        "minutes and of a long night on the roofs above the market.",
        "published": "2026-03-02T08:00:00Z",
        "source": "Nordwire",
        "language": "en",
    },
    {
        "id": "second",
        "url": "https://southpost.example/flood",
        "title": "Boats bring patients out of flooded Tarn hospital",
        "text": "Rescuers in small boats took patients out of Tarn's hospital after the Malva flooded it. "
        "The fire brigade said 65 people had been evacuated by noon, up from 40. Bridges in the old town stay closed "
        "until an engineer has looked at them.",
        "published": "2026-03-02T13:00:00Z",
        "source": "Southpost",
        "language": "en",
    },
    {
        "id": "third",
        "url": "https://echo.example/cup",
        "title": "=Handball cup goes to Eskholm",
        "text": "The handball players of Eskholm beat the favourites from Wrenfield in the final. Their coach praised "
        "the goalkeeper, whose saves near the end kept the lead. The supporters met the team at the station.",
        "published": "2026-03-02T14:00:00Z",
        "source": "Echo",
        "language": "en",
    },
]


@pytest.fixture(scope="session")
def tallywire() -> Command:
    """Runs the command as a person would, and gives its exit code, its output and its words on stderr."""

    def run(*arguments: object, stdin: str | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=cwd,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def home(tallywire: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three articles in it; tests only look."""
    folder = tmp_path_factory.mktemp("cli")
    stream = folder / "stream.jsonl"
    stream.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES))
    done = tallywire("replay", stream, "--home", folder / "home", "--workers", 0)
    assert done.returncode == 0, done.stderr
    return folder / "home"
