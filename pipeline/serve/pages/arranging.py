"""What people put together, split, rename and pin in the window. A merge and a split ask once more: no button undoes
them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.errors import DecisionError
from pipeline.serve.section import Section, acts, shows
from pipeline.serve.shell import SAID, page, reading, see_other, who, window_of
from pipeline.steps import arranging
from pipeline.steps.deciding import arrange
from pipeline.tell.words import count, one_line
from schemas.story import Story

if TYPE_CHECKING:
    from pipeline.record import Transaction

T = TypeVar("T")

_MOST = 100
"""Stories that are split off at once."""

SAID |= {
    "put-together": "Merged.",
    "split-off": "Split off.",
    "renamed": "Renamed.",
    "pinned": "Pinned to the top of the figures.",
    "unpinned": "No longer pinned.",
}


@dataclass(frozen=True)
class Part:
    """A thing that is about to be put together or split off."""

    words: str
    size: str
    link: str


def _confirm_developments(request: Request) -> Response:
    """Which developments are about to be one."""
    ids = (request.path_params["id"], _chosen(request, "with", "Choose a development to merge it with."))
    now = window_of(request).now
    with reading(request) as tx:
        _checked(lambda: arrange.threads_merge(tx, ids, by=who(request), now=now))
        parts = [_development(tx, id) for id in ids]
    return page(
        request,
        "arrange.html.j2",
        title="Merge these developments?",
        parts=parts,
        means="They become one development, and later reports on either of them join it.",
        fields={"do": "merge-developments", "id": ids[0], "with": ids[1]},
        button="Merge them",
        back=f"/developments/{ids[0]}",
    )


def _confirm_split(request: Request) -> Response:
    """Which stories are about to leave their development."""
    identity, stories = request.path_params["id"], request.query_params.getlist("story")[:_MOST]
    now = window_of(request).now
    if not stories:
        raise HTTPException(422, "Choose at least one story to split off.")
    with reading(request) as tx:
        _checked(lambda: arrange.thread_split(tx, identity, stories, by=who(request), now=now))
        parts = [_story(story) for id in dict.fromkeys(stories) if (story := tx.stories.get(id))]
    noun = "this story" if len(parts) == 1 else "these stories"
    return page(
        request,
        "arrange.html.j2",
        title=f"Split {noun} off?",
        parts=parts,
        means="The stories you split off become a development of their own, which later reports on them join.",
        fields={"do": "split-development", "id": identity, "stories": " ".join(stories)},
        button="Split off",
        back=f"/developments/{identity}",
    )


def _confirm_series(request: Request) -> Response:
    """Which series are about to be one."""
    ids = (request.path_params["id"], _chosen(request, "with", "Choose a figure to merge it with."))
    now = window_of(request).now
    with reading(request) as tx:
        _checked(lambda: arrange.series_merge(tx, ids, by=who(request), now=now))
        parts = [_series(tx, id) for id in ids]
    return page(
        request,
        "arrange.html.j2",
        title="Merge these figures?",
        parts=parts,
        means="The second becomes part of the first, and their claims are compared, here and in alerts.",
        fields={"do": "merge-series", "id": ids[0], "with": ids[1]},
        button="Merge them",
        back=f"/figures/{ids[0]}",
    )


def _arrange(request: Request, fields: Mapping[str, str]) -> Response:
    """Do what a form says, and go back to where it stood."""
    do = _DOES.get(fields.get("do", ""))
    if do is None:
        raise HTTPException(422, "There is nothing of that kind to arrange.")
    return do(request, fields)


def _merge_developments(request: Request, fields: Mapping[str, str]) -> Response:
    identity, services = fields.get("id", ""), window_of(request).services
    with reading(request) as tx:
        stays = _checked(lambda: arrange.thread_there(tx, identity)).stories[0].id
    _checked(lambda: arranging.merge_threads(services, (identity, fields.get("with", "")), by=who(request)))
    return _back_to(request, stays, "put-together")


def _split_development(request: Request, fields: Mapping[str, str]) -> Response:
    identity, services = fields.get("id", ""), window_of(request).services
    taken = fields.get("stories", "").split()[:_MOST]
    with reading(request) as tx:
        stories = _checked(lambda: arrange.thread_there(tx, identity)).stories
    _checked(lambda: arranging.split_thread(services, identity, taken, by=who(request)))
    return _back_to(request, next(story.id for story in stories if story.id not in taken), "split-off")


def _back_to(request: Request, story: str, said: str) -> Response:
    """The development in which a story is now: it may go on under the id of another."""
    with reading(request) as tx:
        found = tx.stories.get(story)
    return see_other(f"/developments/{found.development}" if found else "/", said=said)


def _merge_series(request: Request, fields: Mapping[str, str]) -> Response:
    series, services = (fields.get("id", ""), fields.get("with", "")), window_of(request).services
    _checked(lambda: arranging.merge_series(services, series, by=who(request)))
    return _back_to_series(request, series[0], "put-together")


def _rename(request: Request, fields: Mapping[str, str]) -> Response:
    series, services = fields.get("id", ""), window_of(request).services
    label = _checked(lambda: arrange.checked_label(fields.get("label", "")), status=422)
    _checked(lambda: arranging.rename_series(services, series, label, by=who(request)))
    return _back_to_series(request, series, "renamed")


def _pin(request: Request, fields: Mapping[str, str]) -> Response:
    series, services = fields.get("id", ""), window_of(request).services
    pinned = fields.get("do") == "pin"
    _checked(lambda: arranging.pin_series(services, series, pinned=pinned, by=who(request)))
    return _back_to_series(request, series, "pinned" if pinned else "unpinned")


def _back_to_series(request: Request, series: str, said: str) -> Response:
    with reading(request) as tx:
        home = arrange.home_of(tx, arrange.series_there(tx, series))
    return see_other(f"/figures/{home.id}", said=said)


_DOES: Mapping[str, Callable[[Request, Mapping[str, str]], Response]] = {
    "merge-developments": _merge_developments,
    "split-development": _split_development,
    "merge-series": _merge_series,
    "rename": _rename,
    "pin": _pin,
    "unpin": _pin,
}


def _chosen(request: Request, name: str, otherwise: str) -> str:
    given = request.query_params.get(name, "")
    if not given:
        raise HTTPException(422, otherwise)
    return given


def _checked(does: Callable[[], T], *, status: int = 409) -> T:
    """What ``does`` gives; where it can't be done so, a page that says why."""
    try:
        return does()
    except DecisionError as error:
        raise HTTPException(status, f"{error.what[:1].upper()}{error.what[1:]}.") from error


def _development(tx: Transaction, identity: str) -> Part:
    found = arrange.thread_there(tx, identity)
    size = f"{count(len(found.stories), 'story', 'stories')}, {count(len(found.articles), 'report')}"
    return Part(one_line(found.face.headline, 200) or "untitled", size, f"/developments/{identity}")


def _story(story: Story) -> Part:
    size = count(len(story.articles), "report")
    return Part(one_line(story.headline, 200) or "untitled", size, f"/developments/{story.development}#{story.id}")


def _series(tx: Transaction, identity: str) -> Part:
    found = arrange.series_there(tx, identity)
    return Part(one_line(found.label, 120) or "unnamed", count(len(found.claims), "claim"), f"/figures/{identity}")


SECTION = Section(
    routes=(
        acts("/arrange", _arrange),
        shows("/arrange/developments/{id}/merge", _confirm_developments),
        shows("/arrange/developments/{id}/split", _confirm_split),
        shows("/arrange/figures/{id}/merge", _confirm_series),
    ),
)
