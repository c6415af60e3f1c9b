"""/healthz and /metrics: how the deployment is doing, for programs that watch it.

Without the token of the API a window that asks for a login says on /healthz whether it is up, and nothing else.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.serve.exposition import MEDIA_TYPE, exposition, families_of
from pipeline.serve.secret import API
from pipeline.serve.section import Section, shows
from pipeline.serve.shell import window_of
from pipeline.steps.keeping.vitals import free_disk

_BEARER = {"www-authenticate": 'Bearer realm="tallywire"'}
_UNCACHED = {"cache-control": "no-store"}


def _health(request: Request) -> Response:
    vitals = window_of(request).watch.vitals()
    told = {"status": "up" if vitals.up else "down"}
    if _may(request):
        told |= vitals.model_dump(mode="json", exclude={"up"})
    return JSONResponse(told, status_code=200 if vitals.up else 503, headers=_UNCACHED)


def _metrics(request: Request) -> Response:
    if not _may(request):
        refused = {
            "error": "this needs the token of the API",
            "hint": "send it as `Authorization: Bearer TOKEN`; `tallywire serve --api-token` prints it",
        }
        return JSONResponse(refused, status_code=401, headers=_BEARER)
    window = window_of(request)
    vitals, numbers = window.watch.look()
    text = exposition(families_of(vitals, numbers, free_disk(window.services.settings), window.now))
    return Response(text, media_type=MEDIA_TYPE, headers=_UNCACHED)


def _may(request: Request) -> bool:
    """Whether who asks may see numbers: this machine, where no login is asked for; else who has the API's token."""
    window = window_of(request)
    if not window.access.login:
        return True
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and window.secret.is_key(API, token.strip())


SECTION = Section(routes=(shows("/healthz", _health), shows("/metrics", _metrics)), open=("/healthz", "/metrics"))
