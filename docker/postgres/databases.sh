#!/bin/sh
# Runs once, when PostgreSQL starts on an empty volume: one role and one database each for Airflow and the record, and
# neither may look into the other's.
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set airflow_password="$AIRFLOW_DB_PASSWORD" --set record_password="$RECORD_DB_PASSWORD" <<'SQL'
CREATE ROLE airflow LOGIN PASSWORD :'airflow_password';
CREATE ROLE tallywire LOGIN PASSWORD :'record_password';
CREATE DATABASE airflow OWNER airflow ENCODING 'UTF8' TEMPLATE template0;
CREATE DATABASE tallywire OWNER tallywire ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE airflow FROM PUBLIC;
REVOKE CONNECT ON DATABASE tallywire FROM PUBLIC;
SQL
