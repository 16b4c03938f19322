# shellcheck shell=bash
# For bats files that drive the program: `load mcpctl`. Each test has a project and a folder of
# manifests of its own, and takes away what it made.

load helper

processes=()

setup() {
  export MCPCTL_LOCK_DIR=$BATS_TEST_TMPDIR/lock XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
  manifests=$BATS_TEST_TMPDIR/manifests
  mkdir -p "$manifests"
}

teardown() {
  local process
  for process in "${processes[@]}"; do
    # A function of bash is a shell that waits for its program.
    pgrep -P "$process" | xargs -r kill 2>/dev/null || true
    kill "$process" 2>/dev/null || true
  done
  remove_all_containers
  docker volume ls -q | xargs -r docker volume rm -f >/dev/null
  eventually 5 remove_networks # an endpoint may outlive its container for a moment
}

remove_networks() { docker network ls -q --filter type=custom | xargs -r docker network rm >/dev/null; }

mcpctl() { "$MCPCTL" "$@"; }

# background PROGRAM...: runs beside the test and ends with it; its pid is in $pid. (bats waits for
# whatever holds its file descriptor 3.)
background() {
  "$@" 3>&- &
  pid=$!
  processes+=("$pid")
}

# server NAME [YAML...]: a McpServer of mcpctl/echo:1; each further argument is a line of its spec
server() {
  local name=$1 line
  shift
  {
    echo "apiVersion: mcpctl/v1"
    echo "kind: McpServer"
    echo "metadata: {name: $name}"
    echo "spec:"
    [[ "$*" == *image:* ]] || echo "  image: mcpctl/echo:1"
    for line in "$@"; do echo "  $line"; done
  } >"$manifests/server-$name.yaml"
}

# profile NAME SERVER... : a profile that runs these, each under its own name
profile() {
  local name=$1 server
  shift
  {
    echo "apiVersion: mcpctl/v1"
    echo "kind: Profile"
    echo "metadata: {name: $name}"
    echo "spec:"
    echo "  servers:"
    for server in "$@"; do echo "    - server: $server"; done
  } >"$manifests/profile-$name.yaml"
}

# network NAME
network() {
  printf 'apiVersion: mcpctl/v1\nkind: Network\nmetadata: {name: %s}\nspec: {internal: true}\n' "$1" \
    >"$manifests/network-$1.yaml"
}

# apply [OPTION...]: with a short settle time; the tests' servers either run or end at once
apply() { mcpctl apply "$manifests" --settle-time 700ms --ready-timeout 20s "$@"; }

# plan_json: the plan, as JSON
plan_json() { mcpctl plan "$manifests" -o json; }

# settled: the second plan has nothing to do
settled() { holds "$(plan_json)" '.steps == []'; }

# of CONTAINER TEMPLATE
of() { docker inspect -f "$2" "$1"; }

# identity CONTAINER: its id, and when it was started; compare before and after
identity() { of "$1" '{{.Id}} {{.State.StartedAt}}'; }
