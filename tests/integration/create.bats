#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# What is made for a manifest that says nothing but an image, seen from outside and from inside.

load mcpctl

@test "a declared server runs with every default, as the engine and the process itself see it" {
  server echo
  profile dev echo
  apply

  c=mcpctl-dev-echo
  host=$(of $c '{{json .HostConfig}}')
  holds "$host" '.Memory == 536870912 and .MemorySwap == .Memory and .NanoCpus == 1000000000 and .PidsLimit == 128'
  holds "$host" '.RestartPolicy.Name == "unless-stopped" and .CapDrop == ["ALL"] and (.CapAdd // []) == []'
  holds "$host" '.SecurityOpt == ["no-new-privileges:true"] and .ReadonlyRootfs and .Init and (.Privileged | not)'
  holds "$host" '.LogConfig == {"Type":"json-file","Config":{"max-file":"3","max-size":"10m"}}'
  holds "$host" '.Dns == ["127.0.0.1"] and (.Tmpfs | has("/tmp")) and (.PortBindings // {}) == {}'
  config=$(of $c '{{json .Config}}')
  holds "$config" '.OpenStdin and .StdinOnce and (.Tty | not) and .StopTimeout == 10'
  holds "$config" '.Labels | ."mcpctl.managed" == "true" and ."mcpctl.project" == "mcpctl" and ."mcpctl.server" == "echo"
    and ."mcpctl.profile" == "dev" and ."mcpctl.instance" == "mcpctl-dev-echo" and (."mcpctl.spec-hash" | length) == 32
    and ."mcpctl.version" != null'
  holds "$(of $c '{{json .NetworkSettings.Networks}}')" 'keys == ["mcpctl-network"]'
  net=$(docker network inspect mcpctl-network | jq '.[0]')
  holds "$net" '.Internal and .Options."com.docker.network.bridge.inhibit_ipv4" == "true"'

  view=$(inside $c)
  holds "$view" '.cgroup | .memoryBytes == 536870912 and .pids == 128 and .nanoCpus == 1000000000'
  holds "$view" '.status | .CapEff == "0000000000000000" and .CapBnd == .CapEff and .NoNewPrivs == 1 and .Seccomp == 2'
  holds "$view" '.root.readOnly and (.root.writable | not) and .tmp.writable'
  settled
}

@test "a container on mcpctl-network reaches neither the host nor an outside name, and its peers by name" {
  server echo
  server web 'transport: {type: streamable-http, port: 3001}' 'command: ["--http", "3001"]'
  profile dev echo web
  apply
  docker run -d --name probe --network mcpctl-network --dns 127.0.0.1 --entrypoint sleep node:20-alpine 600
  subnet=$(docker network inspect -f '{{(index .IPAM.Config 0).Subnet}}' mcpctl-network)
  gateway=${subnet%.*}.1
  background nsenter --net="/run/netns/$LAB_NETNS" busybox httpd -f -p 0.0.0.0:7001 -h /
  run ! docker exec probe timeout 3 wget -q -O /dev/null "http://$gateway:7001/"
  run ! docker exec probe timeout 3 nslookup example.com
  docker exec probe timeout 3 wget -q -O - --post-data "$initialize" --header 'Content-Type: application/json' \
    --header 'Accept: application/json, text/event-stream' http://web.dev.mcpctl:3001/mcp | grep -q mcp-echo
}

@test "arguments, environment, parameters and limits arrive as written, exactly" {
  cat >"$manifests/all.yaml" <<'YAML'
apiVersion: mcpctl/v1
kind: McpServer
metadata: {name: echo}
spec:
  image: mcpctl/echo:1
  command: ["--stderr-line", "${config.line} $$HOME; echo 'x'"]
  envTemplate:
    LINE: "${config.line}"
    WHO: "${profile.name}/${server.name}/${instance.name}"
    NUMBER: "012"
    NORWAY: no
  config:
    line: {type: string, default: a b, description: what to say}
  resources: {memory: 100Mi, cpus: 0.25, pidsLimit: 33}
  security: {user: "1234:5678"}
  stopGracePeriod: 3s
---
apiVersion: mcpctl/v1
kind: Profile
metadata: {name: dev}
spec:
  servers:
    - server: echo
      name: one
      config: {line: "two words & more"}
      env: {EXTRA: "yes"}
YAML
  apply
  c=mcpctl-dev-one
  view=$(inside $c)
  # argv of the server itself, not of the probe
  holds "$(of $c '{{json .Config.Cmd}}')" '. == ["--stderr-line", "two words & more $HOME; echo '"'x'"'"]'
  docker logs $c 2>&1 | grep -qF "two words & more \$HOME; echo 'x'"
  env=$(docker exec $c /mcp-echo --once env)
  holds "$env" '.LINE == "two words & more" and .WHO == "dev/echo/mcpctl-dev-one" and .NUMBER == "012" and .NORWAY == "no" and .EXTRA == "yes"'
  holds "$view" '.uid == 1234 and .gid == 5678'
  holds "$view" '.cgroup | .memoryBytes == 104857600 and .nanoCpus == 250000000 and .pids == 33'
  [[ $(of $c '{{.Config.StopTimeout}}') == 3 ]]
  settled
}

