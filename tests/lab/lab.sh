#!/usr/bin/env bash
# lab.sh COMMAND STATE_DIR — a Docker Engine and two registries of the tests' own. Nothing else on
# the machine is touched, and any number of labs may run side by side.
#
#   up STATE_DIR                     start everything; STATE_DIR/env holds what tests need to know
#   down STATE_DIR                   end everything; only STATE_DIR/log stays. After a crash, too
#   engine-stop STATE_DIR [SIGNAL]   KILL (default): a crash of dockerd alone; TERM: an orderly end
#   engine-start STATE_DIR           the same engine again, on the same data
#   engine-restart STATE_DIR [SIGNAL]
#   weak STATE_DIR                   a second engine, which accepts limits and drops them
#
# STATE_DIR/env: DOCKER_HOST, LAB_NETNS, LAB_ENGINE_PID, LAB_REGISTRY (open; the engine's mirror of
# Docker Hub, with node:20-alpine and mcpctl-test/*), LAB_REGISTRY_AUTH, LAB_USER, LAB_PASSWORD,
# LAB_DOCKER_CONFIG (a folder with these credentials), LAB_STATE and, after `weak`, WEAK_DOCKER_HOST.
#
# The engine lives in a network namespace of its own, for a second dockerd in the machine's own
# flushes the first one's iptables chains. Ports it publishes are reached by
# `nsenter --net=/run/netns/$LAB_NETNS`. (Not `ip netns exec`: that hides the cgroups.)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../../scripts/lib.sh"
source "$here/processes.sh"

user=alice
password=s3cret

usage() {
  sed -n '2,22s/^# \{0,1\}//p' "$0" >&2
  exit 64
}

# --- registries ---------------------------------------------------------------------------

port_of() { grep -om1 'listening on 127\.0\.0\.1:[0-9]*' "$state/log/$1.log" | grep -o '[0-9]*$'; }

# registry NAME: on a free port of 127.0.0.1, where every engine accepts plain HTTP
registry() {
  local dir=$state/$1
  mkdir -p "$dir/storage"
  cat >"$dir/config.yml" <<YML
version: 0.1
log: {level: info, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: $dir/storage}
  delete: {enabled: true}
  redirect: {disable: true}
http:
  addr: 127.0.0.1:0
YML
  if [[ $1 == registry-auth ]]; then
    htpasswd -Bbn "$user" "$password" >"$dir/htpasswd"
    printf 'auth:\n  htpasswd: {realm: lab, path: %s}\n' "$dir/htpasswd" >>"$dir/config.yml"
  fi
  spawn "$1" env OTEL_TRACES_EXPORTER=none docker-registry serve "$dir/config.yml"
  await "$1" "the registry $1" port_of "$1"
}

# relay NETNS PORT: 127.0.0.1:PORT in that namespace is 127.0.0.1:PORT out here
relay() {
  local socket=$run/relay-$2.sock
  [[ -S $socket ]] || spawn "relay-$2" socat "UNIX-LISTEN:$socket,fork" "TCP:127.0.0.1:$2"
  spawn "relay-$2-$1" nsenter --net="/run/netns/$1" \
    socat "TCP-LISTEN:$2,bind=127.0.0.1,reuseaddr,fork" "UNIX-CONNECT:$socket"
}

push() { # push REGISTRY IMAGE [PATH]
  local name=$1/${3:-$2}
  docker tag "$2" "$name"
  DOCKER_CONFIG=$state/docker-config docker push -q "$name" >/dev/null
  docker rmi "$name" >/dev/null
}

# fill: the open registry's storage with the images of node, from the cache or made once for it
fill() {
  local kept images=(node:20-alpine mcpctl-test/memory:1 mcpctl-test/everything:1)
  kept=$cache/registry-$("$root/scripts/build-images.sh" --key).tar
  if [[ -s $kept ]]; then
    tar -C "$state/registry/storage" -xf "$kept"
    return
  fi
  "$root/scripts/build-images.sh"
  say 'pushing them, once, for all later labs'
  push "$LAB_REGISTRY" node:20-alpine library/node:20-alpine
  push "$LAB_REGISTRY" mcpctl-test/memory:1
  push "$LAB_REGISTRY" mcpctl-test/everything:1
  find "$cache" -maxdepth 1 -name 'registry-*.tar' -delete # of older versions
  tar -C "$state/registry/storage" -cf "$kept.$$" .
  mv "$kept.$$" "$kept"
  docker rmi "${images[@]}" >/dev/null # as in every later lab
}

