"""The application: sections, the frame, and the guard around them."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from pipeline.errors import TallywireError
from pipeline.serve.access import Access
from pipeline.serve.guard import Guard
from pipeline.serve.pages import SECTIONS
from pipeline.serve.secret import Secret
from pipeline.serve.section import Section
from pipeline.serve.shell import Window, page
from pipeline.steps.keeping.vitals import Watch
from pipeline.steps.services import Services

_THREADS = 8
"""Pages made at once; fewer than the connections that the record keeps."""
_HEADINGS = {
    403: "Not allowed",
    404: "There is nothing here",
    405: "That can't be done here",
    413: "Too large",
    429: "Too many tries",
}


def make_app(
    services: Services,
    access: Access,
    secret: Secret,
    *,
    sections: tuple[Section, ...] = SECTIONS,
    runs: bool = False,
    on_crash: Callable[[str], None] = lambda details: None,
) -> Starlette:
    """The window over ``services``, for those whom ``access`` lets in; ``on_crash`` gets the traceback of an error.

    ``runs`` says that the rounds run in this process too: it is not up if they are late.
    """
    nav = tuple(section.nav for section in sections if section.nav is not None)
    window = Window(services=services, access=access, secret=secret, nav=nav, watch=Watch(services, runs=runs))
    open_paths = ("/static/", *(path for section in sections for path in section.open))
    app = Starlette(
        routes=[
            *(route for section in sections for route in section.routes),
            Mount("/static", _Static(packages=[("pipeline.serve", "static")])),
        ],
        middleware=[
            Middleware(Guard, window=window, open_paths=open_paths, on_crash=lambda: on_crash(traceback.format_exc()))
        ],
        exception_handlers={HTTPException: _refused, TallywireError: _trouble},
        lifespan=_few_threads,
    )
    app.router.redirect_slashes = False
    app.state.window = window
    return app


@asynccontextmanager
async def _few_threads(_app: Starlette) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = _THREADS
    yield


class _Static(StaticFiles):
    """Style sheets and scripts. Their addresses change with what they hold, so browsers keep them."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response: Response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    heading = _HEADINGS.get(error.status_code, "That did not work")
    plain = {404: "The address may be mistyped, or what it named is gone.", 405: "Go back and try again."}
    said = error.detail if error.detail.endswith(".") else plain.get(error.status_code, "Go back and try again.")
    response = page(request, "trouble.html.j2", title=heading, status=error.status_code, said_of=said, hint="")
    response.headers.update(error.headers or {})
    return response


def _trouble(request: Request, error: Exception) -> Response:
    """An error in words: the record can't be read, the index is away."""
    assert isinstance(error, TallywireError)
    said = f"{error.what[:1].upper()}{error.what[1:]}" + (f" ({error.why})" if error.why else "")
    title = "This can't be shown at the moment"
    return page(request, "trouble.html.j2", title=title, status=503, said_of=f"{said}.", hint=error.hint)
