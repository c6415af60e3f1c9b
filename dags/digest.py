"""### Digests

A DAG for each topic, on its own times in its own zone. A scheduled run sends the digest of all that came in since the
last one. A backfill makes the pages of past periods anew, as the record tells them now; it mails them only if the run
is given `{"mail": true}`.
"""

from datetime import timedelta

from airflow.sdk import MultipleCronTriggerTimetable, Param, dag, task

from pipeline.airflow.wiring import DEFAULTS, MAIL_POOL, START, deadline, topics_here
from schemas.topic import Weekday


def digest_of(topic):
    """The DAG of one topic's digest."""
    wanted = sorted(set(topic.digest.days), key=list(Weekday).index)
    days = "*" if len(wanted) == len(Weekday) else ",".join(day.value for day in wanted)
    times = [f"{at.minute} {at.hour} * * {days}" for at in topic.digest.at]

    @dag(
        dag_id=f"tallywire_digest_{topic.name}",
        schedule=MultipleCronTriggerTimetable(*times, timezone=topic.zone),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=2),
        default_args=DEFAULTS,
        deadline=deadline(f"tallywire_digest_{topic.name}"),
        description=f"The digest of {topic.heading}",
        params={"mail": Param(False, type="boolean", description="whether a backfill mails the digests too")},
        tags=["tallywire", "digest", topic.name],
        dag_display_name=f"Digest: {topic.heading}",
        doc_md=__doc__,
    )
    def digest():
        @task(
            doc_md="Writes and mails the digest whose time has come.",
            pool=MAIL_POOL,
            execution_timeout=timedelta(minutes=30),
        )
        def send(*, dag_run, logical_date, params):
            from pipeline.airflow import tasks

            past = logical_date if dag_run.run_type == "backfill" else None
            return tasks.digest(topic.name, until=past, mail=params["mail"])

        send()

    digest()


for topic in topics_here()[0]:
    if topic.digest and topic.digest.at and topic.digest.days:
        digest_of(topic)
