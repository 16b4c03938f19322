#!/usr/bin/env python3
"""Writes the hostile manifests beside it: ./make.py

Each file says in its first line what has to be found, `# expect: RULE@LINE:COLUMN ...`, or `nothing` where it has to
load harmlessly. The places are not asked of mcpctl: in the texts below `<<RULE>>` stands right before what RULE is
about. tests/validate/hostile_manifests_test.cpp holds mcpctl to them.
"""
import pathlib
import re

HERE = pathlib.Path(__file__).parent
MARK = re.compile(rb"<<([a-z-]+)>>")
seen = set()


def case(name, text, expect=None):
    """`text`: str or bytes with marks. `expect`: instead of marks, where a place cannot be marked."""
    assert name not in seen, name
    seen.add(name)
    raw = text if isinstance(text, bytes) else text.encode()
    found, line, column, out, at = [], 2, 1, b"", 0
    for mark in MARK.finditer(raw):
        out += raw[at : mark.start()]
        before = out.split(b"\n")
        line = 1 + len(before)
        column = 1 + len(before[-1].decode(errors="replace").lstrip("\ufeff"))
        found.append(f"{mark[1].decode()}@{line}:{column}")
        at = mark.end()
    out += raw[at:]
    head = f"# expect: {expect or ' '.join(found) or 'nothing'}\n".encode()
    bom = b"\xef\xbb\xbf"
    content = bom + head + out[3:] if out.startswith(bom) else head + out
    (HERE / f"{name}.yaml").write_bytes(content)


def document(kind, name, spec):
    return f"apiVersion: mcpctl/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n{spec}"


def server(*lines, name="memory", image="  image: registry.example.com/mcp/memory:1\n"):
    return document("McpServer", name, image + "".join(f"  {line}\n" for line in lines))


def profile(*lines, name="dev"):
    return document("Profile", name, "".join(f"  {line}\n" for line in lines))


def policy(*lines):
    return "---\n" + document("SecurityPolicy", "team", "".join(f"  {line}\n" for line in lines))


def numbered(prefix, rule, texts, make):
    for i, text in enumerate(texts, 1):
        case(f"{prefix}-{i:02}", make(f"<<{rule}>>" if rule else "", text))


def quote(text):
    out = "".join(c if 32 <= ord(c) < 127 and c not in '"\\' else (f"\\u{ord(c):04x}" if ord(c) > 127 else f"\\x{ord(c):02x}") for c in text)
    return f'"{out}"'


# Paths of the host.
def host_path(mark, path):
    return server("volumes:", f"  - {{{mark}hostPath: {quote(path)}, mountPath: /m}}")


numbered("host-path-traversal", "path-traversal", [
    "../etc", "/srv/../etc", "/srv/mcp/../../etc/passwd", "/srv/./../etc", "..", "/..", "/../..", "./x", "~/x", "~root/x",
    "$HOME/x", "C:\\Windows", "\\\\host\\share", "etc", " /etc", "/srv/mcp/x/../../../../../../proc/1/root", "file:///etc",
    "%2fetc", "\u2215etc", "\uff0fetc"], host_path)
numbered("host-path-dangerous", "dangerous-host-path", [
    "//etc", "/etc", "/etc/", "/etc//passwd", "/./etc", "/etc/shadow", "/proc", "/proc/1/root", "/proc/self/environ", "/sys",
    "/sys/fs/cgroup", "/dev", "/dev/mem", "/root", "/root/.ssh", "/home", "/home/a", "/home/a/b/.ssh", "/srv/b/.aws/credentials",
    "/boot", "/usr/bin", "/lib/modules", "/var/lib/docker/volumes", "/var/lib/kubelet/pods", "/var/spool/cron", "/srv/mcp/etc",
    "/run/user/0", "/var/run/secrets"], host_path)
numbered("host-path-engine", "engine-socket-mount", [
    "/", "//", "/.", "/var/run/docker.sock", "/run/docker.sock", "//run//docker.sock", "/run", "/var/run", "/var", "/run/containerd",
    "/srv/x/docker.sock", "/opt/engine/api.sock", "/opt/engine", "/opt", "/srv/mcp/engine", "/run/podman/podman.sock",
    "/run/docker/plugins"], host_path)
