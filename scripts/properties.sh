#!/usr/bin/env bash
# properties.sh [CASES] — hold the reconciler's properties against CASES random worlds (default 1,000,000), on an
# optimized build and all cores. Seeds count from MCPCTL_TEST_SEED (default 1). A failure prints its seed; to look at
# it: MCPCTL_TEST_SEED=N MCPCTL_TEST_WORLDS=1 build/release/tests/mcpctl_property_tests
#
# Each world: a pass makes it as declared (judged on the world, not by another plan), a second plan is empty, the same
# world gives the same plan byte for byte, nothing unowned is touched, a replace is there only where something needs
# one, each step has a reason and a place. Every fifth: order is irrelevant, and the prune guard holds.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
cd "$root"

cases=${1:-1000000}
[[ $cases =~ ^[1-9][0-9]*$ ]] || die "usage: properties.sh [CASES]"
"$root/scripts/install-deps.sh" build test
say 'building (preset release)'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ cmake --preset release && cmake --build build/release -j "$(nproc)" --target mcpctl_property_tests; } >"$log" 2>&1 || {
  cat "$log"
  die 'the build failed (above)'
}

say "$cases worlds from seed ${MCPCTL_TEST_SEED:-1}"
begun=$SECONDS
MCPCTL_TEST_WORLDS=$cases build/release/tests/mcpctl_property_tests --log_level=message \
  --color_output=no
took=$((SECONDS - begun))
say "$cases worlds in $took s, $((cases / (took > 0 ? took : 1))) a second"
