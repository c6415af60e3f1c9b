#!/bin/bash
# Removes what is older than AIRFLOW_KEEP_DAYS of Airflow's database and logs, once a day; with `once`, now and no more.
set -euo pipefail

logs=${AIRFLOW_LOGS:-/opt/airflow/logs}
mark=${CLEANED:-/tmp/cleaned}

while true; do
  before=$(date --utc --date="-${AIRFLOW_KEEP_DAYS} days" +%Y-%m-%dT%H:%M:%SZ)
  # What fails is tried again tomorrow; without its mark the service shows as unhealthy meanwhile.
  if airflow db clean --clean-before-timestamp "$before" --skip-archive --yes \
    && find "$logs" -type f -mtime "+${AIRFLOW_KEEP_DAYS}" -delete \
    && find "$logs" -mindepth 1 -type d -empty -mmin +1440 -delete; then
    touch "$mark"
  elif [ "${1:-}" = once ]; then
    exit 1
  fi
  [ "${1:-}" = once ] && exit 0
  sleep 86400 &
  wait $!
done