@test "a named volume is made, labelled, written to, and outlives its server" {
  server echo 'volumes: [{name: data, mountPath: /data}]'
  profile dev echo
  apply
  [[ $(docker volume inspect -f '{{index .Labels "mcpctl.project"}}' mcpctl-dev-echo-data) == mcpctl ]]
  holds "$(of mcpctl-dev-echo '{{json .Mounts}}')" '.[0] | .Name == "mcpctl-dev-echo-data" and .Destination == "/data" and .RW'
  settled
  mcpctl destroy --yes
  docker volume inspect mcpctl-dev-echo-data
}

@test "an instance of a profile without networks has no network at all" {
  server echo
  profile dev echo
  echo '  networks: {allowed: []}' >>"$manifests/profile-dev.yaml"
  apply
  [[ $(of mcpctl-dev-echo '{{.HostConfig.NetworkMode}}') == none ]]
  holds "$(inside mcpctl-dev-echo)" '[.interfaces[].name] | unique == ["lo"]'
  settled
}

@test "servers on different declared networks do not see each other, on a common one they do" {
  network left
  network right
  server web 'transport: {type: streamable-http, port: 3001}' 'command: ["--http", "3001"]'
  for side in left right; do
    profile $side web
    echo "  networks: {allowed: [$side]}" >>"$manifests/profile-$side.yaml"
  done
  apply
  holds "$(of mcpctl-left-web '{{json .NetworkSettings.Networks}}')" 'keys == ["mcpctl-left"]'
  docker run -d --name probe --network mcpctl-left --entrypoint sleep node:20-alpine 600
  ask() { docker exec probe timeout 3 wget -q -O /dev/null --post-data "$initialize" --header 'Content-Type: application/json' "http://$1:3001/mcp"; }
  ask web.left.mcpctl
  ask web
  right=$(of mcpctl-right-web '{{(index .NetworkSettings.Networks "mcpctl-right").IPAddress}}')
  run ! ask "$right"
  run ! ask web.right.mcpctl
}

@test "a published server answers on the host's loopback, by a gateway, and has no way out itself" {
  server web 'transport: {type: streamable-http, port: 3001, publish: "127.0.0.1:18931"}' 'command: ["--http", "3001"]'
  profile dev web
  run -0 mcpctl plan "$manifests"
  [[ $output != *warning* ]]
  apply
  eventually 5 in_lab curl -fsS -o /dev/null -d "$initialize" -H 'Content-Type: application/json' \
    -H 'Accept: application/json, text/event-stream' http://127.0.0.1:18931/mcp
  holds "$(of mcpctl.ingress '{{json .HostConfig.PortBindings}}')" '. == {"18931/tcp": [{"HostIp":"127.0.0.1","HostPort":"18931"}]}'
  holds "$(of mcpctl-dev-web '{{json .HostConfig.PortBindings}}')" '. == {}'
  settled
}

@test "thirty servers come up side by side and the second run has nothing to do" {
  server echo
  {
    printf 'apiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: many}\nspec:\n  servers:\n'
    for i in {1..30}; do echo "    - {server: echo, name: e$i, resources: {memory: 32Mi}}"; done
  } >"$manifests/many.yaml"
  apply
  [[ $(docker ps -q --filter label=mcpctl.profile=many | wc -l) == 30 ]]
  run -0 --separate-stderr mcpctl apply "$manifests"
  [[ $output == *'nothing to do, 30 instances are as declared'* ]]
}

@test "a disabled instance is kept stopped, and starts when it is enabled again" {
  server echo
  profile dev echo
  apply
  id=$(of mcpctl-dev-echo '{{.Id}}')
  echo '      enabled: false' >>"$manifests/profile-dev.yaml"
  apply
  [[ $(of mcpctl-dev-echo '{{.Id}} {{.State.Running}}') == "$id false" ]]
  settled
  profile dev echo
  apply
  [[ $(of mcpctl-dev-echo '{{.Id}} {{.State.Running}}') == "$id true" ]]
  settled
}

@test "a secret reaches the process and no output, label or plan" {
  server echo 'envTemplate: {API_TOKEN: {secretRef: {name: memory-token}}}'
  profile dev echo
  run -1 apply
  [[ $output == *'memory-token'* ]]
  mkdir "$BATS_TEST_TMPDIR/secrets"
  (umask 077 && echo 'tr0ub4dor&3"x' >"$BATS_TEST_TMPDIR/secrets/memory-token")
  run -0 apply --secrets "$BATS_TEST_TMPDIR/secrets"
  [[ $output != *tr0ub4dor* ]]
  holds "$(docker exec mcpctl-dev-echo /mcp-echo --once env)" '.API_TOKEN == "tr0ub4dor&3\"x"'
  [[ $(of mcpctl-dev-echo '{{json .Config.Labels}}') != *tr0ub4dor* ]]

  id=$(of mcpctl-dev-echo '{{.Id}}')
  (umask 077 && echo 'an0ther-secret' >"$BATS_TEST_TMPDIR/secrets/memory-token")
  run -0 mcpctl plan "$manifests" --secrets "$BATS_TEST_TMPDIR/secrets" --out "$BATS_TEST_TMPDIR/plan.json"
  [[ $output == *'env.API_TOKEN'*'(secret, changed)'* ]]
  run ! grep -rqE 'tr0ub4dor|an0ther' "$BATS_TEST_TMPDIR/plan.json" <<<"$output"
  # Where it cannot be read it is unknown, which is said and changes nothing.
  run -0 mcpctl apply "$manifests"
  [[ $output == *unknown* && $(of mcpctl-dev-echo '{{.Id}}') == "$id" ]]
}
