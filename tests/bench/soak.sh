#!/usr/bin/env bash
# soak.sh [MINUTES] [INSTANCES] — the daemon under churn: each half second a container is killed, removed, updated or cut
# off, or a manifest changes, while its memory, descriptors and threads are noted; then a minute of rest, in which
# its CPU time and engine calls are. One line of JSON at the end. Fails when something is not healed.
#
# Env: MCPCTL   the program (default: the release build's)
#      REST     seconds of the rest (60)
# Needs an engine in DOCKER_HOST with the image mcpctl/echo:1 (tests/lab/lab.sh up DIR; source DIR/env).
set -euo pipefail
minutes=${1:-30} count=${2:-100}
MCPCTL=${MCPCTL:-$(dirname "$0")/../../build/release/mcpctl}
: "${DOCKER_HOST:?say which engine; never one that matters: containers come and go}"
work=$(mktemp -d)
export MCPCTL_LOCK_DIR=$work/lock MCPCTL_PROJECT=soak XDG_STATE_HOME=$work/state
daemon=
cleanup() {
  [[ -z $daemon ]] || kill "$daemon" 2>/dev/null || true
  wait 2>/dev/null || true
  "$MCPCTL" destroy --yes >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

manifests() { # manifests MEMORY: that of the first server
  mkdir -p "$work/manifests"
  {
    printf 'apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: echo}\nspec: {image: "mcpctl/echo:1", resources: {memory: 32Mi}}\n'
    printf -- '---\napiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: p}\nspec:\n  servers:\n'
    for ((i = 1; i <= count; i++)); do echo "    - {server: echo, name: e$i$([[ $i != 1 ]] || echo ", resources: {memory: $1}")}"; done
  } >"$work/manifests/.new"
  mv "$work/manifests/.new" "$work/manifests/all.yaml"
}
healed() { "$MCPCTL" plan "$work/manifests" -o json | jq -e '.steps == []' >/dev/null; }
settle() {
  local i
  for ((i = 0; i < 300; i++)); do
    ! healed || return 0
    sleep 1
  done
  echo 'it does not heal:' >&2
  "$MCPCTL" plan "$work/manifests" >&2
  tail "$work/log" >&2
  return 1
}
rss() { awk '/^VmRSS/ {print $2}' "/proc/$daemon/status"; }
descriptors() { find "/proc/$daemon/fd" -mindepth 1 | wc -l; }
threads() { awk '/^Threads/ {print $2}' "/proc/$daemon/status"; }
ticks() { awk '{print $14 + $15}' "/proc/$daemon/stat"; }
calls() { curl -s "http://$address/metrics" | awk '$1 == "mcpctl_engine_calls_total" {print $2}'; }
sample() { echo "$(rss) $(descriptors) $(threads)" >>"$work/samples"; }
column() { awk -v c="$1" '{print $c}' "$work/samples"; }
# quarter COLUMN head|tail: the median of the first or the last quarter of the samples
quarter() { column "$1" | "$2" -n $((($(wc -l <"$work/samples") + 3) / 4)) | sort -n | awk '{a[NR] = $1} END {print a[int((NR + 1) / 2)]}'; }

manifests 32Mi
"$MCPCTL" watch "$work/manifests" --listen 127.0.0.1:0 --resync 30s --backoff 200ms --backoff-max 1s 2>"$work/log" 3>&- &
daemon=$!
settle
address=$(sed -n 's/.*answering HTTP at //p' "$work/log")

churns=0 end=$((SECONDS + minutes * 60))
while ((SECONDS < end)); do
  name=soak-p-e$((RANDOM % count + 1))
  case $((RANDOM % 6)) in
    0) docker kill "$name" ;;
    1) docker rm -f "$name" ;;
    2) docker update --memory 24m --memory-swap 24m "$name" ;;
    3) docker network disconnect -f mcpctl-network "$name" ;;
    4) docker stop -t 0 "$name" ;;
    5) manifests "$((RANDOM % 4 + 20))Mi" ;;
  esac >/dev/null 2>&1 || true # what is just being healed may not be there
  churns=$((churns + 1))
  ((churns % 10)) || sample
  sleep 0.5
done
manifests 32Mi
settle
sleep 5
before=$(ticks) calls_before=$(calls)
sleep "${REST:-60}"
after=$(ticks) calls_after=$(calls)
kill "$daemon"
wait "$daemon"
daemon=
jq -cn --argjson instances "$count" --argjson minutes "$minutes" --argjson churns "$churns" \
  --argjson rssFirst "$(quarter 1 head)" --argjson rssLast "$(quarter 1 tail)" --argjson rssMost "$(column 1 | sort -n | tail -1)" \
  --argjson fdsFirst "$(quarter 2 head)" --argjson fdsLast "$(quarter 2 tail)" \
  --argjson threadsFirst "$(quarter 3 head)" --argjson threadsLast "$(quarter 3 tail)" \
  --argjson idle "$(awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v s="${REST:-60}" 'BEGIN {printf "%.3f", 100 * t / hz / s}')" \
  --argjson calls $((calls_after - calls_before)) \
  '{instances: $instances, minutes: $minutes, churns: $churns, rssKib: {first: $rssFirst, last: $rssLast, most: $rssMost}, descriptors: {first: $fdsFirst, last: $fdsLast}, threads: {first: $threadsFirst, last: $threadsLast}, idle: {cpuPercent: $idle, engineCalls: $calls}}'
