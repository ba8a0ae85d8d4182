#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, one file each; what exists is kept.
set -eu
umask 077
cd "$(dirname "$0")/secrets"
chmod 700 .
mkdir -p event-keys

random() { # $1 random bytes, in letters that need no quoting anywhere
    head -c "$1" /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_'
}
make() { # $1 the file, $2 how many bytes
    if [ -s "$1" ]; then
        echo "kept  deploy/secrets/$1"
        return
    fi
    random "$2" > "$1.new"
    # The folder is closed to other users; the file itself is read by the container's own user.
    chmod 644 "$1.new"
    mv "$1.new" "$1"
    echo "made  deploy/secrets/$1"
}

for name in \
    loc1_secret_key loc1_postgres_password loc1_application_password \
    loc2_secret_key loc2_postgres_password loc2_application_password \
    loc3_secret_key loc3_postgres_password loc3_application_password
do
    make "$name" 48
done
# The key ring of the locations (docs/operations.md): a key has 32 bytes.
chmod 755 event-keys
make event-keys/ring 32
