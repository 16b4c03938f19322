#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# mcpctl never changes or removes what it cannot prove it owns.

load mcpctl

@test "a stranger that holds a name we need is named, and left alone; the others come up" {
  docker run -d --name mcpctl-dev-echo --entrypoint sleep node:20-alpine 600
  before=$(identity mcpctl-dev-echo)
  server echo
  server other
  profile dev echo other
  run -1 apply
  [[ $output == *mcpctl-dev-echo*'taken by'* ]]
  [[ $(identity mcpctl-dev-echo) == "$before" ]]
  [[ $(of mcpctl-dev-other '{{.State.Running}}') == true ]]
  run -1 mcpctl plan "$manifests"
  [[ $output == *blocked*mcpctl-dev-echo* ]]
}

@test "a container with copied labels is neither pruned nor counted" {
  server echo
  profile dev echo
  apply
  mapfile -t labels < <(of mcpctl-dev-echo '{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}{{println}}{{end}}' | grep mcpctl | sed 's/^/--label=/')
  docker run -d --name innocent "${labels[@]}" --entrypoint sleep node:20-alpine 600
  before=$(identity innocent)
  settled
  mcpctl destroy --yes
  [[ $(identity innocent) == "$before" ]]
  run -0 mcpctl status
  [[ $output == *'not managed: innocent'* ]]
}

@test "another project's instances are left alone" {
  server echo
  profile dev echo
  apply
  before=$(identity mcpctl-dev-echo)
  MCPCTL_PROJECT=other apply
  MCPCTL_PROJECT=other mcpctl destroy --yes
  [[ $(identity mcpctl-dev-echo) == "$before" ]]
  [[ $(docker ps -aq | wc -l) == 1 ]]
}

@test "a renamed container of ours is reported and left alone, and the declared one is made beside it" {
  server echo
  profile dev echo
  apply
  docker rename mcpctl-dev-echo mine
  before=$(identity mine)
  run -0 apply
  [[ $output == *mine* ]]
  [[ $(identity mine) == "$before" && $(of mcpctl-dev-echo '{{.State.Running}}') == true ]]
  settled
}

@test "an engine that drops limits gets no server" {
  "$LAB" weak "$LAB_STATE"
  source "$LAB_STATE/env"
  export DOCKER_HOST=$WEAK_DOCKER_HOST
  server echo 'resources: {cpuPeriod: 100000, cpuQuota: 50000}' # that engine refuses `cpus` by itself
  profile dev echo
  run -1 apply
  [[ $output == *memory* ]]
  [[ -z $(docker ps -aq) ]]
  run -1 mcpctl doctor
  [[ $output == *'memory limits'* ]]
}
