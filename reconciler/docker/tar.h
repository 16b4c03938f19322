#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Archives as the engine takes and gives them. Source: POSIX.1-2017, pax, "ustar Interchange Format".
namespace mcpctl::docker
{

struct TarFile
{
    std::string name; ///< relative, at most 99 characters
    std::string bytes;
    unsigned mode = 0644;
};

/// Of regular files, owned by root.
std::string tarOf(const std::vector<TarFile>& files);

/// The regular files of an archive, by name. What is damaged ends it; what is of another kind is left out.
std::map<std::string, std::string> filesOf(std::string_view archive);

}
