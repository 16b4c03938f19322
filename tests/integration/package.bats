#!/usr/bin/env bats
# shellcheck disable=SC2154  # `run` sets variables
# The Debian package, made as a user makes it. (That it installs and is removed again is seen in compose.bats: the
# image of mcpctl is that package.)

bats_require_minimum_version 1.5.0

: "${BUILD:?is not set: the folder of the build}"

setup_file() {
  cpack -G DEB --config "$BUILD/CPackConfig.cmake" -B "$BATS_FILE_TMPDIR" >"$BATS_FILE_TMPDIR/log" 2>&1 || {
    cat "$BATS_FILE_TMPDIR/log"
    return 1
  }
  dpkg-deb -x "$BATS_FILE_TMPDIR"/mcpctl_*.deb "$BATS_FILE_TMPDIR/root"
}

setup() {
  package=$(echo "$BATS_FILE_TMPDIR"/mcpctl_*.deb)
  files=$BATS_FILE_TMPDIR/root
  program=$files/usr/bin/mcpctl
}

manual() { MANWIDTH=100 man --warnings -l "$files/usr/share/man/man1/mcpctl.1.gz" 2>"$BATS_TEST_TMPDIR/warnings"; }

@test "the program of the package runs, and is of the package's version" {
  version=$(dpkg-deb -f "$package" Version)
  [[ $("$program" --version) == *"$version"* ]]
  run -0 "$program" schema McpServer
  diff <(echo "$output") "$files/usr/share/mcpctl/schemas/McpServer.schema.json"
  run -0 "$program" validate "$files/usr/share/doc/mcpctl/examples"
}

needs() { objdump -p "$1" | awk '$1 == "NEEDED" { print $2 }'; } # the libraries that it is linked with

@test "the package depends on every library that the program loads" {
  depends=$(dpkg-deb -f "$package" Depends | tr ',' '\n' | sed 's/^ *//; s/ (.*//')
  [[ $(needs "$program") != *@(PocoData|ssl|crypto|sqlite)* ]] # or every start pays for them
  [[ $(needs "$files/usr/lib/mcpctl/mcpctl-history.so") == *PocoDataSQLite* ]]
  [[ $(needs "$files/usr/lib/mcpctl/mcpctl-tls.so") == *PocoNetSSL* ]]
  grep -q '^libpocodatapostgresql' <<<"$depends" # which it loads by name
  for object in "$program" "$files"/usr/lib/mcpctl/*.so; do
    while read -r library; do
      path=$(ldd "$object" | awk -v name="$library" '$1 == name || $1 ~ "/" name "$" { print $1 ~ "^/" ? $1 : $3; exit }')
      real=$(realpath "$path") # dpkg knows some files by /lib, others by /usr/lib
      owner=$(dpkg -S "$path" "/usr$path" "$real" "${real#/usr}" 2>/dev/null | head -1 | cut -d: -f1)
      grep -qx "$owner" <<<"$depends" || { echo "$library is in $owner, which is not among: $depends"; return 1; }
    done < <(needs "$object")
  done
}

@test "the manual tells of every command, without a warning" {
  manual >"$BATS_TEST_TMPDIR/manual"
  [[ ! -s $BATS_TEST_TMPDIR/warnings ]] || { cat "$BATS_TEST_TMPDIR/warnings"; return 1; }
  commands=$("$program" --help | sed -n '/^Options/q; s/^  \([a-z][a-z-]*\)  .*/\1/p')
  [[ $(wc -w <<<"$commands") -gt 15 ]]
  for command in $commands; do
    grep -q "^ *mcpctl $command —" "$BATS_TEST_TMPDIR/manual" || { echo "nothing of $command"; return 1; }
  done
  grep -q '^ *mcpctl history why —' "$BATS_TEST_TMPDIR/manual"
  grep -q -- '--prune-max N' "$BATS_TEST_TMPDIR/manual"
}

@test "bash completes its commands" {
  # shellcheck disable=SC1091
  source "$files/usr/share/bash-completion/completions/mcpctl"
  [[ $(complete -p mcpctl) == *mcpctl ]]
  grep -q '^#compdef mcpctl' "$files/usr/share/zsh/vendor-completions/_mcpctl"
  grep -q 'complete -c mcpctl' "$files/usr/share/fish/vendor_completions.d/mcpctl.fish"
}

@test "systemd understands the unit, and finds it closed" {
  # As it is, but for the program, which is not at its place here.
  unit=$BATS_TEST_TMPDIR/mcpctl.service
  sed "s,^ExecStart=mcpctl ,ExecStart=$program ," "$files/usr/lib/systemd/system/mcpctl.service" >"$unit"
  grep -q "^ExecStart=$program watch" "$unit"
  run -0 systemd-analyze verify --man=no "$unit"
  [[ -z $output ]]
  run -0 systemd-analyze security --offline=true --threshold=20 --no-pager "$unit"
}

@test "what belongs to the administrator is a conffile, and nothing is installed out of its place" {
  dpkg-deb --ctrl-tarfile "$package" | tar -xO ./conffiles | grep -qx /etc/default/mcpctl
  for script in postinst prerm postrm; do
    dpkg-deb --ctrl-tarfile "$package" | tar -xO "./$script" | sh -n
  done
  run -0 find "$files" -type f ! -path "$files/usr/*" -printf '/%P\n'
  [[ $output == /etc/default/mcpctl ]]
  run -0 find "$files" ! -type l \( -perm /022 -o ! -perm -004 \)
  [[ -z $output ]]
}

@test "the program finds the libraries of its own, and nothing else in the folder where it is run" {
  run ! grep -qE 'RPATH|RUNPATH' <(readelf -d "$program")
  run -0 "$program" --history "$BATS_TEST_TMPDIR/history.db" history
  run ! env DOCKER_TLS=1 "$program" --host tcp://127.0.0.1:1 status
  [[ $output == *'cannot reach the engine'* ]]
}

@test "cmake --install takes nothing that belongs to the system" {
  cmake --install "$BUILD" --prefix "$BATS_TEST_TMPDIR/prefix" >/dev/null
  "$BATS_TEST_TMPDIR/prefix/bin/mcpctl" --history "$BATS_TEST_TMPDIR/history.db" history
  [[ -x $BATS_TEST_TMPDIR/prefix/bin/mcpctl && -s $BATS_TEST_TMPDIR/prefix/share/man/man1/mcpctl.1.gz ]]
  run -0 find "$BATS_TEST_TMPDIR/prefix" -name '*.service' -o -name etc
  [[ -z $output ]]
}
