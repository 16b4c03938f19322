#!/usr/bin/env bash
# action.sh program|run — the two steps of action.yml.
#
#   program  VERSION=source: build mcpctl from this checkout; installed: the one on the PATH.
#            Writes `program` to $GITHUB_OUTPUT.
#   run      $MCPCTL $COMMAND on the $MANIFESTS (one path a line) under the $POLICIES (likewise).
#            Annotates, adds to the summary of the job, writes `exit-code`, `sarif`, `markdown` to
#            $GITHUB_OUTPUT, and ends as mcpctl did.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
: "${GITHUB_OUTPUT:?this is a step of a GitHub action}"

tell() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# path TEXT: no option, whatever it is called
path() { [[ $1 == -* ]] && printf './%s' "$1" || printf '%s' "$1"; }

program() {
  case $VERSION in
    installed)
      program=$(command -v mcpctl) || die 'version: installed, and there is no mcpctl on the PATH'
      ;;
    source)
      "$root/scripts/install-deps.sh" build >&2
      cmake -S "$root" -B "$root/build/action" -G Ninja -DCMAKE_BUILD_TYPE=Release >&2
      cmake --build "$root/build/action" --target mcpctl >&2
      program=$root/build/action/mcpctl
      ;;
    *) die "version: source or installed, not $VERSION" ;;
  esac
  tell program "$program"
}

run() {
  local arguments=() line code=0 out
  [[ -z ${PROJECT:-} ]] || arguments+=(--project "$PROJECT")
  arguments+=("$COMMAND")
  while IFS= read -r line; do [[ -z $line ]] || arguments+=(--policy "$(path "$line")"); done <<<"${POLICIES:-}"
  while IFS= read -r line; do [[ -z $line ]] || arguments+=("$(path "$line")"); done <<<"$MANIFESTS"
  out=${RUNNER_TEMP:-/tmp}/mcpctl
  mkdir -p "$out"
  case $COMMAND in
    validate | plan)
      "$MCPCTL" -o github "${arguments[@]}" || code=$?
      # The same once more for each form; how it ended was told above.
      "$MCPCTL" -o sarif "${arguments[@]}" >"$out/mcpctl.sarif" 2>/dev/null || true
      "$MCPCTL" -o markdown "${arguments[@]}" >"$out/mcpctl.md" 2>/dev/null || true
      tell sarif "$out/mcpctl.sarif"
      tell markdown "$out/mcpctl.md"
      [[ -z ${GITHUB_STEP_SUMMARY:-} ]] || cat "$out/mcpctl.md" >>"$GITHUB_STEP_SUMMARY"
      ;;
    apply)
      # What a server or a manifest says must not be taken for a command of the runner.
      local token
      token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
      echo "::stop-commands::$token"
      "$MCPCTL" "${arguments[@]}" || code=$?
      echo "::$token::"
      ;;
    *) die "command: validate, plan or apply, not $COMMAND" ;;
  esac
  tell exit-code "$code"
  exit "$code"
}

case ${1:-} in
  program | run) "$1" ;;
  *) die 'usage: action.sh program|run' ;;
esac
