"""### Daily upkeep

What was kept long enough is removed, the health of the feeds is summed up, and the search index is held against the
record. What it finds stands in the log of the task, with what to do.
"""

from airflow.sdk import CronTriggerTimetable, dag, task

from pipeline.airflow.wiring import DEFAULTS, INDEX_POOL, LONGEST_TASK, START, deadline


@dag(
    dag_id="tallywire_upkeep",
    schedule=CronTriggerTimetable("20 3 * * *", timezone="UTC"),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=2 * LONGEST_TASK,
    default_args=DEFAULTS,
    deadline=deadline("tallywire_upkeep", LONGEST_TASK),
    description="Removes what was kept long enough, and looks after feeds and index",
    tags=["tallywire", "upkeep"],
    doc_md=__doc__,
)
def upkeep():
    @task(
        doc_md="What it finds stands in its log, with what to do.",
        pool=INDEX_POOL,
        execution_timeout=LONGEST_TASK,
    )
    def look_after():
        from pipeline.airflow import tasks

        return tasks.upkeep()

    look_after()


upkeep()
