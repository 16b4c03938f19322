#include "docker/text_file.h"

#include <fstream>
#include <iterator>

namespace mcpctl::docker
{

std::optional<std::string> readTextFile(const std::filesystem::path& path)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return std::nullopt;
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    return in ? std::optional(std::move(text)) : std::nullopt;
}

}
