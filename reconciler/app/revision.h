#pragma once

#include <string>
#include <vector>

namespace mcpctl
{

/// The git commit of the first of `paths`, with `-dirty` where something below it is not committed.
/// Empty when it is not in a work tree or there is no git program. It is a mark for people, so no
/// failure of git is an error.
std::string gitRevision(const std::vector<std::string>& paths);

}
