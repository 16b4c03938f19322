#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016  # helper.bash sets variables, `run` too; jq filters have a $ of their own
# What `mcpctl stats` tells is what the kernel says.

load mcpctl

c=mcpctl-dev-echo

# kernel CONTROLLER FILE: what the cgroup of the container says, on hosts of cgroup v1 and v2
kernel() {
  local path
  path=$(awk -F: -v controller="$1" '$2 ~ "(^|,)" controller "(,|$)" || $1 == 0 { print $3 }' \
    "/proc/$(of $c '{{.State.Pid}}')/cgroup" | head -1)
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then cat "/sys/fs/cgroup$path/$2"; else cat "/sys/fs/cgroup/$1$path/$2"; fi
}

@test "limits and use equal what the cgroup files say" {
  server echo 'resources: {memory: 96Mi, cpus: 0.5, pidsLimit: 37}'
  profile dev echo
  apply
  docker exec -d $c /mcp-echo --once allocate '{"mib": 20, "holdMs": 20000}'
  sleep 1
  s=$(mcpctl stats --no-stream -o json $c)
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    limit=$(kernel memory memory.max) use=$(kernel memory memory.current) cache=$(kernel memory memory.stat | awk '$1 == "inactive_file" { print $2 }')
    cpu=$(($(kernel cpu cpu.stat | awk '$1 == "usage_usec" { print $2 }') * 1000))
  else
    limit=$(kernel memory memory.limit_in_bytes) use=$(kernel memory memory.usage_in_bytes) cache=$(kernel memory memory.stat | awk '$1 == "total_inactive_file" { print $2 }')
    cpu=$(kernel cpuacct cpuacct.usage)
  fi
  holds "$s" ".memoryLimitBytes == $limit and .memoryLimitBytes == 96 * 1024 * 1024"
  holds "$s" ".memoryBytes > 20 * 1024 * 1024"
  holds "$s" "(.memoryBytes - ($use - $cache)) | fabs < 1048576"
  holds "$s" ".pidsLimit == $(kernel pids pids.max) and .pids == $(kernel pids pids.current)"
  holds "$s" ".cpuNanos <= $cpu and .cpuNanos > 0"
  holds "$s" ".memoryPercent > 20 and .memoryPercent < 30"
}

@test "a busy loop uses its quota of cpu, an idle server none" {
  server echo 'resources: {cpus: 0.1}'
  profile dev echo
  apply
  holds "$(mcpctl stats --no-stream -o json)" '.cpuPercent < 2'
  docker exec -d $c /mcp-echo --once burn '{"ms": 30000}'
  busy() { holds "$(mcpctl stats --no-stream -o json)" '.cpuPercent > 8.5 and .cpuPercent < 11.5'; }
  eventually 20 busy # others may keep the machine busy, too
}

@test "traffic is counted" {
  server echo 'transport: {type: streamable-http, port: 3001}' 'command: ["--http", "3001"]'
  profile dev echo
  apply
  before=$(mcpctl stats --no-stream -o json)
  docker run --rm --network mcpctl-network mcpctl/echo:1 --once connect '{"host": "echo.dev.mcpctl", "port": 3001}'
  after=$(mcpctl stats --no-stream -o json)
  (($(jq .networkReceivedBytes <<<"$after") > $(jq .networkReceivedBytes <<<"$before")))
}

@test "the table follows instances that come and go" {
  server echo
  profile dev echo
  apply
  background "$MCPCTL" stats --interval 300ms >"$BATS_TEST_TMPDIR/table"
  shown() { grep -q "$1" "$BATS_TEST_TMPDIR/table"; }
  eventually 10 shown "^INSTANCE  *CPU%  *MEM / LIMIT  *MEM%  *PIDS  *NET I/O  *BLOCK I/O"
  eventually 10 shown "^$c .* / 512MiB"
  server late
  profile dev echo late
  apply
  eventually 10 shown '^mcpctl-dev-late '
  docker rm -f mcpctl-dev-late
  gone() { ! tail -1 "$BATS_TEST_TMPDIR/table" | grep -q late; }
  eventually 10 gone
  kill -INT "$pid"
  wait "$pid"
}

@test "on a terminal the table is drawn over itself and the cursor comes back" {
  server echo
  profile dev echo
  apply
  run -0 env TERM=xterm script -qec "timeout --foreground --preserve-status -s INT 4 '$MCPCTL' stats --interval 300ms" /dev/null
  [[ $output == *$'\e[?25l'*$'\e[2A'*$'\e[?25h'* ]]
}

@test "one that does not run is left out, one that is not there is an error" {
  server echo
  profile dev echo
  apply
  docker stop -t 1 $c
  [[ $(mcpctl stats --no-stream -o json) == '' ]]
  run -64 mcpctl stats --no-stream dev-nothing
  [[ $output == *'there is no instance dev-nothing'* ]]
}
