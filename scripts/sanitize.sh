#!/usr/bin/env bash
# sanitize.sh PRESET — build the unit tests with the sanitizers of a preset (tsan, asan, or fuzz: clang's address and
# undefined, with the fuzzers), and run them, the fault matrices among them.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
cd "$root"
preset=${1:?say which preset: tsan, asan or fuzz}
"$root/scripts/install-deps.sh" build test fuzz
targets=(mcpctl_unit_tests)
[[ $preset != fuzz ]] || targets+=(mcpctl_fuzzers)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ cmake --preset "$preset" && cmake --build --preset "$preset" -j "$(nproc)" --target "${targets[@]}"; } >"$log" 2>&1 || {
  cat "$log"
  die "the build of preset $preset failed (above)"
}
ctest --test-dir "build/$preset" -LE 'integration|sanitizer' --output-on-failure --no-tests=error
