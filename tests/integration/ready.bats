#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# A server is ready when it speaks MCP, in whichever era; what merely runs is not.

load mcpctl

# http NAME OPTION...: an echo server over HTTP
http() {
  local name=$1 options=
  shift
  for option in "$@"; do options+=", \"$option\""; done
  server "$name" 'transport: {type: streamable-http, port: 3001, path: /mcp}' "command: [\"--http\", \"3001\"$options]"
}

# mcp_of INSTANCE: what status knows of it now
mcp_of() { mcpctl status -o json --probe | jq -c ".instances[] | select(.instance == \"mcpctl-dev-$1\") | .mcp"; }

# processes_of CONTAINER: how many run in it, without its init
processes_of() { docker top "$1" | tail -n +2 | grep -vc docker-init; }

@test "modern, legacy and dual servers over both transports are ready, and apply says what they are" {
  for era in modern legacy both; do
    server "$era" "command: [\"--era\", $era]"
    http "http-$era" --era "$era"
  done
  http sse --era legacy --sse
  profile dev modern legacy both http-modern http-legacy http-both sse
  run -0 apply --ready-timeout 60s
  [[ $output == *'create mcpctl-dev-modern'*': mcp-echo 1.0.0 speaks MCP 2026-07-28, 6 tools'* ]]
  [[ $output == *'create mcpctl-dev-sse'*': mcp-echo 1.0.0 speaks MCP 2025-11-25, 6 tools'* ]]
  status=$(mcpctl status -o json --probe)
  eras() { jq -c --arg era "$1" '[.instances[] | select(.mcp.state == "ready" and .mcp.era == $era and .mcp.tools == 6) | .server] | sort' <<<"$status"; }
  [[ $(eras modern) == '["both","http-both","http-modern","modern"]' ]]
  [[ $(eras legacy) == '["http-legacy","legacy","sse"]' ]]
  settled
}

@test "a plain web server that is declared as an MCP server does not become ready" {
  http web --web
  profile dev web
  run -1 apply --ready-timeout 3s
  [[ $output == *'mcpctl-dev-web: create failed: started, and not ready'*'does not know `initialize`: HTTP 404 with a web page'* ]]
  [[ $output == *'listening on port 3001'* ]] # the last of its log
  holds "$(mcp_of web)" '.state == "not MCP"'
}

@test "a process that says nothing on its stdio does not become ready" {
  server mute 'image: node:20-alpine' 'command: [sleep, "600"]' 'health: {timeout: 4s}'
  profile dev mute
  run -1 apply --ready-timeout 9s
  [[ $output == *'it is not ready within 9 s: no answer within 4 s'* ]]
}

@test "a new version that never speaks MCP is rolled back" {
  http echo
  profile dev echo
  apply
  id=$(of mcpctl-dev-echo '{{.Id}}')
  http echo --web
  run -7 apply --ready-timeout 3s
  [[ $output == *'rolled back'*'does not know `initialize`'* ]]
  [[ $(of mcpctl-dev-echo '{{.Id}} {{.State.Running}}') == "$id true" ]]
  holds "$(mcp_of echo)" '.state == "ready"'
}

@test "a server that flips from legacy to modern is ready as both" {
  http echo --era legacy
  profile dev echo
  apply
  holds "$(mcp_of echo)" '.era == "legacy"'
  http echo --era modern
  apply
  holds "$(mcp_of echo)" '.era == "modern"'
}

@test "a server that asks for authorisation is ready, and that is said" {
  http echo --token s3cret
  profile dev echo
  printf 'apiVersion: mcpctl/v1\nkind: SecurityPolicy\nmetadata: {name: test}\nspec: {rules: {plaintext-secret: {level: off}}}\n' >"$manifests/policy.yaml"
  run -0 apply
  [[ $output == *'it asks for authorisation (HTTP 401)'* ]]
  holds "$(mcp_of echo)" '.state == "authorisation required"'
}

@test "a wrong path is not ready, and the right one replaces the server" {
  server echo 'transport: {type: streamable-http, port: 3001, path: /other}' 'command: ["--http", "3001"]'
  profile dev echo
  run -1 apply --ready-timeout 2s
  http echo
  holds "$(plan_json)" '.steps[0].verb == "replace" and (.steps[0].changes | any(.field == "transport"))'
  apply
  settled
}

