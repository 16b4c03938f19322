#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031,SC2154  # a bats test is a subshell; `run` sets variables
# The test server itself, as a process on this machine. Needs MCP_ECHO, the program.

bats_require_minimum_version 1.5.0

meta='"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}'
discover='{"jsonrpc":"2.0","id":"d","method":"server/discover","params":{'$meta'}}'
initialize='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}'
initialized='{"jsonrpc":"2.0","method":"notifications/initialized"}'

setup() { : "${MCP_ECHO:?is not set: the path of the mcp-echo program}"; }

teardown() {
  [[ -z ${server:-} ]] || kill "$server" 2>/dev/null || true
}

# serve OPTION...: sets url
serve() {
  : >"$BATS_TEST_TMPDIR/log" # there before it is read
  "$MCP_ECHO" --http 0 "$@" 2>"$BATS_TEST_TMPDIR/log" 3>&- &
  server=$!
  local port=
  for _ in {1..100}; do
    port=$(sed -n 's/.*listening on port \([0-9]*\),.*/\1/p' "$BATS_TEST_TMPDIR/log")
    [[ -z $port ]] || break
    sleep 0.02
  done
  [[ -n $port ]]
  url=http://127.0.0.1:$port/mcp
}

# post BODY CURL-OPTION...: sets status and answer
post() {
  local body=$1 out
  shift
  out=$(curl -sS -m 5 -w '\n%{http_code}' -H 'Content-Type: application/json' \
    -H 'Accept: application/json, text/event-stream' "$@" -d "$body" "$url")
  status=${out##*$'\n'}
  answer=${out%$'\n'*}
}
modern=(-H 'MCP-Protocol-Version: 2026-07-28')
holds() { jq -e "$1" <<<"$answer" >/dev/null || { echo "not so: $1 in $answer" >&2; return 1; }; }

@test "over stdio a legacy client shakes hands and calls a tool" {
  answer=$(printf '%s\n' "$initialize" "$initialized" '{"jsonrpc":"2.0","id":2,"method":"ping"}' \
    '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"}}}' |
    "$MCP_ECHO" | jq -s .)
  holds 'length == 3 and .[0].result.protocolVersion == "2025-11-25" and .[1].result == {}'
  holds '.[2].result.content[0].text == "hi"'
}

@test "over stdio a modern client discovers and calls a tool with no handshake" {
  answer=$(printf '%s\n' "$discover" \
    '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"},'"$meta"'}}' |
    "$MCP_ECHO" | jq -s .)
  holds '.[0].result | .resultType == "complete" and (.supportedVersions | index("2026-07-28"))'
  holds '.[1].result.content[0].text == "hi"'
}

@test "a legacy-only server does not know server/discover, a modern-only one refuses initialize" {
  answer=$("$MCP_ECHO" --era legacy <<<"$discover")
  holds '.error.code == -32601'
  answer=$("$MCP_ECHO" --era modern <<<"$initialize")
  holds '.error.data.supported == ["2026-07-28"]'
}

@test "what is not JSON-RPC gets an error and the server lives on" {
  answer=$(printf '%s\n' 'nonsense' '[]' '{"id":{}}' "$discover" | "$MCP_ECHO" | jq -s .)
  holds '[.[].error.code] == [-32700, -32600, -32600, null]'
}

@test "end of file ends it with 0, SIGTERM ends it" {
  "$MCP_ECHO" </dev/null
  serve
  kill "$server"
  wait "$server"
}

@test "failures on demand: no start, a crash with a code, deafness to SIGTERM" {
  run -3 --separate-stderr "$MCP_ECHO" --fail-start --stderr-line 'out of coffee'
  [[ $stderr == *'out of coffee'*'refusing to start'* ]]
  run -9 "$MCP_ECHO" --crash-after 100 --exit-code 9 </dev/null
  serve --ignore-term
  kill "$server"
  sleep 0.2
  kill -0 "$server"
  kill -9 "$server"
}

@test "over HTTP a modern request needs no session" {
  serve
  post "$discover" "${modern[@]}" -H 'Mcp-Method: server/discover'
  [[ $status == 200 ]]
  holds '.id == "d" and .result.capabilities.tools == {}'
}

@test "over HTTP the headers are held against the body" {
  serve
  post "$discover" "${modern[@]}" -H 'Mcp-Method: tools/list'
  [[ $status == 400 ]]
  holds '.error.code == -32020'
  post "$discover" -H 'Mcp-Method: server/discover'
  [[ $status == 400 ]]
  holds '.error.code == -32020'
}

@test "an unknown revision is answered with the supported ones" {
  serve --era modern
  post "${discover/2026-07-28/2031-01-01}" -H 'MCP-Protocol-Version: 2031-01-01' -H 'Mcp-Method: server/discover'
  [[ $status == 400 ]]
  holds '.error.code == -32022 and .error.data == {supported: ["2026-07-28"], requested: "2031-01-01"}'
}

@test "a missing client capability is named" {
  serve --require-capability sampling
  post '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"env",'"$meta"'}}' \
    "${modern[@]}" -H 'Mcp-Method: tools/call' -H 'Mcp-Name: env'
  [[ $status == 400 ]]
  holds '.error.code == -32021 and .error.data.requiredCapabilities.sampling == {}'
}

@test "an unknown modern method is 404 with -32601" {
  serve
  post "${discover/server\/discover/no/such}" "${modern[@]}" -H 'Mcp-Method: no/such'
  [[ $status == 404 ]]
  holds '.error.code == -32601'
}

@test "over HTTP a legacy session opens, is needed, and is deleted" {
  serve
  curl -sS -D "$BATS_TEST_TMPDIR/headers" -o /dev/null -d "$initialize" "$url"
  session=$(tr -d '\r' <"$BATS_TEST_TMPDIR/headers" | sed -n 's/^Mcp-Session-Id: //p')
  [[ -n $session ]]
  post "$initialized" -H "Mcp-Session-Id: $session"
  [[ $status == 202 ]]
  post '{"jsonrpc":"2.0","id":2,"method":"ping"}' -H "Mcp-Session-Id: $session"
  [[ $status == 200 ]]
  post '{"jsonrpc":"2.0","id":2,"method":"ping"}'
  [[ $status == 400 ]]
  [[ $(curl -sS -o /dev/null -w '%{http_code}' -X DELETE -H "Mcp-Session-Id: $session" "$url") == 200 ]]
  post '{"jsonrpc":"2.0","id":2,"method":"ping"}' -H "Mcp-Session-Id: $session"
  [[ $status == 404 ]]
}

@test "a legacy server answers a modern request with 400 and no modern error" {
  serve --era legacy
  post "$discover" "${modern[@]}" -H 'Mcp-Method: server/discover'
  [[ $status == 400 ]]
  holds '.error.code == -32000'
}

@test "GET is 405, other paths are 404, a foreign Origin is 403, a missing token is 401" {
  serve --token s3cret
  [[ $(curl -sS -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer s3cret' "$url") == 405 ]]
  [[ $(curl -sS -o /dev/null -w '%{http_code}' "${url%/mcp}/health") == 404 ]]
  post "$discover" -H 'Origin: http://evil.example'
  [[ $status == 403 ]]
  post "$initialize"
  [[ $status == 401 ]]
  post "$initialize" -H 'Authorization: Bearer s3cret'
  [[ $status == 200 ]]
}

@test "chunked bodies are read and an event stream is sent on demand" {
  serve --sse
  post "$discover" "${modern[@]}" -H 'Mcp-Method: server/discover' -H 'Transfer-Encoding: chunked'
  [[ $status == 200 ]]
  answer=$(sed -n 's/^data: //p' <<<"$answer")
  holds '.id == "d"'
}

@test "as a plain web server it has pages and no MCP" {
  serve --web
  [[ $(curl -sS "$url") == *'It works'* ]]
  post "$discover"
  [[ $status == 404 && $answer == *html* ]]
}

@test "a tool run once tells what the process sees" {
  answer=$("$MCP_ECHO" --once inside)
  holds '.uid == '"$(id -u)"' and (.status.CapEff | length) == 16 and (.mounts | length) > 1'
  answer=$(FOO=bar "$MCP_ECHO" --once env)
  holds '.FOO == "bar"'
  answer=$("$MCP_ECHO" --once connect '{"host": "127.0.0.1", "port": 1}')
  holds '.connected == false and .error == "Connection refused"'
}
