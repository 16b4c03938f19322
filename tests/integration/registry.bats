#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# Images from registries: by default, with credentials, by digest, always and never.

load mcpctl

c=mcpctl-dev-echo

@test "a server without an image runs on node:20-alpine, pulled once" {
  docker rmi -f node:20-alpine || true
  printf 'apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: echo}\nspec:\n  command: [node, -e, "process.stdin.resume()"]\n  health: {type: none}\n' >"$manifests/server.yaml"
  profile dev echo
  profile more echo
  holds "$(plan_json)" '[.steps[] | select(.verb == "create") | .actions[0] | .pull and .image == "node:20-alpine"] == [true, true]'
  run -0 apply
  [[ $(of $c '{{.Config.Image}}') == node:20-alpine ]]
  settled
}

@test "a private registry is used with the credentials of docker's config.json, and with a helper's" {
  server echo "image: $LAB_REGISTRY_AUTH/mcpctl/echo:1"
  profile dev echo
  run -1 apply
  [[ $output == *'no basic auth'* || $output == *unauthorized* ]]
  DOCKER_CONFIG=$LAB_DOCKER_CONFIG apply
  [[ $(of $c '{{.State.Running}}') == true ]]
  mcpctl destroy --yes && docker rmi "$LAB_REGISTRY_AUTH/mcpctl/echo:1"

  mkdir -p "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/docker"
  printf '#!/bin/sh\ncat >/dev/null\necho '\''{"ServerURL":"x","Username":"%s","Secret":"%s"}'\''\n' "$LAB_USER" "$LAB_PASSWORD" >"$BATS_TEST_TMPDIR/bin/docker-credential-test"
  chmod +x "$BATS_TEST_TMPDIR/bin/docker-credential-test"
  echo "{\"credHelpers\": {\"$LAB_REGISTRY_AUTH\": \"test\"}}" >"$BATS_TEST_TMPDIR/docker/config.json"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH DOCKER_CONFIG=$BATS_TEST_TMPDIR/docker apply
  [[ $(of $c '{{.State.Running}}') == true ]]
}

@test "an image pinned by digest is pulled and kept by it" {
  docker pull -q "$LAB_REGISTRY/mcpctl/echo:1" || docker pull -q "$LAB_REGISTRY/mcpctl-test/memory:1"
  ref=$(docker image ls --digests --format '{{.Repository}}@{{.Digest}}' | grep "^$LAB_REGISTRY/.*@sha256" | head -1)
  docker image ls --format '{{.Repository}}:{{.Tag}}' --filter reference="$LAB_REGISTRY/*/*" | grep -v none | xargs -r docker rmi
  server echo "image: $ref" 'resources: {memory: 128Mi}'
  profile dev echo
  apply
  [[ $(of $c '{{.Config.Image}}') == "$ref" ]]
  settled
}

@test "pullPolicy always asks the registry at plan time and replaces when the tag moved there" {
  ref=$LAB_REGISTRY/moving/echo:now
  docker tag mcpctl/echo:1 "$ref" && docker push -q "$ref"
  server echo "image: $ref" 'pullPolicy: always'
  profile dev echo
  apply
  settled
  docker tag mcpctl/echo:2 "$ref" && docker push -q "$ref" && docker rmi "$ref"
  holds "$(plan_json)" '.steps | length == 1 and .[0].verb == "replace" and (.[0].changes | any(.field == "image"))'
  apply
  [[ $(of $c '{{.Image}}') == $(docker image inspect -f '{{.Id}}' mcpctl/echo:2) ]]
  settled
}

@test "pullPolicy never with an image that is not there is blocked at plan time" {
  server echo 'image: nowhere/to/be:found' 'pullPolicy: never'
  profile dev echo
  run -1 mcpctl plan "$manifests"
  [[ $output == *blocked*'nowhere/to/be:found'* ]]
}

@test "an image that no registry has fails its server alone, in the engine's words" {
  server echo "image: $LAB_REGISTRY/no/such:thing"
  server fine
  profile dev echo fine
  run -1 apply
  [[ $output == *"$LAB_REGISTRY/no/such:thing"* && $(of mcpctl-dev-fine '{{.State.Running}}') == true ]]
}

@test "the real servers memory and everything from npm run hardened and answer" {
  server memory 'image: mcpctl-test/memory:1' 'volumes: [{name: data, mountPath: /data}]'
  server everything 'image: mcpctl-test/everything:1' 'command: [streamableHttp]' \
    'transport: {type: streamable-http, port: 3001, path: /mcp, publish: "127.0.0.1:18941"}'
  profile dev memory everything
  apply
  answer=$({ echo "$initialize"; sleep 3; } | timeout -s KILL 5 docker attach --sig-proxy=false mcpctl-dev-memory | head -1)
  holds "$answer" '.result.serverInfo.name == "memory-server"'
  answered() { in_lab curl -fsS -m 5 -d "$initialize" -H 'Content-Type: application/json' \
    -H 'Accept: application/json, text/event-stream' http://127.0.0.1:18941/mcp | grep -q '"serverInfo"'; }
  eventually 15 answered
  settled
}