numbered("host-path-unlisted", "host-path-mount", [
    "/\u0435tc", "/srv/mcp/\u2025/x", "/srv/mcp/\uff0e\uff0e/x", "/srv/mcp/%2e%2e/x", "/srv/..;/x", "/srv/\u202ecte", "/srv/...",
    "/srv/ ../x", "/srv/x\u200b", "/SRV/mcp"], host_path)
case("host-path-undecided", server("volumes:", "  - {<<host-path-unresolved>>hostPath: /far/away, mountPath: /m}") +
     policy("rules: {host-path-mount: {level: off}}"))
case("host-path-near-the-listed", server("volumes:", "  - {<<host-path-mount>>hostPath: /srv/mcp-evil, mountPath: /m}") +
     policy("rules: {host-path-mount: {level: deny, readWrite: [/srv/mcp]}}"))
numbered("mount-path", "path-traversal", [
    "data", "../x", "/data/..", "/proc", "/proc/self", "/sys/x", "/dev", "/dev/shm", "/", "//", "/./", "/x/../../y", "~", "//proc"],
    lambda mark, path: server("volumes:", f"  - {{name: a, {mark}mountPath: {quote(path)}}}"))

# Images that look like others.
def image(mark, text):
    return server(image=f"  {mark}image: {quote(text)}\n")


numbered("image-form", "wrong-form", [
    "ghcr.i\u043e/acme/x:1", "docker.io/library/n\u043ede:20", "ghcr\u3002io/acme/x:1", "no\u200bde:20", "node\u202e:20", "Node:20",
    "ghcr.io/acme/../evil/x:1", "ghcr.io//acme/x:1", " ghcr.io/acme/x:1", "x:1 --privileged", "x;id", "$(id)", "`id`",
    "${config.image}", "x@sha256:abc", "x@sha256:" + "A" * 64, "x@md5:" + "a" * 32, "http://ghcr.io/acme/x:1", "x:a b", "-x",
    "--privileged", "x\ny", "x\ty", "\U0001f433:1", "x:1:2", "x/", "/x", "x@", "x:", "\uff58:1", "x\x00y"[:1] + "\x07"],
    image)
sources = policy("rules: {image-source: {level: deny, allow: [ghcr.io/acme]}}")
numbered("image-source", "image-source", [
    "ghcr.io/acme-evil/x:1", "ghcr.io/acmeevil:1", "ghcr.io.evil.com/acme/x:1", "evil/ghcr.io/acme/x:1", "ghcr.io:444/acme/x:1",
    "GHCR.io/acme/x:1", "xn--ghcr-123.io/acme/x:1", "acme/x:1", "localhost/ghcr.io/acme/x:1", "ghcr.io/x/acme:1", "ghcr.io/acme.evil/x:1",
    "[::1]:5000/ghcr.io/acme/x:1"], lambda mark, text: image(mark, text) + sources)
case("image-too-long", image("<<wrong-length>>", "x" * 513))

# Names.
def name(mark, text):
    return f"apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {{{mark}name: {quote(text)}}}\nspec: {{image: \"x:1\"}}\n"


numbered("name-form", "wrong-form", [
    "../x", "a/b", "A", "a_b", "-a", "a-", "\u00e9", "\u0430dmin", "\uff41", "a\u200b", "a b", "a.b", "${config.x}", "a\nb", "a\x1b[31m",
    "", "m\u0435mory", "a\u0301", "\u2116", "a%2fb", "a;id", "--rm"], name)
case("name-too-long", name("<<wrong-length>>", "a" * 41))
for what, text in {"null": "null", "number": "12", "boolean": "true", "list": "[a]", "mapping": "{a: b}"}.items():
    case(f"name-is-a-{what}", f"apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {{<<wrong-type>>name: {text}}}\nspec: {{image: \"x:1\"}}\n")
case("name-in-punycode", name("", "xn--80ak6aa92e"))

# Networks that are ways around networks.
def network(mark, text):
    return server() + "---\n" + profile("servers: [{server: memory}]", f"networks: {{allowed: [{mark}{quote(text)}]}}")


numbered("network-of-the-host", "host-network", [
    "host", "none", "bridge", "default", "nat", "container:abc", "container:", "service:x", "ns:/proc/1/ns/net"], network)
numbered("network-unknown", "unknown-network", ["Host", "h\u043est", "host ", "mcpctl-network2", "../x", "\uff48ost"], network)
numbered("network-reserved", "reserved-name", ["ingress", "host", "none", "bridge", "default", "mcpctl-network"],
         lambda mark, text: f"apiVersion: mcpctl/v1\nkind: Network\nmetadata: {{{mark}name: {text}}}\nspec: {{}}\n")

