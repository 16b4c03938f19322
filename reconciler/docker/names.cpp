#include "docker/names.h"

#include <algorithm>

namespace mcpctl::docker
{

namespace
{

constexpr std::size_t hashDigits = 8;
constexpr std::size_t idDigits = 12;

/// `rest` is `tag` followed by exactly `digits` hex digits.
bool isSuffix(std::string_view rest, std::string_view tag, std::size_t digits)
{
    return rest.starts_with(tag) && rest.size() == tag.size() + digits &&
           rest.find_first_not_of("0123456789abcdef", tag.size()) == std::string_view::npos;
}

}

std::string shortId(std::string_view id)
{
    return std::string(id.substr(0, idDigits));
}

std::string newName(const InstanceName& instance, std::string_view specHash)
{
    return instance.text + ".new-" + std::string(specHash.substr(0, hashDigits));
}

std::string oldName(const InstanceName& instance, std::string_view id)
{
    return instance.text + ".old-" + shortId(id);
}

bool isNameOf(std::string_view name, std::string_view instance)
{
    if (instance.empty() || !name.starts_with(instance))
        return false;
    const auto rest = name.substr(instance.size());
    return rest.empty() || isSuffix(rest, ".new-", hashDigits) || isSuffix(rest, ".old-", idDigits);
}

}
