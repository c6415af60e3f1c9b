from __future__ import annotations

import asyncio
import ssl
import subprocess
from pathlib import Path

import pytest

from pipeline.collect.fetch import Fetcher, FetchLimits
from pipeline.errors import FetchFailed
from schemas.article import Page
from tests.collect.web import Web, answer

LIMITS = FetchLimits(per_host_delay=0, allowed_hosts=("localhost", "127.0.0.1"), connect=2, total=5)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that no authority signed, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    made, key = folder / "made.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(made)], check=True, capture_output=True)
    return made, key


def asked_safely(
    certificate: tuple[Path, Path], host: str = "localhost", *, trusted: bool, times: int = 1
) -> tuple[Page, int]:
    """The page of an HTTPS server on this machine, and how many connections it took to get it so many times."""
    lines = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal lines
        lines += 1
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsafe")
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    async def run() -> Page:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        tls = ssl.create_default_context(cafile=certificate[0]) if trusted else None
        async with server, Fetcher(LIMITS, tls=tls) as fetcher:
            for _ in range(times):
                page = await fetcher.fetch(f"https://{host}:{port}/", robots=False)
        return page

    return asyncio.run(run()), lines


def test_a_page_comes_over_a_safe_connection_that_is_used_again(certificate: tuple[Path, Path]) -> None:
    page, lines = asked_safely(certificate, trusted=True, times=3)
    assert (page.body, lines) == (b"safe", 1)


@pytest.mark.parametrize(("host", "trusted"), [("localhost", False), ("127.0.0.1", True)])
def test_a_certificate_of_nobody_or_for_another_name_is_not_taken(
    certificate: tuple[Path, Path], host: str, trusted: bool
) -> None:
    with pytest.raises(FetchFailed, match="certificate is not valid"):
        asked_safely(certificate, host, trusted=trusted)


def test_who_speaks_no_tls_is_not_trusted() -> None:
    async def run() -> None:
        async with Web({"/": answer(b"x")}) as web, Fetcher(LIMITS) as fetcher:
            await fetcher.fetch(web.url().replace("http:", "https:"), robots=False)

    with pytest.raises(FetchFailed, match=r"no safe connection|no connection"):
        asyncio.run(run())
