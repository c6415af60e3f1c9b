"""Before every page: the right name, someone who may, nothing a browser was tricked into. After it: headers.

An ASGI middleware of its own, outermost, so that nothing is answered around it.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.serve.shell import SESSION, Window, environment

CSP = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "private, no-cache",
    "x-robots-tag": "noindex, nofollow",
}
_SAFE = frozenset({"GET", "HEAD"})
_LONGEST_PATH = 4096


class Guard:
    """``open_paths`` are the beginnings of paths that ask for no login; ``on_crash`` keeps the details of an error."""

    def __init__(
        self, app: ASGIApp, *, window: Window, open_paths: tuple[str, ...], on_crash: Callable[[], None]
    ) -> None:
        self._app = app
        self._window = window
        self._open = open_paths
        self._on_crash = on_crash

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refused = self._look_at(scope)
        begun = False

        async def send_on(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await (refused or self._app)(scope, receive, send_on)
        except Exception:
            self._on_crash()
            if begun:
                raise
            await _refusal(500, *_CRASHED)(scope, receive, send_on)

    def _look_at(self, scope: Scope) -> Response | None:
        """What to answer instead of the page; None: nothing speaks against it. Notes in ``scope`` who asks."""
        window, access = self._window, self._window.access
        headers, path = Headers(scope=scope), scope["path"]
        peer = scope["client"][0] if scope.get("client") else None
        if not access.answers_to(headers.get("host", "")):
            return _refusal(421, *_WRONG_NAME)
        if len(path) > _LONGEST_PATH:
            return _refusal(414, "This address is too long", "No page of the window has an address that long.")
        is_open = path.startswith(self._open)
        if scope["method"] not in _SAFE and not is_open and not _same_site(headers):
            return _refusal(403, *_OTHER_SITE)
        if not access.login:
            return None if access.is_near(peer, headers) else _refusal(403, *_FROM_AFAR)
        named = access.named_by_proxy(peer, headers)
        session = window.secret.is_session(Request(scope).cookies.get(SESSION, ""))
        scope["tallywire_who"], scope["tallywire_session"] = named, session and not named
        if named or session or is_open:
            return None
        if scope["method"] not in _SAFE:
            return _refusal(403, "You are not logged in", "Log in, then try again. Nothing was changed.")
        wanted = path + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
        return RedirectResponse("/login" if wanted == "/" else f"/login?next={quote(wanted)}", status_code=303)


def _same_site(headers: Headers) -> bool:
    """Whether a form comes from a page of this window, as far as the browser tells; its token has the last word."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


_CRASHED = (
    "Unexpected error",
    "No data is lost. The details are in the output of `tallywire serve`.",
)
_WRONG_NAME = (
    "This window is not served under that name",
    "Open it at the address it printed when it started. To reach it by another name, set TALLYWIRE_SERVE_HOSTS to it.",
)
_FROM_AFAR = (
    "This window serves its own machine only",
    "It has no login, so it refuses requests from a proxy or another machine. Set "
    "TALLYWIRE_SERVE_HOSTS to the name people use: then it asks for a login.",
)
_OTHER_SITE = (
    "The request came from another site",
    "The window accepts forms from its own pages only. Open the page here and try again. Nothing was changed.",
)


def _refusal(status: int, heading: str, advice: str) -> Response:
    """A page without the frame: whoever sees it may not be one of ours."""
    html = environment().get_template("refusal.html.j2").render(heading=heading, advice=advice)
    return HTMLResponse(html, status_code=status)
