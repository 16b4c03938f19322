#include "model/diagnostic.h"

#include <algorithm>
#include <cctype>
#include <tuple>

namespace mcpctl
{

bool hasErrors(const Diagnostics& diagnostics)
{
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::error; });
}

std::string_view toString(Diagnostic::Severity severity)
{
    switch (severity)
    {
    case Diagnostic::Severity::error:
        return "error";
    case Diagnostic::Severity::warning:
        return "warning";
    case Diagnostic::Severity::note:
        return "note";
    }
    return "error";
}

void sortDiagnostics(Diagnostics& diagnostics)
{
    const auto key = [](const Diagnostic& d)
    { return std::tie(d.pos.file, d.pos.line, d.pos.column, d.severity, d.rule, d.message, d.hint, d.see); };
    std::sort(diagnostics.begin(), diagnostics.end(),
              [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
    diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end()), diagnostics.end());
}

namespace
{

std::string lowerCase(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lower;
}

// Optimal string alignment: insert, delete, replace or swap two neighbours, each for 1.
std::size_t editDistance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> beforeLast, last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i)
    {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j)
        {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], beforeLast[j - 2] + 1);
        }
        beforeLast = last;
        last = row;
    }
    return last[b.size()];
}

}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates)
{
    constexpr std::size_t longestWord = 100; // beyond it nobody mistyped a name, and the cost is quadratic
    if (word.size() > longestWord)
        return {};

    const std::string wanted = lowerCase(word);
    const std::size_t tolerated = wanted.size() < 3 ? 0 : std::max<std::size_t>(1, wanted.size() / 3);
    std::size_t best = tolerated + 1;
    std::string found;
    for (const std::string& candidate : candidates)
    {
        if (candidate.size() > longestWord)
            continue;
        if (const std::size_t distance = editDistance(wanted, lowerCase(candidate)); distance < best)
        {
            best = distance;
            found = candidate;
        }
    }
    return found;
}

}
