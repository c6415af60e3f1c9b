"""Logging in with the token, and out."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from pipeline.serve.secret import FILE, SESSION_DAYS
from pipeline.serve.section import Section, acts, shows
from pipeline.serve.shell import SESSION, local, page, see_other, set_cookie, window_of


def _form(request: Request, *, wanted: str, trouble: str = "", status: int = 200) -> Response:
    return page(
        request, "login.html.j2", title="Log in", wanted=wanted, trouble=trouble, file=FILE, status=status, bare=True
    )


def _show(request: Request) -> Response:
    if not window_of(request).access.login:
        return see_other("/")
    return _form(request, wanted=local(request.query_params.get("next", "/")))


def _log_in(request: Request, fields: Mapping[str, str]) -> Response:
    window, wanted = window_of(request), local(fields.get("next", "/"))
    peer = request.client.host if request.client else None
    if wait := window.tries.wait(peer, window.now):
        minutes = -(-wait // 60)
        words = f"Too many wrong tokens. Try again in {'a minute' if minutes == 1 else f'{minutes} minutes'}."
        response = _form(request, wanted=wanted, trouble=words, status=429)
        response.headers["retry-after"] = str(wait)
        return response
    if not window.secret.is_token(fields.get("token", "")):
        window.tries.failed(peer, window.now)
        return _form(request, wanted=wanted, trouble="That is not the token.", status=403)
    response = see_other(wanted)
    set_cookie(request, response, SESSION, window.secret.new_session(), days=SESSION_DAYS)
    return response


def _log_out(_request: Request, _fields: Mapping[str, str]) -> Response:
    response = see_other("/login")
    response.delete_cookie(SESSION, path="/")
    return response


SECTION = Section(
    routes=(shows("/login", _show), acts("/login", _log_in), acts("/logout", _log_out)),
    open=("/login",),
)
