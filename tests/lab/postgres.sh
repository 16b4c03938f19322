#!/usr/bin/env bash
# postgres.sh COMMAND STATE_DIR — a PostgreSQL of the tests' own, on a free port of 127.0.0.1 and a unix
# socket in its folder. Any number may run side by side.
#
#   up STATE_DIR              make and start it; STATE_DIR/env holds PGURL (and PGPID, its process)
#   stop STATE_DIR [SIGNAL]   QUIT (default): a crash; INT: an orderly end
#   start STATE_DIR           the same server again, on the same data and port
#   down STATE_DIR            end it; only STATE_DIR/log stays
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../../scripts/lib.sh"
source "$here/processes.sh"

usage() {
  sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
  exit 64
}

programs() { # where Debian puts the server's programs, the newest version first
  local folder
  folder=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
  [[ -x $folder/initdb ]] || die "initdb is missing (Debian package postgresql); scripts/install-deps.sh test installs it"
  echo "$folder"
}

# PostgreSQL refuses to run as root.
as_server() {
  if [[ $EUID -eq 0 ]]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi
}

free_port() {
  local port
  for _ in {1..100}; do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  die "no free port"
}

start() {
  local server=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  [[ $EUID -eq 0 ]] || server=()
  # A crash leaves these; what they name may be another process by now.
  rm -f "$state/data/postmaster.pid" "$state/socket/.s.PGSQL.$port.lock"
  spawn postgres "${server[@]}" "$(programs)/postgres" -D "$state/data" -p "$port" -k "$state/socket" \
    -c listen_addresses=127.0.0.1 -c max_connections=50 -c shared_buffers=16MB
  await postgres PostgreSQL "$(programs)/pg_isready" -q -h 127.0.0.1 -p "$port"
  {
    printf 'export PGURL=%q\n' "postgresql://mcpctl:$password@127.0.0.1:$port/postgres"
    printf 'export PGPID=%q\n' "$(pid postgres)"
  } >"$state/env"
}

stop() {
  finish postgres "$1" 20
  # Its children notice the end of the server by themselves; they hold the data until then.
  local number
  for number in $(children_of_data); do
    for _ in {1..100}; do
      [[ -n $(started "$number") ]] || break
      sleep 0.05
    done
  done
}

# children_of_data: processes whose working folder is our data
children_of_data() {
  local link
  for link in /proc/[0-9]*/cwd; do
    [[ $(readlink "$link" 2>/dev/null) != "$state/data" ]] || basename "${link%/cwd}"
  done
}

up() {
  down
  rm -rf "$state/log"
  mkdir -p "$state"/{log,pid,data,socket}
  touch "$state/.mcpctl-postgres"
  trap '[[ $? -eq 0 ]] || { say "up failed; taking it down again"; down; }' EXIT
  chmod 755 "$state"
  [[ $EUID -ne 0 ]] || chown nobody:nogroup "$state/data" "$state/socket"
  local secret=$state/socket/password
  printf '%s' "$plain" >"$secret"
  [[ $EUID -ne 0 ]] || chown nobody:nogroup "$secret"
  as_server "$(programs)/initdb" -D "$state/data" -U mcpctl -A scram-sha-256 --pwfile "$secret" --no-sync \
    -E UTF8 --locale C.UTF-8 >"$state/log/initdb.log" 2>&1 || { cat "$state/log/initdb.log" >&2; die "initdb failed"; }
  rm -f "$secret"
  start
  say "PostgreSQL is up: source $state/env"
}

down() {
  [[ -e $state/.mcpctl-postgres || ! -e $state ]] || die "$state is no PostgreSQL of mine"
  [[ ! -e $state ]] || stop QUIT
  [[ ! -e $state ]] || find "$state" -mindepth 1 -maxdepth 1 ! -name log ! -name .mcpctl-postgres -exec rm -rf --one-file-system {} +
}

[[ $# -ge 2 ]] || usage
command=$1
state=$(realpath -m "$2")
# A password with everything that quoting goes wrong with: a space, a colon, a backslash, a quote, an @.
plain="p w:d\\'@1"
password='p%20w%3Ad%5C%27%401'
port=$(cat "$state/port" 2>/dev/null) || port=
case $command in
  up)
    port=$(free_port)
    up
    echo "$port" >"$state/port"
    ;;
  start) start ;;
  stop) stop "${3:-QUIT}" ;;
  down) down ;;
  *) usage ;;
esac
