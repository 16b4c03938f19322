# shellcheck shell=bash
# For bats files that look at what gets out: `load outside` beside mcpctl. A network beyond the engine's host, with a
# name server, servers for TLS and plain TCP, all real, in a network namespace of its own. Its addresses are of those
# that documents use (203.0.113.0/24), so that no gateway takes them for private ones.
#
#   api.example.test    .10   TLS on 443 (HTTP/1.1 and 2) and 8443 (echoes), TCP on 5432 (echoes)
#   dual.example.test   .10, and an address of IPv6 at which nobody is
#   evil.example.test   .11   TLS on 443
#   host, loopback, metadata, private, six, pool .example.test: answers that lead where none shall go; at
#                             private there is one, too: TLS on 443

world=$LAB_NETNS-world

# For node: `hello` over TLS, as HTTP/2 or as HTTP/1.1, at an address, with a certificate
# shellcheck disable=SC2016
web='const [, address, name] = process.argv, read = (end) => require("fs").readFileSync(name + end);
require("http2").createSecureServer({allowHTTP1: true, key: read(".key"), cert: read(".crt")}, (_, answer) => answer.end("hello\n")).listen(443, address);'

in_world() { as_root nsenter --net="/run/netns/$world" "$@"; }

# world_process PROGRAM...: in the world, until world_down
world_process() {
  in_world "$@" >>"$BATS_FILE_TMPDIR/world.log" 2>&1 3>&- &
  echo $! >>"$BATS_FILE_TMPDIR/world.pids"
}

certificate() { # certificate NAME: by a CA of the test's own
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tls/$1.key" -out "$tls/$1.csr" -subj "/CN=$1"
  openssl x509 -req -in "$tls/$1.csr" -CA "$tls/ca.crt" -CAkey "$tls/ca.key" -CAcreateserial -days 2 -out "$tls/$1.crt" \
    -extfile <(echo "subjectAltName=DNS:$1")
}

answers() { echo "--host-record=$1.example.test,$2"; } # answers NAME ADDRESS: an option of dnsmasq

world_up() {
  local tls=$BATS_FILE_TMPDIR name
  as_root ip netns add "$world"
  as_root ip link add world0 netns "$LAB_NETNS" type veth peer name world1 netns "$world"
  in_lab ip addr add 203.0.113.1/24 dev world0
  in_lab ip link set world0 up
  in_world ip link set lo up
  in_lab ip route add 10.9.8.7 via 203.0.113.10
  in_world ip addr add 10.9.8.7/32 dev lo
  for name in 2 10 11; do in_world ip addr add "203.0.113.$name/24" dev world1; done
  in_world ip link set world1 up
  {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tls/ca.key" -out "$tls/ca.crt" -subj /CN=lab -days 2
    for name in api evil; do certificate "$name.example.test"; done
  } >>"$BATS_FILE_TMPDIR/world.log" 2>&1
  # shellcheck disable=SC2046  # options of dnsmasq, one word each
  world_process dnsmasq -k -C /dev/null --no-resolv --no-hosts --user=root --pid-file= --listen-address=203.0.113.2 --bind-interfaces \
    --local=/test/ $(answers api 203.0.113.10) $(answers evil 203.0.113.11) $(answers host 203.0.113.1) \
    $(answers loopback 127.0.0.1) $(answers metadata 169.254.169.254) $(answers private 10.9.8.7) \
    $(answers six 2001:db8::10) $(answers dual 2001:db8::10,203.0.113.10) $(answers pool 10.213.0.6)
  world_process node -e "$web" 203.0.113.10 "$tls/api.example.test"
  world_process node -e "$web" 10.9.8.7 "$tls/api.example.test"
  world_process node -e "$web" 203.0.113.11 "$tls/evil.example.test"
  world_process socat "OPENSSL-LISTEN:8443,bind=203.0.113.10,reuseaddr,fork,verify=0,cert=$tls/api.example.test.crt,key=$tls/api.example.test.key" EXEC:cat
  world_process socat TCP-LISTEN:5432,bind=203.0.113.10,reuseaddr,fork EXEC:cat
  printf 'nameserver 127.0.0.11\noptions timeout:1 attempts:1\n' >"$BATS_FILE_TMPDIR/resolv.conf"
}

world_down() {
  as_root xargs -r kill <"$BATS_FILE_TMPDIR/world.pids" 2>/dev/null || true
  as_root ip netns pids "$world" | as_root xargs -r kill 2>/dev/null || true
  in_lab ip link del world0 || true
  as_root ip netns del "$world"
}

# within CONTAINER COMMAND...: with the container's network and name server, and this machine's programs
within() {
  local pid
  pid=$(of "$1" '{{.State.Pid}}')
  shift
  # shellcheck disable=SC2016  # for the inner shell
  as_root nsenter --net="/proc/$pid/ns/net" unshare -m sh -c 'mount --bind "$0" /etc/resolv.conf && exec "$@"' \
    "$BATS_FILE_TMPDIR/resolv.conf" "$@"
}

# fetch CONTAINER URL [OPTION...]: what a client in it gets; TLS is verified end to end
fetch() { within "$1" curl -sS -m 8 --cacert "$BATS_FILE_TMPDIR/ca.crt" "${@:3}" "$2"; }
