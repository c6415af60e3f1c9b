"""What the window keeps of briefs holds only as long as what they were made from."""

from __future__ import annotations

from pipeline.serve.briefs import KeptBriefs
from pipeline.steps.known.briefs import Briefs
from tests.steps.scripted import newsroom
from tests.steps.test_decisions_hold import BEFORE


def test_what_was_kept_before_a_report_came_in_does_not_change_the_brief_made_after_it() -> None:
    with newsroom(start=BEFORE[-1].published) as room:
        kept, told = KeptBriefs(), set[str]()
        for one in BEFORE:
            room.arrive([one])
            with room.services.record.read() as tx:
                of = room.story(one.id).development
                news = kept.news(tx, of)
                assert news == Briefs(tx).news(of, None)
                assert kept.news(tx, of) is news
                told.add(repr(news))
        assert len(told) == len(BEFORE)
