"""The Elasticsearch that trials share with other tests."""

from __future__ import annotations

from tests.elastic import elasticsearch_server

__all__ = ["elasticsearch_server"]
