#!/usr/bin/env bash
# man.sh MCPCTL — prints mcpctl(1), made from what the program says of itself: `--help` of it and of each command.
set -euo pipefail
[[ $# -eq 1 ]] || { sed -n '2s/^# //p' "$0" >&2; exit 64; }
program=$1
help() { "$program" "$@" --help; }

# commands [COMMAND]: the names that its help lists as commands
commands() { help "$@" | sed -n '/^Options/q; /^[A-Z].*:$/,/^$/s/^  \([a-z][a-z -]*[a-z]\)  .*/\1/p'; }

# roff: a help text as man macros. Rows "  name  what it is" become tagged paragraphs, examples stay as they are.
# (Debian's awk knows no {2,8} in patterns.)
roff() {
  awk '
    function escape(text) {
      gsub(/\\/, "\\e", text); gsub(/-/, "\\-", text); sub(/^[.\x27]/, "\\\\\\&&", text)
      return text
    }
    function verbatim(on) { if (on != nf) print on ? ".PP\n.RS 4\n.nf" : ".fi\n.RE"; nf = on }
    NR == 1 { next } # what it does is the heading already
    { match($0, /^ */); indent = RLENGTH }
    indent > 0 && examples { verbatim(1); print escape(substr($0, 3)); next }
    { verbatim(0) }
    /^$/ { fresh = 1; next }
    /^Usage: / { print ".PP\n.B " escape(substr($0, 8)); next }
    indent == 0 { examples = /^Examples:/; print (fresh ? ".PP\n" : "") escape($0); fresh = 0; next }
    indent > 8 { print escape(substr($0, indent + 1)); next }
    {
      row = substr($0, indent + 1)
      if (!match(row, /  +/)) { RSTART = length(row) + 1; RLENGTH = 0 }
      print ".TP\n.B " escape(substr(row, 1, RSTART - 1)) "\n" escape(substr(row, RSTART + RLENGTH))
    }
    END { verbatim(0) }'
}

# heading COMMAND...: its name, and what the first line of its help says it does
heading() { help "$@" | sed -n '1s/^\([^:]*\): \(.*\)/.SS "\1 \\(em \2"/p' | sed 's/-/\\-/g'; }

cat <<ROFF
.TH MCPCTL 1 "" "$("$program" --version | tr -d '\n')" "User Commands"
.SH NAME
mcpctl \- declarative reconciler for MCP servers
.SH SYNOPSIS
.B mcpctl
[\fIOPTION\fR...] \fICOMMAND\fR [\fIARGUMENT\fR...]
.SH DESCRIPTION
mcpctl keeps MCP servers on a container engine in the state that YAML manifests declare.
Each command is told of below, as
.B mcpctl COMMAND \-\-help
tells it.
ROFF
help | roff
echo .SH COMMANDS
for command in $(commands); do
  heading "$command"
  help "$command" | roff
  for inner in $(commands "$command" | sed "s/^$command //"); do
    heading "$command" "$inner"
    help "$command" "$inner" | roff
  done
done
cat <<'ROFF'
.SH FILES
.TP
.I /etc/mcpctl/manifests
what
.B mcpctl.service
watches
.TP
.I /etc/default/mcpctl
its settings
.TP
.I ~/.local/state/mcpctl/history.db
the history of runs (\fI/var/lib/mcpctl\fR for the service)
.TP
.I /run/lock/mcpctl
the lock of each project
.SH SEE ALSO
.BR docker (1),
.BR systemctl (1),
.I /usr/share/doc/mcpctl
ROFF
