#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq filters have a $ of their own
# What happens to instances is told, whatever becomes of the engine meanwhile.

load mcpctl

c=mcpctl-dev-echo

# follow: `mcpctl events` in the background, into $story; returns when it listens
follow() {
  story=$BATS_TEST_TMPDIR/story
  background "$MCPCTL" events -o json >"$story" 2>"$story.err"
  eventually 10 listens
}

# The first event that is told says that it listens.
listens() {
  docker network create mcpctl-mark >/dev/null 2>&1 || docker network rm mcpctl-mark >/dev/null
  tells '.type == "network-create"' && docker network inspect mcpctl-mark >/dev/null 2>&1
}

# tells FILTER: there is such an event
tells() { jq -es "map(select($1)) | length > 0" "$story" >/dev/null; }

# order FILTER: the types of such events, in one line
order() { jq -rs "map(select($1) | .type) | join(\" \")" "$story"; }

stop_following() {
  kill -INT "$pid"
  wait "$pid"
}

@test "a whole life is told, with exit codes and signals, and Ctrl-C ends with 0" {
  follow
  server echo 'restart: no'
  profile dev echo
  apply
  docker update -m 100m --memory-swap 100m $c
  docker restart -t 1 $c
  docker network connect mcpctl-mark $c
  docker network disconnect mcpctl-mark $c
  docker rename $c $c-x && docker rename $c-x $c
  docker pause $c && docker unpause $c
  docker kill -s KILL $c
  docker rm $c
  eventually 10 tells '.type == "destroy"'
  stop_following
  [[ $(order ".id and .instance == \"$c\" and (.type | startswith(\"network\") | not)") == \
    'create start update kill die stop start restart rename pause unpause kill die destroy' ]]
  tells '.type == "rename" and .oldName == "'$c'" and .instance == "'$c'-x"'
  tells '.type == "kill" and .signal == 9'
  tells '.type == "die" and .exitCode == 137'
  tells '.type == "network-connect" and .network == "mcpctl-network"'
  tells '.type == "network-disconnect" and .network == "mcpctl-mark"'
  jq -es 'all(.version == 1 and .synthesised == false)' "$story"
  jq -es '[.[].time] | . == sort and . == unique' "$story"
}

@test "a crash is told with its exit code, and restarts of the engine's own" {
  follow
  server echo 'command: ["--crash-after", "300", "--exit-code", "42"]'
  profile dev echo
  apply || true
  eventually 10 tells '.type == "die" and .exitCode == 42'
  jq -es 'map(select(.type == "start")) | length > 1' "$story"
}

@test "who runs out of memory is told so" {
  follow
  server echo 'resources: {memory: 32Mi}' 'restart: no' 'command: ["--once", "allocate", "{\"mib\": 200}"]'
  profile dev echo
  apply || true
  eventually 10 tells '.type == "die"'
  # The engine tells it beside the end, so maybe after it, and of one that ends at once maybe not at all: then again.
  out_of_memory_told() {
    tells '.type == "oom" and .instance == "'$c'"' && return
    sleep 1
    tells '.type == "oom" and .instance == "'$c'"' || { docker start $c >/dev/null; false; }
  }
  eventually 20 out_of_memory_told
  tells '.type == "die" and .exitCode == 137'
}

@test "a health check's verdict is told" {
  follow
  server echo 'health: {type: command, command: [/mcp-echo, --fail-start], interval: 1s, timeout: 1s, retries: 1, startPeriod: 0s}'
  profile dev echo
  apply || true
  eventually 15 tells '.type == "health" and .health == "unhealthy"'
}

@test "who else takes a name is told, and when it is free again" {
  follow
  docker create --name mcpctl-dev-other mcpctl/echo:1 && docker rm mcpctl-dev-other
  docker create --name elsewhere mcpctl/echo:1 && docker rm elsewhere
  eventually 10 tells '.type == "name-freed"'
  [[ $(order '.id') == 'name-taken name-freed' ]]
}

@test "what a crash of the engine swallowed is seen or found, the gap is told, and nothing is told twice" {
  server echo
  server stays 'restart: no'
  profile dev echo stays
  apply
  follow
  "$LAB" engine-restart "$LAB_STATE" >/dev/null
  # Engine 20.10 ends what outlived it, and leaves it so.
  eventually 20 tells '.type == "gap"'
  eventually 20 tells '.type == "die" and .instance == "'$c'"'
  eventually 20 tells '.type == "die" and .instance == "mcpctl-dev-stays"'
  docker start $c
  docker rm mcpctl-dev-stays
  eventually 10 tells '.type == "destroy" and .synthesised == false'
  [[ $(order '.type == "gap"') == gap ]]
  [[ $(order ".instance == \"$c\" and (.type == \"die\" or .type == \"start\")") == 'die start' ]]
  [[ $(order '.instance == "mcpctl-dev-stays" and (.type == "die" or .type == "start")') == die ]]
  [[ $(cat "$story.err") == *'connecting again'* ]]
}

@test "over an orderly restart of the engine each end and each revival is told once" {
  server echo
  profile dev echo
  apply
  follow
  "$LAB" engine-restart "$LAB_STATE" TERM >/dev/null
  eventually 20 tells '.type == "start" and .instance == "'$c'"'
  sleep 1 # nothing more comes
  [[ $(order '.type == "gap"') == gap ]]
  [[ $(order ".instance == \"$c\" and (.type == \"die\" or .type == \"start\")") == 'die start' ]]
}

@test "what happens while nobody can listen is seen or found" {
  server echo
  server gone
  profile dev echo gone
  apply
  follow
  # The stream is cut and cannot come back while the engine goes away, and others act as soon as it is there again.
  "$LAB" engine-stop "$LAB_STATE" TERM >/dev/null
  sleep 2 # the follower waits longer each time
  "$LAB" engine-start "$LAB_STATE" >/dev/null
  docker rm -f mcpctl-dev-gone
  docker network create mcpctl-late
  eventually 20 tells '.type == "destroy" and .instance == "mcpctl-dev-gone"'
  eventually 20 tells '.type == "network-create" and .network == "mcpctl-late"'
  sleep 1
  [[ $(order '.instance == "mcpctl-dev-gone" and .type == "destroy"') == destroy ]]
  [[ $(order '.network == "mcpctl-late"') == network-create ]]
}

@test "since and until are bounds, and what is between is told at once" {
  server echo
  profile dev echo
  apply
  run -0 mcpctl events --since 1m --until 0s echo dev-echo
  [[ $output == *"$c create"*"$c start"* && $output != *gap* ]]
  run -0 mcpctl events --since 1m --until 0s mcpctl-gone
  [[ $output == '' ]]
  run -64 mcpctl events --since 1m --until 0s no-such
  [[ $output == *'there is no instance no-such'* ]]
  run -0 mcpctl events --since "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --until "$(date -u -d '2 seconds' +%Y-%m-%dT%H:%M:%SZ)"
  run -64 mcpctl events --since yesterday
  [[ $output == *'--since yesterday is neither'* ]]
}
