#!/usr/bin/env bash
# quickstart.sh — from a fresh clone to a running MCP server: installs what is missing, finds or
# starts a Docker Engine, builds mcpctl and its echo server, applies manifests/quickstart/ and asks
# the running server something. Run it again at any time: it does only what is left to do.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
cd "$root"
PATH=$PATH:/usr/sbin:/sbin

# --- what is needed -----------------------------------------------------------------------

"$root/scripts/install-deps.sh" build engine

# --- an engine ----------------------------------------------------------------------------

sudo=() # set where only root may use the engine
answers() {
  if docker version >/dev/null 2>&1; then return; fi
  [[ $EUID -ne 0 && -z ${DOCKER_HOST:-} ]] && has sudo && sudo docker version >/dev/null 2>&1 || return 1
  sudo=(sudo)
}

start_engine() {
  local log=/var/log/mcpctl-dockerd.log
  if [[ -d /run/systemd/system ]]; then
    say 'starting the Docker service'
    as_root systemctl start docker
  else
    has dockerd || die 'there is a docker client, but no engine answers and no dockerd is here; start your engine, or set DOCKER_HOST'
    say "starting dockerd in the background; its log is $log"
    # shellcheck disable=SC2016  # for the inner shell
    as_root sh -c 'setsid dockerd >>"$0" 2>&1 </dev/null &' "$log"
    say "to stop it later: kill \$(cat /var/run/docker.pid)"
  fi
  for _ in {1..150}; do
    if answers; then return; fi
    sleep 0.2
  done
  [[ ! -r $log ]] || tail -n 20 "$log" >&2
  die 'the engine did not come up'
}

if ! answers; then
  [[ -z ${DOCKER_HOST:-} ]] || die "no engine answers at DOCKER_HOST=$DOCKER_HOST"
  start_engine
fi
say "engine: Docker $("${sudo[@]}" docker version -f '{{.Server.Version}}')"

# --- build --------------------------------------------------------------------------------

say 'building mcpctl (preset release; a few minutes the first time)'
cmake --preset release >/dev/null
cmake --build build/release --target mcpctl -j "$(nproc)"
cmake --build build/release --target mcp-echo -j "$(nproc)" >/dev/null
"${sudo[@]}" env MCP_ECHO="$root/build/release/tests/echo_server/mcp-echo" "$root/scripts/build-images.sh" --echo-only

# --- apply --------------------------------------------------------------------------------

mcpctl=("${sudo[@]}" build/release/mcpctl)
say 'mcpctl apply manifests/quickstart/'
"${mcpctl[@]}" apply manifests/quickstart/
say 'mcpctl status'
"${mcpctl[@]}" status

# --- a real answer ------------------------------------------------------------------------

container=$("${sudo[@]}" docker ps --filter label=mcpctl.project=mcpctl --filter ancestor=mcpctl/echo:1 \
  --format '{{.Names}}' | sort | head -1)
[[ -n $container ]] || die 'no echo server is running, though apply succeeded'
say "a client talks MCP to $container:"
requests=(
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"quickstart","version":"1"}}}'
  '{"jsonrpc":"2.0","method":"notifications/initialized"}'
  '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hello from inside a hardened container"}}}'
)
printf '  -> %s\n' "${requests[@]}"
answers=$(printf '%s\n' "${requests[@]}" | "${sudo[@]}" docker exec -i "$container" /mcp-echo)
printf '%s\n' "$answers" | sed 's/^/  <- /'
[[ $answers == *'hello from inside'* ]] || die "$container did not answer as an MCP server does"

cat <<TEXT

It runs. Next:
  ${mcpctl[*]} plan manifests/quickstart/     nothing to do: the plan is empty
  edit a file in manifests/quickstart/, then plan again, and apply
  docker rm -f $container, then plan again: the drift is seen, and apply heals it
  ${mcpctl[*]} destroy --yes                  take it all down again
TEXT
