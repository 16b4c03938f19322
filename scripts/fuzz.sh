#!/usr/bin/env bash
# fuzz.sh [--merge] [SECONDS] [NAME...] — build the fuzzers of tests/fuzz and run each for SECONDS (60); NAME is `manifest`...
#
# As many at once as there are cores. Inputs that reach something new are kept in build/fuzz/corpus/NAME, findings in
# build/fuzz/findings/NAME; each finding is told with the command that runs it again, and makes this exit 1. --merge
# then adds to tests/fuzz/corpus/NAME the fewest of them that reach all that its files do not. FUZZ_SEED=N makes a run
# that can be repeated; without it each goes another way.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
cd "$root"

merge=
[[ ${1:-} != --merge ]] || { merge=1 && shift; }
seconds=60
[[ ! ${1:-} =~ ^[0-9]+$ ]] || { seconds=$1 && shift; }
known=()
for source in tests/fuzz/*_fuzz.cpp; do
  name=${source##*/}
  known+=("${name%_fuzz.cpp}")
done
names=("${@:-${known[@]}}")
for name in "${names[@]}"; do
  [[ " ${known[*]} " == *" $name "* ]] || die "usage: fuzz.sh [--merge] [SECONDS] [NAME...], where NAME is one of: ${known[*]}"
done

"$root/scripts/install-deps.sh" build fuzz
say 'building (preset fuzz)'
build=build/fuzz
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ cmake --preset fuzz && cmake --build "$build" --target mcpctl_fuzzers -j "$(nproc)"; } >"$log" 2>&1 || {
  cat "$log"
  die 'the build failed (above)'
}

# The longest input that is worth trying: about four times the longest of the seeds.
longest() {
  case $1 in
    engine_json | engine_http | tar) echo 16384 ;;
    *) echo 4096 ;;
  esac
}

# figures LOG NAME: what libFuzzer says at its end, in one line
figures() {
  awk -v name="$2" '
    match($0, /cov: [0-9]+ ft: [0-9]+ corp: [0-9]+\/[0-9]+[KMb]*/) { split(substr($0, RSTART, RLENGTH), f, " "); edges = f[2]; corpus = f[6] }
    /stat::number_of_executed_units/ { runs = $2 }
    /stat::average_exec_per_sec/ { rate = $2 }
    END { printf "%-12s %10d runs %7d/s %6d edges  corpus %s\n", name, runs, rate, edges, corpus }' "$1"
}

# run NAME: one fuzzer for its time. Fails where it found something, and says what.
run() {
  local name=$1 program=$build/tests/fuzz/$1_fuzz failed=0 input
  local corpus=$build/corpus/$name findings=$build/findings/$name log=$build/findings/$name.log
  local options=(-timeout=60 -rss_limit_mb=2048 "-max_len=$(longest "$name")" "-seed=${FUZZ_SEED:-0}")
  [[ ! -e tests/fuzz/$name.dict ]] || options+=("-dict=tests/fuzz/$name.dict")
  mkdir -p "$corpus" "$findings"
  "$program" "${options[@]}" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$findings/" \
    "$corpus" "tests/fuzz/corpus/$name" >"$log" 2>&1 </dev/null || failed=1
  figures "$log" "$name"
  [[ $failed -ne 0 ]] || return 0
  input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
  grep -m 3 -A 1 -E '^broken promise|ERROR: |runtime error:|terminate called' "$log" || tail -n 5 "$log"
  printf '  input: %s\n  again: %s\n' "${input:-none, see $log}" "$program $input"
  return 1
}

# Some write files, and sync them, at each run.
[[ ! -w /dev/shm ]] || export TMPDIR=/dev/shm
say "running ${#names[@]} fuzzers for $seconds s each, $(nproc) at once"
failed=0 running=()
for name in "${names[@]}"; do
  while [[ $(jobs -rp | wc -l) -ge $(nproc) ]]; do sleep 0.5; done
  run "$name" &
  running+=($!)
done
for one in "${running[@]}"; do wait "$one" || failed=1; done

if [[ -n $merge ]]; then
  for name in "${names[@]}"; do
    # Over 4 KiB an input is no good reading; those stay in build/.
    "$build/tests/fuzz/${name}_fuzz" -set_cover_merge=1 -use_counters=0 -max_len=4096 "tests/fuzz/corpus/$name" "$build/corpus/$name" >/dev/null 2>&1 ||
      failed=1
    say "tests/fuzz/corpus/$name: $(find "tests/fuzz/corpus/$name" -type f | wc -l) files"
  done
fi
exit "$failed"
