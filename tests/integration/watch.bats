#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016,SC2030,SC2031  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# The daemon: whatever moves, manifests or containers, goes back to what is declared.

load mcpctl

a=mcpctl-dev-a b=mcpctl-dev-b

# watch [OPTION...]: the daemon over $manifests, with times that a test can wait for; its log is $log
watch() {
  log=$BATS_TEST_TMPDIR/log
  background "$MCPCTL" watch "$manifests" --resync 1h --backoff 500ms --settle-time 300ms "$@" 2>>"$log"
  daemon=$pid
  eventually 20 grep -q 'in the declared state' "$log"
}

# end_daemon: as a service manager does it
end_daemon() {
  kill -TERM "$daemon"
  eventually 10 gone "$daemon"
}

# halted COMMAND...: while the daemon does nothing
halted() {
  local status=0
  kill -STOP "$daemon"
  "$@" || status=$?
  kill -CONT "$daemon"
  return $status
}

gone() { ! kill -0 "$1" 2>/dev/null; }
running() { [[ $(docker inspect -f '{{.State.Running}}' "$1" 2>/dev/null) == true ]]; }
absent() { ! docker inspect "$1" >/dev/null 2>&1; }
logged() { grep -q -- "$1" "$log"; }
on_network() { [[ $(of "$1" '{{json .NetworkSettings.Networks}}') == *"$2"* ]]; }
memory_of() { of "$1" '{{.HostConfig.Memory}}'; }
has_memory() { [[ $(memory_of "$1") == "$2" ]]; }
runs() { mcpctl history -o json --limit 1000 | jq '.runs | length'; }

two_servers() {
  server a
  server b
  profile dev a b
}

@test "each kind of drift heals within moments" {
  two_servers
  watch
  docker stop -t 1 $a && eventually 5 running $a
  docker kill $a && eventually 5 running $a
  docker rm -f $a && eventually 5 running $a
  docker update --memory 100m --memory-swap 100m $a && eventually 5 has_memory $a 536870912
  docker network disconnect mcpctl-network $a && eventually 5 on_network $a mcpctl-network
  only_two() { [[ $(docker ps -aq | wc -l) == 2 ]]; }
  eventually 20 only_two # the replace is over
  docker pause $a && eventually 5 eval '[[ $(of mcpctl-dev-a "{{.State.Paused}}") == false ]]'
  docker rename $a elsewhere && eventually 5 running $a
  running elsewhere # somebody's, now: reported and left alone
  without_network() { docker rm -f elsewhere $a $b && docker network rm mcpctl-network; }
  halted eventually 5 without_network # a daemon that goes on makes them again, and the network cannot go
  eventually 10 running $b
  eventually 10 running $a
  eventually 5 settled
}

@test "a manifest that changes, comes and goes is followed, also by an editor's rename and by git" {
  two_servers
  git -C "$manifests" init -q
  commit() { git -C "$manifests" add -A && git -C "$manifests" -c user.name=t -c user.email=t@t commit -qm "$1"; }
  commit one
  watch
  [[ $(of $a '{{index .Config.Labels "mcpctl.revision"}}') == $(git -C "$manifests" rev-parse HEAD) ]]
  server c
  profile dev a b c
  eventually 10 running mcpctl-dev-c
  commit two
  sed 's/^spec:/spec:\n  resources: {memory: 64Mi}/' "$manifests/server-a.yaml" >"$manifests/.new"
  mv "$manifests/.new" "$manifests/server-a.yaml"
  eventually 10 has_memory $a 67108864
  git -C "$manifests" checkout -q -- . && git -C "$manifests" checkout -q HEAD~1
  eventually 10 absent mcpctl-dev-c
  eventually 10 has_memory $a 536870912
  holds "$(mcpctl history -o json)" '[.runs[].trigger] | index("watch:manifests") != null'
  settled
}

@test "broken manifests change nothing, what runs is still healed, and mending them heals the rest" {
  two_servers
  watch
  server a 'resources: {memory: lots}'
  eventually 5 logged 'the last good ones stay in force: .*server-a.yaml:6:'
  docker rm -f $b
  eventually 5 running $b
  rm -r "$manifests"
  sleep 1
  running $a && running $b
  mkdir "$manifests"
  server a 'resources: {memory: 64Mi}'
  server b
  profile dev a b
  eventually 10 has_memory $a 67108864
}

@test "five hundred changes in a burst are a few passes" {
  two_servers
  watch
  for i in {1..500}; do sed -i "1i# $i" "$manifests/server-a.yaml"; done
  server a 'resources: {memory: 64Mi}'
  eventually 10 has_memory $a 67108864
  [[ $(runs) == 2 ]] # the first one, and the one that had something to do
}

