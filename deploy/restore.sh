#!/bin/sh
# Restores a location's database from a backup into an empty one: deploy/restore.sh FILE
#
# The location's processes must be stopped. Where the database is: as for deploy/backup.sh. MANAGE
# says how to run the location's commands as the owner of its tables ("python manage.py"):
#   PG_RUN="docker compose exec -T loc1-db" \
#   MANAGE="docker compose run --rm -T --entrypoint python loc1-migrate manage.py" \
#   deploy/restore.sh loc1.backup
set -eu
if [ $# -ne 1 ] || [ ! -r "$1" ]; then
    echo "Usage: deploy/restore.sh FILE, a backup made by deploy/backup.sh" >&2
    exit 2
fi
file=$1
database=${POSTGRES_DB:-sins}
user=${POSTGRES_USER:-sins}
if [ -z "${PG_RUN:-}" ]; then
    export PGHOST="${POSTGRES_HOST:-127.0.0.1}" PGPORT="${POSTGRES_PORT:-5432}"
    if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
        POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    fi
    export PGPASSWORD="${POSTGRES_PASSWORD:-}"
fi
sql() { # $1 the database, $2 the statement; its answer
    ${PG_RUN:-} psql --username "$user" --dbname "$1" --no-psqlrc --quiet --tuples-only --no-align \
        --command "$2"
}

if [ -z "$(sql postgres "SELECT 1 FROM pg_database WHERE datname = '$database'")" ]; then
    ${PG_RUN:-} createdb --username "$user" --template template0 --encoding UTF8 "$database"
fi
if [ "$(sql "$database" "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")" != 0 ]; then
    echo "The database $database holds tables already. Stop the location's processes, then put it" >&2
    echo "aside: ALTER DATABASE $database RENAME TO ${database}_old (or drop it), and try again." >&2
    exit 1
fi
${PG_RUN:-} pg_restore --username "$user" --dbname "$database" --single-transaction \
    --exit-on-error --no-owner --no-privileges < "$file"
# Tables of today, the rights of the application's role, and a location that opens only when what
# happened since the backup is here.
${MANAGE:-python manage.py} migrate --verbosity 0
${MANAGE:-python manage.py} restoration --begin
echo "Restored $database from $file. Start the location; it says on /readyz what it waits for."
