#!/usr/bin/env bash
# attach.sh [PINGS] — what `mcpctl attach` adds to a request of an MCP client, against `docker attach`, `docker run -i` and
# the server run as a child process, all with the same server, in turn within one run (three rounds; the best of each).
#
# Needs a release build, an engine in DOCKER_HOST with the image mcpctl/echo:1 (tests/lab/lab.sh up DIR; source DIR/env).
set -euo pipefail
cd "$(dirname "$0")/../.."
count=${1:-2000}
mcpctl=build/release/mcpctl
: "${DOCKER_HOST:?say which engine; never one that matters: containers come and go}"
work=$(mktemp -d)
export MCPCTL_LOCK_DIR=$work/lock MCPCTL_PROJECT=bench
cleanup() {
  "$mcpctl" destroy --yes >/dev/null 2>&1 || true
  docker rm -f bench-docker-attach >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT
printf 'apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: echo}\nspec: {image: "mcpctl/echo:1"}\n---\napiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: p}\nspec:\n  servers: [{server: echo}]\n' >"$work/m.yaml"
"$mcpctl" apply "$work/m.yaml" >/dev/null 2>&1
docker run -d -i --init --name bench-docker-attach mcpctl/echo:1 >/dev/null

measure() { node tests/bench/latency.mjs "$count" "$@"; }
for round in 1 2 3; do
  measure build/release/tests/echo_server/mcp-echo >>"$work/child"
  measure "$mcpctl" attach echo >>"$work/mcpctl attach"
  measure docker run -i --rm --network none mcpctl/echo:1 >>"$work/docker run -i"
  # Its server ends with the client, as ours does.
  measure docker attach --sig-proxy=false bench-docker-attach >>"$work/docker attach"
  [[ $round == 3 ]] || docker start bench-docker-attach >/dev/null 2>&1 || true
  sleep 1
done
echo 'microseconds from a request to its answer: median, 99th percentile'
for way in child 'mcpctl attach' 'docker attach' 'docker run -i'; do
  printf '%-14s %s\n' "$way" "$(sort -n "$work/$way" | head -1)"
done
