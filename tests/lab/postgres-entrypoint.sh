#!/usr/bin/env bash
# As the entrypoint of the public image of PostgreSQL does, for what docker-compose.yml uses of it: the first start
# makes the cluster and POSTGRES_DB for POSTGRES_USER with POSTGRES_PASSWORD (or _FILE); as root it becomes postgres.
set -euo pipefail

[[ ${1:-} != -* ]] || set -- postgres "$@"
if [[ ${1:-} != postgres ]]; then exec "$@"; fi
if [[ $(id -u) == 0 ]]; then
  mkdir -p "$PGDATA"
  chown -R postgres "$PGDATA" /var/run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [[ ! -s $PGDATA/PG_VERSION ]]; then
  password=${POSTGRES_PASSWORD:-}
  [[ -z ${POSTGRES_PASSWORD_FILE:-} ]] || password=$(<"$POSTGRES_PASSWORD_FILE")
  [[ -n $password ]] || { echo 'Error: Database is uninitialized and superuser password is not specified.' >&2; exit 1; }
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  chmod 00700 "$PGDATA" || true
  initdb --username="$user" --pwfile=<(printf '%s\n' "$password") --auth-local=trust --auth-host=scram-sha-256 -D "$PGDATA"
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
  pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p 5432" -w start
  if [[ $database != postgres ]]; then createdb --username "$user" --no-password "$database"; fi
  pg_ctl -D "$PGDATA" -m fast -w stop
  echo 'PostgreSQL init process complete; ready for start up.'
fi
exec "$@"
