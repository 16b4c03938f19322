#include "model/scrub.h"

#include <Poco/JSONString.h>

#include <algorithm>
#include <set>

namespace mcpctl
{

namespace
{

/// A log shows a key of several lines line by line, with something before each.
std::vector<std::string> withItsLines(const std::string& text)
{
    std::vector<std::string> parts{text};
    for (std::size_t begin = 0; begin < text.size();)
    {
        const auto end = std::min(text.find_first_of("\r\n", begin), text.size());
        if (end - begin < text.size())
            parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

}

Scrubber::Scrubber(const DesiredState& desired)
{
    constexpr std::size_t shortest = 4;
    std::set<std::string> values;
    for (const auto& [name, instance] : desired.instances)
        for (const auto& [key, value] : instance.spec.env)
            if (value.secretName && value.resolved)
                for (const auto& part : withItsLines(value.text))
                    if (part.size() >= shortest)
                    {
                        values.insert(part);
                        values.insert(Poco::toJSON(part, 0));
                    }
    values_.assign(values.begin(), values.end());
    std::stable_sort(values_.begin(), values_.end(),
                     [](const auto& left, const auto& right) { return left.size() > right.size(); });
}

std::string Scrubber::scrub(std::string text) const
{
    static const std::string mask = "(secret)";
    for (const auto& value : values_)
        for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at + mask.size()))
            text.replace(at, value.size(), mask);
    return text;
}

}
