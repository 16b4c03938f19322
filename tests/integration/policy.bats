#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016,SC2030,SC2031  # helper.bash sets variables, `run` too; messages have backticks
# The security policy between manifests and an engine: --policy, reports, and what the daemon does when it is tightened.

load mcpctl

a=mcpctl-dev-a b=mcpctl-dev-b

# house SPEC...: the policy outside of the manifests; each argument is a line of its spec
house() {
  policy=$BATS_TEST_TMPDIR/house.yaml
  {
    printf 'apiVersion: mcpctl/v1\nkind: SecurityPolicy\nmetadata: {name: house}\nspec:\n'
    printf '  %s\n' "$@"
  } >"$policy.new"
  mv "$policy.new" "$policy"
}

running() { [[ $(docker inspect -f '{{.State.Running}}' "$1" 2>/dev/null) == true ]]; }
stopped() { [[ $(docker inspect -f '{{.State.Running}}' "$1" 2>/dev/null) == false ]]; }
logged() { grep -q -- "$1" "$log"; }

two_servers() {
  server a
  server b 'restart: always'
  profile dev a b
}

@test "apply under a policy that denies changes nothing, and the manifests cannot loosen it" {
  two_servers
  house 'rules: {restart-policy: {level: deny}}'
  printf 'apiVersion: mcpctl/v1\nkind: SecurityPolicy\nmetadata: {name: own}\nspec: {%s}\n' \
    'rules: {restart-policy: {level: off}}, exemptions: [{rule: restart-policy, server: b, reason: x, until: 2999-01-01}]' \
    >"$manifests/policy.yaml"
  run apply --policy "$policy"
  [[ $status -eq 4 && $output == *'server-b.yaml:6:3: error: restart policy `always`'*'[restart-policy]'* ]]
  [[ -z $(docker ps -aq) ]]
  apply
  running $b
}

@test "a plan is told in every form" {
  two_servers
  cd "$BATS_TEST_TMPDIR"
  holds "$(mcpctl plan manifests -o sarif)" '.version == "2.1.0" and ([.runs[0].results[] | select(.ruleId == "plan-step")] | length > 1)
    and (.runs[0].results[] | select(.ruleId == "restart-policy") | .locations[0].physicalLocation | .artifactLocation.uri == "manifests/server-b.yaml" and .region.startLine == 6)'
  run mcpctl plan manifests -o github
  [[ $status -eq 0 && $output == *'::warning file=manifests/server-b.yaml,line=6,col=3,title=restart-policy::'* ]]
  [[ $(grep -vc '^::' <<<"$output") == 0 ]]
  run mcpctl plan manifests -o markdown
  [[ $output == *'<code>manifests/server-b.yaml&#58;6</code>'*'**mcpctl plan**: '*'<details>'*create*"$a"* ]]
  [[ $(mcpctl plan manifests -o junit) == *'<testcase classname="privileged" name="found nothing"/>'* ]]
}

@test "a policy that is tightened while servers run is reported; with enforce: stop it stops what it denies" {
  two_servers
  house 'rules: {}'
  log=$BATS_TEST_TMPDIR/log
  background "$MCPCTL" watch "$manifests" --policy "$policy" --resync 1h --backoff 500ms --settle-time 300ms 2>>"$log"
  eventually 20 logged 'in the declared state'
  local before
  before=$(of $b '{{.Id}}')

  house 'rules: {restart-policy: {level: deny}}'
  eventually 10 logged 'the last good ones stay in force'
  logged 'server-b.yaml:6:3: error: .*restart-policy'
  docker rm -f $a && eventually 10 running $a # healed still
  running $b

  house 'rules: {restart-policy: {level: deny}}' 'enforce: stop'
  eventually 15 stopped $b
  running $a
  logged "stopped by the security policy: $b"
  rm "$policy" # a policy that is gone allows nothing
  eventually 10 logged 'house.yaml'
  sleep 1
  stopped $b

  house 'rules: {}'
  eventually 15 running $b
  [[ $(of $b '{{.Id}}') == "$before" ]]
}

@test "the steps of the action annotate, keep the reports, and end as the program did" {
  two_servers
  house 'rules: {restart-policy: {level: deny}}'
  local action=${BATS_TEST_DIRNAME}/../../scripts/action.sh
  export GITHUB_OUTPUT=$BATS_TEST_TMPDIR/output GITHUB_STEP_SUMMARY=$BATS_TEST_TMPDIR/summary RUNNER_TEMP=$BATS_TEST_TMPDIR
  cd "$BATS_TEST_TMPDIR"
  mkdir bin && ln -s "$MCPCTL" bin/mcpctl
  PATH=$BATS_TEST_TMPDIR/bin:$PATH VERSION=installed "$action" program
  grep -qx "program=$BATS_TEST_TMPDIR/bin/mcpctl" output
  COMMAND=validate MANIFESTS=manifests POLICIES='' run "$action" run
  [[ $status -eq 0 && $output == *'::warning '* ]]
  COMMAND=validate MANIFESTS=manifests POLICIES=$policy run "$action" run
  [[ $status -eq 4 && $output == *'::error file=manifests/server-b.yaml,line=6'* ]]
  grep -qx exit-code=4 output
  jq -e '.runs[0].results | length > 0' "$(sed -n 's/^sarif=//p' output | tail -1)"
  grep -q 'restart-policy' summary
  COMMAND=apply MANIFESTS=manifests POLICIES='' run "$action" run
  [[ $status -eq 0 ]]
  running $b
  COMMAND='validate; id' MANIFESTS=manifests run "$action" run
  [[ $status -ne 0 && $output == *'not validate; id'* ]]
}
