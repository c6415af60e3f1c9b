"""/api: what `tallywire export` gives, for programs. Read only, by token, a bounded piece at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from pipeline.serve.pages.subscribe import address_of
from pipeline.serve.secret import API
from pipeline.serve.section import Section, shows
from pipeline.serve.shell import window_of
from pipeline.steps.showing.changes import CHANGES, MOST, changes
from schemas.export import Row

_LIMIT = 100
_LARGEST = 2**63 - 1
_BEARER = {"www-authenticate": 'Bearer realm="tallywire"'}
MEDIA_TYPE = "application/x-ndjson"


class _Refused(Exception):
    """What to answer instead of rows."""

    def __init__(self, status: int, error: str, hint: str) -> None:
        super().__init__(error)
        self.response = JSONResponse(
            {"error": error, "hint": hint}, status_code=status, headers=_BEARER if status == 401 else None
        )


def _index(request: Request) -> Response:
    try:
        _let_in(request)
    except _Refused as refused:
        return refused.response
    base = address_of(request).rstrip("/")
    return JSONResponse({kind: f"{base}/api/{kind}" for kind in CHANGES})


def _rows(request: Request) -> Response:
    try:
        _let_in(request)
        kind = request.path_params["kind"]
        if kind not in CHANGES:
            raise _Refused(404, f"there is no kind {kind[:40]!r}", f"the kinds are {', '.join(CHANGES)}")
        after = _number(request, "after", 0, 0, _LARGEST)
        limit = _number(request, "limit", _LIMIT, 1, MOST)
    except _Refused as refused:
        return refused.response
    found = changes(window_of(request).services.record, kind, after, limit)
    headers = {"tallywire-after": str(found.last)}
    if found.more:
        following = f"{address_of(request).rstrip('/')}/api/{kind}?after={found.last}&limit={limit}"
        headers["link"] = f'<{following}>; rel="next"'
    return StreamingResponse(_lines(found.rows), media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)


def _let_in(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not window_of(request).secret.is_key(API, token.strip()):
        raise _Refused(
            401,
            "this needs the token of the API",
            "send it as `Authorization: Bearer TOKEN`; `tallywire serve --api-token` prints it",
        )


def _number(request: Request, name: str, usual: int, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and least <= int(text) <= most):
        raise _Refused(400, f"{name} is {text[:40]!r}", f"it must be a whole number from {least} to {most}")
    return int(text)


def _lines(rows: Iterable[Row]) -> Iterator[bytes]:
    for row in rows:
        yield row.model_dump_json(by_alias=True).encode("utf-8", "replace") + b"\n"


SECTION = Section(routes=(shows("/api", _index), shows("/api/{kind}", _rows)), open=("/api",))
