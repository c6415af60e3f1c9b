#!/bin/bash
# Gives Kibana its password, and Tallywire a user that may read and write its own indices and nothing else: it makes,
# changes and drops none. The job that sets the indices up does that as elastic.
# Harmless to repeat: each call sets what should be.
set -euo pipefail
url=${ELASTICSEARCH_URL:-https://elasticsearch:9200}
authority=${ELASTICSEARCH_CA:-/usr/share/elasticsearch/config/certs/ca/ca.crt}

# Passwords go through standard input: an argument could be read in the list of processes.
call() { # METHOD PATH BODY
    printf '%s' "$3" >"$work/body"
    printf 'user = "elastic:%s"\n' "$ELASTIC_PASSWORD" |
        curl --silent --show-error --fail-with-body --max-time 30 --retry 5 --retry-connrefused --config - \
            ${authority:+--cacert "$authority"} --request "$1" --header 'Content-Type: application/json' \
            --data-binary "@$work/body" "$url$2" >"$work/answer" || {
        echo "users: $1 $2 failed: $(cat "$work/answer")" >&2
        return 1
    }
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 077

call POST /_security/user/kibana_system/_password "{\"password\": \"$KIBANA_SYSTEM_PASSWORD\"}"
call PUT /_security/role/tallywire '{
  "cluster": ["monitor"],
  "indices": [{"names": ["tallywire-*"], "privileges": ["read", "write", "view_index_metadata", "maintenance"]}]
}'
call PUT /_security/user/tallywire "{\"password\": \"$INDEX_PASSWORD\", \"roles\": [\"tallywire\"], \"full_name\": \"Tallywire\"}"
echo "users: ready"
