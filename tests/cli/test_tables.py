"""Tables on terminals of any width."""

from __future__ import annotations

import pytest
from rich.console import Console

from pipeline.cli import common

COLUMNS = ("alert", "created", "worth", "about", "state")
ROW = (
    "alert-0123456789abcdef",
    "2026-03-02 14:05 UTC",
    1204,
    "19,500 children were deported",
    "waits for the next run",
)


def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int) -> list[str]:
    terminal = Console(width=width, force_terminal=True, no_color=True, soft_wrap=True)
    monkeypatch.setattr(common, "out", lambda: terminal)
    common.table(COLUMNS, [ROW], right=("worth",))
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_a_table_fits_its_terminal_with_ids_times_and_numbers_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = shown(monkeypatch, capsys, 100)
    assert max(map(len, lines)) <= 100
    assert "alert-0123456789abcdef  2026-03-02 14:05 UTC  1,204" in " ".join("\n".join(lines).split(" ")).replace(
        "   ", "  "
    )


def test_a_table_that_a_terminal_is_too_narrow_for_is_shown_row_by_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(monkeypatch, capsys, 60) == [
        "alert-0123456789abcdef",
        "  created: 2026-03-02 14:05 UTC",
        "  worth: 1,204",
        "  about: 19,500 children were deported",
        "  state: waits for the next run",
    ]
