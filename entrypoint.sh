#!/bin/sh
# Start of every container: database reachable and migrated, sample loaded if asked, then the command.
set -eu
cd "$(dirname "$0")"

python manage.py migrate_when_ready

case "$(echo "${LOAD_SAMPLE_DATA:-0}" | tr '[:upper:]' '[:lower:]')" in
    1 | true | yes | on) python manage.py load_sample_data ;;
    0 | false | no | off | '') ;;
    *)
        echo "LOAD_SAMPLE_DATA is '$LOAD_SAMPLE_DATA', but it must be 1/true/yes/on or 0/false/no/off." >&2
        exit 1
        ;;
esac

exec "$@"
