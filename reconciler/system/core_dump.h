#pragma once

namespace mcpctl
{

/// From here on this process leaves no core dump, and nobody but root can read its memory or its environment: there are
/// secrets in both. Programs that it starts can be looked at again.
void leaveNoCoreDump();

}
