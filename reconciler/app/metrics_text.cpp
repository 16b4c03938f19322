#include "app/metrics_text.h"

#include "model/utf8.h"

#include <fmt/format.h>

namespace mcpctl
{

namespace
{

std::string escaped(std::string_view text, bool quotes)
{
    std::string out;
    for (const char c : validUtf8(text))
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' && quotes)
            out += "\\\"";
        else
            out += c;
    return out;
}

std::string_view toString(MetricsText::Type type)
{
    switch (type)
    {
    case MetricsText::Type::counter:
        return "counter";
    case MetricsText::Type::gauge:
        return "gauge";
    case MetricsText::Type::histogram:
        return "histogram";
    }
    return "untyped";
}

}

void MetricsText::family(std::string_view name, Type type, std::string_view help)
{
    name_ = name;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escaped(help, false), name, toString(type));
}

void MetricsText::sample(double value, Labels labels, std::string_view suffix)
{
    text_ += name_;
    text_ += suffix;
    char before = '{';
    for (const auto& [key, text] : labels)
    {
        text_ += fmt::format("{}{}=\"{}\"", before, key, escaped(text, true));
        before = ',';
    }
    text_ += fmt::format("{} {}\n", labels.size() == 0 ? "" : "}", value);
}

void MetricsText::single(std::string_view name, Type type, std::string_view help, double value)
{
    family(name, type, help);
    sample(value);
}

}
