"""A backlog as its developments: what holds now in each, bound to the mail that sums them up."""

from __future__ import annotations

from pipeline.steps.known.briefs import Briefs
from schemas.alert import Alert, DevelopmentNews
from schemas.message import Bundle

MOST = 40
"""Developments of a summary of which a brief is made, the most urgent first: what a mail holds at most, twice over."""


def summed_up(briefs: Briefs, bundle: Bundle) -> Bundle:
    """The bundle, a summary, with the brief of each development kept with the first of its alerts.

    What is of no known development, or of one beyond the first ``MOST``, is left as it is.
    """
    wanted = list(dict.fromkeys(bundle.threads[alert.id] for alert in bundle.alerts if alert.id in bundle.threads))
    # Since when nobody asks: a summary says what holds, not what came since another mail.
    found = {thread: news for thread in wanted[:MOST] if (news := briefs.news(thread, None))}
    return bundle.model_copy(update={"alerts": _under(found, bundle)})


def _under(found: dict[str, DevelopmentNews], bundle: Bundle) -> tuple[Alert, ...]:
    told: set[str] = set()
    alerts: list[Alert] = []
    for alert in bundle.alerts:
        thread = bundle.threads.get(alert.id)
        if thread is None or thread not in found:
            alerts.append(alert)
            continue
        news = None if thread in told else found[thread]
        told.add(thread)
        alerts.append(alert.model_copy(update={"thread": thread, "development": news}))
    return tuple(alerts)
