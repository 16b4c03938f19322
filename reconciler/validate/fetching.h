#pragma once

#include <string>
#include <vector>

namespace mcpctl
{

/// Whether these arguments run a program that fetches a package before it runs it, as `npx` or
/// `pip install` do; not where they say that it shall do without (`npx --offline`). A shell's text is not
/// looked into. Never certain: an image may carry the package all the same.
bool fetchesPackage(const std::vector<std::string>& arguments);

}
