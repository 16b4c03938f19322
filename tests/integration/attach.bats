#!/usr/bin/env bats
# `mcpctl attach`: what an MCP client runs to talk to a stdio server.
load mcpctl

# shell_server NAME SCRIPT: a server that is a shell script
shell_server() {
  server "$1" 'image: "node:20-alpine"' 'entrypoint: [/bin/busybox, sh, -c]' "command: ['$2']" \
    'health: {type: none}' 'stopGracePeriod: 2s'
}

# client INSTANCE: attached beside the test, its stdin is the test's descriptor 7; its stdout is in out
client() {
  mkfifo "$BATS_TEST_TMPDIR/in"
  exec 7<>"$BATS_TEST_TMPDIR/in"
  # Not by background(): what a shell puts there from a function reads from /dev/null.
  "$MCPCTL" attach "$1" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- 7>&- &
  pid=$!
  processes+=("$pid")
}

started_at() { of "$1" '{{.State.StartedAt}}'; }
fresh() { [[ $(of "$1" '{{.State.Running}}') == true && $(started_at "$1") != "$2" ]]; }

@test "a client gets answers, ends with 0, and the next one finds a fresh process" {
  server echo
  profile dev echo
  apply
  before=$(started_at mcpctl-dev-echo)
  run --separate-stderr -0 mcpctl attach echo <<<"$initialize"
  holds "$output" '.result.serverInfo.name == "mcp-echo"'
  [[ -z $stderr ]]
  eventually 10 fresh mcpctl-dev-echo "$before"
  run -0 mcpctl attach dev-echo <<<"$initialize"
  holds "$output" '.id == 1'
}

@test "clients that come and go in quick succession never wait for the engine's patience" {
  server echo
  profile dev echo
  apply
  begin=$SECONDS
  for _ in {1..8}; do
    run -0 mcpctl attach echo <<<"$initialize"
    holds "$output" '.id == 1'
  done
  ((SECONDS - begin < 20)) # by itself the engine would wait 100 ms, 200 ms, ... 12 s
}

@test "fifty megabytes go both ways unchanged, whatever they are" {
  shell_server cat 'exec cat'
  profile dev cat
  apply
  head -c 50000000 /dev/urandom >"$BATS_TEST_TMPDIR/in"
  mcpctl attach cat <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
  cmp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
}

@test "the client's end of file reaches the server, and its last words the client" {
  shell_server count 'wc -c; echo bye >&2'
  profile dev count
  apply
  run --separate-stderr -0 mcpctl attach count < <(head -c 100000 /dev/zero)
  [[ $output == 100000 ]]
  [[ $stderr == bye ]]
}

@test "a server that dies in the middle ends the session with its own exit code" {
  shell_server dies 'read line; echo partial; exit 7'
  profile dev dies
  apply
  run -7 bash -c '{ echo request; sleep 5; } | "$MCPCTL" attach dies'
  [[ $output == partial ]]
}

@test "a second client is refused and told who is there, and --steal takes over" {
  server echo
  profile dev echo
  apply
  client echo
  first=$pid
  echo "$initialize" >&7
  eventually 10 grep -q serverInfo "$BATS_TEST_TMPDIR/out"
  run -6 mcpctl attach echo <<<"$initialize"
  [[ $output == *"process $first is attached"* && $output == *--steal* ]]
  run -0 mcpctl attach echo --steal <<<"$initialize"
  holds "$output" '.id == 1'
  wait "$first" && false || [[ $? -eq 143 ]]
  exec 7>&-
}

@test "a signal ends the session, the server gets it, and the next client finds a fresh one" {
  shell_server traps 'trap "echo got TERM >&2; exit 0" TERM; echo up; while true; do sleep 0.1; done'
  profile dev traps
  apply
  before=$(started_at mcpctl-dev-traps)
  client traps
  eventually 10 test -e "$BATS_TEST_TMPDIR/out"
  sleep 0.5
  kill -TERM "$pid"
  wait "$pid" && false || [[ $? -eq 143 ]]
  exec 7>&-
  docker logs mcpctl-dev-traps 2>&1 | grep -q 'got TERM'
  eventually 10 fresh mcpctl-dev-traps "$before"
}

@test "a server that does not end at end of file is restarted for the next client" {
  shell_server deaf 'echo up; while true; do sleep 0.1; done'
  profile dev deaf
  apply
  before=$(started_at mcpctl-dev-deaf)
  run --separate-stderr -0 mcpctl attach deaf </dev/null
  [[ $stderr == *'did not end at end of file'* ]]
  eventually 10 fresh mcpctl-dev-deaf "$before"
}

@test "after a client that was killed the next one never gets its process" {
  shell_server deaf 'read line; echo "$line"; while true; do sleep 0.1; done'
  profile dev deaf
  apply
  client deaf
  echo first >&7
  eventually 10 grep -q first "$BATS_TEST_TMPDIR/out"
  kill -KILL "$pid"
  exec 7>&-
  run -0 timeout 30 "$MCPCTL" attach deaf <<<"second"
  [[ $output == second* ]]
}

@test "a client that stops reading slows the server down, and is left when it goes" {
  shell_server yes 'exec yes'
  profile dev yes
  apply
  before=$(started_at mcpctl-dev-yes)
  run --separate-stderr -0 bash -c '"$MCPCTL" attach yes < <(sleep 20) | head -c 100000 | wc -c'
  [[ $output == 100000 ]]
  eventually 10 fresh mcpctl-dev-yes "$before"
}

@test "what cannot be attached to says why" {
  server web 'command: [--http, "3001"]' 'transport: {type: streamable-http, port: 3001, path: /mcp}'
  server echo
  profile dev web echo
  apply
  run -64 mcpctl attach web
  [[ $output == *'no stdio server'* ]]
  run -64 mcpctl attach ecko
  [[ $output == *'did you mean'*echo* ]]
  docker stop mcpctl-dev-echo >/dev/null
  run -1 mcpctl attach echo
  [[ $output == *'not running'* ]]
}
