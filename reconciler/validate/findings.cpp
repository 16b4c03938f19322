#include "validate/findings.h"

namespace mcpctl
{

namespace
{

constexpr std::size_t longestQuote = 60;
constexpr std::size_t longestList = 12;

}

Diagnostic makeError(SourcePos pos, std::string rule, std::string message, std::string hint, std::vector<SourcePos> see)
{
    return {Diagnostic::Severity::error,
            std::move(pos),
            std::move(message),
            std::move(rule),
            std::move(hint),
            std::move(see)};
}

Diagnostic makeWarning(SourcePos pos, std::string rule, std::string message, std::string hint,
                       std::vector<SourcePos> see)
{
    return {Diagnostic::Severity::warning,
            std::move(pos),
            std::move(message),
            std::move(rule),
            std::move(hint),
            std::move(see)};
}

Diagnostic makeNote(SourcePos pos, std::string rule, std::string message)
{
    return {Diagnostic::Severity::note, std::move(pos), std::move(message), std::move(rule), {}, {}};
}

std::string quoted(std::string_view text)
{
    std::string result = "`";
    std::size_t characters = 0;
    for (const char c : text)
    {
        const bool continuation = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
        if (!continuation && ++characters > longestQuote)
            return result + "...`";
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        result += control ? '?' : c;
    }
    return result + "`";
}

std::string quotedList(const std::vector<std::string>& texts)
{
    std::string result;
    for (const auto& text : texts)
        result += (result.empty() ? "" : ", ") + quoted(text);
    return result;
}

std::string suggestion(const std::string& text, const std::vector<std::string>& candidates)
{
    if (const auto best = nearest(text, candidates); !best.empty())
        return "did you mean " + quoted(best) + "?";
    if (candidates.empty() || candidates.size() > longestList)
        return {};
    return "known: " + quotedList(candidates);
}

}
