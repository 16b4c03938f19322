#!/usr/bin/env bash
# run.sh [COUNT...] — what mcpctl costs, as ratios within one run, for COUNT containers (default 1 10 100; 300 is
# worth its ten minutes): fresh up, no-op, one changed limit, one changed image, teardown, each against docker
# compose and against the engine's own floor (the calls that nobody can do without, at the best parallelism). Then
# the plan against the in-memory engine, and the start-up of the program.
#
# Needs a release build (cmake --preset release && cmake --build --preset release), an engine in DOCKER_HOST with
# the images mcpctl/echo:1 and :2 (tests/lab/lab.sh up DIR; source DIR/env), and docker compose 2.40, as COMPOSE or
# docker-compose on the PATH (tests/bench/get-compose.sh). ROUNDS (default 3) is how often each is done; shown is
# the median.
set -euo pipefail
cd "$(dirname "$0")/../.."
counts=("$@")
[[ $# -gt 0 ]] || counts=(1 10 100)
rounds=${ROUNDS:-3}
bin=build/release
mcpctl=$bin/mcpctl
floor=$bin/tests/bench/mcpctl_floor_bench
compose=${COMPOSE:-$(command -v docker-compose || true)}
: "${DOCKER_HOST:?say which engine; never one that matters: containers come and go}"
[[ -x $compose ]] || { echo 'run.sh: error: no docker-compose; tests/bench/get-compose.sh DIR fetches one' >&2; exit 1; }
work=$(mktemp -d)
export MCPCTL_LOCK_DIR=$work/lock MCPCTL_PROJECT=bench XDG_STATE_HOME=$work/state
cleanup() {
  "$mcpctl" destroy --yes >/dev/null 2>&1 || true
  clear_floor
  "${project[@]}" down -t 1 >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

project=("$compose" -p bench-compose -f "$work/compose.yaml")
clear_floor() { docker ps -aq --filter name=floor- | xargs -r docker rm -f >/dev/null; }

# manifests COUNT [IMAGE [MEMORY]]: what both shall run; the first container has this image and limit
manifests() {
  local count=$1 image=${2:-mcpctl/echo:1} memory=${3:-32} i
  mkdir -p "$work/manifests"
  {
    printf 'apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: echo}\nspec: {image: "mcpctl/echo:1", resources: {memory: 32Mi}}\n'
    printf -- '---\napiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: first}\nspec: {image: "%s", resources: {memory: %sMi}}\n' "$image" "$memory"
    printf -- '---\napiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: p}\nspec:\n  servers:\n    - {server: first, name: e1}\n'
    for ((i = 2; i <= count; i++)); do echo "    - {server: echo, name: e$i}"; done
  } >"$work/manifests/all.yaml"
  {
    printf 'networks: {inner: {internal: true}}\nservices:\n'
    for ((i = 1; i <= count; i++)); do
      if ((i > 1)); then image=mcpctl/echo:1 memory=32; fi
      echo "  e$i: {image: '$image', stdin_open: true, init: true, read_only: true, cap_drop: [ALL], security_opt: ['no-new-privileges:true'], mem_limit: ${memory}m, pids_limit: 128, cpus: 1, networks: [inner], restart: unless-stopped}"
    done
  } >"$work/compose.yaml"
}

# timed NAME COMMAND...: adds its milliseconds and its peak memory in KiB to the figures NAME
timed() {
  local name=$1 begin took
  shift
  begin=${EPOCHREALTIME/./}
  /usr/bin/time -o "$work/peak" -f %M "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; return 1; }
  took=$((${EPOCHREALTIME/./} - begin)) # microseconds
  printf '%d.%d\n' $((took / 1000)) $((took % 1000 / 100)) >>"$work/ms.$name"
  tail -1 "$work/peak" >>"$work/kib.$name"
}
median() { sort -n "$1" | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
best_floor() { for file in "$work/ms.floor.$1".*; do median "$file"; done | sort -n | head -1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / (b > 0 ? b : 1) }'; }

# task NAME: both programs bring the engine to what the files say, or take all down
task() {
  local up=(apply "$work/manifests" --no-wait) their_up=(up -d)
  if [[ $1 == down ]]; then up=(destroy --yes) their_up=(down); fi
  timed "ours.$1" "$mcpctl" "${up[@]}"
  timed "theirs.$1" "${project[@]}" "${their_up[@]}"
}

floor_of() { # floor_of COUNT WORKERS: all tasks once
  local task
  for task in up look limit image down; do
    "$floor" "$task" "$1" "$2" >>"$work/ms.floor.$task.$2"
  done
}

report() { # report COUNT TASK WORDS
  local ours theirs least
  ours=$(median "$work/ms.ours.$2") theirs=$(median "$work/ms.theirs.$2") least=$(best_floor "$2")
  printf '%5s  %-14s %8s %8s %6s %8s %6s %9s %9s\n' "$1" "$3" "$ours" "$theirs" "$(ratio "$ours" "$theirs")" \
    "$least" "$(ratio "$ours" "$least")" "$(ratio "$(median "$work/kib.ours.$2")" 1024)" "$(ratio "$(median "$work/kib.theirs.$2")" 1024)"
}

engine() { # engine COUNT
  local count=$1 round look workers
  rm -f "$work"/ms.* "$work"/kib.*
  for ((round = 0; round < rounds; round++)); do
    manifests "$count"
    task up
    for ((look = 0; look < 5; look++)); do task look; done # short, so that one alone says little
    manifests "$count" mcpctl/echo:1 64
    task limit
    manifests "$count" mcpctl/echo:2 64
    task image
    task down
    for workers in 4 8 12; do floor_of "$count" "$workers"; done
  done
  report "$count" up 'fresh up'
  report "$count" look 'no-op'
  report "$count" limit 'one limit'
  report "$count" image 'one image'
  report "$count" down 'teardown'
}

# The network of the floor's containers has to be there.
manifests 1
"$mcpctl" apply "$work/manifests" --no-wait >/dev/null 2>&1
"$mcpctl" destroy --yes >/dev/null 2>&1
docker network create --internal mcpctl-network >/dev/null 2>&1 || true
printf '%5s  %-14s %8s %8s %6s %8s %6s %9s %9s\n' count task mcpctl compose ratio floor ratio 'MiB' 'compose'
for count in "${counts[@]}"; do engine "$count"; done

echo
echo '== plan against the in-memory engine'
"$bin/tests/bench/mcpctl_plan_bench" 1000 10000 100000

echo
echo '== start-up of mcpctl version'
DOCKER_HOST='' perf stat -r 50 "$mcpctl" version 2>&1 >/dev/null | grep -E 'task-clock|elapsed' || true
