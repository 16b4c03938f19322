#include "docker/tar.h"
#include "fuzz/fuzz.h"

using namespace mcpctl::docker;
using mcpctl::fuzz::require;

/// An archive as the engine gives one. What was read of it reads the same when it is written and read again.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto files = filesOf(mcpctl::fuzz::textOf(data, size));
    std::vector<TarFile> list;
    for (const auto& [name, bytes] : files)
        if (!name.empty() && name.size() < 100)
            list.push_back({name, bytes});
    const auto again = filesOf(tarOf(list));
    require(again.size() == list.size(), "as many files as were written");
    for (const auto& file : list)
        require(again.contains(file.name) && again.at(file.name) == file.bytes, "a file reads as written", file.name);
    return 0;
}