# Fields that other tools have.
for field in """privileged pid pidMode hostPID ipc ipcMode hostIPC userns usernsMode hostUsers uts securityOpt seccomp apparmor
        noNewPrivileges allowPrivilegeEscalation devices deviceCgroupRules sysctls cgroupParent gpus volumesFrom hostNetwork
        networkMode net capAdd Privileged __proto__ runtime""".split():
    case(f"field-{field.lower().strip('_')}-{'upper' if field[0].isupper() else 'as-known'}", server(f"<<unknown-field>>{field}: true"))
    case(f"field-in-security-{field.lower().strip('_')}-{'upper' if field[0].isupper() else 'as-known'}",
         server(f"security: {{<<unknown-field>>{field}: true}}"))

numbered("capability", "capability", [
    "ALL", "all", "CAP_ALL", "SYS_ADMIN", "SYS_ADMIN ", "CAP_CAP_CHOWN", "\u0441hown", "", "NET_ADMIN", "BPF", "PERFMON",
    "CHECKPOINT_RESTORE", "SYS_MODULE", "DAC_READ_SEARCH", "SYS_RAWIO", "MAC_ADMIN", "SYSLOG", "SYS_PTRACE", "SYS_TIME", "*"],
    lambda mark, text: server("security:", "  capabilities:", f"    add: [{mark}{quote(text)}]"))

# Values beyond every measure.
case("long-argument", server(f"command: [<<limit-exceeded>>{'x' * 5000}]"))
case("many-arguments", server("<<wrong-length>>command: [" + ", ".join(["x"] * 257) + "]"))
case("long-env-name", server("envTemplate:", f"  <<wrong-length>>{'A' * 256}: x"))
case("env-name-with-equals", server("envTemplate:", '  <<wrong-form>>"A=B": x'))
case("env-name-with-newline", server("envTemplate:", '  <<wrong-form>>"A\\nB": x'))
case("long-path", server("volumes:", f"  - {{name: a, <<wrong-length>>mountPath: /{'x' * 1024}}}"))
case("many-volumes", server("<<wrong-length>>volumes:", *[f"  - {{name: v{i}, mountPath: /m{i}}}" for i in range(65)]))

# Templates.
def argument(mark, text):
    return server("config: {x: {type: string, default: a}}", f"command: [run, {mark}{quote(text)}]")


numbered("template-unknown-name", "unknown-name", [
    "${env.HOME}", "${}", "${CONFIG.x}", "${server.secret}", "${profile}", "${ config.x }", "${HOME}", "${secret.token}"], argument)
numbered("template-unknown-parameter", "unknown-parameter", ["${config.y}", "${config.__proto__}", "${config.X}"], argument)
numbered("template-broken", "template-syntax", ["${config.x", "a${", "${config.x:-a"], argument)
numbered("template-harmless", "", [
    "$${config.y}", "{{ config.x }}", "<%= `id` %>", "$(id)", "`id`", "$x", "%(x)s", "#{x}", "; rm -rf /", "\\\" && id", "'$IFS'",
    "--flag=a b"], argument)

# Published ports.
def published(mark, text):
    return server(f"transport: {{type: streamable-http, port: 3001, {mark}publish: {quote(text)}}}")


numbered("publish-wide", "publish-address", ["0.0.0.0:80", "[::]:80", "10.0.0.1:80", "[::ffff:10.0.0.1]:80", "[fe80::1]:80", "255.255.255.255:80"],
         published)
numbered("publish-form", "wrong-form", ["localhost:80", "127.1:80", "0177.0.0.1:80", "0x7f.0.0.1:80", "*:80", ":80", "127.0.0.1:80/udp", "127.0.0.1", "80-90",
                                        "\uff11:80", "host:80", "127.0.0.1:"], published)
numbered("publish-number", "publish", ["127.0.0.1:0", "127.0.0.1:65536", "999.0.0.1:80", "017.0.0.1:80", "[:::]:80"], published)

