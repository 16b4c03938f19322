#pragma once

namespace mcpctl
{

/// Parses the command line, runs the command and returns the exit status. The one place where what the
/// commands throw becomes a message on stderr and an exit code (exit_code.h).
int runCommandLine(int argc, char** argv);

}
