#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# Each field moved in the manifest, and each moved by hand on the engine, is repaired by the action
# that the plan promised and no other.

load mcpctl

c=mcpctl-dev-echo

begin() {
  server echo "$@"
  profile dev echo
  apply
  before=$(identity $c)
}

# promised VERB VERDICT FIELD: what the plan says of the one step
promised() {
  local plan
  plan=$(plan_json)
  holds "$plan" ".steps | length == 1"
  holds "$plan" ".steps[0].verb == \"$1\" and (.steps[0].changes | any(.field == \"$3\" and .verdict == \"$2\"))"
}

same_process() { [[ $(identity $c) == "$before" ]]; }
new_process() { [[ $(identity $c) != "$before" ]]; }

@test "changed limits and restart policy are updated in place, without a restart" {
  begin 'resources: {memory: 64Mi}'
  server echo 'resources: {memory: 96Mi, cpus: 0.5, pidsLimit: 64}' 'restart: always'
  promised update pending memory
  apply
  same_process
  holds "$(inside $c)" '.cgroup | .memoryBytes == 100663296 and .nanoCpus == 500000000 and .pids == 64'
  holds "$(of $c '{{json .HostConfig}}')" '.MemorySwap == 100663296 and .RestartPolicy.Name == "always"'
  settled
}

@test "limits that were moved by hand are put back in place, as drift" {
  begin
  docker update --memory 64m --memory-swap 64m $c
  promised update drift memory
  run -3 mcpctl plan "$manifests" --detailed-exitcode
  apply
  same_process
  [[ $(of $c '{{.HostConfig.Memory}}') == 536870912 ]]
  docker update --memory 512m --memory-swap 1g $c
  promised update drift swap
  apply
  [[ $(of $c '{{.HostConfig.MemorySwap}}') == 536870912 ]]
  docker update --pids-limit 5000 $c
  promised update drift pidsLimit
  apply
  docker update --cpus 2 $c
  promised update drift cpus
  apply
  docker update --restart no $c
  promised update drift restart
  apply
  same_process
  settled
}

@test "from cpus to cpuPeriod and cpuQuota, and a cleared limit, is a replace" {
  begin 'resources: {cpuShares: 512}'
  server echo 'resources: {cpuPeriod: 100000, cpuQuota: 50000}'
  promised replace pending cpuQuota
  apply
  new_process
  holds "$(of $c '{{json .HostConfig}}')" '.NanoCpus == 0 and .CpuQuota == 50000 and .CpuShares == 0'
  settled
}

@test "each field that needs a new process is replaced, and the old container is gone" {
  begin
  for change in 'envTemplate: {A: "1"}' 'command: ["--stderr-line", "hi"]' 'security: {user: "1000:1000"}' \
    'security: {capabilities: {add: [NET_BIND_SERVICE]}}' 'security: {readOnlyRootFilesystem: false}' \
    'volumes: [{name: data, mountPath: /data}]' 'stopGracePeriod: 3s' 'logging: {driver: local}' \
    'health: {type: none}' 'image: mcpctl/echo:2'; do
    server echo "$change"
    holds "$(plan_json)" '(.steps | length == 1) and .steps[0].verb == "replace" and (.steps[0].changes | all(.verdict == "pending"))'
    before=$(identity $c)
    apply
    new_process
    [[ $(docker ps -aq | wc -l) == 1 ]]
    settled
  done
}

@test "a removed environment variable is noticed" {
  begin 'envTemplate: {A: "1", B: "2"}'
  server echo 'envTemplate: {A: "1"}'
  promised replace pending env.B
  apply
  holds "$(docker exec $c /mcp-echo --once env)" '.A == "1" and (has("B") | not)'
}

@test "what the image brings along is not drift" {
  begin 'image: mcpctl/echo:2' # has an environment and labels of its own
  settled
  same_process
}

@test "a stopped, a killed and a removed container come back" {
  begin
  docker stop -t 1 $c
  promised start drift running
  apply
  settled
  docker update --restart no $c && docker kill $c
  run -3 mcpctl plan "$manifests" --detailed-exitcode
  apply
  settled
  docker rm -f $c
  holds "$(plan_json)" '.steps[0].verb == "create"'
  apply
  settled
}

@test "a paused container runs again" {
  begin
  docker pause $c
  holds "$(plan_json)" '.steps | length == 1'
  apply
  [[ $(of $c '{{.State.Status}}') == running ]]
  settled
}

@test "a disconnected network is connected again while the process runs" {
  network tools
  server echo
  profile dev echo
  echo '  networks: {allowed: [mcpctl-network, tools]}' >>"$manifests/profile-dev.yaml"
  apply
  before=$(identity $c)
  docker network disconnect mcpctl-tools $c
  promised update drift networks.mcpctl-tools
  apply
  same_process
  holds "$(of $c '{{json (index .NetworkSettings.Networks "mcpctl-tools").Aliases}}')" 'contains(["echo", "echo.dev.mcpctl"])'
  settled
}

@test "a network that somebody connected is disconnected, and a changed list is followed live" {
  network tools
  server echo
  profile dev echo
  echo '  networks: {allowed: [mcpctl-network, tools]}' >>"$manifests/profile-dev.yaml"
  apply
  before=$(identity $c)
  docker network create stranger
  docker network connect stranger $c
  promised update drift networks.stranger
  apply
  same_process
  profile dev echo
  rm "$manifests/network-tools.yaml"
  holds "$(plan_json)" '[.steps[] | .verb] == ["update", "remove network"]'
  apply
  same_process
  holds "$(of $c '{{json .NetworkSettings.Networks}}')" 'keys == ["mcpctl-network"]'
  run ! docker network inspect mcpctl-tools
  settled
}

@test "a network that is removed under stopped containers is made anew, with them" {
  begin
  docker stop -t 1 $c
  docker network rm mcpctl-network
  apply
  [[ $(of $c '{{.State.Running}}') == true ]]
  settled
}

@test "a tag that moved to another image is a pending replace" {
  docker tag mcpctl/echo:1 local/moving:now
  begin 'image: local/moving:now' 'pullPolicy: never'
  docker tag mcpctl/echo:2 local/moving:now
  promised replace pending image
  apply
  [[ $(of $c '{{.Image}}') == $(docker image inspect -f '{{.Id}}' mcpctl/echo:2) ]]
  settled
  docker rmi -f local/moving:now
}

@test "with nothing to do, apply makes few calls and touches nothing" {
  begin
  run -0 mcpctl apply "$manifests" --stats
  [[ $output =~ engine:\ ([0-9]+)\ calls ]]
  ((BASH_REMATCH[1] <= 1 + 1 + 5))
  same_process
}
