#!/usr/bin/env bash
# give-way.sh COMMAND... — run it behind whatever else runs on this machine. In a session of its own, for where the
# kernel groups tasks by session (autogroup) niceness counts within a group alone.
set -euo pipefail
# shellcheck disable=SC2016  # for the inner shell
exec setsid --wait bash -c '{ echo 19 >/proc/self/autogroup; } 2>/dev/null || true; exec nice -n 19 "$@"' give-way "$@"
