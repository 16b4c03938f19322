#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016,SC2030,SC2031  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# The HTTP side of the daemon, over a real engine: what it tells is what is there.

load mcpctl

# serve [OPTION...]: the daemon over $manifests, at $url
serve() {
  log=$BATS_TEST_TMPDIR/log
  background "$MCPCTL" watch "$manifests" --listen 127.0.0.1:0 --resync 1h --backoff 500ms --settle-time 300ms "$@" 2>>"$log"
  eventually 20 grep -q 'in the declared state' "$log"
  url=http://$(sed -n 's/.*answering HTTP at //p' "$log")
}

get() { curl -sS --max-time 10 "$url$1" "${@:2}"; }
code() { get "$1" -o /dev/null -w '%{http_code}' "${@:2}"; }
running() { [[ $(docker inspect -f '{{.State.Running}}' "$1" 2>/dev/null) == true ]]; }
metric() { get /metrics | awk -v name="$1" '$1 == name {print $2}'; }
has_metric() { [[ $(metric "$1") == "$2" ]]; }
told() { grep -q -- "$1" "$BATS_TEST_TMPDIR/stream"; }

@test "health, readiness, metrics, state, plan and history tell what is there" {
  server a
  server b
  profile dev a b
  serve
  [[ $(code /healthz) == 200 && $(code /readyz) == 200 ]]
  has_metric 'mcpctl_instances{state="running"}' 2
  has_metric 'mcpctl_changes_total{kind="create",result="done"}' 2
  has_metric mcpctl_ready 1
  [[ $(metric mcpctl_engine_calls_total) -gt 5 ]]
  holds "$(get /api/v1/status)" '[.instances[].instance] == ["mcpctl-dev-a", "mcpctl-dev-b"] and .lastPass.result == "done"'
  holds "$(get /api/v1/instances/mcpctl-dev-a)" '.instance.instance == "mcpctl-dev-a"'
  holds "$(get /api/v1/plan)" '.steps == []'
  holds "$(get /api/v1/history)" '.runs[0].trigger == "watch:start"'
  run_id=$(get /api/v1/history | jq -r '.runs[0].id')
  holds "$(get "/api/v1/history/$run_id")" '[.. | strings] | any(. == "mcpctl-dev-b")'
  [[ $(code /api/v1/instances/nobody) == 404 && $(code /api/v1/history/nobody) == 404 && $(code /elsewhere) == 404 ]]
}

@test "at rest it asks the engine nothing" {
  server a
  profile dev a
  serve
  settled() { calls=$(metric mcpctl_engine_calls_total) && sleep 1.5 && has_metric mcpctl_engine_calls_total "$calls"; }
  eventually 20 settled
  sleep 11
  has_metric mcpctl_engine_calls_total "$calls"
}

@test "what is wrong with the manifests, and what is denied, is in the state and in the metrics" {
  server a
  profile dev a
  serve
  server a 'volumes: [{hostPath: /etc, mountPath: /data}]'
  eventually 5 has_metric mcpctl_policy_denials 1
  holds "$(get /api/v1/status)" '[.. | strings] | any(contains("server-a.yaml:6:"))'
  [[ $(code /readyz) == 200 ]] # the last good ones are in force
  server a
  eventually 5 has_metric mcpctl_policy_denials 0
}

@test "a server that crashes again and again is told as backed off" {
  server a 'restart: no' 'command: ["--crash-after", "100", "--exit-code", "3"]' 'health: {type: none}'
  profile dev a
  serve
  eventually 10 has_metric mcpctl_backoffs 1
  holds "$(get /api/v1/status)" '[.. | objects | .why? // empty] | any(contains("3"))'
}

@test "a pass can be asked for, and events, passes and changes are told as they happen" {
  server a
  profile dev a
  serve
  before=$(metric 'mcpctl_passes_total{result="done"}')
  [[ $(code /api/v1/reconcile -X POST) == 403 ]] # what a page in a browser could send
  [[ $(code /api/v1/reconcile -X POST -H 'X-Requested-With: test') == 202 ]]
  more_passes() { [[ $(metric 'mcpctl_passes_total{result="done"}') -gt $before ]]; }
  eventually 5 more_passes
  background curl -sSN "$url/api/v1/events" >"$BATS_TEST_TMPDIR/stream"
  eventually 5 told '^:' # it is heard
  docker kill mcpctl-dev-a
  eventually 5 told '^event: instance'
  eventually 5 told '^event: change'
  eventually 5 told '^event: pass'
  eventually 5 running mcpctl-dev-a
  sed -n 's/^data: //p' "$BATS_TEST_TMPDIR/stream" | jq -es 'all(.version == 1)'
}

