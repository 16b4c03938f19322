# shellcheck shell=bash
# For the bats files of this folder: `load helper`. Knows the lab and how to ask about it.

bats_require_minimum_version 1.5.0

: "${LAB_STATE:?is not set: run these tests through ctest, or: LAB_STATE=DIR after tests/lab/lab.sh up DIR}"
[[ -s $LAB_STATE/env ]] || { echo "there is no lab at $LAB_STATE: tests/lab/lab.sh up $LAB_STATE" >&2; exit 1; }
source "$LAB_STATE/env"

# shellcheck disable=SC2034
initialize='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}'

# inside CONTAINER: JSON, what a process in it sees (containers of mcpctl/echo only)
inside() { docker exec "$1" /mcp-echo --once inside; }

as_root() { if [[ $EUID -eq 0 ]]; then "$@"; else sudo -n "$@"; fi; }

# in_lab COMMAND...: where the engine's published ports are on 127.0.0.1
in_lab() { as_root nsenter --net="/run/netns/$LAB_NETNS" "$@"; }

# holds JSON FILTER: whether the jq filter is true of it; shows it if not
holds() {
  jq -e "$2" <<<"$1" >/dev/null || {
    printf 'not so: %s\nin: %s\n' "$2" "$1" >&2
    return 1
  }
}

# eventually SECONDS COMMAND...: until it succeeds, which takes a quiet machine no longer than that
eventually() {
  local end=$((SECONDS + 3 * $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || { echo "not within the time: $*" >&2; return 1; }
    sleep 0.1
  done
}

remove_all_containers() { docker ps -aq | xargs -r docker rm -fv >/dev/null; }
