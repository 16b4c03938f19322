#!/usr/bin/env bash
# test.sh [--unit|--integration|--sanitizers|--lint|--all] — install what the tests need, build, run them.
#
# The default is --all: lint, unit tests, the same under sanitizers, fuzzers for a minute each, and the integration
# tests against a private engine and private registries (tests/lab/lab.sh). Ends with ctest's summary. Nothing is skipped: what is
# missing and cannot be installed is a failure.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
cd "$root"

what=${1:---all}
case $what in
  --unit) select=(-LE 'integration|sanitizer') ;;
  --integration) select=(-L integration) ;;
  --sanitizers) select=(-L sanitizer) ;;
  --lint | --all) select=() ;;
  *) die "usage: test.sh [--unit|--integration|--sanitizers|--lint|--all]" ;;
esac

"$root/scripts/install-deps.sh" build test fuzz
# The lab needs root later, in the middle of ctest's output: ask for the password now.
if [[ $EUID -ne 0 && $what != --unit && $what != --sanitizers && $what != --lint ]]; then as_root true; fi

say 'building (preset dev)'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ cmake --preset dev && cmake --build build/dev -j "$(nproc)"; } >"$log" 2>&1 || {
  cat "$log"
  die 'the build failed (above)'
}

lint=0
if [[ $what == --all || $what == --lint ]]; then "$root/scripts/lint.sh" || lint=1; fi
[[ $what != --lint ]] || exit "$lint"

# What failed is told again at the end, where a log of an hour is read first.
tests=0
ctest --test-dir build/dev -j "$(nproc)" --output-on-failure --no-tests=error "${select[@]}" || {
  tests=1
  say 'what failed'
  grep -E -A 8 '^(not ok|bats warning)|\*\*\*Failed|error: in "|WARNING: ThreadSanitizer|ERROR: (Address|Leak)Sanitizer|runtime error:' \
    build/dev/Testing/Temporary/LastTest.log | grep -v '^ok ' | cut -c1-300 | head -100 || true
}
[[ $lint -eq 0 ]] || say 'lint failed (above)'
exit $((lint || tests))
