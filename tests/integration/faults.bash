# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # what is set here is read in the bats file, and the other way round
# For faults.bats: one thing goes wrong between mcpctl and the engine (tests/faults/faulty-engine.mjs), and the world
# is held against what was declared, not against what a plan says of it.

load mcpctl

a=mcpctl-dev-a b=mcpctl-dev-b c=mcpctl-dev-c
echo_args='["--era","both"]'
faulty=$BATS_TEST_DIRNAME/../faults/faulty-engine.mjs
calls=$BATS_TEST_TMPDIR/calls
complaints=$BATS_TEST_TMPDIR/complaints

# through FAULT... -- COMMAND...: its exit code is in $status, what it said in $output, its calls in $calls
through() {
  run --separate-stderr node "$faulty" "$calls" "$@"
  # shellcheck disable=SC2154  # by `run`
  said=$output$'\n'$stderr
}

struck() { grep -qx struck "$calls"; }
struck_call() { grep -B1 -x struck "$calls" | head -1; }
quick_apply=("$MCPCTL" apply "$BATS_TEST_TMPDIR/manifests" --settle-time 300ms --ready-timeout 10s)
quick_plan=("$MCPCTL" plan "$BATS_TEST_TMPDIR/manifests" --detailed-exitcode -o json)

complain() { echo "$*" >>"$complaints"; }

# no_complaints FIGURES: says on the terminal how much was tried; fails if anything was wrong
no_complaints() {
  echo "# $1" >&3
  [[ ! -s $complaints ]] || { cat "$complaints"; return 1; }
}

# --- worlds --------------------------------------------------------------------------------

# quick NAME [YAML...]: a server that is ready when it runs, and ends at once
quick() { server "$@" "health: {type: none}" "stopGracePeriod: 1s"; }

# running NAME...: these are declared, and run
running() {
  for name in "$@"; do quick "$name"; done
  profile dev "$@"
  "${quick_apply[@]}" --no-wait >/dev/null 2>&1
}

# anew: nothing is declared, and nothing of ours is there
anew() {
  rm -rf "$manifests" "$XDG_STATE_HOME"
  mkdir "$manifests"
  docker ps -aq --filter label=mcpctl.project=mcpctl | xargs -r docker rm -fv >/dev/null
  eventually 5 remove_networks
  next_apply=0 next_plan=0
}

# foreign: somebody's container, beside ours and with a label of ours; $foreigner is what must never change of it
foreign() {
  docker run -d -i --name foreign --label mcpctl.managed=true mcpctl/echo:1 >/dev/null
  foreigner=$(identity foreign)
}

# is NAME [MEMORY [ARGS [NETWORKS]]]: a line of what world() is to be
is() { echo "mcpctl-dev-$1 running ${2:-512Mi} ${3:-null} unless-stopped ${4:-mcpctl-network}"; }

# world: what of ours is there, as the engine says it, one line each
world() {
  docker ps -aq --filter label=mcpctl.project=mcpctl | xargs -r docker inspect | jq -r '.[]? |
    "\(.Name[1:]) \(.State.Status) \(.HostConfig.Memory / 1048576)Mi \(.Config.Cmd) \(.HostConfig.RestartPolicy.Name) \(.NetworkSettings.Networks | keys | join(","))"' | sort
}

# --- kinds of change: each makes the state before it, declares the change, and says in $want what is to come of it.
# --- next_apply and next_plan are the exit codes to come, where they are not 0

fresh() {
  quick a
  server b 'stopGracePeriod: 1s' # this one is asked whether it speaks MCP
  profile dev a b
  want=$(is a; is b)
}

limits() {
  running a b
  quick a 'resources: {memory: 64Mi}'
  quick b 'resources: {memory: 96Mi}'
  want=$(is a 64Mi; is b 96Mi)
}

replace() {
  running a b
  quick a "command: $echo_args" 'image: mcpctl/echo:2'
  want=$(is a '' "$echo_args"; is b)
}

rollback() {
  running a b
  server a 'stopGracePeriod: 1s' 'health: {type: command, command: [/mcp-echo, --no-such-option], startPeriod: 0s, interval: 1s, retries: 1}'
  want=$(is a; is b)
  next_apply=7 next_plan=2
}