# Limits.
for what, limit, rule in [
        ("zero", 'memory: 0', "limit"), ("tiny", "memory: 1Mi", "limit"), ("letters", 'memory: "512MiB"', "wrong-form"),
        ("exponent", 'memory: "1e9"', "wrong-form"), ("negative", 'memory: "-1"', "wrong-form"), ("huge", 'memory: "99999999999Ti"', "quantity"),
        ("fraction", 'memory: "0.3"', "quantity"), ("below-zero", "memory: -1", "out-of-range"), ("no-cpus", "cpus: 0", "limit"),
        ("negative-cpus", "cpus: -1", "out-of-range"), ("no-pids", "pidsLimit: 0", "out-of-range"),
        ("unlimited-pids", "pidsLimit: -1", "out-of-range"), ("textual-pids", 'pidsLimit: "128"', "wrong-type"),
        ("many-pids", "pidsLimit: 99999999", "out-of-range"), ("no-quota", "cpuQuota: -1", "out-of-range")]:
    case(f"limit-{what}", server("resources:", f"  <<{rule}>>{limit}"))

case("limit-infinite-cpus", server("resources:", "  <<wrong-form>>cpus: <<number-range>>.inf"))

# Secrets that are written out. Put together here, so that nobody takes them for real ones.
for what, text in {
        "github": "ghp" + "_" + "0" * 36, "gitlab": "glpat" + "-" + "0" * 20, "aws": "AKIA" + "EXAMPLE0EXAMPLE0", "slack": "xoxb" + "-" + "0" * 12,
        "google": "AIza" + "0" * 35, "key": "-----BEGIN OPENSSH " + "PRIVATE KEY-----", "url": "https://u:pencil" + "@example.com/",
        "npm": "npm" + "_" + "0" * 36, "stripe": "sk" + "_live_" + "0" * 20}.items():
    case(f"secret-{what}", server("envTemplate:", f"  <<plaintext-secret>>VALUE: {quote(text)}"))
    case(f"secret-{what}-within", server("envTemplate:", f"  <<plaintext-secret>>VALUE: {quote('x=' + text + ';')}"))

# Policies that would loosen something.
for rule in ["privileged", "host-namespaces", "unconfined", "host-devices", "host-network", "capability", "path-traversal", "engine-socket-mount",
             "dangerous-host-path", "host-path-unresolved"]:
    case(f"policy-weakens-{rule}", policy("rules:", f"  {rule}: {{<<policy-floor>>level: off}}"))
    case(f"policy-exempts-{rule}", server() + policy("exemptions:", f"  - {{<<policy-floor>>rule: {rule}, server: memory, reason: x, until: 2027-01-01}}"))
for what, line, in {
        "unknown": "- {<<unknown-rule>>rule: everything, server: memory, reason: x, until: 2027-01-01}",
        "expired": "- {rule: image-source, server: memory, reason: x, <<exemption-expired>>until: 2026-05-31}",
        "no-day": "- {rule: image-source, server: memory, reason: x, <<exemption-date>>until: 2027-02-30}",
        "for-ever": "- {rule: image-source, server: memory, reason: x, <<wrong-form>>until: never}",
        "endless": "- <<missing-field>>{rule: image-source, server: memory, reason: x}",
        "for-all": "- <<missing-field>>{rule: image-source, reason: x, until: 2027-01-01}",
        "for-two": "- <<exclusive-fields>>{rule: image-source, server: memory, profile: dev, reason: x, until: 2027-01-01}",
        "for-what-it-is-not-about": "- {rule: image-source, <<exemption-object>>profile: dev, reason: x, until: 2027-01-01}",
        "without-reason": '- {rule: image-source, server: memory, <<wrong-length>>reason: "", until: 2027-01-01}'}.items():
    case(f"exemption-{what}", server() + policy("exemptions:", f"  {line}"))
case("policy-with-another-level", policy("rules: {image-source: {<<wrong-value>>level: allow, allow: [ghcr.io]}}"))
case("policy-with-a-star", policy('rules: {image-source: {level: deny, allow: [<<wrong-form>>"*"]}}'))