@test "a server that crashes again and again waits longer each time, and the others do not wait" {
  two_servers
  server a 'restart: no' 'command: ["--crash-after", "100", "--exit-code", "3"]' 'health: {type: none}'
  log=$BATS_TEST_TMPDIR/log
  started() { (($(grep -c "start $a: done" "$log") >= $1)); }
  local begin=$SECONDS
  background "$MCPCTL" watch "$manifests" --resync 1h --backoff 1s 2>>"$log"
  eventually 20 started 4
  ((SECONDS - begin >= 6)) # 1, 2 and 4 s of waiting, and its runs
  docker rm -f $b
  eventually 5 running $b
  run ! started 5 # 8 s after the fourth: the other did not wait for its turn
}

@test "a stdio server that ends with its client is no crash loop" {
  server a 'restart: no'
  profile dev a
  watch
  for _ in {1..4}; do
    eventually 10 running $a
    run -0 mcpctl attach a <<<"$initialize"
    sleep 0.7
  done
  eventually 5 running $a
}

@test "an image that cannot be had fails its server alone, and is tried again" {
  two_servers
  server a 'image: mcpctl/later:1' 'pullPolicy: never'
  log=$BATS_TEST_TMPDIR/log
  background "$MCPCTL" watch "$manifests" --resync 1h --backoff 300ms --backoff-max 1s 2>>"$log"
  eventually 20 running $b
  eventually 5 logged "blocked $a: failed"
  docker tag mcpctl/echo:1 mcpctl/later:1
  eventually 10 running $a
  docker rmi mcpctl/later:1
}

@test "a person can ask for a pass: SIGHUP; and an idle daemon asks the engine nothing" {
  two_servers
  watch --stats
  sleep 1
  kill -HUP "$daemon"
  sleep 3
  end_daemon
  # One pass at the start, one for its own events, one that was asked for: each looks at two containers.
  calls=$(sed -n 's/.*engine: \([0-9]*\) calls.*/\1/p' "$log")
  ((calls > 0 && calls < 120)) || { cat "$log"; false; }
}

@test "it ends when it is told to, at any moment, and one pass puts in order what it left" {
  two_servers
  for i in {1..50}; do
    "$MCPCTL" watch "$manifests" --settle-time 100ms 2>>"$BATS_TEST_TMPDIR/log" 3>&- &
    pid=$!
    sleep "0.$((RANDOM % 6))$((RANDOM % 10))"
    kill -TERM "$pid"
    wait "$pid" || [[ $? == 143 ]] # before it listens to signals, it ends by one
    ((i % 3)) || docker rm -f $a >/dev/null 2>&1 || true
    ((i % 4)) || server b "resources: {memory: $((32 + i))Mi}"
    ((i % 5)) || server b "envTemplate: {ROUND: \"$i\"}"
  done
  apply
  settled
  [[ $(docker ps -aq | wc -l) == 2 ]]
}

@test "two daemons on one host never act at once, and neither doubles what the other made" {
  two_servers
  watch
  first=$daemon
  watch
  for _ in {1..5}; do
    docker rm -f $a $b
    eventually 10 running $a
    eventually 10 running $b
  done
  sleep 1
  [[ $(docker ps -aq | wc -l) == 2 ]]
  kill -TERM "$first"
  docker rm -f $a
  eventually 10 running $a
}

@test "a full disk where its records go stops no healing, and is told" {
  two_servers
  mkdir -p "$XDG_STATE_HOME"
  as_root mount -t tmpfs -o size=64k tmpfs "$XDG_STATE_HOME"
  head -c 70000 /dev/zero >"$XDG_STATE_HOME/full" 2>/dev/null || true
  watch
  docker rm -f $a
  eventually 10 running $a
  end_daemon
  as_root umount "$XDG_STATE_HOME"
  grep -qi 'no space\|full\|history' "$log"
}

@test "a service manager is told when it is ready, how it goes, and that it lives" {
  two_servers
  socket=$BATS_TEST_TMPDIR/notify
  background socat -u "UNIX-RECV:$socket" "OPEN:$BATS_TEST_TMPDIR/told,creat,append"
  eventually 5 test -S "$socket"
  export NOTIFY_SOCKET=$socket WATCHDOG_USEC=1000000
  watch
  for word in READY=1 'STATUS=2 instances' WATCHDOG=1; do
    eventually 5 grep -q "$word" "$BATS_TEST_TMPDIR/told" # socat writes when it comes to it
  done
  end_daemon
  eventually 5 grep -q STOPPING=1 "$BATS_TEST_TMPDIR/told"
}