on_networks() { echo "  networks: {allowed: [$1]}" >>"$manifests/profile-dev.yaml"; }

networks() {
  running a b
  network tools
  on_networks tools
  want=$(is a '' '' mcpctl-tools; is b '' '' mcpctl-tools)
}

profiles() {
  running a b
  quick c
  profile dev b c
  want=$(is b; is c)
}

prune() {
  running a b
  profile dev b
  want=$(is b)
}

# A network is made anew underneath of what runs on it, and one of those is replaced.
dependent() {
  running a b
  docker network disconnect mcpctl-network $a && docker network disconnect mcpctl-network $b
  docker network rm mcpctl-network >/dev/null
  docker network create mcpctl-network >/dev/null
  docker network connect --alias a.dev.mcpctl mcpctl-network $a && docker network connect --alias b.dev.mcpctl mcpctl-network $b
  quick a "command: $echo_args"
  want=$(is a '' "$echo_args"; is b)
}

# Something of everything: made, changed in place, connected, removed
mixed() {
  running a b
  network tools
  quick a 'resources: {memory: 64Mi}'
  quick c
  profile dev a c
  on_networks 'mcpctl-network, tools'
  want=$(is a 64Mi '' mcpctl-network,mcpctl-tools; is c '' '' mcpctl-network,mcpctl-tools)
}

# --- judges --------------------------------------------------------------------------------

# check POINT: one more apply, through the engine itself, gets there
check() {
  local code=0 told there
  told=$("${quick_apply[@]}" 2>&1) || code=$?
  ((code == next_apply)) || complain "$1: the next apply exits $code: $told"
  there=$(world)
  [[ $there == "$want" ]] || complain "$1: there is after it: $there"$'\n'"and there should be: $want"
  code=0
  told=$("${quick_plan[@]}" 2>&1) || code=$?
  ((code == next_plan)) || complain "$1: the plan after it exits $code: $told"
  [[ -z $(docker network ls --format '{{.Name}}' | sort | uniq -d) ]] || complain "$1: two networks of a name"
  told=$(mcpctl history -o json)
  jq -e '[.runs[].outcome] | index("running") == null' <<<"$told" >/dev/null || complain "$1: a run is left open: $told"
  [[ -z $foreigner || $(identity foreign) == "$foreigner" ]] || complain "$1: the foreign container was touched"
}

# ended_well POINT: the run with the fault was no crash, took no longer than allowed, and said what was wrong
ended_well() {
  case $status in
    0) ;;
    1 | 7 | 69) [[ $said == *'mcpctl: '?* || $said == *'failed: '?* || $said == *'rolled back'* ]] || complain "$1: exits $status and does not say why: $said" ;;
    *) complain "$1: exits $status: $said" ;;
  esac
}

# steps_of PLAN
steps_of() { jq -c .steps <<<"$1"; }

# sound POINT: plan says the truth, or that it cannot tell; $truth is the steps of an honest one
sound() {
  case $status in
    2) [[ $(steps_of "$output") == "$truth" ]] || complain "$1: plans $(jq -c '[.steps[] | [.verb, .object]]' <<<"$output")" ;;
    1 | 69) ended_well "$1" ;;
    *) complain "$1: exits $status: $said" ;;
  esac
}

# --- many at once --------------------------------------------------------------------------

# contend FOLDER: applies it until that is done; again while somebody else works, and when it was killed
contend() {
  local code=6
  until ((code == 0)); do
    code=0
    "$MCPCTL" apply "$1" --settle-time 300ms >"$1.out" 2>&1 || code=$?
    [[ $code == 0 || $code == 6 || $code == 137 ]] || complain "${1##*/} exits $code: $(cat "$1.out")"
    sleep "0.0$((RANDOM % 10))"
  done
}

# kill_holder: SIGKILL for whoever of us holds the lock
kill_holder() {
  local holder
  holder=$(grep -oh '^process [0-9]*' "$MCPCTL_LOCK_DIR"/*.lock | cut -d' ' -f2) || return 0
  grep -qs "$BATS_TEST_TMPDIR/contender" "/proc/$holder/cmdline" || return 0
  ! kill -KILL "$holder" 2>/dev/null || ((++kills))
}
