#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# A network of the right name and with the wrong options is drift, and is made anew where that is ours to do.

load mcpctl

c=mcpctl-dev-echo

isolated() { # isolated NETWORK
  [[ $(docker network inspect -f '{{.Internal}} {{.EnableIPv6}} {{index .Options "com.docker.network.bridge.inhibit_ipv4"}}' "$1") == 'true false true' ]]
}

@test "a network that somebody made with a way out is said to be drift and made anew underneath of what runs" {
  server echo
  profile dev echo
  apply
  before=$(identity $c)
  docker network disconnect mcpctl-network $c
  docker network rm mcpctl-network
  docker network create mcpctl-network
  docker network connect --alias echo.dev.mcpctl mcpctl-network $c
  run -3 mcpctl plan "$manifests" --detailed-exitcode
  [[ $output == *'replace network'*'it has a way out (not internal); the host has an address on it'*'1 instance changes over'* ]]
  [[ $output == *'internal'*'no -> yes'*'[drift]'* ]]
  apply
  isolated mcpctl-network
  [[ $(identity $c) == "$before" ]]
  settled
  holds "$(of $c '{{json (index .NetworkSettings.Networks "mcpctl-network").Aliases}}')" 'index("echo.dev.mcpctl") != null'
  # It still starts.
  mcpctl restart echo
  settled
}

@test "what is stopped comes along, and starts on the new network" {
  server echo
  profile dev echo
  apply
  mcpctl stop echo
  docker network rm mcpctl-network
  docker network create --internal mcpctl-network
  apply
  isolated mcpctl-network
  [[ $(of $c '{{.State.Running}}') == true ]]
  settled
}

@test "IPv6 on a network is drift" {
  docker network create --internal --ipv6 --subnet fd00:5::/64 -o com.docker.network.bridge.inhibit_ipv4=true mcpctl-network
  server echo
  profile dev echo
  run -0 mcpctl plan "$manifests"
  [[ $output == *'replace network'*'it has IPv6'* ]]
  apply
  isolated mcpctl-network
  settled
}

@test "a network that is no bridge, or has a card of the host on it, is drift" {
  docker network create --internal -o com.docker.network.bridge.inhibit_ipv4=true -o com.docker.network.bridge.name=lan-bridge mcpctl-network
  server echo
  profile dev echo
  run -0 mcpctl plan "$manifests"
  [[ $output == *'replace network'*'com.docker.network.bridge.name=lan-bridge'* ]]
  apply
  isolated mcpctl-network
}

@test "where something foreign hangs on it, running or stopped, nothing is touched and its name is said" {
  docker network create mcpctl-network
  docker run -d --name theirs --network mcpctl-network mcpctl/echo:1 --http 3001
  docker create --name idle --network mcpctl-network mcpctl/echo:1
  before=$(docker network inspect mcpctl-network)
  server echo
  profile dev echo
  run -1 apply
  [[ $output == *mcpctl-network*'on it: idle, theirs'* ]]
  [[ $(docker network inspect mcpctl-network) == "$before" ]]
  [[ $(docker ps -aq | wc -l) == 2 ]]
  docker rm -f theirs
  run -1 apply
  [[ $output == *'on it: idle'* ]]
  docker rm idle
  apply
  isolated mcpctl-network
}

@test "a network of somebody else under a name that is declared is never removed" {
  docker network create mcpctl-tools
  id=$(docker network inspect -f '{{.Id}}' mcpctl-tools)
  network tools
  server echo
  profile dev echo
  echo '  networks: {allowed: [tools]}' >>"$manifests/profile-dev.yaml"
  run -1 apply
  [[ $output == *mcpctl-tools*"not this project's"* ]]
  [[ $(docker network inspect -f '{{.Id}}' mcpctl-tools) == "$id" ]]
}
