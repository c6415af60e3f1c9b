"""### A judge that stays

Paused at first. Where some thousand articles are open, a task that judges takes longer to recall them than to judge: a
judge that stays holds them in memory, an hour at a time, and the runs of **tallywire_ingest** leave their turns to it.
It takes one slot of a worker for good. Pause it, or let it be killed, and within half a minute they judge themselves.
"""

from datetime import timedelta

from airflow.sdk import dag, task

from pipeline.airflow.wiring import DEFAULTS, START, deadline

LONGEST = timedelta(minutes=80)


@dag(
    dag_id="tallywire_judge",
    schedule="@continuous",
    start_date=START,
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=True,
    dagrun_timeout=LONGEST + timedelta(minutes=20),
    default_args=DEFAULTS,
    deadline=deadline("tallywire_judge", LONGEST),
    description="A judge that stays, where many articles are open",
    tags=["tallywire", "judge"],
    doc_md=__doc__,
)
def judge():
    @task(
        doc_md="Judges what comes in for an hour; runs of tallywire_ingest wait for it instead of judging themselves.",
        execution_timeout=LONGEST,
    )
    def stay():
        from pipeline.airflow import tasks

        return tasks.stay()

    stay()


judge()
