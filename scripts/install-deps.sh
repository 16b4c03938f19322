#!/usr/bin/env bash
# install-deps.sh build|package|test|fuzz|mutants|engine... — install what is missing of what that needs, on Debian 12 or
# a recent Ubuntu. Quick and silent when nothing is. Uses sudo where it is not root.
#
#   build   compiler and libraries
#   package what makes a Debian package of it (cpack)
#   test    what the tests use, an engine program included (they start it privately)
#   fuzz    what builds the fuzzers (clang, with its sanitizers)
#   mutants a quick linker for tests/mutants/run.sh
#   engine  a Docker Engine to run servers on, unless this machine has one or a way to one
#
# A Docker that is here already is left alone: docker.io is never installed over another one.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

build=(g++ cmake ninja-build ccache pkg-config git ca-certificates libpoco-dev libyaml-cpp-dev libfmt-dev libsimdjson-dev
  libcli11-dev libvalijson-dev libssl-dev libpq-dev libboost-test-dev nlohmann-json3-dev)
package=(dpkg-dev file)
fuzz=(clang libclang-rt-dev llvm)
test=(iptables docker-registry postgresql apache2-utils socat busybox-static haproxy dnsmasq-base openssl bats jq curl iproute2
  util-linux procps clang-format clang-tidy shellcheck debootstrap docker-compose man-db systemd binutils)

# The packages of other Dockers; docker.io would fight with them over the same files.
other_docker() {
  local package
  for package in docker-ce docker-ce-cli containerd.io moby-engine podman-docker; do
    [[ -n $(missing_packages "$package") ]] || { echo "$package"; return; }
  done
}

want=()
for what in "$@"; do
  case $what in
    build) want+=("${build[@]}") ;;
    package) want+=("${package[@]}") ;;
    fuzz) want+=("${fuzz[@]}") ;;
    test)
      want+=("${package[@]}" "${test[@]}")
      has node || want+=(nodejs)
      has npm || want+=(npm)
      if ! has dockerd; then
        other=$(other_docker)
        [[ -z $other ]] || die "the tests need dockerd; $other is installed, so add its engine yourself (docker.io would replace it)"
        want+=(docker.io)
      fi
      ;;
    mutants) want+=(mold) ;;
    engine)
      # A client without an engine here: an engine elsewhere, or Docker Desktop.
      if ! has docker && ! has dockerd; then want+=(docker.io iptables); fi
      ;;
    *) die "usage: install-deps.sh build|package|test|fuzz|mutants|engine..." ;;
  esac
done
[[ ${#want[@]} -gt 0 ]] || exit 0

new_services=$(missing_packages docker-registry haproxy)
# Debian makes and starts a cluster of whatever version it installs, unless it was told not to before.
if [[ " ${want[*]} " == *' postgresql '* && -n $(missing_packages postgresql) ]]; then
  install_packages postgresql-common
  as_root sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
fi
install_packages "${want[@]}"

# Debian starts what it installs; the tests want the programs, not services on ports of this machine.
if [[ " ${want[*]} " == *' docker-registry '* && -n $new_services && -d /run/systemd/system ]]; then
  # shellcheck disable=SC2086  # words
  as_root systemctl disable --now $new_services >/dev/null 2>&1 || true
fi
