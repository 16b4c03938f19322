#!/usr/bin/env bash
# run.sh [-j N] [--all-tests] [PATTERN...] — does each seeded fault fail the test that its patch names?
# run.sh --check UNIT_TESTS — quick: does every patch apply, and has the program every named test?
#
# Each NNN-*.patch beside this script is one fault that somebody could have made. Above the diff stand
#
#   # what the fault is
#   # caught-by: SUITE/CASE
#   # neighbour: where users of another tool suffer from it, if so
#
# A run copies the sources to build/mutants, builds the unit tests, sees that all named tests pass, and then
# for each fault puts it in, builds, and runs the named test alone: `caught` when that fails, `SURVIVED` when
# it passes, `broken` when nothing could be built. Exit 1 unless all are caught. PATTERNs are shell patterns of
# parts of names of patches. With --all-tests a survivor is held against all unit tests, which tells who does catch it; -j N
# uses N copies at once. `scripts/install-deps.sh mutants` brings a linker that takes a fraction of the time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../../scripts/lib.sh"
cd "$root"

scratch=$root/build/mutants
jobs=1
all_tests=false
longest=300 # seconds for one test

header() { sed -n "s|^# $2: ||p" "$1"; }                 # header PATCH KEY
patched() { sed -n 's|^+++ b/||p' "$@" | sort -u; }      # patched PATCH...: the files that they change
named_tests() { for patch in "$@"; do header "$patch" caught-by; done | sort -u; }

# put [OPTION...] PATCH: into the tree at the working folder, which is no repository to git. One line of
# context is enough to find the place.
put() { GIT_CEILING_DIRECTORIES=$(dirname "$PWD") git apply -C1 "$@"; }

# list_tests PROGRAM: SUITE/CASE, one a line
list_tests() {
  "$1" --list_content 2>&1 | awk '{ name = $1; sub(/\*$/, "", name) } /^[^ ]/ { suite = name; next } { print suite "/" name }'
}

check() { # check PROGRAM
  local patch test failed=0 known
  known=$(list_tests "$1")
  for patch in "${patches[@]}"; do
    put --check "$patch" || failed=1
    test=$(header "$patch" caught-by)
    grep -qxF -- "$test" <<<"$known" || { echo "$patch: there is no test \`$test\`" >&2; failed=1; }
  done
  echo "${#patches[@]} patches"
  return $failed
}

build() { # build COPY
  cmake --build "$scratch/$1/build/dev" -j $((($(nproc) + jobs - 1) / jobs)) --target mcpctl_unit_tests >"$scratch/$1.log" 2>&1
}

# prepare COPY: the sources as they are now, built, with all named tests passing. All of them are new to ninja, for
# their times say nothing about what was built of an earlier copy or in the middle of a fault; ccache has the rest.
prepare() {
  local copy=$scratch/$1 linker=() test filters=()
  mkdir -p "$copy"
  find "$copy" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
  git ls-files -z -co --exclude-standard | tar -c --null -T - --ignore-failed-read 2>/dev/null | tar -x -m -C "$copy"
  ! has mold || linker=(-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=mold)
  # As a developer builds and where, so that ccache has most of it.
  (cd "$copy" && cmake --preset dev "${linker[@]}") >"$scratch/$1.log" || die "cannot configure, see $scratch/$1.log"
  build "$1" || die "cannot build the sources as they are, see $scratch/$1.log"
  check "$copy/build/dev/tests/mcpctl_unit_tests" >/dev/null || die 'patches that are out of date (above)'
  while read -r test; do filters+=("--run_test=$test"); done < <(named_tests "${patches[@]}")
  run_tests "$1" "${filters[@]}" >"$scratch/$1.log" || die "tests fail without any fault, see $scratch/$1.log"
}

run_tests() { # run_tests COPY FILTER...
  timeout -k 5 "$longest" "$scratch/$1/build/dev/tests/mcpctl_unit_tests" --color_output=no "${@:2}" 2>&1
}

# judge COPY PATCH: one line about it
judge() {
  local copy=$scratch/$1 patch=$2 test verdict code=0 begun=$SECONDS
  test=$(header "$patch" caught-by)
  if ! (cd "$copy" && put "$patch" && patched "$patch" | xargs touch) >"$scratch/$1.log" 2>&1 || ! build "$1"; then
    verdict=broken
    cp "$scratch/$1.log" "$scratch/$(basename "$patch" .patch).log"
  else
    run_tests "$1" "--run_test=$test" >"$scratch/$1.log" || code=$?
    # 201: a check failed; 200: there was nothing to run; the others are signals and the time limit.
    case $code in
      0) verdict=SURVIVED ;;
      200) verdict=broken ;;
      *) verdict=caught ;;
    esac
  fi
  printf '%-8s  %-44s  %s (%s s)\n' "$verdict" "$(basename "$patch" .patch)" "$test" $((SECONDS - begun)) | tee -a "$scratch/verdicts"
  if [[ $verdict == SURVIVED ]] && $all_tests; then
    { run_tests "$1" --log_format=HRF || true; } | sed -n 's|.*error: in "\([^"]*\)".*|          fails \1|p' | sort -u
  fi
  (cd "$copy" && put -R "$patch" && patched "$patch" | xargs touch) >>"$scratch/$1.log" 2>&1 || [[ $verdict == broken ]]
}

work() { # work COPY: every N-th fault
  local i
  prepare "$1"
  for ((i = $1; i < ${#patches[@]}; i += jobs)); do judge "$1" "${patches[i]}"; done
}

patches=("$here"/*.patch)
while [[ $# -gt 0 ]]; do
  case $1 in
    -j) jobs=$2 && shift ;;
    --all-tests) all_tests=true ;;
    --check) check "$2" && exit 0 || exit 1 ;;
    -*) die "usage: run.sh [-j N] [--all-tests] [PATTERN...], or run.sh --check UNIT_TESTS" ;;
    *) wanted+=("$1") ;;
  esac
  shift
done
if [[ -n ${wanted[*]:-} ]]; then
  mapfile -t patches < <(for each in "${wanted[@]}"; do compgen -G "$here/*$each*.patch"; done | sort -u)
  [[ ${#patches[@]} -gt 0 ]] || die 'no patch is called like that'
fi

mkdir -p "$scratch"
: >"$scratch/verdicts"
for ((copy = 0; copy < jobs; ++copy)); do work "$copy" & pids[copy]=$!; done
for pid in "${pids[@]}"; do wait "$pid" || stopped=1; done
[[ -z ${stopped:-} ]] || die 'not all faults were tried (above)'

count() { grep -c "^$1 " "$scratch/verdicts" || true; }
echo "${#patches[@]} faults: $(count caught) caught, $(count SURVIVED) survived, $(count broken) broken; $((SECONDS / 60)) min"
[[ $(count caught) -eq ${#patches[@]} ]]
