"""The full deployment's side of the steps: what each Airflow task does, and the trigger that watches the feeds.

`environment` the settings, in which a record must be named
`feeds`      pure: which feeds one trigger asks, which entries one task reads
`bell`       polls the feeds of a group in a thread of its own and rings when something new waits
`trigger`    the same as an Airflow trigger; the only module here that needs Airflow to be imported
`tasks`      the body of each task, callable without Airflow
`telling`    what Airflow is told: counters for StatsD or OpenTelemetry, mails to the operator

The DAG files in `dags/` wire these to schedules, retries and pools, and hold nothing else.
"""
