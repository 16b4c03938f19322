#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# The compose deployment as users get it, from scripts/compose-setup.sh on: the images are built by the Dockerfile, with
# stand-ins for the public images where no registry can be reached (tests/lab/public-images.sh).
#
# One stack for all tests, which go from one to the next.

load helper

# stack_settings: what differs from a host of its own. The engine's socket, the lock and the port are the lab's.
stack_settings() {
  here=$BATS_FILE_TMPDIR/mcpctl
  export COMPOSE_PROJECT_NAME=stack DOCKER_SOCKET=${DOCKER_HOST#unix://} MCPCTL_LOCK_DIR=$BATS_FILE_TMPDIR/lock MCPD_PORT=13000
}

compose() { (cd "$here" && docker-compose -f docker-compose.yml -f docker-compose.test.yml "$@" 3>&-); }

setup_file() {
  stack_settings
  "$BATS_TEST_DIRNAME/../lab/public-images.sh"
  mkdir -p "$here"
  (cd "$BATS_TEST_DIRNAME/../.." && git ls-files -co --exclude-standard -z | tar -c --null -T - --ignore-failed-read) | tar -xC "$here"
  (cd "$here" && ./scripts/compose-setup.sh)
  # As an administrator who is not root has it; and a second time changes nothing.
  before=$(sha256sum "$here/.env" "$here/secrets/api-token")
  (cd "$here" && ./scripts/compose-setup.sh)
  [[ $(sha256sum "$here/.env" "$here/secrets/api-token") == "$before" ]]
  for target in '--target mcp-echo -t mcpctl/echo:1' '-t mcpctl:latest'; do
    # shellcheck disable=SC2086  # words
    DOCKER_BUILDKIT=0 docker build $target "$here" >"$BATS_FILE_TMPDIR/build.log" 2>&1 || {
      tail -n 30 "$BATS_FILE_TMPDIR/build.log"
      return 1
    }
  done
  compose up --detach --no-build
}

teardown_file() {
  stack_settings
  compose down --volumes >/dev/null 2>&1 || true
  remove_all_containers
  docker volume ls -q | xargs -r docker volume rm -f >/dev/null
  docker network ls -q --filter type=custom | xargs -r docker network rm >/dev/null
}

setup() {
  stack_settings
  token=$(<"$here/secrets/api-token")
  url=http://127.0.0.1:$MCPD_PORT
}

container() { compose ps -q "$1"; }
of() { docker inspect -f "$2" "$1"; }
is_healthy() { [[ $(of "$(container "$1")" '{{.State.Health.Status}}') == healthy ]]; }
running() { [[ $(docker inspect -f '{{.State.Running}}' "$1" 2>/dev/null) == true ]]; }
sql() { docker exec "$(container postgres)" psql -U mcpctl -d mcpctl -Atc "$1"; }
told() { [[ $(sql "$1" 2>/dev/null) == "$2" ]]; }
host_mcpctl() { XDG_STATE_HOME=$BATS_TEST_TMPDIR "$MCPCTL" "$@"; }

@test "the image holds the package, installed, and little else" {
  run -0 docker run --rm --entrypoint sh mcpctl:latest -c 'dpkg -s mcpctl; id -u; mcpctl --version; git --version'
  [[ $output == *'Status: install ok installed'* && $output == *65532* && $output == *'mcpctl 0'* && $output == *'git version'* ]]
  # Nothing of the compiler, and of the layers on top of Debian's no more than git and the libraries need.
  run ! docker run --rm --entrypoint sh mcpctl:latest -c 'command -v g++ cmake'
  added=$(($(of mcpctl:latest '{{.Size}}') - $(of debian:bookworm-slim '{{.Size}}')))
  [[ $added -lt 160000000 ]] || { echo "$added bytes on top of the base"; return 1; }
}

@test "the package can be removed and purged again" {
  run -0 docker run --rm --user 0 --entrypoint sh mcpctl:latest -ec '
    test "$(stat -c "%a %U %G" /etc/default/mcpctl)" = "640 root mcpctl"
    test "$(stat -c "%a %G" /etc/mcpctl/secrets)" = "750 mcpctl"
    dpkg --remove mcpctl
    test -e /etc/default/mcpctl && ! command -v mcpctl
    dpkg --purge mcpctl
    ! test -e /etc/default/mcpctl && ! test -e /var/lib/mcpctl && ! test -e /etc/mcpctl'
}

@test "the stack comes up: the database, then the daemon, which is ready" {
  eventually 60 is_healthy postgres
  eventually 90 is_healthy mcpd || { compose logs mcpd; return 1; }
  [[ $(in_lab curl -s -o /dev/null -w '%{http_code}' "$url/readyz") == 200 ]]
}

@test "its port asks for the token, and is bound to loopback alone" {
  [[ $(in_lab curl -s -o /dev/null -w '%{http_code}' "$url/api/v1/status") == 401 ]]
  run -0 in_lab curl -fs -H "Authorization: Bearer $token" "$url/api/v1/status"
  [[ $output == *mcpctl-dev-echo* ]]
  [[ $(of "$(container mcpd)" '{{json .HostConfig.PortBindings}}') == '{"3000/tcp":[{"HostIp":"127.0.0.1","HostPort":"13000"}]}' ]]
}

@test "the declared servers run, and the runs are in PostgreSQL" {
  for name in mcpctl-dev-echo mcpctl-dev-echo-http mcpctl-research-echo; do eventually 30 running "$name"; done
  eventually 20 told "select count(*) > 0 from runs where outcome = 'done' and project = 'mcpctl'" t
  told "select count(distinct object) from steps where verb = 'create' and object like 'mcpctl-%-echo%'" 3
}

@test "what goes away comes back, and the database says so" {
  docker rm -f mcpctl-dev-echo
  eventually 20 running mcpctl-dev-echo
  eventually 20 told "select count(*) from steps where verb = 'create' and object = 'mcpctl-dev-echo' and result = 'done'" 2
}

@test "a changed manifest replaces its server, once the new one answers over MCP" {
  before=$(of mcpctl-dev-echo-http '{{.Id}}')
  sed -i 's/command: \[--http, "3001"\]/command: [--http, "3001", --stderr-line, changed]/' "$here/manifests/quickstart/servers.yaml"
  replaced() { running mcpctl-dev-echo-http && [[ $(of mcpctl-dev-echo-http '{{.Id}} {{.Args}}') == *changed* ]]; }
  eventually 40 replaced
  [[ $(of mcpctl-dev-echo-http '{{.Id}}') != "$before" ]]
  eventually 20 told "select count(*) from steps where verb = 'replace' and object = 'mcpctl-dev-echo-http' and result = 'done'" 1
}

@test "the test server is shown and left alone" {
  id=$(container test-mcp-server)
  status=$(host_mcpctl status -o json)
  holds "$status" '[.unmanaged[].name] | any(contains("test-mcp-server"))'
  docker kill --signal HUP "$(container mcpd)"
  host_mcpctl apply "$here/manifests/quickstart"
  [[ $(container test-mcp-server) == "$id" ]] && running "$id"
}

@test "mcpctl uses the network that compose made, and finds nothing to change on it" {
  [[ $(of mcpctl-dev-echo '{{json .NetworkSettings.Networks}}') == *'"mcpctl-network"'* ]]
  network=$(docker network inspect mcpctl-network)
  holds "$network" '.[0] | .Internal and .Options["com.docker.network.bridge.inhibit_ipv4"] == "true" and .Labels["com.docker.compose.project"] == "stack"'
  holds "$(host_mcpctl plan "$here/manifests/quickstart" -o json)" '.steps == []'
}

@test "every container of the stack is closed, limited, and not root" {
  for service in mcpd postgres test-mcp-server; do
    holds "$(docker inspect "$(container $service)")" '.[0] |
      .HostConfig.Privileged == false and .HostConfig.ReadonlyRootfs and (.HostConfig.CapDrop | index("ALL") != null) and
      .HostConfig.CapAdd == null and (.HostConfig.SecurityOpt | any(startswith("no-new-privileges"))) and
      .HostConfig.PidsLimit > 0 and .HostConfig.NanoCpus > 0 and .HostConfig.NetworkMode != "host" and
      (.Config.User | test("^[1-9][0-9]*:[1-9][0-9]*$"))'
  done
  [[ $(of "$(container mcpd)" '{{.HostConfig.Memory}}') == 536870912 ]]
  [[ $(of "$(container postgres)" '{{.HostConfig.Memory}}') == 268435456 ]]
  holds "$(docker inspect "$(container mcpd)")" '.[0].Mounts[] | select(.Destination == "/var/run/docker.sock") | .RW == false'
  grep -q . <<<"$token"
  run ! grep -qF "$token" <(docker inspect "$(container mcpd)"; docker logs "$(container mcpd)" 2>&1; docker history --no-trunc mcpctl:latest)
}

@test "no server reaches the daemon or the database, and the database reaches nobody" {
  # From within the network namespace of a server, with bash of ours.
  connects() { docker run --rm --network "$1" --entrypoint timeout mcpctl:latest 3 bash -c "exec 3<>/dev/tcp/$2/$3"; }
  addresses() { of "$(container "$1")" '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}'; }
  database=$(addresses postgres) daemon=$(addresses mcpd)
  [[ $(wc -w <<<"$database $daemon") == 3 ]]
  for address in $database; do
    connects stack_history "$address" 5432
    run ! connects container:mcpctl-dev-echo "$address" 5432
  done
  for address in $daemon; do run ! connects container:mcpctl-dev-echo "$address" 3000; done
  # Where it should, it gets through.
  connects container:mcpctl-dev-echo "$(addresses test-mcp-server | tr -d ' ')" 3001
  [[ $(docker network inspect -f '{{.Internal}}' stack_history) == true ]]
}

@test "the daemon and a command on the host take the same lock" {
  run -0 find "$MCPCTL_LOCK_DIR" -name 'mcpctl-*.lock'
  [[ $output == *.lock ]]
  exec {lock}<"$output"
  flock "$lock"
  docker rm -f mcpctl-dev-echo
  sleep 2
  run ! running mcpctl-dev-echo
  exec {lock}<&-
  eventually 60 running mcpctl-dev-echo
}

@test "a database that is away stops nothing, and gets the records later" {
  # Not stopped: on the volume of docker-compose.test.yml it would forget all there was.
  id=$(container postgres)
  docker network disconnect stack_history "$id"
  docker rm -f mcpctl-research-echo
  eventually 20 running mcpctl-research-echo
  docker network connect --alias postgres stack_history "$id"
  eventually 60 told "select count(*) from steps where verb = 'create' and object = 'mcpctl-research-echo'" 2
}

@test "the daemon stops in time, cleanly, and the stack goes down" {
  id=$(container mcpd)
  SECONDS=0
  compose stop mcpd
  [[ $SECONDS -lt 12 && $(of "$id" '{{.State.ExitCode}}') == 0 ]]
  host_mcpctl destroy --yes
  compose down --volumes
  run -0 docker ps -aq
  [[ -z $output ]]
  run -0 docker network ls -q --filter type=custom
  [[ -z $output ]]
}
