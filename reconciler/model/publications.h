#pragma once

#include "model/server_spec.h"

namespace mcpctl
{

/// Whether two cannot be published at once: the same port, on one address or on all of them.
bool clash(const Publication& left, const Publication& right);

}