# --- engines ------------------------------------------------------------------------------

# A cgroup tree without controllers, as the engine `weak` shall see it: a child of a cgroup that
# delegates none, seen as the root by a cgroup namespace. Works on hosts of cgroup v1 and v2.
# shellcheck disable=SC2016  # for the inner shells
weak_view=(unshare --mount sh -c '
  mkdir -p "$0/cgroup2" && mount -t cgroup2 cgroup2 "$0/cgroup2"
  mkdir -p "$0/cgroup2/$1/inner" && echo $$ >"$0/cgroup2/$1/inner/cgroup.procs"
  shift
  exec unshare --mount --cgroup sh -c "
    awk \"index(\\\$2, \\\"/sys/fs/cgroup\\\") == 1 { print \\\$2 }\" /proc/self/mounts | sort -r | xargs -r -n1 umount -l
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    exec \"\$0\" \"\$@\"" "$@"')

netns_of() { echo "mcpctl-lab-$id-$1"; }

engine_start() {
  local name=$1 netns socket=$run/$1/docker.sock view=() cgroup=(--cgroup-parent "/mcpctl-lab-$id")
  netns=$(netns_of "$name")
  mkdir -p "$run/$name" "$state/$name"
  if [[ $name == weak ]]; then
    view=("${weak_view[@]}" "$run/weak" "mcpctl-lab-$id-weak")
    cgroup=()
  fi
  rm -f "$socket" "$run/$name/docker.pid"
  echo '{}' >"$state/$name/daemon.json" # or dockerd would read the machine's
  spawn "$name" nsenter --net="/run/netns/$netns" "${view[@]}" dockerd \
    --host "unix://$socket" --group "${SUDO_GID:-0}" --config-file "$state/$name/daemon.json" \
    --data-root "$state/$name/data" --exec-root "$run/$name/exec" --pidfile "$run/$name/docker.pid" \
    --exec-opt native.cgroupdriver=cgroupfs "${cgroup[@]}" --shutdown-timeout 3 \
    --registry-mirror "http://$LAB_REGISTRY"
  await "$name" "the $name" curl -fs --unix-socket "$socket" http://engine/_ping
}

# network_of NAME: the namespace an engine lives in, with the registries within its reach
network_of() {
  local netns
  netns=$(netns_of "$1")
  ip netns add "$netns"
  ip -n "$netns" link set lo up
  relay "$netns" "${LAB_REGISTRY##*:}"
  relay "$netns" "${LAB_REGISTRY_AUTH##*:}"
}

# Everything of a lab, its containers too, without asking any engine: it may be dead already.
# Whoever restarts things goes first. What runs in our namespaces and cgroups is ours.
kill_engines() {
  local name groups group
  for name in engine weak; do
    finish "$name" KILL 2
    ip netns pids "$(netns_of "$name")" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
  done
  for _ in {1..100}; do
    groups=$(find /sys/fs/cgroup -depth -type d -path "*/mcpctl-lab-$id*" 2>/dev/null) || true
    [[ -n $groups ]] || return 0
    while read -r group; do
      xargs -r kill -9 <"$group/cgroup.procs" 2>/dev/null || true
      rmdir "$group" 2>/dev/null || true
    done <<<"$groups"
    sleep 0.05
  done
}

# --- commands -----------------------------------------------------------------------------

write_env() {
  printf 'export %s=%q\n' DOCKER_HOST "unix://$run/engine/docker.sock" LAB_STATE "$state" \
    LAB_NETNS "$(netns_of engine)" LAB_ENGINE_PID "$(pid engine)" LAB_REGISTRY "$LAB_REGISTRY" \
    LAB_REGISTRY_AUTH "$LAB_REGISTRY_AUTH" LAB_USER "$user" LAB_PASSWORD "$password" \
    LAB_DOCKER_CONFIG "$state/docker-config" >"$state/env.new"
  if pid weak >/dev/null; then printf 'export WEAK_DOCKER_HOST=%q\n' "unix://$run/weak/docker.sock" >>"$state/env.new"; fi
  mv "$state/env.new" "$state/env"
}

up() {
  local tool
  for tool in dockerd:docker.io docker:docker.io iptables:iptables docker-registry:docker-registry \
    htpasswd:apache2-utils socat:socat ip:iproute2 nsenter:util-linux curl:curl jq:jq node:nodejs npm:npm busybox:busybox-static haproxy:haproxy; do
    need "${tool%:*}" "${tool#*:}"
  done
  down
  rm -rf "$state/log"
  mkdir -p "$state"/{log,pid,docker-config,registry/storage} "$run" "$cache"
  touch "$state/.mcpctl-lab"
  trap '[[ $? -eq 0 ]] || { say "up failed; taking it down again"; down; }' EXIT
  exec 9>"$cache/lab.lock" # the first lab fills the cache, others wait for it
  flock 9
  registry registry
  registry registry-auth
  LAB_REGISTRY=127.0.0.1:$(port_of registry)
  LAB_REGISTRY_AUTH=127.0.0.1:$(port_of registry-auth)
  jq -n --arg host "$LAB_REGISTRY_AUTH" --arg auth "$(printf '%s' "$user:$password" | base64)" \
    '{auths: {($host): {auth: $auth}}}' >"$state/docker-config/config.json"
  network_of engine
  engine_start engine
  write_env
  source "$state/env"
  fill
  exec 9>&-
  "$root/scripts/build-images.sh" --echo-tests
  push "$LAB_REGISTRY" mcpctl/echo:1
  push "$LAB_REGISTRY" mcpctl/echo:2
  push "$LAB_REGISTRY_AUTH" mcpctl/echo:1
  say "the lab is up: source $state/env"
}

down() {
  local file
  [[ -e $state/.mcpctl-lab || ! -e $state ]] || die "$state is no lab of mine"
  kill_engines
  for file in "$state"/pid/*; do
    [[ ! -e $file ]] || finish "${file##*/}" KILL 2
  done
  # Where containerd put the sockets of shims that could not tidy up after themselves.
  { cat "$run"/*/exec/containerd/daemon/io.containerd.runtime.v2.task/*/*/address 2>/dev/null || true; } |
    sed -n 's,.*unix://\(/run/containerd/s/[0-9a-f]*\).*,\1,p' | xargs -r rm -f
  awk -v state="$state/" -v run="$run/" 'index($2, state) == 1 || index($2, run) == 1 { print $2 }' /proc/self/mounts |
    sort -r | xargs -r -n1 umount -l
  for file in engine weak; do ip netns del "$(netns_of "$file")" 2>/dev/null || true; done
  rm -rf --one-file-system "$run"
  [[ ! -e $state ]] || find "$state" -mindepth 1 -maxdepth 1 ! -name log ! -name .mcpctl-lab -exec rm -rf --one-file-system {} +
  [[ ! -e $state || -z ${SUDO_UID:-} ]] || chown -R "$SUDO_UID" "$state"
}

