"""A part of the window: its routes, its place in the navigation, and what of it needs no login."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.serve.shell import VISIT, Window, window_of

MOST_BYTES = 65_536
"""Of the body of a form."""
_FIELDS = 200

Shows = Callable[[Request], Response]
Acts = Callable[[Request, Mapping[str, str]], Response]


@dataclass(frozen=True)
class Section:
    """``nav`` is a label and an address; ``open`` are the beginnings of paths that ask for no login.

    What is open proves by itself who may, as a signed link does.
    """

    routes: tuple[Route, ...]
    nav: tuple[str, str] | None = None
    open: tuple[str, ...] = ()


def shows(path: str, page: Shows) -> Route:
    """A page. It is made in a thread of its own, and may take its time in the record."""
    return Route(path, page, methods=["GET"])


def acts(path: str, action: Acts) -> Route:
    """What a form does: ``action`` gets its fields, and only if the form was one of ours (it holds ``{{ csrf() }}``).

    It should answer with `shell.see_other`, so that a reload does nothing again.
    """

    async def handler(request: Request) -> Response:
        fields = await form_fields(request)
        window: Window = window_of(request)
        if not window.secret.is_form_token(request.cookies.get(VISIT, ""), fields.pop("form_token", "")):
            raise HTTPException(403, "This form has expired. Go back, reload the page and try again.")
        return await run_in_threadpool(action, request, fields)

    handler.__name__ = getattr(action, "__name__", "acts")
    return Route(path, handler, methods=["POST"])


async def form_fields(request: Request) -> dict[str, str]:
    """The fields of a form, the first of each name. Raises HTTPException where it is larger than any of ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "This form is too large.")
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        raise HTTPException(413, "This form has too many fields.") from None
    fields: dict[str, Any] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields
