#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2034,SC2154  # scripts for other shells; names of mcpctl.bash
# Logs: what a server wrote is what is shown, byte for byte, and a follower misses and repeats nothing.

load mcpctl

image=mcpctl-test/writer:1

# An image of busybox and of 10 MB that are no text.
setup_file() {
  local fs=$BATS_FILE_TMPDIR/writer
  mkdir -p "$fs/bin" "$fs/data"
  cp "$(readlink -f "$(command -v busybox)")" "$fs/bin/busybox"
  ln -s busybox "$fs/bin/sh"
  head -c 10000000 /dev/urandom >"$fs/random"
  tar -C "$fs" -c . | docker import -c 'ENV PATH=/bin' - "$image" >/dev/null
}

teardown_file() { docker rmi -f "$image" >/dev/null; }

# writer NAME SCRIPT [YAML...]: a server that runs a shell script; $ is doubled for the template
writer() {
  local name=$1 script=${2//\$/\$\$}
  shift 2
  server "$name" "image: $image" "command: $(jq -nc --arg script "$script" '["sh", "-c", $script]')" 'health: {type: none}' "$@"
}

# What a process does that has written all it has to.
rest='; exec busybox sleep 1000'

# An engine keeps what has no newline to itself until the process ends.
ends='; busybox sleep 2'
once='restart: "no"'

logs() { mcpctl logs "$@"; }

# follow FILE OPTION...: in the background, until the end of the test
follow() {
  local file=$1
  shift
  background "$MCPCTL" logs -f "$@" >"$file" 2>"$file.err"
}

lines_in() { [[ $(wc -l <"$1") -ge $2 ]]; }
is_same() { cmp -s "$1" "$2"; }

# logged NAME BYTES: whether the engine has that much of stdout and stderr together
logged() { [[ $(docker logs "$1" 2>&1 | wc -c) -ge $2 ]]; }

@test 'one byte without a newline is shown as it is' {
  writer one "printf x$ends" "$once"
  profile dev one
  apply
  eventually 10 logged mcpctl-dev-one 1
  [[ $(logs one --stdout | od -An -tx1) == ' 78' ]]
}

@test 'ten megabytes of text in lines are shown byte for byte from json-file' {
  local script='busybox seq 1 150000 | busybox sed "s/$/: grün, 緑, зелёный 🟢 and so on until a line is long enough/"; printf end'
  writer text "$script$ends" "$once" 'logging: {maxSize: 100m}'
  profile dev text
  apply
  sh -c "$script" >"$BATS_TEST_TMPDIR/wanted"
  [[ $(stat -c %s "$BATS_TEST_TMPDIR/wanted") -gt 10000000 ]]
  eventually 60 logged mcpctl-dev-text "$(stat -c %s "$BATS_TEST_TMPDIR/wanted")"
  logs text --stdout | cmp - "$BATS_TEST_TMPDIR/wanted"
}

@test 'one line of megabytes is shown byte for byte' {
  local script='busybox seq -s , 1 500000; printf after'
  writer line "$script$ends" "$once" 'logging: {maxSize: 100m}'
  profile dev line
  apply
  sh -c "$script" >"$BATS_TEST_TMPDIR/wanted"
  eventually 60 logged mcpctl-dev-line "$(stat -c %s "$BATS_TEST_TMPDIR/wanted")"
  logs line --stdout | cmp - "$BATS_TEST_TMPDIR/wanted"
  [[ $(logs line --stdout --tail 1) == after ]]
}

@test 'ten megabytes of any bytes are shown byte for byte from local' {
  writer bytes "busybox cat /random$ends" "$once" 'logging: {driver: local, maxSize: 100m}'
  profile dev bytes
  apply
  eventually 60 logged mcpctl-dev-bytes 10000000
  logs bytes --stdout | cmp - "$BATS_FILE_TMPDIR/writer/random"
}

@test 'of a stdio server stderr alone is shown, unless asked for more' {
  writer mixed "echo protocol; echo words >&2$rest"
  profile dev mixed
  apply
  eventually 10 logged mcpctl-dev-mixed 15
  [[ $(logs mixed) == words ]]
  [[ $(logs mixed --stdout | sort) == $'protocol\nwords' ]]
}

@test 'of an http server both streams are shown, and told apart in JSON' {
  writer web "echo said; echo warned >&2; printf '\\377\\n'$rest" \
    'transport: {type: streamable-http, port: 3001, path: /mcp}' 'logging: {driver: local}'
  profile dev web
  apply
  eventually 10 logged mcpctl-dev-web 13
  [[ $(logs web | sort | head -n 2) == $'said\nwarned' ]]
  local json
  json=$(logs web -o json | jq -cs .)
  holds "$json" 'map(.version == 1 and .instance == "mcpctl-dev-web") | all'
  holds "$json" 'map(select(.stream == "stdout").text) == ["said", "\ufffd"]'
  holds "$json" 'map(select(.stream == "stderr").text) == ["warned"]'
  holds "$json" 'map(.time | test("^20[0-9-]{8}T[0-9:]{8}\\.[0-9]{9}Z$")) | all'
}

@test 'the last lines are counted among those that are shown' {
  writer chatty "for i in 1 2 3 4 5; do echo word \$i >&2; busybox seq 1 300; done$rest"
  profile dev chatty
  apply
  eventually 10 logged mcpctl-dev-chatty 5000
  [[ $(logs chatty --tail 3) == $'word 3\nword 4\nword 5' ]]
  [[ -z $(logs chatty --tail 0) ]]
}

@test 'several logs are merged by time, with the names before the lines' {
  writer ab "echo first >&2; busybox sleep 0.4; echo third >&2$rest"
  writer b "busybox sleep 0.2; echo second >&2$rest"
  profile dev ab b
  apply
  local order
  order=$(logs --all --timestamps | awk '{print $3}')
  [[ $order == "$(sort <<<"$order")" ]]
  [[ $(logs --profile dev | sort) == $'mcpctl-dev-ab  | first\nmcpctl-dev-ab  | third\nmcpctl-dev-b   | second' ]]
  [[ $(logs b ab | grep -c .) -eq 3 ]]
}

@test 'a log is cut by time' {
  writer times "echo early >&2; busybox sleep 0.1; echo late >&2$rest"
  profile dev times
  apply
  eventually 10 logged mcpctl-dev-times 11
  local late
  late=$(logs times -o json | jq -r 'select(.text == "late").time')
  [[ $(logs times --since "$late") == late ]]
  [[ $(logs times --until "$late") == $'early\nlate' ]]
  [[ $(logs times --since 1h | wc -l) -eq 2 ]]
  [[ -z $(logs times --until 1h) ]]
  run -64 logs times --since yesterday
}

@test 'an instance goes by its short names, and one that is not there gets a hint' {
  writer memory "echo here >&2$rest"
  profile dev memory
  profile prod memory
  apply
  eventually 10 logged mcpctl-prod-memory 5
  [[ $(logs mcpctl-prod-memory) == here ]]
  [[ $(logs prod-memory) == here ]]
  run -64 --separate-stderr logs memory
  [[ $stderr == *'mcpctl-dev-memory, mcpctl-prod-memory'* ]]
  run -64 --separate-stderr logs prod-memroy
  [[ $stderr == *'did you mean prod-memory?'* ]]
  run -64 logs
}

@test 'who keeps no log is told what to do, and others are shown all the same' {
  writer mute "echo lost >&2$rest" 'logging: {driver: none}'
  writer loud "echo heard >&2$rest"
  profile dev mute loud
  apply
  eventually 10 logged mcpctl-dev-loud 6
  run -1 --separate-stderr logs mute
  [[ $stderr == *'does not support reading'*'json-file'* ]]
  run -0 --separate-stderr logs --all
  [[ $output == 'mcpctl-dev-loud  | heard' && $stderr == *mcpctl-dev-mute* ]]
}

@test 'one that somebody gave a terminal is an error that says so' {
  docker run -dt --name mcpctl-dev-tty --label mcpctl.managed=true --label mcpctl.project=mcpctl \
    --label mcpctl.instance=mcpctl-dev-tty "$image" sh -c "echo x$rest" >/dev/null
  eventually 10 logged mcpctl-dev-tty 2
  run -1 --separate-stderr logs mcpctl-dev-tty --stdout
  [[ $stderr == *'was given a terminal'* ]]
}

@test 'a reader that goes away ends it quietly' {
  writer many "busybox seq 1 100000 >&2$rest" 'logging: {maxSize: 100m}'
  profile dev many
  apply
  run -0 --separate-stderr bash -o pipefail -c '"$MCPCTL" logs many | head -n 1'
  [[ $output == 1 && -z $stderr ]]
}

@test 'a follower is stopped at once, and that is no failure' {
  writer quiet "echo hello >&2$rest"
  profile dev quiet
  apply
  follow "$BATS_TEST_TMPDIR/followed" quiet
  eventually 10 lines_in "$BATS_TEST_TMPDIR/followed" 1
  sleep 0.3
  local begin=${EPOCHREALTIME/./}
  kill -INT "$pid"
  wait "$pid"
  processes=()
  ((${EPOCHREALTIME/./} - begin < 500000))
  [[ ! -s $BATS_TEST_TMPDIR/followed.err ]]
}

# What it logs it also writes to a volume, which outlives it; its last words come as it ends.
counting='trap "say bye; exit 0" TERM; say() { echo "$MARK $1" | busybox tee -a /data/all >&2; }
i=0; while true; do i=$((i + 1)); say $i; busybox usleep 2000; done'

counter() { # counter MARK
  writer counter "$counting" "envTemplate: {MARK: $1}" 'volumes: [{name: data, mountPath: /data}]'
  profile dev counter
}

volume() { docker volume inspect -f '{{.Mountpoint}}' "$(docker volume ls -q)"; }

@test 'a follower goes on over a restart of the process' {
  local followed=$BATS_TEST_TMPDIR/followed logged=$BATS_TEST_TMPDIR/logged
  counter first
  apply
  follow "$followed" counter
  eventually 10 lines_in "$followed" 50
  docker restart mcpctl-dev-counter >/dev/null
  sleep 0.5
  docker kill -s KILL mcpctl-dev-counter >/dev/null # the engine does not revive what a user killed
  sleep 0.3
  docker start mcpctl-dev-counter >/dev/null
  sleep 0.5
  docker stop mcpctl-dev-counter >/dev/null
  docker logs mcpctl-dev-counter 2>"$logged" >/dev/null
  [[ $(grep -c '^first 1$' "$logged") -eq 3 && $(grep -c bye "$logged") -eq 2 ]]
  eventually 10 is_same "$followed" "$logged"
}

@test 'a follower goes on over rotations of the log file' {
  local followed=$BATS_TEST_TMPDIR/followed wanted=$BATS_TEST_TMPDIR/wanted
  writer turning 'busybox seq 1 600 | while read i; do echo "$i and enough to fill a small file soon" >&2; busybox usleep 8000; done'"$rest" \
    'logging: {maxSize: 16k, maxFiles: 3}'
  profile dev turning
  apply
  follow "$followed" turning
  seq 1 600 | sed 's/$/ and enough to fill a small file soon/' >"$wanted"
  eventually 20 lines_in "$followed" 600
  cmp "$followed" "$wanted"
}

@test 'a follower goes on over a replacement, with the last words of the old one' {
  local followed=$BATS_TEST_TMPDIR/followed
  counter first
  apply
  follow "$followed" counter
  eventually 10 lines_in "$followed" 50
  counter second
  apply
  docker stop mcpctl-dev-counter >/dev/null
  eventually 10 is_same "$followed" "$(volume)/all"
  [[ $(grep -c bye "$followed") -eq 2 && $(grep -c '^second ' "$followed") -gt 5 ]]
  [[ $(cat "$followed.err") == 'mcpctl: mcpctl-dev-counter is another instance now' ]]
}

@test 'a follower goes on over a restart of the engine' {
  local followed=$BATS_TEST_TMPDIR/followed logged=$BATS_TEST_TMPDIR/logged signal
  counter first
  apply
  follow "$followed" counter
  eventually 10 lines_in "$followed" 50
  for signal in TERM KILL; do
    "$LAB" engine-restart "$LAB_STATE" "$signal" 3>&-
    source "$LAB_STATE/env"
    sleep 1
    docker start mcpctl-dev-counter >/dev/null # an engine that was killed may leave it stopped
    sleep 0.5
  done
  docker stop mcpctl-dev-counter >/dev/null
  docker logs mcpctl-dev-counter 2>"$logged" >/dev/null
  [[ $(grep -c '^first 1$' "$logged") -ge 3 ]]
  eventually 20 is_same "$followed" "$logged"
  [[ $(cat "$followed.err") == *'the engine is away'* ]]
}
