#!/usr/bin/env bats
# shellcheck disable=SC2154  # helper.bash sets variables, `run` too
# What a profile lists gets out, and nothing else; what is published gets in, and nothing else.

load mcpctl
load outside

setup_file() { world_up; }
teardown_file() { world_down; }

setup() {
  export MCPCTL_LOCK_DIR=$BATS_TEST_TMPDIR/lock XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
  export MCPCTL_EGRESS_DNS=203.0.113.2 MCPCTL_EGRESS_REFUSE=203.0.113.1
  manifests=$BATS_TEST_TMPDIR/manifests
  mkdir -p "$manifests"
  server echo
}

# allow PROFILE TARGET...: the profile runs `echo` with this list
allow() {
  local name=$1
  shift
  profile "$name" echo
  printf '  egress: {allow: [%s]}\n' "$(printf '"%s",' "$@")" >>"$manifests/profile-$name.yaml"
}

# denied REASON NAME [PROFILE]: the gateway said so of an attempt
denied() { mcpctl logs mcpctl.egress | grep -q "egress denied server=mcpctl-${3:-dev}-echo port=[0-9]* reason=$1 .*name=$2\$"; }

# For node: asks the name server in its argument, by UDP
lookup='const r = new (require("dns").Resolver)({timeout: 1000, tries: 1}); r.setServers([process.argv[1]]);
r.resolve4("api.example.test", (error, found) => { console.log(error ? error.code : found[0]); process.exit(error ? 1 : 0); });'

gateway() { identity mcpctl.egress; }

