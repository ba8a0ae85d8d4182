#!/bin/sh
# Writes a backup of a location's database, while it runs: deploy/backup.sh FILE
#
# Where the database is: POSTGRES_HOST, _PORT, _DB, _USER, _PASSWORD (or _PASSWORD_FILE), as for the
# location's `migrate`. In containers PG_RUN says how to run PostgreSQL's programs beside it:
#   PG_RUN="docker compose exec -T loc1-db" deploy/backup.sh loc1.backup
# The file holds personal data. Keys and secrets are not in it: docs/operations.md.
set -eu
umask 077
if [ $# -ne 1 ]; then
    echo "Usage: deploy/backup.sh FILE" >&2
    exit 2
fi
file=$1
if [ -e "$file" ]; then
    echo "$file is there already. Name a new file." >&2
    exit 1
fi
database=${POSTGRES_DB:-sins}
user=${POSTGRES_USER:-sins}
if [ -z "${PG_RUN:-}" ]; then
    export PGHOST="${POSTGRES_HOST:-127.0.0.1}" PGPORT="${POSTGRES_PORT:-5432}"
    if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
        POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    fi
    export PGPASSWORD="${POSTGRES_PASSWORD:-}"
fi

trap 'rm -f "$file.part"' EXIT
trap 'exit 1' HUP INT TERM # a shell that a signal ends does not come to EXIT
# PG_RUN is a command and its words: unquoted on purpose.
${PG_RUN:-} pg_dump --username "$user" --dbname "$database" --format custom > "$file.part"
${PG_RUN:-} pg_restore --list < "$file.part" > /dev/null # reads it to see that it is whole
mv "$file.part" "$file"
echo "Wrote $file, $(wc -c < "$file" | tr -d ' ') bytes."
