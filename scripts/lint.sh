#!/usr/bin/env bash
# lint.sh [--fix] — clang-format, clang-tidy and shellcheck; any finding fails. --fix formats first.
#
# clang-tidy reads the compile commands of build/dev, which must have been built. A file that passed
# is not read again until it, a header of ours that it includes, or .clang-tidy changes; the stamps
# are in build/dev/.tidy.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
cd "$root"

failed=0
check() { # check WHAT COMMAND...
  local what=$1
  shift
  "$@" || { say "$what: findings above"; failed=1; }
}
ours() { git ls-files -co --exclude-standard -- "$@" | while read -r file; do [[ ! -e $file ]] || printf '%s\n' "$file"; done; }

# --- format and shell ---------------------------------------------------------------------

mapfile -t sources < <(ours 'reconciler/*.cpp' 'reconciler/*.h' 'tests/*.cpp' 'tests/*.h')
mapfile -t scripts < <(ours '*.sh' '*.bash' '*.bats' '.ci/*' packaging/{postinst,prerm,postrm,mcpctl-ready})
need clang-format clang-format
[[ ${1:-} != --fix ]] || clang-format -i "${sources[@]}"
check clang-format clang-format --dry-run -Werror "${sources[@]}"
need shellcheck shellcheck
check shellcheck shellcheck "${scripts[@]}"

# --- clang-tidy ---------------------------------------------------------------------------

build=$root/build/dev
stamps=$build/.tidy
need clang-tidy clang-tidy
[[ -s $build/compile_commands.json && -s $build/build.ninja ]] || die "build/dev is not built: cmake --preset dev && cmake --build build/dev"
mkdir -p "$stamps"
base=$({ cat .clang-tidy; clang-tidy --version; } | sha256sum)

# dependencies: "SOURCE<tab>FILE" for each file of ours that a source was compiled from, as ninja
# recorded it. Paths may be relative to the build folder: ccache makes them so.
dependencies() {
  ninja -C "$build" -t deps | awk -v root="$root/" '
    !/^    / { source = ""; next }
    {
      file = $1
      sub(/^(\.\.\/)+/, root, file)
      if (index(file, root "reconciler/") != 1 && index(file, root "tests/") != 1) next
      if (source == "") source = file
      print source "\t" file
    }'
}

tidy_one() { # tidy_one SOURCE STAMP
  local out
  if out=$(clang-tidy -p "$build" --quiet "$1" 2>/dev/null); then
    touch "$2"
  else
    printf '%s\n' "$out"
    return 1
  fi
}
export -f tidy_one
export build

tidy() {
  local source file hash current='' files=() stale=() keep=()
  finish() {
    [[ -n $current && -e $current ]] || return 0
    hash=$({
      echo "$base"
      sha256sum "${files[@]}"
    } | sha256sum | cut -c1-32)
    keep+=("$hash")
    [[ -e $stamps/$hash ]] || stale+=("$current" "$stamps/$hash")
  }
  while IFS=$'\t' read -r source file; do
    if [[ $source != "$current" ]]; then
      finish
      current=$source files=()
    fi
    [[ ! -e $file ]] || files+=("$file")
  done < <(dependencies)
  finish
  [[ ${#keep[@]} -gt 0 ]] || die "ninja knows no sources of ours in build/dev: build it first"
  # Stamps of texts that are no more.
  find "$stamps" -type f -printf '%f\n' | grep -vxF -f <(printf '%s\n' "${keep[@]}") | sed "s,^,$stamps/," | xargs -r rm -f
  [[ ${#stale[@]} -gt 0 ]] || return 0
  say "clang-tidy reads $((${#stale[@]} / 2)) of ${#keep[@]} sources"
  # shellcheck disable=SC2016  # for the inner shell
  printf '%s\0' "${stale[@]}" | xargs -0 -n2 -P "$(nproc)" bash -c 'tidy_one "$0" "$1"'
}
check clang-tidy tidy

[[ $failed -eq 0 ]] || exit 1
say "lint: ${#sources[@]} sources and ${#scripts[@]} scripts are clean"
