#!/usr/bin/env bash
# build-images.sh [--echo-only | --echo-tests | --key] — make the images of the quickstart and of
# the tests on the engine in DOCKER_HOST. No registry and no builder is needed; what is there
# already is kept.
#
#   mcpctl/echo:1            the project's own MCP server, FROM scratch (--echo-only stops here)
# and for a private engine of the tests:
#   mcpctl/echo:2            the same with another environment, so with another id
#   mcpctl/echo-crash:1      the same, exits 1 after 300 ms
#   mcpctl/echo-ready:1      the same, logs `ready`
#   mcpctl/echo-ends:1       the same, exits 3 at once
#   haproxy:2.6.12-alpine    a stand-in for the gateways: this machine's haproxy (--echo-tests stops here)
#   node:20-alpine           a stand-in: this machine's node (glibc, not musl) and busybox
#   mcpctl-test/memory:1     @modelcontextprotocol/server-memory, on it (stdio)
#   mcpctl-test/everything:1 @modelcontextprotocol/server-everything (stdio; streamableHttp on 3001)
#
# The last three are kept in $XDG_CACHE_HOME/mcpctl for the next engine; --key prints what
# changes when they would become different.
# Env: MCP_ECHO  the mcp-echo program; without it, it is built in build/echo
set -euo pipefail
source "$(dirname "$0")/lib.sh"

mcp_version=2026.8.31
label=dev.mcpctl.source # what an image was made from
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

made_from() { docker image inspect -f "{{index .Config.Labels \"$label\"}}" "$1" 2>/dev/null || true; }

# --- mcp-echo ---------------------------------------------------------------------------

echo_program() {
  [[ -z ${MCP_ECHO:-} ]] || { echo "$MCP_ECHO"; return; }
  local ninja=()
  if has ninja; then ninja=(-G Ninja); fi
  [[ -e $root/build/echo/CMakeCache.txt ]] || cmake "${ninja[@]}" -S "$root/tests/echo_server" -B "$root/build/echo" >&2
  cmake --build "$root/build/echo" -j "$(nproc)" >&2
  echo "$root/build/echo/mcp-echo"
}

# echo_image TAG CHANGE...: the program alone, an empty /tmp, and a /data that uid 65532 may write
echo_image() {
  local tag=$1 source changes=() change
  shift
  source=$(sha256sum <"$program" | cut -c1-16)
  for change in 'USER 65532:65532' "LABEL $label=$source" "$@"; do changes+=(-c "$change"); done
  [[ $(made_from "$tag") != "$source" ]] || return 0
  docker import "${changes[@]}" "$work/echo.tar" "$tag" >/dev/null
  say "made $tag"
}

echo_images() {
  program=$(echo_program)
  mkdir -p "$work/echo"/{tmp,data}
  install -m 0755 "$program" "$work/echo/mcp-echo"
  chmod 1777 "$work/echo/tmp"
  tar -C "$work/echo" -cf "$work/echo.tar" --mtime=@0 --owner=0 --group=0 mcp-echo tmp
  tar -C "$work/echo" -rf "$work/echo.tar" --mtime=@0 --owner=1000 --group=1000 data
  echo_image mcpctl/echo:1 'ENTRYPOINT ["/mcp-echo"]'
  [[ $1 == all ]] || return 0
  echo_image mcpctl/echo:2 'ENTRYPOINT ["/mcp-echo"]' 'ENV MCP_ECHO_IMAGE=2'
  echo_image mcpctl/echo-crash:1 'ENTRYPOINT ["/mcp-echo","--crash-after","300"]'
  echo_image mcpctl/echo-ready:1 'ENTRYPOINT ["/mcp-echo","--stderr-line","ready"]'
  echo_image mcpctl/echo-ends:1 'ENTRYPOINT ["/mcp-echo","--fail-start"]'
}

# --- gateways ---------------------------------------------------------------------------

# libraries PROGRAM: the shared libraries it needs, and its loader
libraries() { ldd "$1" | grep -o '=> /[^ ]*\|/lib[^ ]*/ld-[^ ]*' | sed 's/^=> //' | sort -u; }

# Named as the official image of the version that Debian 12 has, mcpctl's default.
gateway_image() {
  need haproxy haproxy
  local tag=haproxy:2.6.12-alpine fs=$work/haproxy program source lib
  program=$(PATH=$PATH:/usr/sbin command -v haproxy)
  source=$(sha256sum <"$program" | cut -c1-16)
  [[ $(made_from "$tag") != "$source" ]] || return 0
  install -D -m 0755 "$program" "$fs/usr/local/sbin/haproxy"
  while read -r lib; do install -D -m 0755 "$(readlink -f "$lib")" "$fs$lib"; done < <(libraries "$program")
  tar -C "$fs" -cf "$work/haproxy.tar" --mtime=@0 --owner=0 --group=0 .
  docker import -c 'ENTRYPOINT ["haproxy"]' -c "LABEL $label=$source" "$work/haproxy.tar" "$tag" >/dev/null
  say "made $tag"
}

# --- node and the npm servers -----------------------------------------------------------

