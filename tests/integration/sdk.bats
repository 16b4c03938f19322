#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq has a $ of its own
# Real servers, driven by the client library that real clients use, by the ways that mcpctl offers.

load mcpctl

setup_file() {
  load helper
  # Once for each lab; npm keeps what it fetched.
  [[ -d $LAB_STATE/sdk/node_modules ]] && return
  mkdir -p "$LAB_STATE/sdk"
  cp "$BATS_TEST_DIRNAME"/sdk/* "$LAB_STATE/sdk/"
  npm --prefix "$LAB_STATE/sdk" install --silent --ignore-scripts --no-audit --no-fund --no-package-lock
}

# session TOOL ARGUMENTS HOW...: what the client got, as JSON
session() { TOOL=$1 ARGUMENTS=$2 timeout 60 node "$LAB_STATE/sdk/client.mjs" "${@:3}"; }

@test "the memory server remembers what a client tells it through mcpctl attach, over sessions" {
  server memory 'image: mcpctl-test/memory:1' 'volumes: [{name: data, mountPath: /data}]' 'security: {user: "1000:1000"}'
  profile dev memory
  apply
  entity='{"entities": [{"name": "mcpctl", "entityType": "program", "observations": ["reconciles"]}]}'
  answer=$(session create_entities "$entity" stdio "$MCPCTL" attach memory)
  holds "$answer" '.server.name == "memory-server" and (.tools | length) == 9 and (.result.isError | not)'
  answer=$(session read_graph '{}' stdio "$MCPCTL" attach dev-memory)
  holds "$answer" '.result.structuredContent.entities[0].name == "mcpctl"'
}

@test "the everything server answers through mcpctl attach, many calls in one session" {
  server everything 'image: mcpctl-test/everything:1'
  profile dev everything
  apply
  answer=$(TIMES=200 session echo '{"message": "hello ÄÖ 🙂"}' stdio "$MCPCTL" attach everything)
  holds "$answer" '.server.name == "mcp-servers/everything" and (.tools | index("echo")) and .result.content[0].text == "Echo: hello ÄÖ 🙂"'
}

@test "the everything server answers by the URL that connect-config gives" {
  server everything 'image: mcpctl-test/everything:1' 'command: [streamableHttp]' \
    'transport: {type: streamable-http, port: 3001, path: /mcp, publish: "127.0.0.1:18951"}'
  profile dev everything
  apply
  url=$(mcpctl connect-config --client claude-code | jq -r '.mcpServers[].url')
  [[ $url == http://127.0.0.1:18951/mcp ]]
  answer=$(TOOL=echo ARGUMENTS='{"message": "over http"}' in_lab timeout 60 node "$LAB_STATE/sdk/client.mjs" url "$url")
  holds "$answer" '.server.name == "mcp-servers/everything" and .result.content[0].text == "Echo: over http"'
}

@test "the echo server of either era answers the library through mcpctl attach" {
  for era in legacy both; do server "$era" "command: [\"--era\", $era]"; done
  profile dev legacy both
  apply
  for era in legacy both; do
    answer=$(session echo '{"text": "hi"}' stdio "$MCPCTL" attach "$era")
    holds "$answer" '.server.name == "mcp-echo" and (.tools | length) == 6'
  done
}
