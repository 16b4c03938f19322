#include "model/scrub.h"

#include "model/secrets.h"

#include <Poco/JSONString.h>

#include <algorithm>

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
    for (const auto& [name, instance] : desired.instances)
        learn(instance.spec);
    sort();
}

Scrubber::Scrubber(const ServerSpec& spec)
{
    learn(spec);
    sort();
}

Scrubber::Scrubber(const std::vector<std::string>& secrets)
{
    for (const auto& each : secrets)
        learn(each);
    sort();
}

void Scrubber::learn(const ServerSpec& spec)
{
    forEachSecret(spec,
                  [this](const std::string&, const EnvValue& value)
                  {
                      if (value.resolved)
                          learn(value.text);
                  });
}

void Scrubber::learn(const std::string& secret)
{
    constexpr std::size_t shortest = 4;
    for (const auto& part : withItsLines(secret))
        if (part.size() >= shortest)
        {
            values_.push_back(part);
            values_.push_back(Poco::toJSON(part, 0));
        }
}

void Scrubber::sort()
{
    std::sort(values_.begin(), values_.end());
    values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
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
