"""An article that comes in after others that repeat it takes the place it would have had, had it come in time."""

from __future__ import annotations

import numpy as np

from pipeline.group.copies import mirrored
from pipeline.group.likeness import MEASURES
from pipeline.group.window import Entry, Window
from schemas.article import CopyLink
from schemas.story import StoryJoin


def take_place(window: Window, entry: Entry) -> tuple[str, ...]:
    """Make ``entry``, found to be a copy but not in the window yet, the original of what it repeats, if it was told
    before that; gives the ids of its copies, whose links are other ones now.

    The story stays the one that it is, with its id: one text in it takes the place of another.
    """
    link = entry.copy_link
    if link is None or entry.told >= window.entries[link.original].told:
        return ()
    former = window.entries[link.original]
    nearest = window.entries[link.nearest]
    copies = [window.remove(article) for article in window.copies.get(former.id, [])[:]]
    window.remove(former.id)
    join = former.join
    assert join is not None, "every article in the window is in a story"
    middle = nearest.copy_link
    for copy in copies:
        assert copy.copy_link is not None, "a copy has a link"
        copy.copy_link = copy.copy_link.model_copy(update={"original": entry.id})
    nearest.copy_link = _mirrored(link, entry.id, entry.id)
    if middle is not None:
        # What the article repeats is itself a copy: it lies between the two.
        former.copy_link = _mirrored(middle, entry.id, nearest.id)
    entry.copy_link = None
    entry.join = StoryJoin(
        story=join.story,
        opened=False,
        score=link.containment,
        nearest=nearest.id,
        reason=f"told before an article of the story that repeats it: {link.reason}",
    )
    former.near, former.measures = [], np.zeros((0, MEASURES), dtype=np.float32)
    assert former.copy_link is not None, "it was given one above"
    former.join = join.model_copy(
        update={
            "opened": False,
            "nearest": former.copy_link.nearest,
            "score": former.copy_link.containment,
            "shared": (),
            "reason": f"a copy of an article of the story that came in later: {former.copy_link.reason}",
        }
    )
    moved = sorted((former, *copies), key=lambda one: one.seq)
    for one in moved:
        # They enter the window anew: where it is restored, they have to come back in this order.
        one.stamp = entry.stamp
        window.add(one)
    return tuple(one.id for one in moved)


def _mirrored(link: CopyLink, original: str, nearest: str) -> CopyLink:
    """The same likeness, seen from the other of the two articles."""
    kind, reason = mirrored(link.kind, link.reason)
    reason = f"{reason}; the other was told first, and came in later"
    return CopyLink(original=original, nearest=nearest, kind=kind, containment=link.containment, reason=reason)
