"""### From new entries to figures, alerts and the index

Rung by the triggers that watch the feeds, and run every five minutes for what a lost ring left behind. Each run takes
what waits in the inbox: **plan** cuts it into batches, all of one host in one; **read** fetches and reads a batch;
**judge** finds copies, stories, figures and alerts, in order of arrival; **publish** writes to the search index;
**again** rings once more if something is left. Every task may be killed or repeated at any time.
"""

from datetime import timedelta

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, TriggerRule, dag, get_current_context, task
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
    default_args=DEFAULTS,
    deadline=deadline("tallywire_ingest"),
    tags=["tallywire", "ingest"],
    doc_md=__doc__,
)
def ingest():
    @task
    def plan():
        from pipeline.airflow import tasks

        return tasks.plan()

    @task(
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

    @task(outlets=[OUTBOX], trigger_rule=TriggerRule.ALL_DONE, execution_timeout=timedelta(hours=1))
    def judge(*, outlet_events):
        from pipeline.airflow import tasks

        if topics := tasks.judge():
            outlet_events[OUTBOX].add_partitions(topics)

    @task(pool=INDEX_POOL, retries=1, execution_timeout=timedelta(hours=1))
    def publish():
        from pipeline.airflow import tasks

        return tasks.publish()

    # Not beside publish: the mails of this run go out meanwhile, and need the cores more.
    @task(outlets=[INBOX], trigger_rule=TriggerRule.ALL_DONE)
    def again():
        from pipeline.airflow import tasks

        if not tasks.waiting():
            raise AirflowSkipException("the inbox is empty")

    @task(trigger_rule=TriggerRule.ONE_FAILED, retries=0, on_failure_callback=None)
    def all_well():
        raise AirflowFailException("a batch was not read, or what follows it failed; the log of that task says why")

    batches, judged, published = read.expand(ids=plan()), judge(), publish()
    batches >> judged >> published >> again()
    [batches, judged, published] >> all_well()


ingest()