@test "a listed name is reached over TLS, as HTTP/1.1 and as HTTP/2, and the server knows of no proxy" {
  allow dev api.example.test:443
  apply
  [[ $(fetch mcpctl-dev-echo https://api.example.test/ --http1.1 -w '%{http_version}') == $'hello\n1.1' ]]
  [[ $(fetch mcpctl-dev-echo https://API.example.test/ --http2 -w '%{http_version}') == $'hello\n2' ]]
  mcpctl logs mcpctl.egress | grep -q 'egress allowed server=mcpctl-dev-echo port=443 reason=listed address=203.0.113.10 name=api.example.test'
  settled
}

@test "what is not listed does not get out: other names, ports, addresses, protocols, and lies" {
  allow dev api.example.test:443
  apply
  run -6 fetch mcpctl-dev-echo https://evil.example.test/
  run -7 fetch mcpctl-dev-echo https://api.example.test:8443/
  run -7 fetch mcpctl-dev-echo https://203.0.113.10/
  run -35 fetch mcpctl-dev-echo https://evil.example.test/ --connect-to ::api.example.test:
  denied not-listed evil.example.test
  run -35 fetch mcpctl-dev-echo https://203.0.113.10/ --connect-to ::api.example.test:
  denied no-name -
  run ! fetch mcpctl-dev-echo http://api.example.test:443/
  denied no-tls -
  # The name server answers who reaches it, and the server does not.
  [[ $(in_lab node -e "$lookup" 203.0.113.2) == 203.0.113.10 ]]
  run -1 within mcpctl-dev-echo node -e "$lookup" 203.0.113.2
}

@test "one server's list never serves another, and a server without a list has no way out" {
  allow dev api.example.test:443
  allow other evil.example.test:443
  profile third echo
  apply
  fetch mcpctl-dev-echo https://api.example.test/
  fetch mcpctl-other-echo https://evil.example.test/
  run -35 fetch mcpctl-other-echo https://api.example.test/ --connect-to ::evil.example.test:
  denied not-listed api.example.test other
  run -35 fetch mcpctl-dev-echo https://evil.example.test/ --connect-to ::api.example.test:
  run -6 fetch mcpctl-third-echo https://api.example.test/
  other=$(of mcpctl.egress '{{(index .NetworkSettings.Networks "mcpctl-other-echo.egress").IPAddress}}')
  run -7 fetch mcpctl-dev-echo https://evil.example.test/ --connect-to "::$other:"
  run -7 fetch mcpctl-third-echo https://evil.example.test/ --connect-to "::$other:"
}

@test "plain TCP goes to the one target of its port, and TLS to any port that is listed" {
  allow dev api.example.test:5432/tcp api.example.test:8443
  apply
  [[ $(within mcpctl-dev-echo socat -T2 - TCP:api.example.test:5432 <<<'hello tcp') == 'hello tcp' ]]
  [[ $(within mcpctl-dev-echo socat -T2 - OPENSSL:api.example.test:8443,cafile="$BATS_FILE_TMPDIR/ca.crt" <<<'hello tls') == 'hello tls' ]]
}

@test "what has addresses of both kinds is reached by IPv4, and a server has no IPv6 to get out by" {
  allow dev dual.example.test:443
  apply
  [[ $(fetch mcpctl-dev-echo https://dual.example.test/ -k) == hello ]]
  run -7 fetch mcpctl-dev-echo 'https://[2001:db8::10]/' -k
  [[ -z $(within mcpctl-dev-echo ip -6 addr show scope global) && -z $(within mcpctl-dev-echo ip -6 route show default) ]]
}

@test "an answer that points inwards is refused, unless its address is listed" {
  allow dev {loopback,metadata,private,host,six,pool,nowhere}.example.test:443
  apply
  for name in loopback metadata private host pool; do
    run -35 fetch mcpctl-dev-echo "https://$name.example.test/" -k
    denied address-not-allowed "$name.example.test"
  done
  run -35 fetch mcpctl-dev-echo https://six.example.test/ -k
  denied ipv6-only six.example.test
  run -35 fetch mcpctl-dev-echo https://nowhere.example.test/ -k
  denied not-resolved nowhere.example.test

  allow dev {loopback,metadata,private,host,pool}.example.test:443 10.9.8.7:443 10.213.0.6:443
  apply
  [[ $(fetch mcpctl-dev-echo https://private.example.test/ -k) == hello ]]
  run -35 fetch mcpctl-dev-echo https://pool.example.test/ -k
  run -35 fetch mcpctl-dev-echo https://metadata.example.test/ -k
}

@test "the gateway is hardened as servers are, and is taken for no MCP server" {
  allow dev api.example.test:443
  apply
  holds "$(of mcpctl.egress '{{json .HostConfig}}')" '.ReadonlyRootfs and .CapDrop == ["ALL"] and .CapAdd == [] and .SecurityOpt == ["no-new-privileges:true"]
    and .Memory == 134217728 and .PidsLimit == 64 and .Sysctls == {"net.ipv4.ip_forward": "0"} and (.Binds // []) == []'
  [[ $(of mcpctl.egress '{{.Config.User}}') == 65532:65532 ]]
  holds "$(mcpctl status -o json --probe)" '.instances[] | select(.instance == "mcpctl.egress") | .state == "running" and .mcp == null'
  run -0 --separate-stderr mcpctl connect-config --client cursor
  holds "$output" '.mcpServers | keys == ["dev-echo"]'
  run -64 mcpctl attach mcpctl.egress
  [[ $output == *'is a gateway'* ]]
}

@test "a gateway that was killed or removed is healed" {
  allow dev api.example.test:443
  apply
  docker kill mcpctl.egress >/dev/null
  holds "$(plan_json)" '.steps | length == 1 and .[0].object == "mcpctl.egress" and .[0].verb == "start"'
  apply
  fetch mcpctl-dev-echo https://api.example.test/
  docker rm -fv mcpctl.egress >/dev/null
  apply
  fetch mcpctl-dev-echo https://api.example.test/
  settled
  [[ -z $(docker volume ls -qf dangling=true) ]]
}

@test "a configuration that was changed by hand is drift, and is put back without a restart" {
  allow dev api.example.test:443
  apply
  before=$(gateway)
  docker cp mcpctl.egress:/config/haproxy.cfg "$BATS_TEST_TMPDIR/haproxy.cfg"
  sed -i 's,/api\.example\.test,/evil.example.test,' "$BATS_TEST_TMPDIR/haproxy.cfg"
  docker cp "$BATS_TEST_TMPDIR/haproxy.cfg" mcpctl.egress:/config/haproxy.cfg
  docker kill -s USR2 mcpctl.egress >/dev/null
  holds "$(plan_json)" '.steps | length == 1 and .[0].verb == "update" and .[0].changes[0].verdict == "drift" and .[0].actions[0].do == "configure"'
  apply
  [[ $(gateway) == "$before" ]]
  eventually 3 fetch mcpctl-dev-echo https://api.example.test/
  run -35 fetch mcpctl-dev-echo https://evil.example.test/ --connect-to ::api.example.test:
  settled
}

@test "a list that changes is reloaded, and a connection that is open stays" {
  allow dev api.example.test:5432/tcp
  apply
  before=$(gateway)
  mkfifo "$BATS_TEST_TMPDIR/in"
  within mcpctl-dev-echo socat - TCP:api.example.test:5432 <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
  processes+=("$!")
  exec 7>"$BATS_TEST_TMPDIR/in"
  came() { grep -qx "$1" "$BATS_TEST_TMPDIR/out"; }
  echo one >&7
  eventually 5 came one
  allow dev api.example.test:5432/tcp evil.example.test:443
  run -0 plan_json
  holds "$output" '.steps | length == 1 and .[0].object == "mcpctl.egress" and [.[0].actions[].do] == ["disconnect", "connect", "configure"]'
  apply
  [[ $(gateway) == "$before" ]]
  echo two >&7
  eventually 5 came two
  fetch mcpctl-dev-echo https://evil.example.test/
  settled
  allow dev api.example.test:5432/tcp
  apply
  echo three >&7
  eventually 5 came three
  run -6 fetch mcpctl-dev-echo https://evil.example.test/
  exec 7>&-
}

@test "another server's coming and going leaves connections and networks as they are" {
  allow dev api.example.test:443
  apply
  before=$(gateway)
  subnet() { docker network inspect -f '{{(index .IPAM.Config 0).Subnet}}' "mcpctl-$1-echo.egress"; }
  dev=$(subnet dev)
  allow another api.example.test:443
  apply
  [[ $(subnet dev) == "$dev" && $(gateway) == "$before" ]]
  fetch mcpctl-another-echo https://api.example.test/
  rm "$manifests/profile-another.yaml"
  apply
  [[ $(subnet dev) == "$dev" && $(gateway) == "$before" ]]
  run ! subnet another
  settled
}

@test "gateways and their networks go with the last who needed them" {
  server web 'command: ["--http", "3001"]' 'transport: {type: streamable-http, port: 3001, publish: "127.0.0.1:18931"}'
  allow dev api.example.test:443
  profile pub web
  apply
  server web 'command: ["--http", "3001"]' 'transport: {type: streamable-http, port: 3001}'
  profile dev echo
  apply
  [[ -z $(docker ps -aqf name='mcpctl\.') && -z $(docker network ls -qf name='\.') ]]
  settled
}

@test "a pool that is used up is said, and only those without a place wait" {
  export MCPCTL_NETWORK_POOL=10.77.0.0/29
  allow dev api.example.test:443
  run -1 apply
  [[ $output == *'the pool 10.77.0.0/29 has no 8 free addresses left'* ]]
  export MCPCTL_NETWORK_POOL=10.77.0.0/28
  apply
  fetch mcpctl-dev-echo https://api.example.test/
}

@test "a published server is reached at its published address alone, and has no way out" {
  server web 'command: ["--http", "3001"]' 'transport: {type: streamable-http, port: 3001, publish: "127.0.0.1:18931"}'
  server hub 'command: ["--http", "3001"]' 'transport: {type: streamable-http, port: 3001, publish: "127.0.0.2:18932"}'
  profile pub web hub
  apply
  asked() { curl -fsS -m 3 -o /dev/null -d "$initialize" -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' "$1/mcp"; }
  export -f asked
  export initialize
  eventually 5 in_lab bash -c 'asked http://127.0.0.1:18931'
  eventually 5 in_lab bash -c 'asked http://127.0.0.2:18932'
  run ! in_lab bash -c 'asked http://127.0.0.2:18931'
  run ! in_lab bash -c 'asked http://203.0.113.1:18931'
  run ! in_world bash -c 'asked http://203.0.113.1:18931'
  # Neither the server itself nor the gateway's other legs are a way in, or to the other one.
  address=$(of mcpctl-pub-web '{{(index .NetworkSettings.Networks "mcpctl-pub-web.ingress").IPAddress}}')
  leg=$(of mcpctl.ingress '{{(index .NetworkSettings.Networks "mcpctl-pub-web.ingress").IPAddress}}')
  run ! in_lab bash -c "asked http://$address:3001"
  run ! within mcpctl-pub-web bash -c "asked http://$leg:18932"
  run ! fetch mcpctl-pub-web https://203.0.113.10/
  holds "$(of mcpctl-pub-web '{{json .HostConfig.PortBindings}}')" '. == {}'
  # A server that is made anew is found again.
  server web 'command: ["--http", "3001"]' 'env: {A: b}' 'transport: {type: streamable-http, port: 3001, publish: "127.0.0.1:18931"}'
  sed -i 's/env: {A: b}/envTemplate: {A: b}/' "$manifests/server-web.yaml"
  before=$(identity mcpctl.ingress)
  apply
  [[ $(identity mcpctl.ingress) == "$before" ]]
  eventually 5 in_lab bash -c 'asked http://127.0.0.1:18931'
  settled
}

@test "two servers share a port on different addresses, and each is found by its own" {
  both() { server "$1" "command: [\"--http\", \"3001\", \"--path\", \"/$1\"]" "transport: {type: streamable-http, port: 3001, path: /$1, publish: \"$2:18931\"}"; }
  both web 127.0.0.1
  both hub 127.0.0.2
  both six '[::1]'
  profile pub web hub six
  apply
  for name in web hub six; do
    url=$(mcpctl connect-config --client cursor "$name" | jq -r '.mcpServers[].url')
    [[ $url == http://127.0.0.[12]:18931/"$name" || $url == "http://[::1]:18931/six" ]]
    eventually 5 in_lab curl -fsS -m 3 -o /dev/null -d "$initialize" -H 'Content-Type: application/json' \
      -H 'Accept: application/json, text/event-stream' "$url"
  done
}

@test "a port that something else on the engine's host listens on is said by the plan" {
  server web 'command: ["--http", "3001"]' 'transport: {type: streamable-http, port: 3001, publish: "127.0.0.1:18931"}'
  profile pub web
  background in_lab socat TCP-LISTEN:18931,bind=127.0.0.1,fork SYSTEM:true
  eventually 3 in_lab bash -c ': </dev/tcp/127.0.0.1/18931'
  run -1 in_lab "$MCPCTL" plan "$manifests"
  [[ $output == *"something else on the engine's host listens on 127.0.0.1:18931"* ]]
  # Seen from elsewhere it is the engine that says so.
  run -1 apply
  [[ $output == *'mcpctl.ingress: create failed'*18931* ]]
}

@test "denied attempts are told as events of the server that tried, and a daemon warns of them" {
  allow dev api.example.test:443
  apply
  background "$MCPCTL" events -o json >"$BATS_TEST_TMPDIR/events"
  background "$MCPCTL" watch "$manifests" 2>"$BATS_TEST_TMPDIR/watch"
  attempt() {
    fetch mcpctl-dev-echo https://evil.example.test/ --connect-to ::api.example.test: 2>/dev/null || true
    grep -q '"egress-denied"' "$BATS_TEST_TMPDIR/events" && grep -q 'was not let out' "$BATS_TEST_TMPDIR/watch"
  }
  eventually 20 attempt
  kill "$pid" # the daemon, or it would heal what the test takes away
  wait "$pid" || true
  holds "$(grep -m1 egress-denied "$BATS_TEST_TMPDIR/events")" '.instance == "mcpctl-dev-echo" and .target == "evil.example.test:443" and .reason == "not-listed"'
  grep -q 'mcpctl-dev-echo was not let out to evil.example.test:443: not-listed' "$BATS_TEST_TMPDIR/watch"
  run -0 mcpctl events --since 1m --until 0s mcpctl-dev-echo
  [[ $output == *'mcpctl-dev-echo egress-denied evil.example.test:443 (not-listed)'* ]]
}
