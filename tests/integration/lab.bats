#!/usr/bin/env bats
# shellcheck disable=SC2154  # helper.bash sets variables, `run` too
# The ground that all other integration tests stand on.

load helper

teardown() { remove_all_containers; }

hardened=(--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --user 65532:65532 --init
  --memory 64m --memory-swap 64m --pids-limit 32 --cpus 0.5 --network none)

@test "the engine is the tests' own: its published ports are not the machine's" {
  docker run -d --name web -p 127.0.0.1:18931:3001 mcpctl/echo:1 --http 3001
  eventually 5 in_lab curl -fsS -o /dev/null -d "$initialize" http://127.0.0.1:18931/mcp
  run ! curl -fsS -m 2 -d "$initialize" http://127.0.0.1:18931/mcp
}

@test "a fully hardened stdio server answers initialize on its stdin" {
  answer=$(docker run -i --rm "${hardened[@]}" mcpctl/echo:1 <<<"$initialize")
  holds "$answer" '.result.serverInfo.name == "mcp-echo"'
}

@test "a hardened container, asked from inside, has the limits and nothing more" {
  docker run -d -i --name hard "${hardened[@]}" mcpctl/echo:1
  view=$(inside hard)
  holds "$view" '.cgroup | .memoryBytes == 67108864 and .pids == 32 and .nanoCpus == 500000000'
  holds "$view" '.status | .CapEff == "0000000000000000" and .CapBnd == .CapEff and .NoNewPrivs == 1 and .Seccomp == 2'
  holds "$view" '.root.readOnly and (.root.writable | not) and .tmp.writable and .uid == 65532'
  holds "$view" '[.interfaces[].name] | unique == ["lo"]'
}

@test "mcpctl/echo:1 and :2 differ, and echo-crash exits 1" {
  [[ $(docker image inspect -f '{{.Id}}' mcpctl/echo:1) != $(docker image inspect -f '{{.Id}}' mcpctl/echo:2) ]]
  run -1 docker run --rm mcpctl/echo-crash:1
}

@test "node:20-alpine comes from the mirror" {
  docker rmi -f node:20-alpine || true
  docker pull -q node:20-alpine
  run -0 docker run --rm node:20-alpine -p '6 * 7'
  [[ $output == 42 ]]
}

@test "the npm servers run hardened and answer initialize" {
  for name in memory everything; do
    docker pull -q "mcpctl-test/$name:1"
    answer=$(docker run -i --rm "${hardened[@]}" --memory 512m --memory-swap 512m --tmpfs /data:uid=65532 \
      "mcpctl-test/$name:1" <<<"$initialize" | jq -c 'select(.id == 1)')
    holds "$answer" '.result.protocolVersion == "2025-11-25"'
  done
}

@test "the registry with authentication refuses strangers and serves those it knows" {
  run -1 docker --config "$BATS_TEST_TMPDIR" pull -q "$LAB_REGISTRY_AUTH/mcpctl/echo:1"
  [[ $output == *'no basic auth credentials'* ]]
  docker --config "$LAB_DOCKER_CONFIG" pull -q "$LAB_REGISTRY_AUTH/mcpctl/echo:1"
  docker rmi "$LAB_REGISTRY_AUTH/mcpctl/echo:1"
}

@test "the weak engine accepts limits and drops them" {
  "$LAB" weak "$LAB_STATE"
  source "$LAB_STATE/env"
  export DOCKER_HOST=$WEAK_DOCKER_HOST
  run -0 docker run -d -i --name weak --memory 64m --pids-limit 32 mcpctl/echo:1
  [[ $output == *'does not support memory limit'* ]]
  [[ $(docker inspect -f '{{.HostConfig.Memory}}' weak) == 0 ]]
  holds "$(inside weak)" '.cgroup | .memoryBytes == null and .pids == null'
  remove_all_containers
}

@test "after a crash of the engine the same engine is back, on the same data" {
  docker run -d --name lasting --restart always mcpctl/echo:1 --http 3001
  docker run -d -i --name gone mcpctl/echo:1
  id=$(docker info -f '{{.ID}}')
  "$LAB" engine-restart "$LAB_STATE" KILL
  [[ $(docker info -f '{{.ID}}') == "$id" ]]
  running() { [[ $(docker inspect -f '{{.State.Running}}' "$1") == "$2" ]]; }
  eventually 10 running lasting true
  running gone false
  "$LAB" engine-restart "$LAB_STATE" TERM
  eventually 10 running lasting true
}

@test "two labs run side by side, and one taken down after a crash leaves nothing" {
  other=$BATS_TEST_TMPDIR/other
  "$LAB" up "$other"
  (
    source "$other/env"
    docker run -d --name lasting --restart always mcpctl/echo:1 --http 3001
    as_root kill -9 "$LAB_ENGINE_PID"
  )
  docker info -f '{{.ID}}' # ours lives
  netns=$(source "$other/env" && echo "$LAB_NETNS")
  "$LAB" down "$other"
  name=${netns%-engine}
  [[ ! -e /run/$name && ! -e /run/netns/$netns && $(ls "$other") == log ]]
  run ! grep -q "$name\|$other/" /proc/self/mounts
  [[ -z $(find /sys/fs/cgroup -type d -path "*$name*") ]]
  run ! grep -slaF "$name" /proc/[0-9]*/cmdline
  "$LAB" down "$other" # again: nothing to do
}
