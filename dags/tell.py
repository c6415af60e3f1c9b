"""### Alert mails

**tallywire_tell** is rung for each topic that has something to tell, and sends it: bundled, capped, outside quiet
hours. A run is one topic, named by its partition. **tallywire_outbox** looks every minute for what has become due
since: bundles that waited for more of their story, the end of quiet hours, mails that a server did not take.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, PartitionedAssetTimetable, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from pipeline.airflow.wiring import DEFAULTS, MAIL_POOL, OUTBOX, START, deadline


@dag(
    dag_id="tallywire_tell",
    schedule=PartitionedAssetTimetable(assets=OUTBOX),
    start_date=START,
    catchup=False,
    dagrun_timeout=timedelta(hours=2),
    default_args=DEFAULTS,
    deadline=deadline("tallywire_tell"),
    description="The alert mails of a topic",
    tags=["tallywire", "tell"],
    doc_md=__doc__,
)
def tell():
    @task(
        doc_md="Sends the mails of the topic that this run is the partition of.",
        pool=MAIL_POOL,
        execution_timeout=timedelta(minutes=30),
    )
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
    dagrun_timeout=timedelta(minutes=30),
    default_args=DEFAULTS,
    deadline=deadline("tallywire_outbox"),
    description="Rings for topics whose alerts have become due",
    tags=["tallywire", "tell"],
    doc_md=__doc__,
)
def outbox():
    @task(doc_md="Looks which topics have something to tell now, and rings for them.", outlets=[OUTBOX], retries=1)
    def due(*, outlet_events):
        from pipeline.airflow import tasks

        topics = tasks.due()
        if not topics:
            # An event of no topic starts nothing, and leaves a warning each time.
            raise AirflowSkipException("nothing is to be told now")
        outlet_events[OUTBOX].add_partitions(topics)

    due()


tell()
outbox()
