"""### From new entries to figures, alerts and the index

Rung by the triggers that watch the feeds, and run every five minutes for what a lost ring left behind. Each run takes
what waits in the inbox: **plan** cuts it into batches, all of one host in one; **read** fetches and reads a batch;
**judge** finds copies, stories, figures and alerts, in order of arrival; **ring** says which topics have something to
tell; **publish** writes to the search index; **again** rings once more if something is left. Every task may be killed
or repeated at any time.

Triggered by hand, a run may be given a `topic`, of which alone it reads entries, and a `limit` of entries.
"""

from datetime import timedelta

from airflow.sdk import (
    AssetOrTimeSchedule,
    CronTriggerTimetable,
    Param,
    TriggerRule,
    dag,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from pipeline.airflow.wiring import DEFAULTS, INBOX, INDEX_POOL, OUTBOX, START, deadline, feed_assets, topics_here

topics, _ = topics_here()


@dag(
    dag_id="tallywire_ingest",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("*/5 * * * *", timezone="UTC"), assets=feed_assets(topics)
    ),
    start_date=START,
    catchup=False,
    # A second run need not wait for one whose task was killed and is not yet missed.
    max_active_runs=2,
    dagrun_timeout=timedelta(hours=4),
    default_args=DEFAULTS,
    deadline=deadline("tallywire_ingest"),
    description="From new entries to figures, alerts and the index",
    params={
        "topic": Param(None, type=["null", "string"], description="read only entries of this topic"),
        "limit": Param(None, type=["null", "integer"], minimum=1, description="read so many entries at most"),
    },
    tags=["tallywire", "ingest"],
    doc_md=__doc__,
)
def ingest():
    @task(doc_md="Cuts what waits in the inbox into batches; nothing is claimed yet.")
    def plan(*, params):
        from pipeline.airflow import tasks

        return tasks.plan(params["topic"], params["limit"])

    @task(
        doc_md="Fetches, archives and reads the pages of one batch.",
        map_index_template="{{ batch_name }}",
        max_active_tis_per_dagrun=4,
        execution_timeout=timedelta(minutes=30),
    )
    def read(ids):
        from pipeline.airflow import tasks

        context = get_current_context()
        instance = context["task_instance"]
        context["batch_name"] = f"{len(ids)} entries"
        return tasks.read(ids, owner=f"{instance.dag_id}/{instance.run_id}/{instance.map_index}")

    @task(
        doc_md="Finds copies, stories, figures and alerts, one article at a time in order of arrival.",
        trigger_rule=TriggerRule.ALL_DONE,
        execution_timeout=timedelta(hours=1),
    )
    def judge():
        from pipeline.airflow import tasks

        return tasks.judge()

    @task(doc_md="Rings for each topic that has something to tell now.", outlets=[OUTBOX])
    def ring(topics, *, outlet_events):
        if not topics:
            # An event of no topic starts nothing, and leaves a warning each time.
            raise AirflowSkipException("nothing is to be told now")
        outlet_events[OUTBOX].add_partitions(topics)

    @task(
        doc_md="Writes to the search index what changed since it last heard.",
        pool=INDEX_POOL,
        retries=1,
        execution_timeout=timedelta(hours=1),
    )
    def publish():
        from pipeline.airflow import tasks

        return tasks.publish()

    # Not beside publish: the mails of this run go out meanwhile, and need the cores more.
    @task(doc_md="Rings once more if something is left.", outlets=[INBOX], trigger_rule=TriggerRule.ALL_DONE)
    def again():
        from pipeline.airflow import tasks

        if not tasks.waiting():
            raise AirflowSkipException("the inbox is empty")

    @task(doc_md="Gives the operator's monitoring a sign of life.", trigger_rule=TriggerRule.NONE_FAILED)
    def beat():
        from pipeline.airflow import tasks

        tasks.beat()

    @task(
        doc_md="Fails if anything before it did, so that the run is shown as failed.",
        trigger_rule=TriggerRule.ONE_FAILED,
        retries=0,
        on_failure_callback=None,
    )
    def all_well():
        raise AirflowFailException("a batch was not read, or what follows it failed; the log of that task says why")

    batches, judged, published = read.expand(ids=plan()), judge(), publish()
    rung = ring(judged)
    batches >> judged >> published >> again()
    [batches, judged, rung, published] >> beat()
    [batches, judged, rung, published] >> all_well()


ingest()
