#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq and go templates have a $ of their own
# What holds the servers in, as the engine and the kernel tell it; against a real engine and real processes.

load mcpctl

c=mcpctl-dev-echo

# verdicts SUBJECT: {check: verdict} of the last `run mcpctl audit -o json`
verdicts() { jq -c --arg subject "$1" '[.findings[] | select(.subject == $subject) | {(.check): .verdict}] | add' <<<"$output"; }

begin() {
  server echo
  profile dev echo
  apply
}

@test "what mcpctl made passes every check, seen by the engine and by the kernel" {
  begin
  run -0 --separate-stderr mcpctl audit -f "$manifests" -o json
  holds "$output" '.version == 1 and .project == "mcpctl" and .summary.fail == 0 and .summary.unknown == 0'
  holds "$(verdicts $c)" '[.[]] | unique == ["pass"] and length > 14'
  holds "$output" '[.findings[] | select(.kernel.result == "pass") | .check] | contains(["seccomp", "no-new-privileges", "capabilities", "run-as-root", "read-only-root", "memory-limit", "pids-limit", "cpu-limit", "namespaces", "mounts", "network"])'
  holds "$(verdicts mcpctl-network)" '."network-options" == "pass"'
  run -0 mcpctl audit
  [[ $output == *'checks:'*' 0 failed'* && $output != *$'\033'* ]]
  run -1 mcpctl audit --strict # this host has no AppArmor
}

@test "what others started with our labels is seen with every way out that it has" {
  docker run -d --name theirs --label mcpctl.managed=true --pid host --cap-add SYS_ADMIN --security-opt seccomp=unconfined \
    -v "$(dirname "${DOCKER_HOST#unix://}"):/engine" mcpctl/echo:1 --http 80
  run -1 --separate-stderr mcpctl audit -o json
  holds "$(verdicts theirs)" '.seccomp == "fail" and .capabilities == "fail" and .namespaces == "fail" and .mounts == "fail" and
    ."no-new-privileges" == "fail" and ."read-only-root" == "fail" and ."memory-limit" == "fail" and ."pids-limit" == "fail" and
    ."cpu-limit" == "fail" and .network == "warning" and .ownership == "warning" and ."run-as-root" == "pass"'
  holds "$output" '.findings[] | select(.subject == "theirs" and .check == "mounts") | .kernel.text | contains("the engine'"'"'s socket")'
  holds "$output" '.findings[] | select(.subject == "theirs" and .check == "seccomp") | .kernel.result == "fail"'
}

@test "a process that somebody put beside the server with more rights is seen, which the engine does not show" {
  begin
  docker exec -d --user 0:0 $c /mcp-echo --http 3999
  eventually 5 bash -c "docker top $c | grep -q 3999"
  run -0 --separate-stderr mcpctl audit echo -o json
  holds "$output" '.findings[] | select(.check == "run-as-root") | .engine.result == "pass" and .kernel.result == "fail" and .verdict == "warning"'
}

@test "a limit that was changed behind the engine's back is told by the kernel alone" {
  begin
  pid=$(of $c '{{.State.Pid}}')
  if [[ -d /sys/fs/cgroup/pids ]]; then file=/sys/fs/cgroup/pids$(awk -F: '$2 == "pids" {print $3}' "/proc/$pid/cgroup")/pids.max
  else file=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$pid/cgroup")/pids.max; fi
  as_root sh -c "echo max >'$file'"
  run -1 --separate-stderr mcpctl audit echo -o json
  holds "$output" '.findings[] | select(.check == "pids-limit") | .engine.result == "pass" and .kernel == {result: "fail", text: "none"} and .verdict == "fail"'
}

@test "seen from a pid namespace of its own nothing of the kernel passes" {
  begin
  run -0 --separate-stderr as_root unshare --pid --fork --mount-proc "$MCPCTL" --host "$DOCKER_HOST" audit echo -o json
  holds "$output" '[.findings[] | select(.check == "seccomp" or .check == "memory-limit")] | all(.verdict == "unknown" and (.kernel.text | contains("not seen")))'
  run -1 as_root unshare --pid --fork --mount-proc "$MCPCTL" --host "$DOCKER_HOST" audit echo --strict
}

@test "what was changed by hand is not as declared, and neither is what nobody declares" {
  begin
  docker update --memory 600m --memory-swap 600m $c
  run -1 --separate-stderr mcpctl audit -f "$manifests" -o json
  holds "$(verdicts $c)" '."as-declared" == "fail" and ."memory-limit" == "pass"'
  apply
  rm "$manifests"/*
  server other
  profile dev other
  run -1 --separate-stderr mcpctl audit -f "$manifests" -o json
  holds "$(verdicts $c)" '."as-declared" == "fail"'
}

@test "a secret in the history of an image is told and not shown" {
  mkdir "$BATS_TEST_TMPDIR/secrets"
  echo 'planted-and-found' >"$BATS_TEST_TMPDIR/secrets/token"
  chmod 600 "$BATS_TEST_TMPDIR/secrets/token"
  docker create --name made mcpctl/echo:1
  docker commit -c 'ENV OLD=planted-and-found' made mcpctl-test/leaky:1
  docker rm made
  server echo 'image: mcpctl-test/leaky:1' 'envTemplate: {TOKEN: {secretRef: {name: token}}}'
  profile dev echo
  apply --secrets "$BATS_TEST_TMPDIR/secrets"
  run -1 mcpctl --secrets "$BATS_TEST_TMPDIR/secrets" audit -f "$manifests" --all
  [[ $output == *'image-secrets'*'a known secret stands in its metadata'* && $output != *planted* ]]
  docker rm -f $c
  docker rmi -f mcpctl-test/leaky:1
}

@test "an open network of ours fails" {
  begin
  docker rm -f $c
  docker network rm mcpctl-network
  docker network create --label mcpctl.managed=true --label mcpctl.network=mcpctl-network mcpctl-network
  run -1 --separate-stderr mcpctl audit -o json
  holds "$(verdicts mcpctl-network)" '."network-options" == "fail"'
}

@test "what does not pass is told in the forms that reviewers read" {
  begin
  docker update --memory 600m --memory-swap 600m $c
  run -1 --separate-stderr mcpctl audit -f "$manifests" -o sarif
  holds "$output" '.version == "2.1.0" and ([.runs[0].results[] | select(.ruleId == "audit-as-declared")] | length == 1)'
  holds "$output" '[.runs[0].tool.driver.rules[].id] | index("audit-seccomp") != null and index("image-source") != null'
  run -1 --separate-stderr mcpctl audit -f "$manifests" -o github
  [[ $output == *'::error '*audit-as-declared* || $output == *'::error'*'as the manifests declare'* ]]
  run -1 --separate-stderr mcpctl audit -o junit -f "$manifests"
  [[ $output == '<?xml'*'<failure'* ]]
  run -1 --separate-stderr mcpctl audit -o markdown -f "$manifests"
  [[ $output == *'|'*'as the manifests declare'* ]]
}