node_image() {
  need node nodejs
  need busybox busybox-static
  local fs=$work/node node busybox applet lib
  node=$(readlink -f "$(command -v node)")
  busybox=$(readlink -f "$(command -v busybox)")
  mkdir -p "$fs"/{bin,etc/ssl/certs,home/node,lib64,root,tmp,usr/bin,usr/local/bin,usr/share,var/tmp}
  chmod 1777 "$fs/tmp" "$fs/var/tmp"
  install -m 0755 "$node" "$fs/usr/local/bin/node"
  ln -s /bin/env "$fs/usr/bin/env" # of "#!/usr/bin/env node"
  # Shared libraries, where the loader looks for them.
  ldd "$node" | grep -o '=> /[^ ]*\|/lib[^ ]*/ld-[^ ]*' | sed 's/^=> //' | sort -u | while read -r lib; do
    install -D -m 0755 "$(readlink -f "$lib")" "$fs$lib"
  done
  # Debian's own node reads some of its built-in modules from here.
  if [[ $(dpkg-query -W -f '${Version}' nodejs 2>/dev/null) == *dfsg* ]]; then
    cp -aL /usr/share/nodejs "$fs/usr/share/"
  fi
  install -m 0755 "$busybox" "$fs/bin/busybox"
  "$busybox" --list | while read -r applet; do
    [[ -e $fs/bin/$applet ]] || ln -s busybox "$fs/bin/$applet"
  done
  printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'node:x:1000:1000::/home/node:/bin/sh' >"$fs/etc/passwd"
  printf '%s\n' 'root:x:0:' 'node:x:1000:' >"$fs/etc/group"
  cp -L /etc/ssl/certs/ca-certificates.crt "$fs/etc/ssl/certs/" 2>/dev/null || true
  cat >"$fs/usr/local/bin/docker-entrypoint.sh" <<'SH'
#!/bin/sh
set -e
# As in the official image: run node when the first argument is an option or no command.
if [ "${1#-}" != "${1}" ] || [ -z "$(command -v "${1}")" ] || { [ -f "${1}" ] && ! [ -x "${1}" ]; }; then
  set -- node "$@"
fi
exec "$@"
SH
  chmod 0755 "$fs/usr/local/bin/docker-entrypoint.sh"
  tar -C "$fs" -cf "$work/node.tar" --owner=0 --group=0 --exclude=./home/node .
  tar -C "$fs" -rf "$work/node.tar" --owner=1000 --group=1000 ./home/node
  docker import -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    -c "ENV NODE_VERSION=$(node -p process.versions.node)" -c 'ENTRYPOINT ["docker-entrypoint.sh"]' \
    -c 'CMD ["node"]' -c "LABEL $label=$key" "$work/node.tar" node:20-alpine >/dev/null
  say 'made node:20-alpine'
}

# npm_image NAME CHANGE...: npm runs here, on the machine. --ignore-scripts: none of the packages
# has install scripts, and none should get to run as root here.
npm_image() {
  local name=$1 fs=$work/npm-$1 container changes=() change
  shift
  need npm npm
  mkdir -p "$fs/app" "$fs/data"
  echo '{"private":true}' >"$fs/app/package.json"
  (cd "$fs/app" && npm install --silent --omit=dev --ignore-scripts --no-audit --no-fund \
    "@modelcontextprotocol/server-$name@$mcp_version" >/dev/null </dev/null) ||
    die "npm could not install @modelcontextprotocol/server-$name@$mcp_version"
  tar -C "$fs" -cf "$fs.tar" --owner=0 --group=0 app
  tar -C "$fs" -rf "$fs.tar" --owner=1000 --group=1000 data
  for change in 'WORKDIR /app' "LABEL $label=$key" 'CMD []' \
    "ENTRYPOINT [\"node\",\"/app/node_modules/@modelcontextprotocol/server-$name/dist/index.js\"]" "$@"; do
    changes+=(-c "$change")
  done
  container=$(docker create node:20-alpine)
  docker cp -aq - "$container:/" <"$fs.tar" 2>/dev/null || docker cp -a - "$container:/" <"$fs.tar"
  docker commit "${changes[@]}" "$container" "mcpctl-test/$name:1" >/dev/null
  docker rm "$container" >/dev/null
  say "made mcpctl-test/$name:1"
}

node_images_key() {
  need node nodejs
  {
    sed -n '/^node_image()/,/^}/p; /^npm_image()/,/^}/p; /^node_images()/,/^}/p' "$0"
    echo "$mcp_version $(node --version)"
  } | sha256sum | cut -c1-16
}

node_images() {
  local images=(node:20-alpine mcpctl-test/memory:1 mcpctl-test/everything:1) image found='' kept
  key=$(node_images_key)
  for image in "${images[@]}"; do found+="$(made_from "$image") "; done
  [[ $found != "$key $key $key " ]] || return 0
  if docker image inspect node:20-alpine >/dev/null 2>&1 && [[ -z $(made_from node:20-alpine) ]]; then
    die "this engine has a real node:20-alpine, which the stand-in would replace; use a private engine (tests/lab/lab.sh)"
  fi
  kept=$cache/images-$key.tar.gz
  mkdir -p "$cache"
  exec {lock}>"$cache/images.lock" # two labs may start at once
  flock "$lock"
  if [[ ! -s $kept ]]; then
    node_image
    npm_image memory 'ENV MEMORY_FILE_PATH=/data/memory.jsonl'
    npm_image everything 'CMD ["stdio"]' 'ENV PORT=3001' 'EXPOSE 3001'
    docker save "${images[@]}" | gzip -1 >"$kept.$$"
    find "$cache" -maxdepth 1 -name 'images-*.tar.gz' -delete # of older versions
    mv "$kept.$$" "$kept"
  else
    docker load -q -i "$kept" >/dev/null
    say "loaded ${images[*]}"
  fi
  exec {lock}>&-
}

what=${1:-all}
if [[ $what == --key ]]; then
  node_images_key
  exit
fi
need docker docker.io
docker version -f '{{.Server.Version}}' >/dev/null || die "no engine answers at ${DOCKER_HOST:-the default socket}"
case $what in
  --echo-only) echo_images one ;;
  --echo-tests)
    echo_images all
    gateway_image
    ;;
  all)
    echo_images all
    gateway_image
    node_images
    ;;
  *) die "usage: build-images.sh [--echo-only | --echo-tests | --key]" ;;
esac
