"""Speaking to a running Kibana: objects in, objects out, and every refusal in words."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from pipeline.errors import KibanaError
from pipeline.index.kibana.build import OLDEST
from pipeline.index.kibana.lens import Json

TIMEOUT = 120.0
_ANSWER_LIMIT = 50_000_000
_SHOWN = 300


@dataclass(frozen=True)
class Kibana:
    """Where a Kibana is and who asks. An API key goes before a user and password."""

    url: str
    api_key: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    space: str | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise KibanaError(
                "the address of Kibana can't be used",
                where=_shown(self.url),
                hint="give one such as https://kibana:5601",
            )
        if parts.username is not None or parts.password is not None:
            raise KibanaError(
                "the address of Kibana contains a user or password",
                hint="give them as TALLYWIRE_KIBANA_USER and TALLYWIRE_KIBANA_PASSWORD, which no message shows",
            )

    def at(self, path: str) -> str:
        """The address of a part of its API, in the space asked for."""
        space = f"/s/{quote(self.space, safe='')}" if self.space else ""
        return f"{self.url.rstrip('/')}{space}{path}"


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    count: int
    warnings: tuple[str, ...] = ()


def import_objects(kibana: Kibana, ndjson: str) -> Imported:
    """Bring objects into Kibana, over those of the same ids.

    Raises KibanaError where Kibana is not there, is too old, does not know who asks, or takes not all of them. Kibana
    answers 200 also when it refused some, so what it says of each is read.
    """
    return asyncio.run(_import(kibana, ndjson))


def export_objects(kibana: Kibana, objects: Sequence[tuple[str, str]]) -> str:
    """Objects, each a type and an id, as they are in Kibana now, with what they refer to. Raises KibanaError."""
    return asyncio.run(_export(kibana, objects))


async def _import(kibana: Kibana, ndjson: str) -> Imported:
    async with _session(kibana) as session:
        await _check_version(kibana, session)
        form = aiohttp.FormData()
        form.add_field("file", ndjson.encode(), filename="tallywire.ndjson", content_type="application/ndjson")
        url = kibana.at("/api/saved_objects/_import?overwrite=true")
        answer = _as_object(kibana, await _ask(kibana, session, "POST", url, data=form))
    errors = answer.get("errors") or []
    if errors or not answer.get("success"):
        refused = "; ".join(_refusal(error) for error in errors) or "no reason given"
        done = answer.get("successCount", 0)
        raise KibanaError(
            "Kibana did not import all objects",
            where=kibana.url,
            why=f"{done} imported, {len(errors)} rejected: {refused}",
            hint="objects from a newer Kibana can't be imported; put missing objects into the same file",
        )
    warnings = tuple(_shown(str(warning.get("message", warning))) for warning in answer.get("warnings") or [])
    return Imported(int(answer.get("successCount", 0)), warnings)


async def _export(kibana: Kibana, objects: Sequence[tuple[str, str]]) -> str:
    wanted = {
        "objects": [{"type": kind, "id": identity} for kind, identity in objects],
        "includeReferencesDeep": True,
        "excludeExportDetails": True,
    }
    async with _session(kibana) as session:
        url = kibana.at("/api/saved_objects/_export")
        return (await _ask(kibana, session, "POST", url, json=wanted)).rstrip("\n") + "\n"


async def _check_version(kibana: Kibana, session: aiohttp.ClientSession) -> None:
    status = _as_object(kibana, await _ask(kibana, session, "GET", kibana.at("/api/status")))
    # Kibana tells its version only to those it knows.
    version = status.get("version")
    number = str(version.get("number", "")) if isinstance(version, dict) else ""
    parts = number.split(".")
    if len(parts) >= 2 and all(part.isdigit() for part in parts[:2]):
        oldest = tuple(int(part) for part in OLDEST.split("."))
        if (int(parts[0]), int(parts[1])) < oldest:
            raise KibanaError(
                f"Kibana {_shown(number)} is too old for these objects",
                where=kibana.url,
                hint=f"they are made for Kibana {OLDEST} and later; upgrade Kibana together with Elasticsearch",
            )


def _session(kibana: Kibana) -> aiohttp.ClientSession:
    # Kibana answers only to programs that say they are none of a page's: the header keeps other sites from asking.
    headers = {"kbn-xsrf": "true"}
    if kibana.api_key:
        headers["Authorization"] = f"ApiKey {kibana.api_key}"
    elif kibana.user:
        known = f"{kibana.user}:{kibana.password or ''}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(known).decode()}"
    context: ssl.SSLContext | bool = True
    if kibana.ca is not None:
        try:
            context = ssl.create_default_context(cafile=str(kibana.ca))
        except OSError as error:
            raise KibanaError(
                "the certificate authority for Kibana can't be read",
                where=str(kibana.ca),
                why=error.strerror or str(error),
                hint="TALLYWIRE_KIBANA_CA names a file of certificates in PEM form",
            ) from error
    return aiohttp.ClientSession(
        headers=headers,
        connector=aiohttp.TCPConnector(ssl=context),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT),
    )


async def _ask(kibana: Kibana, session: aiohttp.ClientSession, method: str, url: str, **body: Any) -> str:
    try:
        async with session.request(method, url, allow_redirects=False, **body) as response:
            text = (await _body(response)).decode("utf-8", "replace")
            if response.status != HTTPStatus.OK:
                raise _failure(kibana, response.status, text)
            return text
    except aiohttp.ClientConnectorCertificateError as error:
        raise KibanaError(
            "the certificate of Kibana can't be trusted",
            where=kibana.url,
            why=_shown(str(error.certificate_error)),
            hint="set TALLYWIRE_KIBANA_CA to its authority's certificate",
        ) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise KibanaError(
            "Kibana does not answer",
            where=kibana.url,
            why=_shown(str(error)) or f"no answer in {TIMEOUT:.0f} s",
            hint="check that Kibana is running and TALLYWIRE_KIBANA_URL is right; it takes a minute or two to start",
        ) from error


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > _ANSWER_LIMIT:
            raise aiohttp.ClientPayloadError(f"the answer is larger than {_ANSWER_LIMIT // 1_000_000} MB")
    return bytes(body)


def _failure(kibana: Kibana, status: int, text: str) -> KibanaError:
    said = _message(text)
    match status:
        case 401:
            what, hint = "Kibana rejects the credentials", "check TALLYWIRE_KIBANA_API_KEY, or _USER and _PASSWORD"
        case 403:
            what = "Kibana does not allow this user to do that"
            hint = "give the user the role `kibana_admin`, or the right to manage saved objects in that space"
        case 404:
            what = "this is not Kibana, or the path or space does not exist"
            hint = "check TALLYWIRE_KIBANA_URL with its base path, and the space"
        case 413:
            what, hint = (
                "the objects are too large for Kibana",
                "raise savedObjects.maxImportPayloadBytes in kibana.yml",
            )
        case 503:
            what, hint = "Kibana is not ready yet", "try again in a minute; its log says why"
        case _ if 300 <= status < 400:
            what, hint = (
                "Kibana redirects to another address",
                "check TALLYWIRE_KIBANA_URL: its scheme, port and base path",
            )
        case _:
            what, hint = "Kibana rejected the request", "look for the reason in its log"
    return KibanaError(what, where=kibana.url, why=f"HTTP {status}{f': {said}' if said else ''}", hint=hint)


def _as_object(kibana: Kibana, text: str) -> Json:
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise KibanaError(
            "the server there is not Kibana",
            where=kibana.url,
            why=_shown(text) or "an empty answer",
            hint="check TALLYWIRE_KIBANA_URL",
        )
    return answer


def _message(text: str) -> str:
    try:
        answer = json.loads(text)
    except ValueError:
        return _shown(text)
    return _shown(str(answer.get("message") or answer.get("error") or "")) if isinstance(answer, dict) else ""


def _refusal(error: Json) -> str:
    about = error.get("error") or {}
    why = str(about.get("message") or about.get("type") or "no reason given").replace("_", " ")
    missing = ", ".join(f"{one.get('type')} {one.get('id')}" for one in about.get("references") or [])
    return _shown(f"{error.get('type')} {error.get('id')}: {why}{f' ({missing})' if missing else ''}")


def _shown(text: str) -> str:
    """Text of another machine for a message: no control characters, no endless page."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
