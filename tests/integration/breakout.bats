#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016,SC2030,SC2031  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# A server that tries to get out, by every way by which mcpctl brings a container to life: every attempt fails.
# The control runs the same program with everything that plain docker gives away, and there they succeed.

load mcpctl

: "${MCP_BREAKOUT:?is not set: the program mcp-breakout}"

image=mcpctl-test/breakout:1
c=mcpctl-dev-bad
outside=192.0.2.10 # an address of the host's own

setup_file() {
  local root=$BATS_FILE_TMPDIR/root
  mkdir -p "$root"/{tmp,etc,data}
  chmod 1777 "$root/tmp"
  install -m 0755 "$MCP_BREAKOUT" "$root/mcp-breakout"
  install -m 4755 "$MCP_BREAKOUT" "$root/setuid-root"
  tar -C "$root" -c --owner=0 --group=0 . |
    docker import -c 'ENTRYPOINT ["/mcp-breakout"]' -c 'USER 65532:65532' - $image >/dev/null
  in_lab ip addr add $outside/32 dev lo
  in_lab ip addr add 169.254.169.254/32 dev lo
}

teardown_file() {
  in_lab ip addr del $outside/32 dev lo
  in_lab ip addr del 169.254.169.254/32 dev lo
  docker rmi -f $image >/dev/null
}

# host_runs ARGUMENT...: mcp-breakout where the engine is, until the test ends
host_runs() {
  local there=(nsenter --net="/run/netns/$LAB_NETNS")
  [[ $EUID -eq 0 ]] || there=(sudo -n "${there[@]}")
  background "${there[@]}" "$MCP_BREAKOUT" "$@"
}

# world: services of the host on all its addresses, a name server, and a neighbour on a network of its own
world() {
  gateway=$(in_lab ip -4 -o addr show docker0 | grep -o '[0-9.]*/' | tr -d /)
  host_runs accept 0.0.0.0:7777
  host_runs accept 169.254.169.254:80
  host_runs dns "$gateway"
  docker network create open >/dev/null
  docker run -d --name neighbour --network open $image accept 0.0.0.0:7777 >/dev/null
  neighbour=$(of neighbour '{{(index .NetworkSettings.Networks "open").IPAddress}}')
  targets=(--tcp "$gateway:7777" --tcp "$outside:7777" --tcp "$neighbour:7777" --name example.com
    --socket /var/run/docker.sock --socket "${DOCKER_HOST#unix://}" --memory 128 --processes 300)
}

# bad [YAML...]: declares the server that tries; each further argument is a line of its spec
bad() {
  server bad "image: $image" 'health: {type: none}' 'resources: {memory: 64Mi, pidsLimit: 64}' \
    "command: $(jq -nc '$ARGS.positional' --args -- "${targets[@]}")" "$@"
  profile dev bad
}

# all_made CONTAINER: whether it has made all its attempts since its last start, and $report is what came of them.
# It began after the run before ended; the engine's time of its start may be later than its first lines.
all_made() {
  local ended
  ended=$(of "$1" '{{.State.FinishedAt}}') &&
    report=$(docker logs "$1" 2>&1 | grep '^{' | jq -cs --arg ended "$ended" \
      '(map(.begins != null) | rindex(true)) as $last | select($last != null and .[$last].begins > $ended) | .[$last + 1:][]') &&
    jq -es 'last.attempts == length - 1 and length > 40' <<<"$report" >/dev/null
}

# nothing_succeeds CONTAINER [ATTEMPT...]: every attempt fails, but for those that are allowed to, and that to reach
# itself: where the host has no address on a network, Engine 28 gives the first one to a container.
nothing_succeeds() {
  local container=$1 address
  shift
  eventually 60 all_made "$container"
  for address in $(of "$container" '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}'); do
    set -- "$@" "tcp $address:7777"
  done
  holds "$(jq -s '[.[] | select(.attempt and .outcome != "denied")]' <<<"$report")" \
    "map(select(.attempt as \$a | $(jq -nc '$ARGS.positional' --args -- "$@") | index(\$a) | not)) == []"
}

# control NAME OPTION...: plain docker; $report is what came of it
control() {
  docker run -di --name "$1" "${@:2}" $image "${targets[@]}" >/dev/null
  eventually 60 all_made "$1"
}
succeeded() { jq -cs '[.[] | select(.outcome == "succeeded") | .attempt]' <<<"$report"; }

