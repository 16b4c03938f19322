#!/usr/bin/env bats
# shellcheck disable=SC2154  # helper.bash sets variables, `run` too
# The daemon for as long as CI has time for; tests/bench/soak.sh by hand for longer (docs/reliability.md).

load mcpctl

@test "minutes of churn leave the fleet whole, and the daemon's memory, descriptors and threads as they were" {
  REST=20 run -0 --separate-stderr "$BATS_TEST_DIRNAME/../bench/soak.sh" 2 8
  echo "$output"
  holds "$output" '.churns > 50'
  holds "$output" '.rssKib.last < .rssKib.first + 4096 and .rssKib.most < 65536'
  holds "$output" '.descriptors.last <= .descriptors.first + 4 and .threads.last <= .threads.first + 2'
  holds "$output" '.idle.cpuPercent < 2 and .idle.engineCalls < 60' # a resync each 30 s
}
