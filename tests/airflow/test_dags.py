"""The DAG files as Airflow reads them: what they make of topic files, and what every task must have."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
import yaml

from pipeline.airflow.tasks import STAYING
from pipeline.tell.schedule import due_period
from schemas.topic import Topic
from tests.airflow.stack import ROOT

FLOODS = """
name: floods
title: Floods in the north
zone: Europe/Oslo
feeds: [https://news.example/feed]
digest: {at: ["07:00", "18:30"], days: [mon, fri]}
"""
STORMS = "name: storms\nfeeds: [https://news.example/feed]\ndigest: null\n"

Look = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> Look:
    """Reads the DAG files beside topic files of these texts, in a process of its own; the same texts only once."""

    @cache
    def read(**topics: str) -> dict[str, Any]:
        home = tmp_path_factory.mktemp("look")
        folder = home / "topics"
        folder.mkdir()
        for name, text in topics.items():
            (folder / f"{name}.yaml").write_text(text)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "TALLYWIRE"))},
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "TALLYWIRE_TOPICS": str(folder),
        }
        command = [sys.executable, "-W", "ignore", "-m", "tests.airflow.looking", str(ROOT / "dags")]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout.splitlines()[-1]))

    return read


ALWAYS = {"tallywire_ingest", "tallywire_judge", "tallywire_tell", "tallywire_outbox", "tallywire_upkeep"}


def test_every_dag_is_read_and_says_what_it_is_for(look: Look) -> None:
    seen = look(floods=FLOODS, storms=STORMS)
    assert seen["errors"] == {}
    assert set(seen["dags"]) == {*ALWAYS, "tallywire_digest_floods"}
    for name, dag in seen["dags"].items():
        assert "tallywire" in dag["tags"], name
        assert dag["doc"].strip().startswith("###"), name
        assert dag["catchup"] is False, name
        assert dag["description"], name
        for task_id, task in dag["tasks"].items():
            assert task["owner"] == "tallywire", (name, task_id)
            assert task["doc"], (name, task_id)
            if task_id != "all_well":
                assert task["tells_failure"], (name, task_id)
                assert task["chooses_retries"], (name, task_id)


def test_nothing_may_hang_for_ever_and_every_late_run_is_told(look: Look) -> None:
    for name, dag in look(floods=FLOODS)["dags"].items():
        assert all(task["seconds"] for task in dag["tasks"].values()), name
        assert dag["seconds"] >= max(task["seconds"] for task in dag["tasks"].values()), name
        assert len(dag["deadlines"]) == 1, name
        assert dag["deadlines"][0] <= dag["seconds"], name


def test_a_judge_stays_only_where_the_operator_wants_it_and_never_two(look: Look) -> None:
    dags = look()["dags"]
    assert {name for name, dag in dags.items() if dag["paused"]} == {"tallywire_judge"}
    assert dags["tallywire_judge"]["timetable"] == "ContinuousTimetable"
    assert dags["tallywire_judge"]["at_once"] == 1
    assert dags["tallywire_judge"]["tasks"]["stay"]["seconds"] > STAYING.total_seconds()


def test_a_run_by_hand_may_be_narrowed(look: Look) -> None:
    dags = look(floods=FLOODS)["dags"]
    assert dags["tallywire_ingest"]["params"] == ["limit", "topic"]
    assert dags["tallywire_digest_floods"]["params"] == ["mail"]


def test_redis_hands_no_task_out_again_while_it_may_still_run(look: Look) -> None:
    environment = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["x-airflow-environment"]
    again = int(environment["AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT"])
    tasks = [task for dag in look(floods=FLOODS)["dags"].values() for task in dag["tasks"].values()]
    assert 0 < max(task["seconds"] or 0 for task in tasks) < again


def test_a_digest_has_the_times_and_the_zone_of_its_topic(look: Look) -> None:
    digest = look(floods=FLOODS)["dags"]["tallywire_digest_floods"]
    assert "floods" in digest["tags"]
    assert digest["crons"] == ["0 7 * * mon,fri", "30 18 * * mon,fri"]
    assert digest["zones"] == ["Europe/Oslo"]


def test_a_digest_whose_time_the_clock_skips_in_spring_is_sent_that_morning() -> None:
    # Airflow comes at 03:30, when it is due since the end of the gap.
    script = (
        "import pendulum\n"
        "from airflow.timetables.trigger import CronTriggerTimetable\n"
        "timetable = CronTriggerTimetable('30 2 * * *', timezone='Europe/Oslo')\n"
        "print(timetable._get_next(pendulum.datetime(2026, 3, 28, 12, tz='UTC')).in_timezone('UTC').isoformat())\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)
    run = datetime.fromisoformat(done.stdout.splitlines()[-1])
    topic = Topic.model_validate({"name": "floods", "zone": "Europe/Oslo", "digest": {"at": ["02:30"]}})
    last, end = datetime(2026, 3, 28, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert run == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert due_period(topic, last, run) == (last, end)


def test_ingest_reads_in_mapped_batches_and_fails_if_one_of_them_did(look: Look) -> None:
    tasks = look(floods=FLOODS)["dags"]["tallywire_ingest"]["tasks"]
    assert tasks["read"]["mapped"]
    assert set(tasks["read"]["downstream"]) == {"judge", "beat", "all_well"}
    assert set(tasks["judge"]["downstream"]) == {"ring", "publish", "beat", "all_well"}
    assert tasks["ring"]["downstream"] == ["all_well", "beat"]
    assert tasks["beat"]["rule"] == "none_failed"
    assert set(tasks["publish"]["downstream"]) == {"again", "beat", "all_well"}
    assert tasks["again"]["rule"] == "all_done"
    assert tasks["judge"]["rule"] == "all_done"
    assert (tasks["all_well"]["rule"], tasks["all_well"]["downstream"]) == ("one_failed", [])
    assert tasks["publish"]["pool"] == "tallywire_index"


def test_feeds_are_watched_in_groups_that_all_ring_the_one_ingest(look: Look) -> None:
    many = "\n".join(f"  - https://news.example/{number}" for number in range(120))
    ingest = look(floods=FLOODS, many=f"name: many\nfeeds:\n{many}\n")["dags"]["tallywire_ingest"]
    assert ingest["assets"] == ["tallywire_feeds_1", "tallywire_feeds_2", "tallywire_inbox"]
    assert sorted(kwargs["group"] for _, kwargs in ingest["watchers"]) == [0, 1]
    assert {kwargs["asset"] for _, kwargs in ingest["watchers"]} == {"tallywire_feeds_1", "tallywire_feeds_2"}


def test_every_pool_that_a_task_runs_in_is_made_by_the_set_up(look: Look) -> None:
    dags = look(floods=FLOODS)["dags"]
    pools = {task["pool"] for dag in dags.values() for task in dag["tasks"].values()} - {"default_pool"}
    assert pools == set(json.loads((ROOT / "docker" / "airflow" / "pools.json").read_text()))


def test_a_broken_topic_file_is_shown_and_harms_no_other(look: Look) -> None:
    seen = look(floods=FLOODS, broken="name: broken\nfeeds: [not an address]\n")
    assert "tallywire_digest_floods" in seen["dags"]
    assert "tallywire_digest_broken" not in seen["dags"]
    assert list(seen["errors"]) == ["topic_files.py"]
    assert "broken.yaml:2" in seen["errors"]["topic_files.py"]


def test_without_any_topic_the_rest_stands_ready(look: Look) -> None:
    seen = look()
    assert seen["errors"] == {}
    assert set(seen["dags"]) == ALWAYS
