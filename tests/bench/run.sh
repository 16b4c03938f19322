#!/usr/bin/env bash
# run.sh [INSTANCES] — what mcpctl costs, as ratios within one run: against docker compose for a no-op
# of INSTANCES (default 100) running containers, against the engine's own floor (bare create and start
# calls) for a fresh start of 24, and the CPU of a plan against the in-memory engine.
#
# Needs a release build (cmake --preset release && cmake --build --preset release), an engine in
# DOCKER_HOST with the image mcpctl/echo:1 (tests/lab/lab.sh up DIR; source DIR/env), and for the
# comparison the program docker compose 2.40, as COMPOSE or docker-compose on the PATH.
set -euo pipefail
cd "$(dirname "$0")/../.."
count=${1:-100}
rounds=${ROUNDS:-5}
bin=build/release
mcpctl=$bin/mcpctl
floor=$bin/tests/bench/mcpctl_floor_bench
compose=${COMPOSE:-$(command -v docker-compose || true)}
: "${DOCKER_HOST:?say which engine; never one that matters: containers come and go}"
work=$(mktemp -d)
export MCPCTL_LOCK_DIR=$work/lock MCPCTL_PROJECT=bench XDG_STATE_HOME=$work/state
cleanup() {
  "$mcpctl" destroy --yes >/dev/null 2>&1 || true
  docker ps -aq --filter name=floor- | xargs -r docker rm -f >/dev/null
  [[ -z $compose ]] || "$compose" -p bench-compose -f "$work/compose.yaml" down -t 1 >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

ms() { # ms COMMAND...: its wall time in milliseconds
  local begin
  begin=$(date +%s%N)
  "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; return 1; }
  echo $((($(date +%s%N) - begin) / 1000000))
}
median() { sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
peak() { /usr/bin/time -f %M "$@" 2>&1 >/dev/null | tail -1; }

manifests() { # manifests COUNT
  mkdir -p "$work/manifests"
  {
    printf 'apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: echo}\nspec: {image: "mcpctl/echo:1", resources: {memory: 32Mi}}\n'
    printf -- '---\napiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: p}\nspec:\n  servers:\n'
    for ((i = 1; i <= $1; i++)); do echo "    - {server: echo, name: e$i}"; done
  } >"$work/manifests/all.yaml"
}
compose_file() { # compose_file COUNT
  {
    printf 'networks: {inner: {internal: true}}\nservices:\n'
    for ((i = 1; i <= $1; i++)); do
      echo "  e$i: {image: 'mcpctl/echo:1', stdin_open: true, init: true, read_only: true, cap_drop: [ALL], security_opt: ['no-new-privileges:true'], mem_limit: 32m, pids_limit: 128, cpus: 1, networks: [inner], restart: unless-stopped}"
    done
  } >"$work/compose.yaml"
}

echo "== plan against the in-memory engine"
"$bin/tests/bench/mcpctl_plan_bench" 1000 10000

echo "== fresh start of 24: apply --no-wait against bare create and start calls, $rounds rounds each"
manifests 24
"$mcpctl" apply "$work/manifests" --no-wait >/dev/null 2>&1
"$mcpctl" destroy --yes >/dev/null 2>&1
for ((r = 0; r < rounds; r++)); do
  ms "$mcpctl" apply "$work/manifests" --no-wait >>"$work/apply"
  "$mcpctl" destroy --yes >/dev/null 2>&1
  for workers in 4 8 12; do
    "$floor" 24 $workers floor- >>"$work/floor.$workers"
    docker ps -aq --filter name=floor- | xargs docker rm -f >/dev/null
  done
done
best=$(for workers in 4 8 12; do median <"$work/floor.$workers"; done | sort -n | head -1)
echo "apply $(median <"$work/apply") ms, floor $best ms, ratio $(ratio "$(median <"$work/apply")" "$best")"

echo "== no-op of $count running instances"
manifests "$count"
"$mcpctl" apply "$work/manifests" --no-wait >/dev/null 2>&1
for ((r = 0; r < rounds; r++)); do ms "$mcpctl" apply "$work/manifests" >>"$work/noop"; done
"$mcpctl" apply "$work/manifests" --stats 2>&1 | grep '^engine:'
ours=$(median <"$work/noop") ours_kib=$(peak "$mcpctl" apply "$work/manifests")
"$mcpctl" destroy --yes >/dev/null 2>&1
if [[ -z $compose ]]; then
  echo "mcpctl $ours ms, $ours_kib KiB; no docker-compose here to compare with"
  exit 0
fi
compose_file "$count"
up=("$compose" -p bench-compose -f "$work/compose.yaml" up -d)
"${up[@]}" >/dev/null 2>&1
for ((r = 0; r < rounds; r++)); do ms "${up[@]}" >>"$work/compose"; done
theirs=$(median <"$work/compose") theirs_kib=$(peak "${up[@]}")
echo "mcpctl $ours ms and $ours_kib KiB, compose $theirs ms and $theirs_kib KiB: ratios $(ratio "$ours" "$theirs") and $(ratio "$ours_kib" "$theirs_kib")"
