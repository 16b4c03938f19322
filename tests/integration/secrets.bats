#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016,SC2030,SC2031  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# Where secrets come from, how they reach a server, and that they reach nothing else.

load mcpctl

a=mcpctl-dev-a

setup() {
  export MCPCTL_LOCK_DIR=$BATS_TEST_TMPDIR/lock XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
  export MCPCTL_RUN_DIR=/dev/shm/mcpctl-bats-$BATS_TEST_NUMBER-$$
  manifests=$BATS_TEST_TMPDIR/manifests secrets=$BATS_TEST_TMPDIR/secrets out=$BATS_TEST_TMPDIR/out
  mkdir -p "$manifests" "$secrets" "$out"
  export MCPCTL_SECRETS=$secrets
}

teardown() {
  [[ ${#processes[@]} -eq 0 ]] || kill "${processes[@]}" 2>/dev/null || true
  remove_all_containers
  eventually 5 remove_networks
  as_root rm -rf "$MCPCTL_RUN_DIR"
  if [[ -n ${postgres:-} && -d $postgres ]]; then
    "${LAB%/*}/postgres.sh" down "$postgres/server" >/dev/null || true
    rm -rf "$postgres"
  fi
}

# secret NAME VALUE: in the folder
secret() { (umask 077 && printf '%s' "$2" >"$secrets/$1"); }

# file_server NAME: gets secret `key` as a file
file_server() { server "$1" 'envTemplate: {KEY_FILE: {secretRef: {name: key}, as: file}}' 'security: {user: "1000:1000"}' "${@:2}"; }

pid_of() { of "$1" '{{.State.Pid}}'; }
in_container() { as_root cat "/proc/$(pid_of "$1")/root/run/secrets/$2"; }
folders() { as_root find "$MCPCTL_RUN_DIR/secrets" -mindepth 3 -maxdepth 3 2>/dev/null | wc -l; }
running() { [[ $(of "$1" '{{.State.Running}}') == true ]]; }

# --- where they come from ------------------------------------------------------------------

@test "sources are asked in the order of the command line" {
  printf '#!/bin/sh\n[ "$1" = key ] && echo "by command" || exit 44\n' >"$BATS_TEST_TMPDIR/ask"
  chmod +x "$BATS_TEST_TMPDIR/ask"
  secret key 'by folder'
  export MCPCTL_SECRET_KEY='by environment'
  server a 'envTemplate: {KEY: {secretRef: {name: key}}}'
  profile dev a
  value() { of $a '{{json .Config.Env}}' | jq -r '.[] | select(startswith("KEY="))'; }
  apply
  [[ $(value) == 'KEY=by folder' ]]
  apply --secret-command "'$BATS_TEST_TMPDIR/ask' {name}" --secrets "$secrets"
  [[ $(value) == 'KEY=by command' ]]
  apply --secret-env --secret-command "'$BATS_TEST_TMPDIR/ask' {name}"
  [[ $(value) == 'KEY=by environment' ]]
  run -64 apply --secret-command 'pass show'
  [[ $output == *'no argument has `{name}` in it'* ]]
}

@test "a server whose secret is missing fails with where it was looked for, and the others go on" {
  server a 'envTemplate: {KEY: {secretRef: {name: key}}}'
  server b
  server c 'envTemplate: {OPEN: {secretRef: {name: open}}}'
  profile dev a b c
  secret open x
  chmod o+r "$secrets/open"
  run -1 apply
  [[ $output == *"secret \`key\`, which KEY needs, is not there: it is in none of folder $secrets, variable MCPCTL_SECRET_KEY"* ]]
  [[ $output == *'others can read it'* ]]
  running mcpctl-dev-b
  run -1 docker inspect $a
  run -1 docker inspect mcpctl-dev-c
}

# --- files ---------------------------------------------------------------------------------

@test "a file of secrets is there for the server's user alone, and inspect does not show it" {
  secret key $'first line\nsecond "line"'
  file_server a
  profile dev a
  apply
  [[ $(in_container $a key) == $'first line\nsecond "line"' ]]
  [[ $(as_root stat -c '%a %u' "/proc/$(pid_of $a)/root/run/secrets/key") == '400 1000' ]]
  [[ $(as_root grep ' /run/secrets ' "/proc/$(pid_of $a)/mountinfo") == *' ro'* ]]
  [[ $(docker inspect $a) != *'first line'* ]]
  [[ $(of $a '{{json .Config.Env}}') == *'"KEY_FILE=/run/secrets/key"'* ]]
  settled
  run -1 setpriv --reuid 1001 --regid 1001 --clear-groups cat "$(of $a '{{(index .Mounts 0).Source}}')/key"
  mcpctl destroy --yes
  [[ $(folders) == 0 ]]
}

@test "a changed file of secrets is a pending change that shows no value, and a failed replace keeps the old one" {
  secret key 'value-one'
  file_server a
  profile dev a
  apply
  secret key 'value-two'
  plan=$(plan_json)
  holds "$plan" '.steps[0].changes == [.steps[0].changes[0]] and .steps[0].changes[0].field == "secretFiles.key" and .steps[0].changes[0].after == "(secret, changed)"'
  [[ $plan != *value-* ]]
  file_server a 'command: [--fail-start]'
  run -7 apply
  [[ $(in_container $a key) == value-one && $(folders) == 1 ]]
  file_server a
  apply
  [[ $(in_container $a key) == value-two && $(folders) == 1 ]]
}

@test "files of secrets that are gone, as after a reboot, are made again before the server starts" {
  secret key 'value-one'
  file_server a
  profile dev a
  apply
  docker stop -t 1 $a >/dev/null
  as_root rm -rf "$MCPCTL_RUN_DIR"
  run -1 docker start $a # the engine itself cannot
  apply
  running $a
  [[ $(in_container $a key) == value-one ]]
  settled
}

@test "watch heals a server whose files of secrets are gone" {
  secret key 'value-one'
  file_server a
  profile dev a
  background "$MCPCTL" watch "$manifests" --resync 1s --settle-time 300ms 2>"$out/log"
  eventually 20 running $a
  before=$(of $a '{{.Id}}')
  as_root find "$MCPCTL_RUN_DIR/secrets" -mindepth 3 -delete
  healed() { [[ $(of $a '{{.Id}}') != "$before" && $(in_container $a key) == value-one ]]; }
  eventually 30 healed
}

@test "where there is no memory file system, or no user by number, a file of secrets is refused" {
  secret key 'value-one'
  file_server a
  profile dev a
  MCPCTL_RUN_DIR=$BATS_TEST_TMPDIR/disk run -1 apply
  [[ $output == *'is not on a memory file system'* ]]
  run -1 docker inspect $a
  server a 'envTemplate: {KEY_FILE: {secretRef: {name: key}, as: file}}'
  run -4 mcpctl validate "$manifests"
  [[ $output == *'secret-file-user'* ]]
  file_server a 'volumes: [{name: x, mountPath: /run/secrets/x}]'
  run -4 mcpctl validate "$manifests"
  [[ $output == *'secret-file-mount'* ]]
  server a "volumes: [{hostPath: $MCPCTL_RUN_DIR, mountPath: /x, readOnly: true}]"
  run -4 mcpctl validate "$manifests"
}

# --- and nowhere else ----------------------------------------------------------------------

# keep NAME COMMAND...: what it says goes to $out; how it ends is its own matter
keep() { "${@:2}" >"$out/$1.stdout" 2>"$out/$1.stderr" </dev/null || true; }

# forms VALUE: the ways in which it could be written, one a line
forms() {
  local offset line
  printf '%s\n' "$1"
  jq -Rsr '@json[1:-1], @uri' <<<"$1" | sed 's/\\n$//; s/%0A$//'
  for offset in 0 1 2; do # base64 has three, by where the value begins
    line=$(printf '%s%s' "$(printf '%*s' $offset '')" "$1" | base64 -w0)
    ((offset == 0)) || line=${line:4}
    line=${line%=*}
    line=${line:0:$((${#line} - 2))}
    ((${#line} < 5)) || printf '%s\n' "$line"
  done
}

leaks() { grep -rlFf "$BATS_TEST_TMPDIR/forms" "$@"; }

@test "no secret is in any output, store, label or argument of a full run" {
  by_environment=$'Env-"q\'u\\ote"-\u00fcml\u00e4ut' by_folder=$'-----BEGIN-f1le\nsecond-l1ne-of-it\n-----END-f1le'
  by_command='Cmd<&>%+/va=lue' short='zQ7!' echoed='/no/ech0ed-value' second='Second-env-value'
  printf '#!/bin/sh\necho "$0 $*" >>"%s/arguments"\nprintf %%s "%s"\n' "$out" "$by_command" >"$BATS_TEST_TMPDIR/ask"
  chmod 700 "$BATS_TEST_TMPDIR/ask"
  for value in "$by_environment" "$by_command" "$short" "$echoed" "$second"; do forms "$value"; done >"$BATS_TEST_TMPDIR/forms"
  while read -r line; do forms "$line"; done <<<"$by_folder" >>"$BATS_TEST_TMPDIR/forms"
  run -0 grep -c . "$BATS_TEST_TMPDIR/forms"
  [[ $output -gt 30 ]]

  secret filed "$by_folder"
  secret short "$short"
  export MCPCTL_SECRET_ENVED=$by_environment
  options=(--secrets "$secrets" --secret-env --secret-command "$BATS_TEST_TMPDIR/ask {name}" --log-level debug)
  everything=("envTemplate: {A: {secretRef: {name: enved}}, B: {secretRef: {name: filed}}, C: {secretRef: {name: commanded}}, D: {secretRef: {name: short}}, E: {secretRef: {name: filed}, as: file}, F: {secretRef: {name: commanded}, as: file}}" 'security: {user: "1000:1000"}')
  server a "${everything[@]}"
  profile dev a
  for format in text json; do
    keep "validate-$format" mcpctl validate "$manifests" "${options[@]}" -o $format
    keep "plan-$format" mcpctl plan "$manifests" "${options[@]}" -o $format --out "$out/first-plan-$format"
  done
  keep apply-saved mcpctl apply "$out/first-plan-text" "${options[@]}"
  running $a
  [[ $(in_container $a filed) == "$by_folder" && $(in_container $a commanded) == "$by_command" ]]
  [[ $(of $a '{{json .Config.Env}}' | jq -r '.[] | select(startswith("A="))') == "A=$by_environment" ]]

  export MCPCTL_SECRET_ENVED=$second
  for format in text json; do
    keep "plan-changed-$format" mcpctl plan "$manifests" "${options[@]}" -o $format --out "$out/second-plan-$format"
    keep "describe-changed-$format" mcpctl describe $a "$manifests" "${options[@]}" -o $format
  done
  grep -q '(secret, changed)' "$out/plan-changed-text.stdout"
  background "$MCPCTL" watch "$manifests" "${options[@]}" --resync 1s --settle-time 300ms >"$out/watch.stdout" 2>"$out/watch.stderr"
  replaced() { [[ $(of $a '{{json .Config.Env}}') == *"$second"* ]]; }
  eventually 30 replaced
  tr '\0' '\n' <"/proc/$pid/cmdline" >"$out/cmdline"
  [[ $(awk '/Max core file size/ {print $5 $6}' "/proc/$pid/limits") == 00 ]]
  [[ $(stat -c %u "/proc/$pid/environ") == 0 ]]
  kill -TERM "$pid"
  eventually 20 test ! -e "/proc/$pid/exe"

  # An engine's error that repeats a value; a server that says it and ends.
  export MCPCTL_SECRET_ECHOED=$echoed
  server bad 'envTemplate: {X: {secretRef: {name: echoed}}}' "entrypoint: [$echoed]"
  server ends 'envTemplate: {X: {secretRef: {name: enved}}}' "command: [--stderr-line, $second, --exit-code, \"3\", --crash-after, \"1\"]" 'restart: "no"'
  profile dev a bad ends
  for format in text json; do
    keep "apply-failing-$format" mcpctl apply "$manifests" "${options[@]}" --settle-time 700ms --ready-timeout 5s -o $format
  done
  grep -q FAILED "$out/apply-failing-text.stderr" || { cat "$out"/apply-failing-text.*; false; }
  grep -q '(secret)' "$out/apply-failing-text.stdout"
  docker rm -f mcpctl-dev-ends >/dev/null
  for format in text json; do
    keep "status-$format" mcpctl status -o $format --probe
    keep "describe-$format" mcpctl describe $a -o $format
    keep "logs-$format" mcpctl logs $a -o $format
    keep "events-$format" mcpctl events --since 10m --until 0s -o $format
    keep "stats-$format" mcpctl stats --no-stream -o $format
    keep "history-$format" mcpctl history -o $format
    keep "why-$format" mcpctl history why $a -o $format
    for id in $(mcpctl history -o json | jq -r '.runs[].id'); do keep "show-$id-$format" mcpctl history show "$id" -o $format; done
    keep "connect-$format" mcpctl connect-config --client claude-code
    keep "doctor-$format" mcpctl doctor -o $format
  done
  # A history that is away: what waits on disk.
  server a "${everything[@]}" 'resources: {memory: 64Mi}'
  profile dev a
  keep apply-journal mcpctl apply "$manifests" "${options[@]}" --history postgresql://nobody@127.0.0.1:1/none
  [[ -n $(find "$XDG_STATE_HOME" -name '*.jsonl') ]]
  postgres=$(mktemp -d /tmp/mcpctl-bats.XXXXXX) # the server runs as nobody, who cannot reach into the tests' folder
  chmod 755 "$postgres"
  "${LAB%/*}/postgres.sh" up "$postgres/server" >/dev/null
  source "$postgres/server/env"
  export MCPCTL_SECRET_ENVED=$by_environment
  keep apply-postgres mcpctl apply "$manifests" "${options[@]}" --history "$PGURL"
  pg_dump --inserts "$PGURL" >"$out/postgres.sql" || true
  "${LAB%/*}/postgres.sh" down "$postgres/server" >/dev/null
  rm -rf "$postgres"
  grep -q 'env.A' "$out/postgres.sql"
  sqlite3 "$XDG_STATE_HOME/mcpctl/history.db" .dump >"$out/history.sql"
  docker inspect $a | jq 'del(.[].Config.Env)' >"$out/inspect"
  docker network inspect mcpctl-network >"$out/network"
  keep destroy mcpctl destroy --yes "${options[@]}"

  run -1 leaks "$out" "$XDG_STATE_HOME" "$MCPCTL_LOCK_DIR"
  [[ $(find "$out" -type f | wc -l) -gt 60 ]]

  # The search finds what is there: each value in each form, and the whole inspection.
  while IFS= read -r form; do
    printf 'x%sx\n' "$form" >"$BATS_TEST_TMPDIR/planted"
    leaks "$BATS_TEST_TMPDIR/planted" >/dev/null
  done <"$BATS_TEST_TMPDIR/forms"
  for value in "$by_environment" "$by_command" "$second"; do
    printf 'ab%sc' "$value" | base64 -w0 >"$BATS_TEST_TMPDIR/planted"
    leaks "$BATS_TEST_TMPDIR/planted" >/dev/null
    jq -Rs . <<<"$value" >"$BATS_TEST_TMPDIR/planted"
    leaks "$BATS_TEST_TMPDIR/planted" >/dev/null
  done
}
