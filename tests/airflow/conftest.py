"""A whole deployment for the tests of this folder: PostgreSQL, Elasticsearch, a mail server, a newsroom and Airflow."""

from __future__ import annotations

from tests.elastic import elasticsearch_server
from tests.postgres import postgres_server
from tests.redis import redis_server

__all__ = ["elasticsearch_server", "postgres_server", "redis_server"]
