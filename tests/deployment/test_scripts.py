"""The scripts that run inside the containers, as far as they can run outside."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import OperationalError

from pipeline.index.elastic.access import role as least_role
from tests.postgres import postgres_server

__all__ = ["postgres_server"]

DOCKER = Path(__file__).resolve().parents[2] / "docker"
SCRIPTS = sorted(DOCKER.glob("*/*.sh"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_can_be_run_and_parsed(script: Path) -> None:
    shell = script.read_text().splitlines()[0].removeprefix("#!")
    assert os.access(script, os.X_OK)
    done = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def databases(postgres_server: URL) -> Iterator[URL]:
    """A server on which the two databases were made by the script."""
    if shutil.which("psql") is None:
        pytest.skip("there is no psql")
    query = {"PGHOST": str(postgres_server.query.get("host") or postgres_server.host or "")}
    if postgres_server.port:
        query["PGPORT"] = str(postgres_server.port)
    if postgres_server.password:
        query["PGPASSWORD"] = str(postgres_server.password)
    passwords = {"AIRFLOW_DB_PASSWORD": "it's-one", "RECORD_DB_PASSWORD": 'an"other'}
    environment = {**os.environ, **query, **passwords, "POSTGRES_USER": str(postgres_server.username)}
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        mine = connection.execute(text("SELECT rolname FROM pg_roles")).scalars().all()
    if {"airflow"} & set(mine):
        pytest.skip("the server has a role `airflow` of its own")
    script = (DOCKER / "postgres" / "databases.sh").read_text().replace("tallywire", "tallywire_record")
    done = subprocess.run(["sh"], input=script, env=environment, capture_output=True, text=True, check=False)
    try:
        assert done.returncode == 0, done.stderr
        yield postgres_server
    finally:
        with admin.connect() as connection:
            for name in ("airflow", "tallywire_record"):
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                connection.execute(text(f"DROP ROLE IF EXISTS {name}"))
        admin.dispose()


def can_connect(server: URL, user: str, database: str) -> bool:
    engine = create_engine(server.set(username=user, database=database))
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE probe (one int)"))
            connection.execute(text("DROP TABLE probe"))
        return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


@pytest.mark.postgres
def test_each_database_belongs_to_its_own_user_and_to_nobody_else(databases: URL) -> None:
    assert can_connect(databases, "airflow", "airflow")
    assert can_connect(databases, "tallywire_record", "tallywire_record")
    assert not can_connect(databases, "airflow", "tallywire_record")
    assert not can_connect(databases, "tallywire_record", "airflow")


def set_users(server: HTTPServer) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "ELASTICSEARCH_URL": server.url_for("").rstrip("/"),
        "ELASTICSEARCH_CA": "",
        "ELASTIC_PASSWORD": "of-elastic",
        "KIBANA_SYSTEM_PASSWORD": "of-kibana",
        "INDEX_PASSWORD": "of-tallywire",
    }
    script = DOCKER / "elasticsearch" / "users.sh"
    return subprocess.run(["bash", script], env=environment, capture_output=True, text=True, check=False)


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
AS_ELASTIC = {"Authorization": "Basic ZWxhc3RpYzpvZi1lbGFzdGlj"}


@needs_curl
def test_elasticsearch_gets_a_user_that_may_do_what_publishing_needs_and_no_more(httpserver: HTTPServer) -> None:
    for method, path in (
        ("POST", "/_security/user/kibana_system/_password"),
        ("PUT", "/_security/role/tallywire"),
        ("PUT", "/_security/user/tallywire"),
    ):
        httpserver.expect_oneshot_request(path, method=method, headers=AS_ELASTIC).respond_with_json({})
    done = set_users(httpserver)
    assert done.returncode == 0, done.stderr
    httpserver.check()
    kibana, role, user = (json.loads(request.get_data()) for request, _ in httpserver.log)
    assert kibana == {"password": "of-kibana"}
    assert role == least_role("tallywire")
    assert (user["password"], user["roles"]) == ("of-tallywire", ["tallywire"])
    assert "of-" not in done.stdout + done.stderr


@needs_curl
def test_a_refusal_ends_the_job_with_what_was_said(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/_security/user/kibana_system/_password").respond_with_json({"error": "no"}, status=403)
    done = set_users(httpserver)
    assert done.returncode != 0
    assert '"error": "no"' in done.stderr or '"error":"no"' in done.stderr
    assert len(httpserver.log) == 1


def clean(tmp_path: Path, airflow: str) -> subprocess.CompletedProcess[str]:
    """Run the cleaner once, with ``airflow`` in place of Airflow's command."""
    command = tmp_path / "bin" / "airflow"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\n{airflow}\n")
    command.chmod(0o755)
    environment = {
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "AIRFLOW_KEEP_DAYS": "30",
        "AIRFLOW_LOGS": str(tmp_path / "logs"),
        "CLEANED": str(tmp_path / "cleaned"),
    }
    script = ["bash", DOCKER / "airflow" / "clean.sh", "once"]
    return subprocess.run(script, env=environment, capture_output=True, text=True, check=False)


def test_airflows_old_logs_and_rows_go_and_the_young_stay(tmp_path: Path) -> None:
    for name, days in {"old/run.log": 31, "young/run.log": 29}.items():
        log = tmp_path / "logs" / name
        log.parent.mkdir(parents=True)
        log.touch()
        written = time.time() - days * 86_400
        os.utime(log, (written, written))
    done = clean(tmp_path, 'echo "$@"')
    assert done.returncode == 0, done.stderr
    before = re.fullmatch(r"db clean --clean-before-timestamp (\S+) --skip-archive --yes\n", done.stdout)
    assert before is not None
    assert 29.9 < (datetime.now(UTC) - datetime.fromisoformat(before[1])).total_seconds() / 86_400 < 30.1
    assert [path.name for path in (tmp_path / "logs").rglob("*.log")] == ["run.log"]
    assert (tmp_path / "logs" / "young" / "run.log").exists()
    assert (tmp_path / "cleaned").exists()


def test_a_cleaning_that_failed_leaves_no_mark_of_health(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    assert clean(tmp_path, "exit 1").returncode == 1
    assert not (tmp_path / "cleaned").exists()