# everything: all capabilities that this machine itself has, and nothing that filters
everything() {
  if docker run --rm --privileged --user 0:0 $image whoami 2>/dev/null; then
    options=(--privileged)
    return
  fi
  local each
  options=(--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined)
  for each in CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_ADMIN \
    NET_RAW IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_ADMIN SYS_BOOT SYS_NICE SYS_TIME MKNOD SETFCAP; do
    ! docker run --rm --cap-drop ALL --cap-add SETUID --cap-add SETGID --cap-add "$each" --user 0:0 $image whoami 2>/dev/null ||
      options+=(--cap-add "$each")
  done
}

@test "control: what plain docker gives away, the attempts take" {
  world
  everything
  control host "${options[@]}" --user 0:0 --pid host -v "${DOCKER_HOST#unix://}:/var/run/docker.sock" \
    --network open --dns "$gateway"
  holds "$(succeeded)" "[\"tcp $gateway:7777\", \"tcp $outside:7777\", \"tcp $neighbour:7777\", \"tcp metadata\",
    \"dns A example.com\", \"dns TXT example.com\", \"raw socket\", \"packet socket\",
    \"engine socket /var/run/docker.sock\", \"write to the root\", \"write over a program\", \"write to /etc\",
    \"core pattern\", \"address forwarding\", \"setuid program\", \"become root\", \"become group root\",
    \"give up its groups\", \"mount\", \"mount proc\", \"remount the root\", \"pivot or chroot\", \"device node\",
    \"see the host's processes\", \"trace the host's processes\", \"user namespace\", \"mount namespace\",
    \"network namespace\", \"keys\", \"keyctl\", \"bpf\", \"perf\", \"clock\", \"host name\", \"swap\", \"fork bomb\",
    \"memory beyond the limit\"] - . == []"
}

@test "control: an ordinary internal network lets a server reach the host" {
  world
  docker network create --internal inner >/dev/null
  local own
  own=$(docker network inspect -f '{{(index .IPAM.Config 0).Gateway}}' inner)
  targets+=(--tcp "$own:7777")
  control internal --network inner
  holds "$(succeeded)" "index(\"tcp $own:7777\") != null"
}

@test "created, restarted, stopped and started: every attempt fails" {
  world
  bad
  apply
  # Also by the address that the host would have on the network.
  targets+=(--tcp "$(docker network inspect -f '{{(index .IPAM.Config 0).Subnet}}' mcpctl-network | sed 's,0/.*,1:7777,')")
  bad
  apply # replaced
  nothing_succeeds $c
  [[ $(of $c '{{.State.Running}}') == true ]]
  mcpctl restart bad
  nothing_succeeds $c
  mcpctl stop bad
  mcpctl start bad
  nothing_succeeds $c
}

@test "put back by a rollback, or by the next run after a crash: every attempt fails" {
  world
  bad
  apply
  id=$(of $c '{{.Id}}')
  server bad 'image: mcpctl/echo-crash:1'
  run -7 apply --settle-time 3s
  [[ $(of $c '{{.Id}}') == "$id" ]]
  nothing_succeeds $c
  docker update --restart no $c && docker stop -t 1 $c && docker rename $c "$c.old-${id:0:12}"
  bad
  apply
  [[ $(of $c '{{.Id}}') == "$id" ]]
  nothing_succeeds $c
}

@test "healed by the daemon, and on a network that was made anew: every attempt fails" {
  world
  bad
  docker network create mcpctl-network >/dev/null
  background "$MCPCTL" watch "$manifests" --resync 1h --settle-time 300ms 2>>"$BATS_TEST_TMPDIR/log"
  eventually 20 all_made $c
  nothing_succeeds $c
  docker rm -f $c
  eventually 20 of $c '{{.Id}}'
  nothing_succeeds $c
}

@test "as root in its container it is root there, and gets no further" {
  world
  bad 'security: {user: "0:0"}'
  apply
  nothing_succeeds $c 'setuid program' 'become root' 'become group root'
}

@test "two servers without a common network do not see each other" {
  world
  network tools
  server peer "image: $image" 'health: {type: none}' 'command: ["accept", "0.0.0.0:7777"]'
  profile side peer
  echo "  networks: {allowed: [tools]}" >>"$manifests/profile-side.yaml"
  apply
  targets+=(--tcp "$(of mcpctl-side-peer '{{(index .NetworkSettings.Networks "mcpctl-tools").IPAddress}}'):7777")
  bad
  apply
  nothing_succeeds $c
}
