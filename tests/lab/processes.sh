# shellcheck shell=bash
# Processes of a lab; to be sourced. $state/pid/NAME records one as "PID START-TIME": a number that
# was given to another process in the meantime is not ours to kill. Each writes to $state/log/NAME.log.

# started PID: nothing for one that is gone, or dead and not yet collected by its parent
started() {
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
  read -ra stat <<<"${stat##*) }"
  [[ ${stat[0]} == Z ]] || echo "${stat[19]}"
}

# spawn NAME COMMAND...: in the background, away from our terminal, pipes and process group
spawn() {
  local name=$1
  shift
  # shellcheck disable=SC2154  # the caller sets it
  (exec setsid "$@" >>"$state/log/$name.log" 2>&1 </dev/null 3>&- 4>&- 9>&-) &
  echo "$! $(started $!)" >"$state/pid/$name"
}

# pid NAME: the number if it still runs
pid() {
  local number start
  read -r number start 2>/dev/null <"$state/pid/$1" || return 1
  [[ -n $start && $(started "$number") == "$start" ]] || return 1
  echo "$number"
}

# finish NAME SIGNAL SECONDS: send it, then wait; KILL after that time
finish() {
  local number
  number=$(pid "$1") || return 0
  kill -s "$2" "$number" 2>/dev/null || true
  for ((i = 0; i < $3 * 20; i++)); do
    pid "$1" >/dev/null || return 0
    sleep 0.05
  done
  kill -s KILL "$number" 2>/dev/null || true
}

# await NAME WHAT COMMAND...: until COMMAND succeeds; fail with the log when the process ends first
await() {
  local name=$1 what=$2
  shift 2
  for _ in {1..1200}; do
    if "$@" >/dev/null 2>&1; then return; fi
    pid "$name" >/dev/null || break
    sleep 0.05
  done
  tail -n 20 "$state/log/$name.log" >&2 || true
  die "$what did not come up (log above)"
}
