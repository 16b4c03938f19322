#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# Every run leaves a record, whatever becomes of it and of the database.

load mcpctl

database() { echo "$XDG_STATE_HOME/mcpctl/history.db"; }
runs() { mcpctl history -o json "$@"; }

@test "apply and destroy leave what they did, why, and from which commit" {
  git init -q "$manifests"
  server echo
  profile dev echo
  git -C "$manifests" add .
  git -C "$manifests" -c user.name=t -c user.email=t@example.com commit -qm first
  commit=$(git -C "$manifests" rev-parse HEAD)
  apply
  apply
  server echo 'resources: {memory: 64Mi}'
  apply
  docker update --memory 100m --memory-swap 100m mcpctl-dev-echo >/dev/null
  SUDO_USER=alice apply
  holds "$(runs)" '[.runs[] | [.trigger, .outcome]] == [["apply","done"],["apply","done"],["apply","nothing"],["apply","done"]]'
  holds "$(runs)" '.runs[0].who == "alice" and .runs[3].revision == "'"$commit"'" and .runs[1].revision == "'"$commit"'-dirty"'

  why=$(mcpctl history why mcpctl-dev-echo -o json)
  holds "$why" '[.runs[].steps[0].verb] == ["update", "update", "create"]'
  holds "$why" '.runs[0].steps[0].changes[0] | .field == "memory" and .before == "100Mi" and .after == "64Mi" and .verdict == "drift"'
  holds "$why" '.runs[1].steps[0].changes[0] | .verdict == "pending" and (.place.file | endswith("server-echo.yaml"))'
  holds "$why" '.runs[2].revision == "'"$commit"'"'

  id=$(runs | jq -r '.runs[0].id')
  run mcpctl history show "${id:0:18}"
  [[ $output == *"$id"* && $output == *"update mcpctl-dev-echo: done"* && $output == *"100Mi -> 64Mi"* && $output == *alice* ]]
  run mcpctl history mcpctl-dev-echo --limit 2
  [[ ${#lines[@]} == 3 && ${lines[0]} == TIME*RUN*TRIGGER*WHO*REVISION*OUTCOME*CHANGES ]]
  [[ $(stat -c %a "$(database)") == 600 ]]

  mcpctl destroy --yes
  holds "$(runs --limit 1)" '.runs[0] | .trigger == "destroy" and .counts.done > 0'
  mcpctl history prune --keep 90d
  holds "$(runs)" '.runs | length == 5'
  mcpctl history prune --keep 0s
  holds "$(runs)" '.runs == []'
  run -64 mcpctl history prune --keep 5
  run -64 mcpctl history --since yesterday
}

@test "a run that fails and a prune guard are told with their reasons" {
  server echo
  server bad 'image: mcpctl/none:1' 'pullPolicy: never'
  profile dev echo bad
  run -1 apply
  holds "$(runs)" '.runs[0] | .outcome == "failed" and .counts.failed == 1'
  id=$(runs | jq -r '.runs[0].id')
  holds "$(mcpctl history show "$id" -o json)" '.run.steps[] | select(.object == "mcpctl-dev-bad") | .error | length > 0'
  rm "$manifests/profile-dev.yaml" "$manifests/server-bad.yaml"
  run -8 apply
  holds "$(runs)" '.runs[0] | .outcome == "prune guard" and (.error | contains("--allow-empty"))'
}

@test "a run that was killed is interrupted, and shows what it was about to do" {
  server echo 'health: {type: command, command: [/mcp-echo, --no-such-option], startPeriod: 60s}'
  profile dev echo
  background "$MCPCTL" apply "$manifests" --ready-timeout 60s
  eventually 20 docker inspect mcpctl-dev-echo >/dev/null
  holds "$(runs)" '.runs[0].outcome == "running"'
  kill -KILL "$pid"
  eventually 5 test ! -e "/proc/$pid/exe"
  holds "$(runs)" '.runs[0].outcome == "interrupted"'
  id=$(runs | jq -r '.runs[0].id')
  holds "$(mcpctl history show "$id" -o json)" '.run.steps[] | select(.object == "mcpctl-dev-echo") | .result == "planned"'
}

@test "no secret is in the database or the journal" {
  mkdir "$BATS_TEST_TMPDIR/secrets"
  echo planted-secret-value >"$BATS_TEST_TMPDIR/secrets/token"
  chmod 600 "$BATS_TEST_TMPDIR/secrets/token"
  export MCPCTL_SECRETS=$BATS_TEST_TMPDIR/secrets
  server echo 'envTemplate: {API_TOKEN: {secretRef: {name: token}}}'
  profile dev echo
  apply
  echo planted-secret-second >"$BATS_TEST_TMPDIR/secrets/token"
  apply
  holds "$(mcpctl history why mcpctl-dev-echo -o json)" '[.runs[].steps[].changes[].field] | any(. == "env.API_TOKEN")'
  server echo 'envTemplate: {API_TOKEN: {secretRef: {name: token}}}' 'resources: {memory: 64Mi}'
  apply --history postgresql://nobody@127.0.0.1:1/none
  [[ -n $(find "$XDG_STATE_HOME" -name '*.jsonl') ]]
  run -1 grep -r planted-secret "$XDG_STATE_HOME"
}

@test "a history that cannot be written never stops a run" {
  server echo
  profile dev echo
  as_root mount -t tmpfs -o size=128k tmpfs "$(mkdir -p "$XDG_STATE_HOME/mcpctl" && echo "$XDG_STATE_HOME/mcpctl")"
  head -c 1M /dev/zero >"$XDG_STATE_HOME/mcpctl/filler" || true
  run -0 apply
  as_root umount "$XDG_STATE_HOME/mcpctl"
  [[ $output == *'warning: the history'* ]]
  [[ $(of mcpctl-dev-echo '{{.State.Running}}') == true ]]
  run -64 apply --history mysql://x/y
  run -0 apply --no-history
  [[ ! -e $(database) ]]
}

@test "with the database's disk full the record waits in the journal, and follows later" {
  server echo
  profile dev echo
  small=$BATS_TEST_TMPDIR/small
  mkdir "$small"
  as_root mount -t tmpfs -o size=64k tmpfs "$small"
  head -c 1M /dev/zero >"$small/filler" || true
  run -0 apply --history "$small/history.db"
  as_root umount "$small"
  [[ $output == *'waits on disk'* ]]
  apply --history "$small/history.db"
  holds "$(runs --history "$small/history.db")" '[.runs[].outcome] == ["nothing", "done"]'
}
