#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# The old instance stays restorable until the new one is ready; after any crash the next run gets there.

load mcpctl

c=mcpctl-dev-echo

@test "a new image that crashes is rolled back, and said so" {
  server echo
  profile dev echo
  apply
  id=$(of $c '{{.Id}}')
  server echo 'image: mcpctl/echo-crash:1'
  run -7 apply --settle-time 3s
  [[ $output == *'rolled back'* && $output == *'exit code 1'* ]]
  [[ $(of $c '{{.Id}} {{.State.Running}} {{.HostConfig.RestartPolicy.Name}}') == "$id true unless-stopped" ]]
  [[ $(docker ps -aq | wc -l) == 1 ]]
}

@test "a fresh server that crashes again and again is reported with the last of its log" {
  server echo 'command: ["--fail-start"]'
  server fine
  profile dev echo fine
  run -1 apply --settle-time 3s
  [[ $output == *$c*'ends again and again'*'exit code 3'* ]]
  [[ $(of mcpctl-dev-fine '{{.State.Running}}') == true ]]
}

# interrupted SHELL-COMMANDS: the state that a crash at some point of a replace leaves
begin() {
  server echo
  profile dev echo
  apply
  old=$(of $c '{{.Id}}')
  server echo 'envTemplate: {V: "2"}'
}
leftover() { # leftover NAME: a copy of what a replace would have made
  mapfile -t labels < <(of $c '{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}{{println}}{{end}}' | grep mcpctl | sed 's/^/--label=/')
  docker create -i --name "$1" "${labels[@]}" mcpctl/echo:1
}
good() {
  [[ $(docker ps -aq | wc -l) == 1 && $(of $c '{{.State.Running}}') == true ]]
  holds "$(docker exec $c /mcp-echo --once env)" '.V == "2"'
  settled
}

@test "killed after the new one was made: the next run begins anew and leaves nothing behind" {
  begin
  leftover $c.new-12345678
  apply
  good
}

@test "killed after the old one was renamed: the next run brings it back and replaces it" {
  begin
  leftover $c.new-12345678
  docker update --restart no $c && docker stop -t 1 $c && docker rename $c $c.old-"${old:0:12}"
  apply
  good
}

@test "killed before the new one proved itself: the next run lets it, then removes the old one" {
  begin
  cp -r "$manifests" "$BATS_TEST_TMPDIR/second"
  server echo
  docker update --restart no $c && docker stop -t 1 $c && docker rename $c $c.old-"${old:0:12}"
  (manifests=$BATS_TEST_TMPDIR/second mcpctl apply "$BATS_TEST_TMPDIR/second" --server echo --settle-time 500ms) || true
  server echo 'envTemplate: {V: "2"}'
  apply
  good
}

@test "a run that is killed at any moment is followed by one that gets there" {
  server echo
  profile dev echo
  apply
  for pause in 0.05 0.15 0.25 0.35 0.5 0.8 1.2; do
    server echo "envTemplate: {V: \"$pause\"}"
    background "$MCPCTL" apply "$manifests" --settle-time 700ms >/dev/null 2>&1
    sleep $pause
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" || true
    apply
    [[ $(docker ps -aq | wc -l) == 1 ]]
    holds "$(docker exec $c /mcp-echo --once env)" ".V == \"$pause\""
  done
}

@test "Ctrl-C ends a run cleanly and the next one gets there" {
  server echo
  profile dev echo
  background "$MCPCTL" apply "$manifests" --settle-time 20s >"$BATS_TEST_TMPDIR/out" 2>&1
  eventually 10 docker inspect $c
  kill -INT "$pid"
  code=0
  wait "$pid" || code=$?
  [[ $code == 1 ]]
  grep -q stopping "$BATS_TEST_TMPDIR/out"
  apply
  settled
}

@test "a saved plan runs as it was shown, or not at all" {
  server echo
  profile dev echo
  mcpctl plan "$manifests" --out "$BATS_TEST_TMPDIR/plan.json"
  mcpctl apply "$BATS_TEST_TMPDIR/plan.json"
  [[ $(of $c '{{.State.Running}}') == true ]]
  run -5 mcpctl apply "$BATS_TEST_TMPDIR/plan.json"

  server echo 'resources: {memory: 64Mi}'
  mcpctl plan "$manifests" --out "$BATS_TEST_TMPDIR/plan.json"
  docker update --pids-limit 77 $c
  run -5 mcpctl apply "$BATS_TEST_TMPDIR/plan.json"
  [[ $output == *'engine has changed'* && $(of $c '{{.HostConfig.Memory}}') == 536870912 ]]
  mcpctl plan "$manifests" --out "$BATS_TEST_TMPDIR/plan.json"
  server echo 'resources: {memory: 65Mi}'
  run -5 mcpctl apply "$BATS_TEST_TMPDIR/plan.json"
  [[ $output == *'manifests have changed'* ]]
  echo '{"mcpctlPlan":1' >"$BATS_TEST_TMPDIR/broken.json"
  run -1 mcpctl apply "$BATS_TEST_TMPDIR/broken.json"
}

@test "of two runs at once one works, and the other says who does" {
  server echo
  profile dev echo
  background "$MCPCTL" apply "$manifests" --settle-time 3s >/dev/null 2>&1
  eventually 10 docker inspect $c
  run -6 apply
  [[ $output == *"process $pid"* ]]
  wait "$pid"
  apply
}

@test "plan sends nothing but GET and HEAD" {
  server echo
  profile dev echo
  log=$BATS_TEST_TMPDIR/requests
  background socat -v "UNIX-LISTEN:$BATS_TEST_TMPDIR/proxy.sock,fork" "UNIX-CONNECT:${DOCKER_HOST#unix://}" 2>"$log"
  eventually 5 test -S "$BATS_TEST_TMPDIR/proxy.sock"
  mcpctl --host "unix://$BATS_TEST_TMPDIR/proxy.sock" plan "$manifests"
  mcpctl --host "unix://$BATS_TEST_TMPDIR/proxy.sock" apply "$manifests" --dry-run
  kill "$pid"
  grep -qE '^GET /' "$log"
  run ! grep -E '^(POST|PUT|DELETE|PATCH) /' "$log"
  [[ -z $(docker ps -aq) ]]
}
