#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, one file each; what exists is kept.
set -eu
umask 077
cd "$(dirname "$0")/secrets"
chmod 700 .
for name in \
    loc1_secret_key loc1_postgres_password loc1_application_password \
    loc2_secret_key loc2_postgres_password loc2_application_password \
    loc3_secret_key loc3_postgres_password loc3_application_password
do
    if [ -s "$name" ]; then
        echo "kept  deploy/secrets/$name"
        continue
    fi
    # 48 random bytes, in letters that need no quoting anywhere
    head -c 48 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_' > "$name.new"
    # The folder is closed to other users; the file itself is read by the container's own user.
    chmod 644 "$name.new"
    mv "$name.new" "$name"
    echo "made  deploy/secrets/$name"
done
