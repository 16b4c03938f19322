#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031,SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# Instances touched and looked at by hand, on a real engine.

load mcpctl

e=mcpctl-dev-echo
w=mcpctl-dev-web

begin() {
  server echo "$@"
  server web 'command: ["--http", "3001"]' 'transport: {type: streamable-http, port: 3001, path: /mcp, publish: 127.0.0.1:8931}'
  profile dev echo web
  apply
}

quick=(--settle-time 500ms)

# whole CONTAINER: its inspection without what a restart has to change
whole() {
  docker inspect "$1" | jq -S '.[0] | del(.State, .NetworkSettings, .ResolvConfPath, .HostnamePath, .HostsPath)'
}

@test "a restart makes a new process and changes nothing else" {
  begin 'restart: always'
  local before started
  before=$(whole $e)
  started=$(of $e '{{.State.StartedAt}}')
  local other
  other=$(identity $w)
  run -0 mcpctl restart echo "${quick[@]}"
  [[ $output == *"restarted $e"* ]]
  [[ $(whole $e) == "$before" && $(of $e '{{.State.StartedAt}}') > "$started" && $(of $e '{{.State.Running}}') == true ]]
  [[ $(identity $w) == "$other" ]]
  settled
}

@test "several are restarted at once, and JSON says what became of each" {
  begin
  run -0 --separate-stderr mcpctl restart $e dev-web "${quick[@]}" -o json
  holds "$output" '.version == 1 and ([.outcomes[] | .object + " " + .verb + " " + .result] == ["mcpctl-dev-echo restart done", "mcpctl-dev-web restart done"])'
}

@test "what is stopped stays stopped over a restart of the engine, and the next apply starts it" {
  begin 'restart: always'
  run -0 mcpctl stop echo web
  [[ $output == *'next apply'* && $output == *'enabled: false'* ]]
  [[ $(of $e '{{.State.Running}}') == false ]]
  for signal in KILL TERM; do
    "$LAB" engine-restart "$LAB_STATE" $signal
    source "$LAB_STATE/env"
    sleep 1
    [[ -z $(docker ps -q) ]]
  done
  # The gateway's port may be held for a while by what a killed engine left running.
  holds "$(plan_json)" '[.steps[] | select(.object != "mcpctl.ingress").verb] == ["start", "start"]'
  apply
  [[ $(of $e '{{.State.Running}} {{.HostConfig.RestartPolicy.Name}}') == 'true always' ]]
  settled
}

@test "start gives back the restart policy that stop took away" {
  begin 'restart: always'
  mcpctl stop echo
  [[ $(of $e '{{.HostConfig.RestartPolicy.Name}}') == no ]]
  local id
  id=$(of $e '{{.Id}}')
  run -0 mcpctl start echo "${quick[@]}"
  [[ $output == *"started $e"* ]]
  [[ $(of $e '{{.Id}} {{.State.Running}} {{.HostConfig.RestartPolicy.Name}}') == "$id true always" ]]
  settled
  local before
  before=$(identity $e)
  mcpctl start echo "${quick[@]}" # it runs
  [[ $(identity $e) == "$before" ]]
}

@test "one that cannot be started is a failure that says why, and the others are started" {
  begin
  mcpctl stop echo web
  docker network disconnect -f $w.ingress mcpctl.ingress
  docker network rm $w.ingress
  run -1 mcpctl start web echo "${quick[@]}"
  [[ $output == *"$w: start failed:"*"network"*'not found'* && $output == *"started $e"* ]]
  apply
  settled
}

@test "one that ends again and again is a failure with its last words" {
  server dies 'command: ["--stderr-line", "I cannot go on", "--crash-after", "10"]'
  profile dev dies
  run apply
  mcpctl stop dies
  run -1 mcpctl start dies "${quick[@]}"
  [[ $output == *'mcpctl-dev-dies: start failed:'*'I cannot go on'* ]]
}

@test "what is not ours is not touched, and a wrong name is told with the right one" {
  begin
  docker run -d -i --name stranger mcpctl/echo:1
  local before
  before=$(identity stranger)
  for verb in restart stop start; do
    run -64 mcpctl $verb stranger
    [[ $output == *'stranger is not this project'* ]]
  done
  [[ $(identity stranger) == "$before" ]]
  run -64 mcpctl restart ecko
  [[ $output == *'did you mean'*'echo'* ]]
  profile lab echo
  apply
  run -64 mcpctl restart echo # of dev, or of lab?
  [[ $output == *mcpctl-dev-echo*mcpctl-lab-echo* ]]
}

@test "while another run holds the lock nothing is restarted" {
  begin
  local before
  before=$(identity $e)
  exec 8>"$(echo "$MCPCTL_LOCK_DIR"/*)"
  flock 8
  run -6 mcpctl restart echo
  [[ $(identity $e) == "$before" ]]
}

