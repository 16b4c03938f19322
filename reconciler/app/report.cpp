#include "app/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace mcpctl
{

void print(const std::string& text)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw std::runtime_error("cannot write to standard output");
}

void say(const std::string& text)
{
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

void sayDiagnostics(const Declared& declared)
{
    if (!declared.diagnostics.empty())
        say(renderDiagnostics(declared.diagnostics, declared.texts));
}

FindingsReport reportOf(const std::string& title, const Declared& declared)
{
    return {title, declared.diagnostics, declared.texts, policyRules(), std::filesystem::current_path().string()};
}

ExitCode exitCodeOf(const Outcomes& outcomes)
{
    const auto any = [&outcomes](Outcome::Result result)
    {
        return std::any_of(outcomes.begin(), outcomes.end(),
                           [result](const Outcome& outcome) { return outcome.result == result; });
    };
    if (any(Outcome::Result::failed) || any(Outcome::Result::skipped))
        return any(Outcome::Result::rolledBack) && !any(Outcome::Result::failed) ? ExitCode::rolledBack
                                                                                 : ExitCode::failed;
    return any(Outcome::Result::rolledBack) ? ExitCode::rolledBack : ExitCode::done;
}

std::string renderOutcomes(const Outcomes& outcomes)
{
    std::string out;
    int done = 0, failed = 0, rolledBack = 0, skipped = 0;
    for (const auto& outcome : outcomes)
    {
        done += outcome.result == Outcome::Result::done;
        failed += outcome.result == Outcome::Result::failed;
        rolledBack += outcome.result == Outcome::Result::rolledBack;
        skipped += outcome.result == Outcome::Result::skipped;
        if (outcome.result != Outcome::Result::done)
            out +=
                fmt::format("{}: {} {}: {}\n", outcome.object, outcome.verb, toString(outcome.result), outcome.error);
    }
    out += fmt::format("{} done", done);
    if (failed > 0)
        out += fmt::format(", {} failed", failed);
    if (rolledBack > 0)
        out += fmt::format(", {} rolled back", rolledBack);
    if (skipped > 0)
        out += fmt::format(", {} skipped", skipped);
    return out + "\n";
}

}
