"""### Daily upkeep

What was kept long enough is removed, the health of the feeds is summed up, and the search index is held against the
record. What it finds stands in the log of the task, with what to do.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from pipeline.airflow.wiring import DEFAULTS, INDEX_POOL, START


@dag(
    dag_id="tallywire_upkeep",
    schedule=CronTriggerTimetable("20 3 * * *", timezone="UTC"),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["tallywire", "upkeep"],
    doc_md=__doc__,
)
def upkeep():
    @task(pool=INDEX_POOL, execution_timeout=timedelta(hours=2))
    def look_after():
        from pipeline.airflow import tasks

        return tasks.upkeep()

    look_after()


upkeep()