@test "who has no token, or a wrong one, learns whether it is well and nothing else" {
  server a
  profile dev a
  (umask 077 && echo s3cret-token >"$BATS_TEST_TMPDIR/token")
  serve --token-file "$BATS_TEST_TMPDIR/token"
  [[ $(code /healthz) == 200 && $(code /readyz) == 200 ]]
  for path in /metrics /api/v1/status /api/v1/plan /api/v1/history /api/v1/events /api/v1/openapi.json /elsewhere; do
    [[ $(code $path) == 401 && $(code $path -H 'Authorization: Bearer wrong') == 401 ]]
  done
  [[ $(code /api/v1/reconcile -X POST -H 'X-Requested-With: x') == 401 ]]
  [[ $(code /api/v1/status -H 'Authorization: Bearer s3cret-token') == 200 ]]
  [[ $(code /api/v1/reconcile -X POST -H 'Authorization: Bearer s3cret-token') == 202 ]]
  [[ $(code /healthz -H 'Host: evil.example.com') == 403 ]]
  run ! grep -r s3cret-token "$log" "$XDG_STATE_HOME"
}

@test "on an address that others reach it does not start without a token" {
  run -64 mcpctl watch "$manifests" --listen 0.0.0.0:0
  [[ $output == *'--token-file FILE'* ]]
  run -64 mcpctl watch "$manifests" --listen 0.0.0.0:0 --token-file "$BATS_TEST_TMPDIR/none"
  [[ $output == *'is not there'* ]]
  echo token >"$BATS_TEST_TMPDIR/open" && chmod 644 "$BATS_TEST_TMPDIR/open"
  run -64 mcpctl watch "$manifests" --listen 127.0.0.1:0 --token-file "$BATS_TEST_TMPDIR/open"
  [[ $output == *'others can read it'* ]]
  run -64 mcpctl watch "$manifests" --token-file "$BATS_TEST_TMPDIR/open"
  [[ $output == *--listen* ]]
  run -64 mcpctl watch "$manifests" --listen nowhere
  [[ $output == *127.0.0.1:3000* ]]
}

@test "an address that is taken is told, and nothing is begun" {
  server a
  profile dev a
  serve
  run -1 mcpctl --project other watch "$manifests" --listen "${url#http://}"
  [[ $output == *'cannot listen on'*'in use'* ]]
}

@test "three hundred silent clients starve nobody: not those who ask, and not the loop" {
  server a
  profile dev a
  serve
  local host=${url#http://} fds=() fd
  for _ in {1..300}; do
    exec {fd}<>"/dev/tcp/${host%:*}/${host#*:}"
    fds+=("$fd")
  done
  [[ $(code /healthz) == 200 ]]
  holds "$(get /api/v1/status)" '.instances | length == 1'
  docker rm -f mcpctl-dev-a
  eventually 5 running mcpctl-dev-a
  for fd in "${fds[@]}"; do exec {fd}>&-; done
}

@test "it ends in time although clients listen" {
  server a
  profile dev a
  serve
  daemon=$pid
  for _ in 1 2 3; do background curl -sSN "$url/api/v1/events" >/dev/null; done
  kill -TERM "$daemon"
  gone() { ! kill -0 "$daemon" 2>/dev/null; }
  eventually 10 gone
}

@test "servers are asked while they run: who speaks MCP is told, and who does not answer its check" {
  check='health: {type: mcp, interval: 1s, startPeriod: 0s, retries: 2}'
  server a
  server b 'transport: {type: streamable-http, port: 3001}' 'command: [--http, "3001"]' "$check"
  server c 'transport: {type: streamable-http, port: 3002}' 'command: [--http, "3001"]' "$check"
  profile dev a b c
  serve
  eventually 10 has_metric 'mcpctl_server_ready{instance="mcpctl-dev-a"}' 1
  eventually 10 has_metric 'mcpctl_server_ready{instance="mcpctl-dev-b"}' 1
  eventually 10 has_metric 'mcpctl_server_ready{instance="mcpctl-dev-c"}' 0
  holds "$(get /api/v1/instances/mcpctl-dev-b)" '.instance.mcp.name == "mcp-echo"'
  holds "$(get /api/v1/status)" '.health["mcpctl-dev-c"].why != ""'
  grep -q 'mcpctl-dev-c is not well' "$log"
}