@test "describe tells what there is to know of an instance, and no secret" {
  export MCPCTL_SECRET_TOKEN=hush-hush-hush
  begin 'envTemplate: {GREETING: "good-morning", TOKEN: {secretRef: {name: token}}}' 'command: ["--stderr-line", "a hush-hush-hush word"]'
  run -0 --separate-stderr mcpctl describe echo
  for part in "$(of $e '{{.Id}}')" "$(of $e '{{.Image}}')" mcpctl/echo:1 512Mi GREETING TOKEN running \
    "$(of $e '{{(index .NetworkSettings.Networks "mcpctl-network").IPAddress}}')" echo.dev.mcpctl; do
    [[ $output == *"$part"* ]] || { echo "no $part in: $output"; false; }
  done
  [[ $output != *good-morning* && $output != *$'\nPlan'* ]]

  server echo 'resources: {memory: 64Mi}' 'envTemplate: {GREETING: "good-morning", TOKEN: {secretRef: {name: token}}}'
  run -0 --separate-stderr mcpctl describe dev-echo "$manifests"
  [[ $output == *"declared  $manifests/profile-dev.yaml:6"* && $output == *'memory '*'512Mi -> 64Mi  [pending]'* ]]
  run -0 --separate-stderr mcpctl describe $e "$manifests" -o json
  holds "$output" '.version == 1 and .state == "running" and .spec.memory == "512Mi" and .spec.env.TOKEN == "(hidden)"'
  holds "$output" '[.plan.steps[].object] == ["mcpctl-dev-echo"] and (.plan.steps[0].changes | any(.field == "memory"))'
  holds "$output" '.networks["mcpctl-network"].address | test("^172|^10|^192")'
}

@test "describe keeps a secret that a server writes into its log to itself" {
  export MCPCTL_SECRET_TOKEN=hush-hush-hush
  begin 'envTemplate: {TOKEN: {secretRef: {name: token}}}'
  server echo 'envTemplate: {TOKEN: {secretRef: {name: token}}}' 'entrypoint: [/mcp-echo, --stderr-line, hush-hush-hush]'
  apply
  eventually 5 bash -c "docker logs $e 2>&1 | grep -q hush-hush-hush"
  run -0 --separate-stderr mcpctl describe echo
  [[ $output == *'(secret)'* ]]
  [[ ${output#*Last log lines} != *hush-hush-hush* ]]
}

@test "the configuration of each client parses and names the servers that run" {
  begin
  local client
  for client in claude-desktop claude-code vscode cursor gemini zed windsurf; do
    run -0 --separate-stderr mcpctl connect-config --client $client
    holds "$output" '[.[] | keys] == [["dev-echo", "dev-web"]]'
    [[ $stderr == *json* ]]
  done
  run -0 --separate-stderr mcpctl connect-config --client codex --command mcpctl
  python3 -c 'import sys, tomllib
servers = tomllib.loads(sys.argv[1])["mcp_servers"]
assert servers["dev-web"] == {"url": "http://127.0.0.1:8931/mcp"}, servers
assert servers["dev-echo"]["command"] == "mcpctl", servers
assert servers["dev-echo"]["args"][-2:] == ["attach", "mcpctl-dev-echo"], servers' "$output"

  run -0 --separate-stderr mcpctl --project mcpctl connect-config --client claude-code
  holds "$output" ".mcpServers[\"dev-echo\"] == {type: \"stdio\", command: \"$(realpath "$MCPCTL")\", args: [\"--host\", \"$DOCKER_HOST\", \"attach\", \"$e\"]}"
  local url
  url=$(jq -r '.mcpServers["dev-web"].url' <<<"$output")
  in_lab curl -fs -H 'Accept: application/json, text/event-stream' -H 'Content-Type: application/json' -d "$initialize" "$url" | grep -q protocolVersion
}

@test "a server that cannot be reached is left out of the configuration, with the reason" {
  begin
  server hidden 'command: ["--http", "3001"]' 'transport: {type: streamable-http, port: 3001}'
  profile dev echo web hidden
  apply
  mcpctl stop echo
  run -0 --separate-stderr mcpctl connect-config --client cursor --profile dev
  holds "$output" '.mcpServers | keys == ["dev-web"]'
  [[ $stderr == *'mcpctl-dev-hidden'*'`publish`'* ]]
  run -1 mcpctl connect-config --client cursor echo
  [[ $output == *'it is not running'* ]]
  run -64 mcpctl connect-config --client cursor --profile dve
  [[ $output == *'did you mean dev'* ]]
}

@test "where a server answers is clients' business: a changed path makes it anew" {
  begin
  server web 'command: ["--http", "3001", "--path", "/other"]' 'transport: {type: streamable-http, port: 3001, path: /other, publish: 127.0.0.1:8931}'
  holds "$(plan_json)" '.steps[0].verb == "replace" and (.steps[0].changes | any(.field == "transport" and (.after | endswith("/other"))))'
  apply
  [[ $(mcpctl connect-config --client cursor web | jq -r '.mcpServers["dev-web"].url') == http://127.0.0.1:8931/other ]]
  settled
}
