"""The parts of the window, a module for each, in the order of the navigation."""

from __future__ import annotations

from pipeline.serve.pages import (
    acting,
    alerts,
    api,
    arranging,
    articles,
    developments,
    digests,
    entries,
    feedkeeping,
    feeds,
    figures,
    health,
    links,
    login,
    search,
    subscribe,
    topics,
)

SECTIONS = (
    topics.SECTION,
    developments.SECTION,
    figures.SECTION,
    articles.SECTION,
    search.SECTION,
    alerts.SECTION,
    digests.SECTION,
    feeds.SECTION,
    feedkeeping.SECTION,
    entries.SECTION,
    subscribe.SECTION,
    acting.SECTION,
    arranging.SECTION,
    api.SECTION,
    health.SECTION,
    links.SECTION,
    login.SECTION,
)
