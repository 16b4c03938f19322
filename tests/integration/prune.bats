#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# What is no longer declared goes, last and guarded.

load mcpctl

many() { # many COUNT
  {
    printf 'apiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: many}\nspec:\n  servers:\n'
    for ((i = 1; i <= $1; i++)); do echo "    - {server: echo, name: e$i, resources: {memory: 32Mi}}"; done
  } >"$manifests/many.yaml"
}
count() { docker ps -q --filter label=mcpctl.managed | wc -l; }

@test "what is no longer declared is removed" {
  server echo
  many 3
  apply --no-wait
  many 2
  holds "$(plan_json)" '[.steps[] | [.verb, .object]] == [["remove", "mcpctl-many-e3"]]'
  apply
  [[ $(count) == 2 ]]
  settled
}

@test "too many at once need --prune-max" {
  server echo
  many 8
  apply --no-wait
  many 2
  run -8 apply
  [[ $output == *'--prune-max 6'* && $(count) == 8 ]]
  run -8 mcpctl plan "$manifests"
  run -8 apply --prune-max 5
  apply --prune-max 6
  [[ $(count) == 2 ]]
}

@test "nothing declared needs --allow-empty" {
  server echo
  many 2
  apply --no-wait
  rm "$manifests/many.yaml"
  run -8 apply
  [[ $output == *--allow-empty* && $(count) == 2 ]]
  apply --allow-empty
  [[ $(count) == 0 ]]
}

@test "an empty or missing folder and a broken manifest change nothing" {
  server echo
  many 2
  apply --no-wait
  mkdir "$BATS_TEST_TMPDIR/empty"
  run -4 mcpctl apply "$BATS_TEST_TMPDIR/empty" --allow-empty
  run -4 mcpctl apply "$BATS_TEST_TMPDIR/missing" --allow-empty
  many 1
  echo 'kind: [' >"$manifests/broken.yaml"
  run -4 apply
  [[ $output == *broken.yaml:1* && $(count) == 2 ]]
}

@test "a single file, standard input, a narrowed run and --no-prune never prune" {
  server echo
  many 2
  apply --no-wait
  many 1
  cat "$manifests"/*.yaml | sed 's/^apiVersion/---\n&/' >"$BATS_TEST_TMPDIR/one.yaml"
  mcpctl apply "$BATS_TEST_TMPDIR/one.yaml" --no-wait
  mcpctl apply - --no-wait <"$BATS_TEST_TMPDIR/one.yaml"
  apply --profile many --no-wait
  apply --no-prune --no-wait
  [[ $(count) == 2 ]]
}

@test "pruning can be disabled for a server, and the container remembers" {
  server echo
  sed -i 's/metadata: {name: echo}/metadata: {name: echo, annotations: {mcpctl.dev\/prune: disabled}}/' "$manifests/server-echo.yaml"
  many 2
  apply --no-wait
  many 1
  run -0 apply
  [[ $output == *'pruning is disabled'* && $(count) == 2 ]]
}

@test "nothing is pruned when something failed before" {
  server echo
  many 2
  apply --no-wait
  many 1
  server broken 'image: mcpctl/echo-crash:1'
  profile dev broken
  run -1 apply
  [[ $output == *'kept: something failed'* ]]
  docker inspect mcpctl-many-e2
}

@test "destroy removes all of the project, asks first, and leaves volumes" {
  server echo 'volumes: [{name: data, mountPath: /data}]'
  many 2
  apply --no-wait
  run -64 mcpctl destroy </dev/null
  [[ $output == *--yes* && $(count) == 2 ]]
  mcpctl destroy --yes
  [[ $(count) == 0 && $(docker volume ls -q | wc -l) == 2 ]]
  run -0 mcpctl destroy --yes
}