@test "a crash loop ends the wait at once, whatever the time that is left" {
  http echo --crash-after 1
  profile dev echo
  SECONDS=0
  run -1 apply --ready-timeout 60s
  [[ $output == *'it ends again and again (exit code 1)'* ]]
  ((SECONDS < 20))
}

@test "each declared health check decides as it says" {
  server runs 'image: node:20-alpine' 'command: [sleep, "600"]' 'health: {type: none}'
  server page 'transport: {type: streamable-http, port: 3001}' 'command: ["--http", "3001", "--web"]' 'health: {type: http, path: /}'
  server port 'transport: {type: streamable-http, port: 3001}' 'command: ["--http", "3001", "--web"]' 'health: {type: tcp}'
  server asks 'health: {type: command, command: [/mcp-echo, --once, env], interval: 1s}'
  server plain 'health: {type: image}'
  profile dev runs page port asks plain
  run -0 apply
  [[ $output == *'page'*'GET / answers HTTP 200'* && $output == *'port 3001 accepts connections'* ]]
  [[ $output == *'asks'*'the engine says healthy'* ]]

  server page 'transport: {type: streamable-http, port: 3001}' 'command: ["--http", "3001"]' 'health: {type: http, path: /}'
  server port 'transport: {type: streamable-http, port: 3002}' 'command: ["--http", "3001", "--web"]' 'health: {type: tcp}'
  server asks 'health: {type: command, command: [/no/such/program], interval: 1s, retries: 1, startPeriod: 0s}'
  run -7 apply --ready-timeout 5s
  [[ $output == *'GET / answers HTTP 404'* && $output == *'nothing'*'3002'* || $output == *'refused'* ]]
  [[ $output == *'the engine says unhealthy'*'/no/such/program'* ]]
}

@test "status tells what was found, asks stdio servers once per process and leaves nothing running beside them" {
  server echo
  profile dev echo
  apply
  [[ $(processes_of mcpctl-dev-echo) == 1 ]]
  run -0 mcpctl status
  [[ $output == *' ready '* && $output != *PROTOCOL* ]]
  events=$BATS_TEST_TMPDIR/events
  background docker events --filter event=exec_create >"$events"
  run -0 mcpctl status -o wide
  [[ $output == *PROTOCOL* && $output == *mcp-echo*1.0.0*2026-07-28*6* ]]
  [[ ! -s $events ]]
  docker restart -t 1 mcpctl-dev-echo
  run -0 mcpctl status
  [[ $output != *' ready '* ]]
  mcpctl status -o wide
  mcpctl status -o wide
  [[ $(grep -c exec_create "$events") == 1 && $(processes_of mcpctl-dev-echo) == 1 ]]
  run -64 mcpctl plan "$manifests" -o wide
}

@test "the real servers memory and everything from npm are ready, with name, version, protocol and tools" {
  server memory 'image: mcpctl-test/memory:1' 'volumes: [{name: data, mountPath: /data}]'
  server everything 'image: mcpctl-test/everything:1' 'command: [streamableHttp]' \
    'transport: {type: streamable-http, port: 3001, path: /mcp}'
  profile dev memory everything
  apply --ready-timeout 60s
  run -0 mcpctl status -o wide
  [[ $output =~ memory-server\ +[0-9.]+\ +2025-11-25\ +9 ]]
  [[ $output =~ mcp-servers/everything\ +[0-9.]+\ +2025-11-25\ +1[0-9] ]]
  holds "$(mcp_of everything)" '.state == "ready" and .era == "legacy"'
}

@test "where two processes do not fit, the reason is said, and a health check of none helps" {
  server echo 'image: mcpctl-test/memory:1' 'volumes: [{name: data, mountPath: /data}]' 'resources: {pidsLimit: 16}' 'health: {timeout: 3s}'
  profile dev echo
  run -1 apply --ready-timeout 6s
  [[ $output == *'not ready'* ]]
  server echo 'image: mcpctl-test/memory:1' 'volumes: [{name: data, mountPath: /data}]' 'resources: {pidsLimit: 16}' 'health: {type: none}'
  apply
}
