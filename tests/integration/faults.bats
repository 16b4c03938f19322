#!/usr/bin/env bats
# shellcheck disable=SC1010,SC2030,SC2031,SC2034,SC2086,SC2154  # `done` is an argument, too; faults.bash sets and reads variables, `run` too
# What the real engine and the real program do when one thing goes wrong between them, at every place where it can.
# FAULTS_ALL=1 kills before calls, too (which is after the one before), tries every status, and each 29th byte; FAULTS_KINDS='KIND...' takes some kinds of change (faults.bash).

load faults

@test "killed before or after any change on the engine, the next apply gets there" {
  foreign
  points=0
  moments=(after)
  [[ -z ${FAULTS_ALL:-} ]] || moments=(before after)
  for kind in ${FAULTS_KINDS:-fresh limits replace rollback networks profiles prune dependent}; do
    for when in "${moments[@]}"; do
      for ((n = 1; ; ++n)); do
        anew
        "$kind"
        through kill $when $n -- "${quick_apply[@]}"
        struck || break
        [[ $status == 137 ]] || complain "$kind, killed $when $n: exits $status"
        check "$kind, killed $when change $n"
        ((++points))
      done
      [[ $status == "$next_apply" && $(world) == "$want" ]] || complain "$kind, with no fault, exits $status: $said"
    done
  done
  no_complaints "$points kill points"
  [[ -n ${FAULTS_KINDS:-} ]] || ((points > 50))
}

@test "a change that is refused or loses its answer, done or not, is told, and the next apply gets there" {
  foreign
  points=0
  faults=('status 409' 'status 500' reset)
  [[ -z ${FAULTS_ALL:-} ]] || faults=('status '{400,401,403,404,409,429,500,502,503,504} reset)
  for kind in ${FAULTS_KINDS:-mixed ${FAULTS_ALL:+replace}}; do
    for fault in "${faults[@]}"; do
      for effect in done undone; do
        for ((n = 1; ; ++n)); do
          anew
          "$kind"
          through $fault $effect $n -- "${quick_apply[@]}"
          struck || break
          ended_well "$kind, $fault, $effect, for change $n ($(struck_call))"
          check "$kind, $fault, $effect, for change $n ($(struck_call))"
          ((++points))
        done
      done
    done
  done
  no_complaints "${#faults[@]} faults, done and undone: $points points"
}

@test "a call that is never answered ends the run at its deadline, and is named" {
  limits
  through pass -- "${quick_plan[@]}"
  reads=$(grep -c GET "$calls")
  for ((n = 1; n <= reads; ++n)); do
    background node "$faulty" "$calls.$n" answer silence $n -- "${quick_plan[@]}" >"$calls.$n.out" 2>&1
  done
  background node "$faulty" "$calls.change" timeout done 1 -- "${quick_apply[@]}" >"$calls.change.out" 2>&1
  for i in "${!processes[@]}"; do
    status=0
    wait "${processes[i]}" || status=$?
    said=$(cat "$calls.$((i + 1)).out" 2>/dev/null || cat "$calls.change.out")
    [[ $status != 0 && $said == *'within'* ]] || complain "silence $((i + 1)): exits $status: $said"
    ended_well "silence $((i + 1))"
  done
  check 'silence'
  no_complaints "$reads reads and a change that were never answered"
}

@test "an answer that is cut off at any byte is never taken for a whole one" {
  mixed
  points=0
  truth=$(steps_of "$("${quick_plan[@]}")")
  before=$(world)
  stride=211
  [[ -z ${FAULTS_ALL:-} ]] || stride=29
  for ((n = 1; ; n += stride)); do
    through cut $n -- "${quick_plan[@]}"
    struck || break
    sound "plan cut off at byte $n"
    ((++points))
  done
  [[ $(world) == "$before" ]]
  for ((n = 1; ; n += 2503)); do
    anew
    mixed
    through cut $n -- "${quick_apply[@]}"
    struck || break
    ended_well "apply cut off at byte $n"
    check "apply cut off at byte $n"
    ((++points))
  done
  no_complaints "cut off at $points bytes"
}

@test "answers that come byte by byte are understood" {
  mixed
  through drip -- "${quick_apply[@]}"
  ((status == 0))
  check drip
  no_complaints "a whole apply"
}

@test "of a wrong answer nothing is concluded" {
  mixed
  points=0
  truth=$(steps_of "$("${quick_plan[@]}")")
  before=$(world)
  for lie in $(node -e 'import(process.argv[1]).then((lies) => console.log(...lies.names))' "${faulty%/*}/lies.mjs"); do
    for ((n = 1; ; ++n)); do
      through answer "$lie" $n -- "${quick_plan[@]}"
      struck || break
      sound "$lie as answer $n ($(struck_call))"
      ((++points))
    done
  done
  [[ $(world) == "$before" ]]
  no_complaints "$points lies to plan"
}

@test "a wrong answer makes apply remove nothing" {
  limits
  points=0
  fleet() { identity $a && identity $b; }
  before=$(fleet)
  for lie in length-too-long half-json mangled null nothing list-of-null; do
    for ((n = 1; ; ++n)); do
      docker update --memory 80m --memory-swap 80m $a $b >/dev/null
      through answer $lie $n -- "${quick_apply[@]}"
      struck || break
      ended_well "$lie as answer $n ($(struck_call))"
      [[ $(fleet) == "$before" ]] || complain "$lie as answer $n ($(struck_call)): $said"
      ((++points))
    done
  done
  check lies
  no_complaints "$points lies to apply"
}

@test "of many applies at once one works at a time, and whoever is killed leaves nothing to unlock" {
  foreign
  kills=0
  for many in 2 4 8 16; do
    anew
    running a b
    contenders=()
    for ((i = 1; i <= many; ++i)); do
      quick a "resources: {memory: $((64 + i))Mi}" # in place
      quick b "envTemplate: {V: \"$((i / 2))\"}"   # by a replace, for each second one
      cp -r "$manifests" "$BATS_TEST_TMPDIR/contender-$many-$i"
      contend "$BATS_TEST_TMPDIR/contender-$many-$i" 3>&- &
      contenders+=($!)
    done
    for ((i = 0; i < many; ++i)); do
      sleep "0.$((RANDOM % 8))"
      kill_holder
    done
    wait "${contenders[@]}"
    quick a 'resources: {memory: 64Mi}'
    quick b
    want=$(is a 64Mi; is b)
    check "$many at once"
    mcpctl history -o json --limit 1000 | jq -e '[.runs[] | {begun, ended}] | sort_by(.begun) |
      [.[:-1], .[1:]] | transpose | all(.[0].ended <= .[1].begun)' >/dev/null || complain "$many at once: runs overlap"
  done
  no_complaints "2, 4, 8 and 16 at once, $kills of those that held the lock killed"
}
