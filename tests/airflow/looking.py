"""Prints, as JSON, what Airflow sees in a folder of DAG files: ``python -m tests.airflow.looking FOLDER``.

Airflow takes its settings when it is imported, so whoever wants others needs a process for each look.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization


def dag_facts(dag: Any) -> dict[str, Any]:
    kept = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
    condition = getattr(dag.timetable, "asset_condition", None)
    assets = [] if condition is None else list(getattr(condition, "objects", [condition]))
    return {
        "timetable": type(kept.timetable).__name__,
        "crons": [timetable._expression for timetable in getattr(kept.timetable, "_timetables", ())],
        "zones": sorted({str(timetable._timezone.name) for timetable in getattr(kept.timetable, "_timetables", ())}),
        "seconds": dag.dagrun_timeout.total_seconds() if dag.dagrun_timeout else None,
        "deadlines": [one.interval.total_seconds() for one in dag.deadline or ()],
        "description": dag.description,
        "params": sorted(dag.params),
        "tags": sorted(dag.tags),
        "doc": dag.doc_md,
        "catchup": dag.catchup,
        "paused": bool(dag.is_paused_upon_creation),
        "at_once": dag.max_active_runs,
        "assets": sorted(asset.name for asset in assets),
        "watchers": [watcher.trigger.serialize() for asset in assets for watcher in asset.watchers],
        "tasks": {task.task_id: task_facts(task) for task in dag.tasks},
    }


def task_facts(task: Any) -> dict[str, Any]:
    given = task.partial_kwargs if task.is_mapped else vars(task)
    return {
        "mapped": task.is_mapped,
        "owner": task.owner,
        "doc": task.doc_md,
        "pool": task.pool,
        "seconds": timeout.total_seconds() if (timeout := given.get("execution_timeout")) else None,
        "rule": task.trigger_rule.value,
        "downstream": sorted(task.downstream_task_ids),
        "tells_failure": bool(given.get("on_failure_callback")),
        "chooses_retries": given.get("retry_policy") is not None,
    }


if __name__ == "__main__":
    bag = DagBag(dag_folder=sys.argv[1])
    errors = {Path(file).name: error for file, error in bag.import_errors.items()}
    found = {"dags": {dag.dag_id: dag_facts(dag) for dag in bag.dags.values()}, "errors": errors}
    print(f"\n{json.dumps(found)}")  # noqa: T201
