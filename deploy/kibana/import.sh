#!/bin/sh
# Imports every dashboard into Kibana at $KIBANA_URL and ends; again whenever you like: what is
# there already is replaced. With KIBANA_USER and KIBANA_PASSWORD it logs in.
#
#   KIBANA_URL=http://127.0.0.1:5601 deploy/kibana/import.sh
set -eu

kibana=${KIBANA_URL:-http://127.0.0.1:5601}
folder=$(dirname "$0")

# Never on the command line, where others could read it.
ask() {
    if [ -n "${KIBANA_USER:-}" ]; then
        printf 'user = "%s:%s"\n' "$KIBANA_USER" "${KIBANA_PASSWORD:-}" |
            curl --config - --silent --show-error --fail-with-body "$@"
    else
        curl --silent --show-error --fail-with-body "$@"
    fi
}

tries=0
until ask --output /dev/null "$kibana/api/status" 2>/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -ge "${KIBANA_TRIES:-60}" ]; then
        echo "Kibana does not answer at $kibana/api/status." >&2
        exit 1
    fi
    sleep 2
done

for file in "$folder"/*.ndjson; do
    answer=$(ask --header "kbn-xsrf: true" --form "file=@$file" \
        "$kibana/api/saved_objects/_import?overwrite=true") || {
        echo "$(basename "$file"): not imported: $answer" >&2
        exit 1
    }
    case $answer in
    *'"success":true'*) echo "$(basename "$file"): imported" ;;
    *)
        echo "$(basename "$file"): not imported: $answer" >&2
        exit 1
        ;;
    esac
done