# YAML.
good = server()
case("yaml-byte-order-mark", b"\xef\xbb\xbf" + good.encode())
case("yaml-windows-lines", good.replace("\n", "\r\n"))
case("yaml-norway", server('envTemplate: {A: no, B: on, C: 1:30, D: 2020-01-01}'))
case("yaml-billion-laughs", "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(7)), "limit-exceeded@*")
case("yaml-merge-bomb", "a: &a {" + ", ".join(f"k{i}: x" for i in range(100)) + "}\n" + "".join(
    f"m{i}: &m{i} {{<<: *{'a' if i == 0 else f'm{i - 1}'}, x{i}: [{', '.join(['*a'] * 20)}]}}\n" for i in range(60)).replace("<<:", "<" + "<:"),
    "limit-exceeded@*")
case("yaml-deep-flow", "a: " + "[" * 1000 + "]" * 1000 + "\n", "limit-exceeded@*")
case("yaml-deep-mapping", "".join(" " * i + "a:\n" for i in range(100)), "limit-exceeded@*")
case("yaml-cycle", "<<missing-field>>a: &a [<<cyclic-alias>>*a]\n")
case("yaml-merge-brings-privileged",
     "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: memory}\nspec:\n  <" + "<: {image: \"x:1\", <<unknown-field>>privileged: true}\n")
case("yaml-duplicate-image", good + "  <<duplicate-key>>image: evil/x:1\n")
case("yaml-duplicate-kind", "kind: Network\n<<duplicate-key>>kind: McpServer\napiVersion: mcpctl/v1\nmetadata: {name: memory}\nspec:\n  <<unknown-field>>image: \"x:1\"\n")
for what, value, also in [
        ("python", "!!python/object/apply:os.system [id]", "<<wrong-type>>"), ("binary", "!!binary aWQ=", ""),
        ("ruby", "!ruby/object:Gem {}", "<<missing-field>>"), ("java", "!!javax.script.X []", "<<wrong-type>>"), ("local", "!env HOME", ""),
        ("include", "!include /etc/passwd", ""), ("vault", "!vault x", "")]:
    case(f"yaml-tag-{what}", server("envTemplate:", f"  {also}A: <<unknown-tag>>{value}"))
case("yaml-tab", "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata:\n<<tab-indentation>>\tname: memory\n")
case("yaml-nul", good.encode() + b"  # <<control-character>>\x00\n")
case("yaml-nul-in-text", server('envTemplate: {A: "a\\0b"}'), "control-character@*")
case("yaml-bad-utf8", good.encode() + b"  command: [\xff\xfe]\n", "encoding@*")
case("yaml-overlong-slash", server().encode() + b"  command: [\xc0\xaf]\n", "encoding@*")
case("yaml-surrogate", server().encode() + b"  command: [\xed\xa0\x80]\n", "encoding@*")
case("yaml-escape-character", server().encode() + b"  command: [\x1b]\n", "control-character@*")
case("yaml-unclosed-quote", server('command: ["x]'), "yaml-syntax@*")
case("yaml-unclosed-flow", server("command: [x"), "yaml-syntax@*")
case("yaml-unknown-anchor", server("command: <<unknown-anchor>>*nobody"))
case("yaml-complex-key", "<<missing-field>>? <<non-string-key>>[a, b]\n: c\n")
case("yaml-number-key", server("envTemplate: {<<wrong-form>><<non-string-key>>1: x}"))
case("yaml-two-roots", good + "...\nprivileged: true\n", "missing-field@*")
case("yaml-version-directive", "<<yaml-syntax>>%YAML 9.9\n---\n" + good)
case("yaml-only-comments", "# nothing\n")
case("yaml-null", "~\n")
case("yaml-null-transport", server("transport: {<<wrong-type>>type: ~}"))
case("yaml-null-health", server("health: {<<wrong-type>>type: ~}"))
case("yaml-list", "- a\n", "not-a-mapping@*")
case("yaml-line-separator", server('command: ["a\u2028  privileged: true"]'))
case("yaml-next-line", server('command: ["a\u0085  privileged: true"]'), "control-character@*")
case("yaml-bidi-comment", good + "  # \u202e}eurt :degelivirp{\u202c\n")
case("yaml-json", '{"apiVersion": "mcpctl/v1", "kind": "McpServer", "metadata": {"name": "memory"}, "spec": {"image": "x:1", <<unknown-field>>"privileged": true}}\n')
case("kind-look-alike", good.replace("kind: McpServer", "<<unknown-kind>>kind: McpS\u0435rver"))
case("version-look-alike", good.replace("apiVersion: mcpctl/v1", "<<wrong-value>>apiVersion: mcpctl/v1\u200b"))

if __name__ == "__main__":
    for old in HERE.glob("*.yaml"):
        if old.stem not in seen:
            old.unlink()
    print(len(seen), "files")
