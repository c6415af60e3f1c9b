"""The full deployment's side of the steps: what each Airflow task does, and the trigger that watches the feeds.

`environment`  the settings, in which a record must be named
`feeds`        pure: which feeds one trigger asks, which entries one task reads
`bell`         polls the feeds of a group in a thread of its own and rings when something new waits
`tasks`        the body of each task, callable without Airflow
`metrics`      counters for StatsD or OpenTelemetry
`trouble`      mails to the operator
`trigger`      the bell as a trigger of Airflow's; it and `wiring` alone need Airflow to be imported
`wiring`       what the DAG files share: assets, retries, pools, callbacks

The DAG files in `dags/` wire these to schedules, retries and pools, and hold nothing else.
"""
