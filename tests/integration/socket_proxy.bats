#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# docs/examples/socket-proxy.cfg lets through what mcpctl needs, and nothing else.

load mcpctl

# proxy MODE: mcpctl, `docker` and curl go through it from here on; `direct` does not
proxy() {
  direct=$DOCKER_HOST
  local socket=/tmp/mcpctl-proxy-$BASHPID.sock
  ENGINE_SOCKET=${direct#unix://} PROXY_SOCKET=$socket PROXY_MODE=$1 background \
    haproxy -db -f "${BATS_TEST_DIRNAME%/tests/integration}/docs/examples/socket-proxy.cfg" 2>"$BATS_TEST_TMPDIR/proxy.log"
  eventually 5 curl -fs --unix-socket "$socket" http://engine/_ping
  through=unix://$socket
}

mcpctl() { "$MCPCTL" --host "${through:-$DOCKER_HOST}" "$@"; }

# status METHOD PATH: what the proxy answers
status() { curl -s -o /dev/null -w '%{http_code}' -X "$1" --unix-socket "${through#unix://}" --path-as-is "http://engine$2"; }

@test "through the acting proxy all but exec works: apply, replace, a probe, logs, attach, audit, destroy" {
  proxy act
  server web 'transport: {type: streamable-http, port: 3001, path: /mcp}' 'command: ["--http", "3001"]'
  server echo 'health: {type: none}'
  profile dev echo web
  apply
  settled
  server echo 'health: {type: none}' 'envTemplate: {V: "2"}' 'resources: {memory: 64Mi}'
  apply
  server echo 'health: {type: none}' 'envTemplate: {V: "2"}' 'resources: {memory: 96Mi}'
  apply
  settled
  holds "$(mcpctl status -o json --probe)" '.instances[] | select(.server == "web") | .mcp.state == "ready"'
  run -0 mcpctl logs echo --tail 5
  run -0 --separate-stderr mcpctl attach echo <<<"$initialize"
  holds "${lines[0]}" '.result.serverInfo.name == "mcp-echo"'
  run -0 mcpctl restart echo
  run -0 mcpctl audit -f "$manifests"
  run -0 mcpctl stats --no-stream
  run -0 mcpctl destroy --yes
  [[ $(docker ps -aq) == '' ]]
}

@test "through the reading proxy all that only looks works, and nothing can be changed" {
  server echo
  profile dev echo
  apply
  before=$(identity mcpctl-dev-echo)
  proxy read
  run -0 mcpctl plan "$manifests"
  run -0 mcpctl status
  run -0 mcpctl logs echo
  run -0 mcpctl stats --no-stream
  run -0 mcpctl audit -f "$manifests"
  server echo 'resources: {memory: 64Mi}'
  run -1 apply
  [[ $output == *403* ]]
  [[ $(identity mcpctl-dev-echo) == "$before" ]]
  for each in containers/create containers/x/start containers/x/exec images/create networks/create; do
    [[ $(status POST /v1.41/$each) == 403 ]]
  done
  [[ $(status DELETE /v1.41/containers/mcpctl-dev-echo) == 403 ]]
}

@test "what mcpctl does not use is closed, also by other ways of writing it" {
  proxy act
  for each in 'POST /build' 'POST /v1.41/build' 'POST /swarm/init' 'GET /swarm' 'POST /plugins/pull' 'POST /volumes/create' \
    'DELETE /volumes/x' 'GET /containers/x/archive' 'PUT /containers/x/archive' 'GET /containers/x/export' \
    'POST /images/load' 'DELETE /images/x' 'POST /containers/prune' 'POST /networks/prune' 'POST /commit' 'GET /secrets' \
    'GET /containers/x/top' 'PUT /containers/create' 'POST /auth' 'GET /debug/pprof' 'POST /session' 'POST /grpc' \
    'GET /containers/json/../../swarm' 'GET /containers/x%2f..%2f..%2fswarm/json' 'GET //swarm' 'POST /containers/x/exec' 'POST /exec/x/start' 'POST /v1.41/v1.41/build' \
    'GET /v1.41/images/x/json/../../../volumes'; do
    read -r method path <<<"$each"
    [[ $(status "$method" "$path") == 403 ]] || { echo "$each is open"; false; }
  done
  [[ $(status GET /v1.41/info) == 200 ]]
}