@test "manifests come from a remote git repository: new commits, force pushes, a remote that is away" {
  local work=$BATS_TEST_TMPDIR/work bare=$BATS_TEST_TMPDIR/bare.git clone=$BATS_TEST_TMPDIR/clone
  as_author() { git -C "$work" -c user.name=t -c user.email=t@t "$@"; }
  git init -q --bare -b main "$bare"
  git clone -q "$bare" "$work" 2>/dev/null
  manifests=$work/prod
  mkdir "$manifests"
  two_servers
  push() { as_author add -A && as_author commit -qm "$1" && as_author push -qf origin HEAD:main; }
  push one
  log=$BATS_TEST_TMPDIR/log
  background "$MCPCTL" watch --git "file://$bare" --path prod --interval 300ms --resync 1h "$clone" 2>>"$log"
  eventually 20 running $b
  [[ $(of $a '{{index .Config.Labels "mcpctl.revision"}}') == $(git -C "$work" rev-parse HEAD) ]]
  server a 'resources: {memory: 64Mi}'
  push two
  eventually 15 has_memory $a 67108864
  mv "$bare" "$bare.away"
  eventually 10 logged 'bare.git'
  docker rm -f $b
  eventually 10 running $b # the last commit that was fetched is in force
  mv "$bare.away" "$bare"
  as_author reset -q --hard HEAD~1
  as_author push -qf origin HEAD:main
  eventually 15 has_memory $a 536870912
  holds "$(mcpctl history -o json)" "[.runs[].revision] | index(\"$(git -C "$work" rev-parse HEAD)\") != null"
}

@test "a database that is killed under it stops no healing, and gets every record once when it is back" {
  two_servers
  folder=$(mktemp -d)
  chmod 755 "$folder"
  script=$BATS_TEST_DIRNAME/../lab/postgres.sh
  "$script" up "$folder/postgres" 3>&-
  source "$folder/postgres/env"
  export DATABASE_URL=$PGURL
  watch
  has_runs() { holds "$(mcpctl --history "$PGURL" history -o json)" ".runs | length == $1"; }
  for i in 1 2 3; do
    "$script" stop "$folder/postgres" 3>&-
    docker rm -f $a
    eventually 10 running $a
    "$script" start "$folder/postgres" 3>&-
    ((i == 2)) || eventually 20 has_runs $((i + 1)) # once, only for a moment
  done
  end_daemon
  has_runs 4
  "$script" down "$folder/postgres" 3>&-
  rm -rf "$folder"
}

@test "of two daemons that share a database one acts, and the other takes over when it dies" {
  two_servers
  folder=$(mktemp -d)
  chmod 755 "$folder"
  postgres=$folder/postgres
  script=$BATS_TEST_DIRNAME/../lab/postgres.sh
  "$script" up "$postgres" 3>&-
  source "$postgres/env"
  leader() { # leader NAME: a daemon as on a host of its own
    MCPCTL_LOCK_DIR=$BATS_TEST_TMPDIR/$1 XDG_STATE_HOME=$BATS_TEST_TMPDIR/$1 DATABASE_URL=$PGURL \
      background "$MCPCTL" watch "$manifests" --resync 1h --leader-election 2>>"$BATS_TEST_TMPDIR/$1.log"
  }
  leader one
  one=$pid
  eventually 20 running $b
  leader two
  log=$BATS_TEST_TMPDIR/two.log
  eventually 10 logged 'standing by'
  docker rm -f $a
  eventually 10 running $a
  run ! logged 'create'
  kill -KILL "$one"
  docker rm -f $a
  eventually 15 running $a
  logged "create $a: done"
  # The records of both are in the database.
  run -0 env MCPCTL_HISTORY="$PGURL" "$MCPCTL" history -o json
  holds "$output" '[.runs[] | .process] | unique | length == 2'
  "$script" stop "$postgres" 3>&- # without it nobody leads
  docker rm -f $a
  sleep 3
  absent $a
  "$script" start "$postgres" 3>&-
  eventually 15 running $a
  "$script" down "$postgres" 3>&-
  rm -rf "$folder"
}

@test "an engine that is killed, is away and comes back is followed, with nothing lost and nothing doubled" {
  two_servers
  watch
  for signal in TERM KILL; do
    "$LAB" engine-restart "$LAB_STATE" "$signal" 3>&-
    source "$LAB_STATE/env"
    eventually 60 running $a || { cat "$log"; false; }
    eventually 30 running $b
    docker stop -t 1 $a
    eventually 20 running $a
  done
  [[ $(docker ps -aq | wc -l) == 2 ]]
  settled
}
