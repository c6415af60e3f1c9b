"""A certificate that is about to end is told of in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.steps.keeping.certificates import certificate_findings
from tests.tell.test_smtp import certificate, server_context

__all__ = ["certificate"]


@contextmanager
def shown(certificate: tuple[Path, Path]) -> Iterator[str]:
    """The address of a server that shows the certificate, which lasts two days, to whoever connects."""
    context = server_context(certificate)

    def serve() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            try:
                context.wrap_socket(plain, server_side=True).close()
            except OSError:
                plain.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield f"https://localhost:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(("days", "level", "said"), [(0, "warning", "expires on"), (-60, "ok", "is valid until")])
def test_a_certificate_that_ends_within_a_month_is_a_warning(
    certificate: tuple[Path, Path], days: int, level: str, said: str
) -> None:
    with shown(certificate) as address:
        now = datetime.now(UTC) + timedelta(days=days)
        (finding,) = certificate_findings(f"{address},http://localhost:1", certificate[0], now)
    assert finding.level == level
    assert said in finding.what


def test_one_that_nobody_vouches_for_is_a_problem_and_a_server_that_is_away_none_of_the_certificate(
    certificate: tuple[Path, Path],
) -> None:
    with shown(certificate) as address:
        (finding,) = certificate_findings(address, None, datetime.now(UTC))
    assert finding.level == "problem"
    assert "can't be trusted" in finding.what
    assert list(certificate_findings("https://localhost:1", None, datetime.now(UTC))) == []
    assert list(certificate_findings(None, None, datetime.now(UTC))) == []
