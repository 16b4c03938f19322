#!/usr/bin/env bash
# get-compose.sh DIR — docker compose 2.40 of a newer Debian as DIR/docker-compose, for run.sh to be
# compared with. Takes the mirror from this machine's own sources, installs nothing, and changes nothing
# outside of DIR.
set -euo pipefail
[[ $# -eq 1 ]] || { sed -n '2,4s/^# //p' "$0" >&2; exit 64; }
dir=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$dir"
mkdir -p lists/partial cache/archives/partial state
touch state/status
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -1 | tr -d ' ') || true # a file may be missing
[[ -n $mirror ]] || { echo 'get-compose.sh: error: apt knows no Debian mirror here' >&2; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >sources.list
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::Lists=$dir/lists"
  -o "Dir::Cache=$dir/cache" -o "Dir::State::status=$dir/state/status" -o APT::Sandbox::User=root)
"${apt[@]}" update
"${apt[@]}" download docker-compose=2.40.3-3
dpkg -x docker-compose_*.deb unpacked
find unpacked -type f -name docker-compose -exec cp {} "$dir/docker-compose" \;
"$dir/docker-compose" version
