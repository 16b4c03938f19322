#!/usr/bin/env bash
# public-images.sh — make stand-ins for the public images that the Dockerfile and docker-compose.yml name, on the
# private engine in DOCKER_HOST, where no registry of theirs can be reached:
#
#   debian:bookworm-slim   by debootstrap, with a package source inside that has what the Dockerfile installs: there
#                          is no network where it is built, and its apt-get runs as it does anywhere else
#   postgres:15-alpine     Debian's PostgreSQL 15; user, folders and entrypoint are those of the public image
#
# Packages come from the mirror that this machine's apt uses. The made images are kept in $XDG_CACHE_HOME/mcpctl.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../../scripts/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

suite=bookworm
packages=(git ca-certificates openssh-client postgresql-15)
label=dev.mcpctl.source
images=(debian:bookworm-slim postgres:15-alpine)

mapfile -t lists < <(sed -n '/^build=(/,/)$/p; /^package=(/p' "$root/scripts/install-deps.sh")
eval "${lists[*]}" # build and package, the lists that the Dockerfile installs from
packages+=("${build[@]}" "${package[@]}")
key=$({ cat "$0" "$here/postgres-entrypoint.sh"; echo "${packages[*]}"; } | sha256sum | cut -c1-16)

# --- debian -------------------------------------------------------------------------------

mirror() {
  local found
  found=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -1 | tr -d ' ') || true
  echo "${MCPCTL_DEBIAN_MIRROR:-${found:?apt knows no Debian mirror here; set MCPCTL_DEBIAN_MIRROR}}"
}

# fetch ROOT DIR: the packages, and what they need beyond those that ROOT has, into DIR
fetch() {
  local fs=$1 dir=$2 private=$work/apt
  mkdir -p "$private/lists/partial" "$private/archives/partial" "$dir"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) $suite main" >"$private/sources.list"
  local apt=(apt-get -qq -o "Dir::Etc::sourcelist=$private/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::Lists=$private/lists" -o "Dir::Cache::archives=$private/archives" -o "Dir::State::status=$fs/var/lib/dpkg/status"
    -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" -o APT::Sandbox::User=root)
  "${apt[@]}" update
  "${apt[@]}" install -y --no-install-recommends --download-only "${packages[@]}"
  mv "$private"/archives/*.deb "$dir/"
}

debian_image() {
  local fs=$work/debian
  say "making debian:bookworm-slim from $(mirror)"
  debootstrap --variant=minbase "$suite" "$fs" "$(mirror)" >"$work/debootstrap.log" 2>&1 || {
    tail -n 20 "$work/debootstrap.log" >&2
    die 'debootstrap failed'
  }
  fetch "$fs" "$fs/srv/packages"
  (cd "$fs/srv/packages" && dpkg-scanpackages . 2>/dev/null >Packages)
  rm -rf "$fs"/etc/apt/sources.list.d/* "$fs"/var/cache/apt/* "$fs"/var/lib/apt/lists/* "$fs"/usr/share/{doc,man,locale,info}/*
  echo force-unsafe-io >"$fs/etc/dpkg/dpkg.cfg.d/docker-apt-speedup" # as in the public image
  echo 'deb [trusted=yes] file:/srv/packages ./' >"$fs/etc/apt/sources.list"
  tar -C "$fs" -c . | docker import -c 'CMD ["bash"]' -c "LABEL $label=$key" - debian:bookworm-slim >/dev/null
}

# --- postgres -----------------------------------------------------------------------------

postgres_image() {
  local context=$work/postgres
  say 'making postgres:15-alpine'
  mkdir "$context"
  cp "$here/postgres-entrypoint.sh" "$context/docker-entrypoint.sh"
  cat >"$context/Dockerfile" <<'DOCKERFILE'
FROM debian:bookworm-slim
RUN groupadd --system --gid 70 postgres && useradd --system --uid 70 --gid postgres --home-dir /var/lib/postgresql postgres \
    && apt-get -qq update && mkdir -p /etc/postgresql-common \
    && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends postgresql-15 \
    && rm -rf /srv/packages \
    && install -d -o postgres -g postgres -m 1777 /var/lib/postgresql/data && install -d -o postgres -g postgres -m 3777 /var/run/postgresql
COPY docker-entrypoint.sh /usr/local/bin/
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin PGDATA=/var/lib/postgresql/data PG_MAJOR=15 LANG=C.UTF-8
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
DOCKERFILE
  DOCKER_BUILDKIT=0 docker build --label "$label=$key" -t postgres:15-alpine "$context" >"$work/postgres.log" 2>&1 || {
    tail -n 20 "$work/postgres.log" >&2
    die 'postgres:15-alpine could not be made'
  }
}

# --- ------------------------------------------------------------------------------------

made_from() { docker image inspect -f "{{index .Config.Labels \"$label\"}}" "$1" 2>/dev/null || true; }

found=
for image in "${images[@]}"; do
  found+="$(made_from "$image") "
  if docker image inspect "$image" >/dev/null 2>&1 && [[ -z $(made_from "$image") ]]; then
    die "this engine has a real $image, which a stand-in would replace; use a private engine (tests/lab/lab.sh)"
  fi
done
[[ $found != "$key $key " ]] || exit 0

[[ $EUID -eq 0 ]] || exec sudo -n --preserve-env=DOCKER_HOST,XDG_CACHE_HOME,HOME,MCPCTL_DEBIAN_MIRROR "$0" "$@"
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
kept=$cache/public-$key.tar.gz
mkdir -p "$cache"
exec 9>"$cache/public.lock" # two labs may need them at once
flock 9
if [[ -s $kept ]]; then
  docker load -q -i "$kept" >/dev/null
else
  need debootstrap debootstrap
  need dpkg-scanpackages dpkg-dev
  debian_image
  postgres_image
  docker save "${images[@]}" | gzip -1 >"$kept.$$"
  find "$cache" -maxdepth 1 -name 'public-*.tar.gz' -delete # of older versions
  mv "$kept.$$" "$kept"
fi
say "made ${images[*]}"
