"""### Alert mails

**tallywire_tell** is rung for each topic that has something to tell, and sends it: bundled, capped, outside quiet
hours. A run is one topic, named by its partition. **tallywire_outbox** looks every minute for what has become due
since: bundles that waited for more of their story, the end of quiet hours, mails that a server did not take.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, PartitionedAssetTimetable, dag, task

from pipeline.airflow.wiring import DEFAULTS, MAIL_POOL, OUTBOX, START


@dag(
    dag_id="tallywire_tell",
    schedule=PartitionedAssetTimetable(assets=OUTBOX),
    start_date=START,
    catchup=False,
    default_args=DEFAULTS,
    tags=["tallywire", "tell"],
    doc_md=__doc__,
)
def tell():
    @task(pool=MAIL_POOL, execution_timeout=timedelta(minutes=30))
    def send(*, dag_run):
        from pipeline.airflow import tasks

        return tasks.tell(dag_run.partition_key)

    send()


@dag(
    dag_id="tallywire_outbox",
    schedule=CronTriggerTimetable("* * * * *", timezone="UTC"),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["tallywire", "tell"],
    doc_md=__doc__,
)
def outbox():
    @task(outlets=[OUTBOX], retries=1)
    def due(*, outlet_events):
        from pipeline.airflow import tasks

        if topics := tasks.due():
            outlet_events[OUTBOX].add_partitions(topics)

    due()


tell()
outbox()
