#include "docker/tar.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstring>

namespace mcpctl::docker
{

namespace
{

constexpr std::size_t block = 512;

std::size_t padded(std::size_t size)
{
    return (size + block - 1) / block * block;
}

std::string headerOf(const TarFile& file)
{
    std::array<char, block> header{};
    const auto put = [&header](std::size_t at, const std::string& text)
    { std::memcpy(header.data() + at, text.data(), text.size()); };
    put(0, file.name.substr(0, 99));
    put(100, fmt::format("{:07o}", file.mode));
    put(108, "0000000");
    put(116, "0000000");
    put(124, fmt::format("{:011o}", file.bytes.size()));
    put(136, "00000000000");
    put(156, "0");
    put(257, "ustar");
    put(263, "00");
    put(148, "        "); // the checksum counts itself as spaces
    unsigned sum = 0;
    for (const char c : header)
        sum += static_cast<unsigned char>(c);
    put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    return {header.data(), header.size()};
}

/// Up to the first NUL or space.
std::string_view field(std::string_view header, std::size_t at, std::size_t size)
{
    const auto text = header.substr(at, size);
    return text.substr(0, text.find_first_of(std::string_view("\0 ", 2)));
}

}

std::string tarOf(const std::vector<TarFile>& files)
{
    std::string out;
    for (const auto& file : files)
    {
        out += headerOf(file) + file.bytes;
        out.resize(padded(out.size()), '\0');
    }
    out.resize(out.size() + 2 * block, '\0');
    return out;
}

std::map<std::string, std::string> filesOf(std::string_view archive)
{
    std::map<std::string, std::string> files;
    while (archive.size() >= block && archive.front() != '\0')
    {
        const auto header = archive.substr(0, block);
        archive.remove_prefix(block);
        const auto digits = field(header, 124, 12);
        std::size_t size = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 8);
        if (error != std::errc() || size > archive.size())
            break;
        if (header[156] == '0' || header[156] == '\0')
            files.emplace(field(header, 0, 100), archive.substr(0, size));
        archive.remove_prefix(std::min(archive.size(), padded(size)));
    }
    return files;
}

}
