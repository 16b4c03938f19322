#include "docker/image_reference.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace mcpctl::docker
{

namespace
{

constexpr std::size_t longestName = 255;
constexpr std::size_t longestTag = 128;

[[noreturn]] void fail(std::string_view text, const std::string& problem)
{
    throw ImageReferenceError(fmt::format("image \"{}\": {}", text, problem));
}

bool isLower(char c)
{
    return c >= 'a' && c <= 'z';
}

bool isUpper(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isHex(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f');
}

/// [a-z0-9]+ with separators between: one of `.`, `_`, `__`, or any number of `-`.
bool isPathComponent(std::string_view text)
{
    const auto alnum = [](char c) { return isLower(c) || isDigit(c); };
    if (text.empty() || !alnum(text.front()) || !alnum(text.back()))
        return false;
    for (std::size_t i = 0; i < text.size();)
    {
        if (alnum(text[i]))
        {
            ++i;
            continue;
        }
        const std::size_t end = std::min(text.find_first_not_of(text[i], i), text.size());
        const std::size_t count = end - i;
        const bool good = text[i] == '-' || (text[i] == '.' && count == 1) || (text[i] == '_' && count <= 2);
        if (!good || !alnum(text[end]))
            return false;
        i = end;
    }
    return true;
}

bool isTag(std::string_view text)
{
    const auto word = [](char c) { return isLower(c) || isUpper(c) || isDigit(c) || c == '_'; };
    return !text.empty() && text.size() <= longestTag && word(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return word(c) || c == '.' || c == '-'; });
}

bool isDigest(std::string_view text)
{
    constexpr std::array<std::pair<std::string_view, std::size_t>, 3> algorithms{
        {{"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}}};
    return std::any_of(algorithms.begin(), algorithms.end(),
                       [&](const auto& algorithm)
                       {
                           return text.starts_with(algorithm.first) &&
                                  text.size() == algorithm.first.size() + algorithm.second &&
                                  std::all_of(text.begin() + algorithm.first.size(), text.end(), isHex);
                       });
}

bool isHostLabel(std::string_view text)
{
    const auto good = [](char c) { return isLower(c) || isUpper(c) || isDigit(c); };
    return !text.empty() && good(text.front()) && good(text.back()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return good(c) || c == '-'; });
}

/// HOST[:PORT], an IPv6 address in brackets.
bool isRegistry(std::string_view text)
{
    const auto bracket = text.rfind(']');
    const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos)
    {
        const auto port = text.substr(colon + 1);
        if (port.empty() || !std::all_of(port.begin(), port.end(), isDigit))
            return false;
    }
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        return host.size() > 2 && std::all_of(host.begin() + 1, host.end() - 1,
                                              [](char c) { return isHex(c) || (c >= 'A' && c <= 'F') || c == ':'; });
    while (true)
    {
        const auto dot = host.find('.');
        if (!isHostLabel(host.substr(0, dot)))
            return false;
        if (dot == std::string_view::npos)
            return true;
        host.remove_prefix(dot + 1);
    }
}

/// Is the part before the first slash a registry, and not the first part of a path on docker.io?
bool looksLikeRegistry(std::string_view part)
{
    return part.find_first_of(".:") != std::string_view::npos || part == "localhost" ||
           std::any_of(part.begin(), part.end(), isUpper);
}

void checkRepository(std::string_view text, std::string_view repository)
{
    for (std::string_view rest = repository;;)
    {
        const auto slash = rest.find('/');
        const auto part = rest.substr(0, slash);
        if (!isPathComponent(part))
            fail(text, std::any_of(part.begin(), part.end(), isUpper)
                           ? fmt::format("\"{}\" must be in lower case", part)
                           : fmt::format("\"{}\" is no part of an image name (lower-case letters and digits, single "
                                         "separators . _ - between them)",
                                         part));
        if (slash == std::string_view::npos)
            return;
        rest.remove_prefix(slash + 1);
    }
}

}

std::string ImageReference::shortName() const
{
    if (registry != "docker.io")
        return registry + "/" + repository;
    constexpr std::string_view official = "library/";
    const bool single = repository.starts_with(official) && repository.find('/', official.size()) == std::string::npos;
    return single ? repository.substr(official.size()) : repository;
}

std::string ImageReference::engineName() const
{
    return digest.empty() ? shortName() + ":" + tag : shortName() + "@" + digest;
}

ImageReference parseImageReference(std::string_view text)
{
    if (text.empty())
        fail(text, "the name is empty");
    ImageReference result;
    std::string_view name = text;
    if (const auto at = name.find('@'); at != std::string_view::npos)
    {
        result.digest = name.substr(at + 1);
        name = name.substr(0, at);
        if (!isDigest(result.digest))
            fail(text, "after the @ comes a digest, as in sha256: and 64 lower-case hex digits");
    }
    const auto colon = name.rfind(':');
    if (colon != std::string_view::npos && name.find('/', colon) == std::string_view::npos)
    {
        result.tag = name.substr(colon + 1);
        name = name.substr(0, colon);
        if (!isTag(result.tag))
            fail(text, fmt::format("\"{}\" is no tag (up to 128 letters, digits, _ . -)", result.tag));
    }
    const auto slash = name.find('/');
    if (slash != std::string_view::npos && looksLikeRegistry(name.substr(0, slash)))
    {
        result.registry = name.substr(0, slash);
        name = name.substr(slash + 1);
        if (!isRegistry(result.registry))
            fail(text, fmt::format("\"{}\" is no registry (HOST or HOST:PORT)", result.registry));
    }
    if (result.registry.empty() || result.registry == "index.docker.io")
        result.registry = "docker.io";
    checkRepository(text, name);
    if (slash == std::string_view::npos && name.size() == 64 && std::all_of(name.begin(), name.end(), isHex))
        fail(text, "this is an image ID, not a name");
    result.repository = name;
    if (result.registry == "docker.io" && name.find('/') == std::string_view::npos)
        result.repository = "library/" + result.repository;
    if (result.registry.size() + 1 + result.repository.size() > longestName)
        fail(text, fmt::format("the name is longer than {} characters", longestName));
    if (result.tag.empty() && result.digest.empty())
        result.tag = "latest";
    return result;
}

}
