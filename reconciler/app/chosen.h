#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace mcpctl
{

/// Does `arguments` name the instance, in full or without `PROJECT-`? No arguments name all.
inline bool isChosen(const std::vector<std::string>& arguments, const std::string& project, const std::string& name)
{
    return arguments.empty() ||
           std::any_of(arguments.begin(), arguments.end(),
                       [&](const auto& each) { return each == name || project + "-" + each == name; });
}

}
