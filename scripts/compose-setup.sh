#!/usr/bin/env bash
# compose-setup.sh — makes what docker-compose.yml needs on this host, once: .env with a password of its own, the
# token of the API, and the folder of the lock. What is there already is left as it is.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
cd "$root"
umask 077

socket=${DOCKER_SOCKET:-/var/run/docker.sock}
random() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

if [[ ! -e .env ]]; then
  [[ -S $socket ]] || die "there is no engine at $socket; set DOCKER_SOCKET"
  user=$(id -u):$(id -g)
  [[ $EUID -ne 0 ]] || user=65532:65532 # the daemon needs no root
  sed -e "s/^MCPD_USER=.*/MCPD_USER=$user/" -e "s/^DOCKER_GID=.*/DOCKER_GID=$(stat -Lc %g "$socket")/" \
    -e "s/^POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=$(random)/" .env.example >.env
  [[ -z ${DOCKER_SOCKET:-} ]] || echo "DOCKER_SOCKET=$socket" >>.env
  say 'made .env'
fi

mkdir -p secrets/servers
if [[ ! -e secrets/api-token ]]; then
  random >secrets/api-token
  say 'made secrets/api-token'
fi
user=$(sed -n 's/^MCPD_USER=//p' .env)
[[ $EUID -ne 0 || -z $user ]] || chown -R "$user" secrets

# The engine would make it for root alone. /run is empty after each start of the host, hence tmpfiles.d.
lock=${MCPCTL_LOCK_DIR:-/run/lock/mcpctl}
if [[ $lock == /run/* && -d /etc/tmpfiles.d && ! -e /usr/lib/tmpfiles.d/mcpctl.conf && ! -e /etc/tmpfiles.d/mcpctl.conf ]]; then
  as_root install -m 0644 packaging/mcpctl.tmpfiles /etc/tmpfiles.d/mcpctl.conf
  say 'made /etc/tmpfiles.d/mcpctl.conf'
fi
[[ $(stat -c %a "$lock" 2>/dev/null) == 1777 ]] || as_root install -d -m 1777 "$lock"