# Signals dockerd alone. Its containerd goes with it, or at once after it: the next dockerd would
# take one that is still dying for one to talk to.
engine_stop() {
  local file=$run/engine/exec/containerd/containerd.pid number
  number=$(cat "$file" 2>/dev/null) || number=
  finish engine "$1" 20
  [[ -n $number ]] || return 0
  for _ in {1..40}; do
    [[ -n $(started "$number") ]] || break
    sleep 0.05
  done
  [[ $(cat "/proc/$number/comm" 2>/dev/null) != containerd ]] || kill -s KILL "$number" 2>/dev/null || true
  rm -f "$file"
}

weak() {
  ! pid weak >/dev/null || return 0
  network_of weak
  engine_start weak
  DOCKER_HOST=unix://$run/weak/docker.sock "$root/scripts/build-images.sh" --echo-tests
  write_env
}

[[ $# -ge 2 ]] || usage
[[ $EUID -eq 0 ]] || exec sudo -n --preserve-env=MCP_ECHO,XDG_CACHE_HOME,HOME "$0" "$@"
command=$1
PATH=$PATH:/usr/sbin:/sbin
state=$(realpath -m "$2")
id=$(printf '%s' "$state" | sha256sum | cut -c1-8)
run=/run/mcpctl-lab-$id # short: a socket's path has 107 bytes
case $command in
  up | down) ;;
  *)
    [[ -s $state/env ]] || die "there is no lab at $state"
    source "$state/env"
    ;;
esac
case $command in
  up | down | weak) "$command" ;;
  engine-stop) engine_stop "${3:-KILL}" ;;
  engine-start)
    engine_start engine
    write_env
    ;;
  engine-restart)
    engine_stop "${3:-KILL}"
    engine_start engine
    write_env
    ;;
  *) usage ;;
esac
