#include "model/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mcpctl
{

namespace
{

struct Style
{
    std::string_view sign;
    std::string_view colour; ///< ANSI
};

Style styleOf(std::string_view verb)
{
    static constexpr std::array<std::pair<std::string_view, Style>, 11> styles{{
        {"create", {"+", "\033[32m"}},
        {"create network", {"+", "\033[32m"}},
        {"replace", {"±", "\033[33m"}},
        {"replace network", {"±", "\033[33m"}},
        {"update", {"~", "\033[36m"}},
        {"start", {">", "\033[32m"}},
        {"stop", {"=", "\033[33m"}},
        {"recover", {"<", "\033[36m"}},
        {"remove", {"-", "\033[31m"}},
        {"remove network", {"-", "\033[31m"}},
        {"blocked", {"!", "\033[31m"}},
    }};
    for (const auto& [name, style] : styles)
        if (name == verb)
            return style;
    return {" ", ""};
}

/// What an action does, where the step's verb does not say it all.
struct Detail
{
    std::string operator()(const action::Create& create) const { return pull(create.image); }
    std::string operator()(const action::Replace& replace) const { return pull(replace.image); }
    std::string operator()(const action::Remove& remove) const { return "remove " + remove.name; }
    std::string operator()(const action::Restore& restore) const { return "bring back " + restore.from; }
    std::string operator()(const action::FinishReplace&) const
    {
        return "keep the new one if it gets ready, else bring the old one back";
    }
    std::string operator()(const action::EnsureNetwork& ensure) const
    {
        return fmt::format("{}{}",
                           ensure.network.internal ? "internal, no way out" : "an ordinary bridge, with a way out",
                           ensure.network.hostAddress ? "" : ", no address on the host");
    }
    std::string operator()(const action::Configure&) const
    {
        return "write its configuration and let it load it; connections stay";
    }
    template <typename Other>
    std::string operator()(const Other&) const
    {
        return "";
    }
    static std::string pull(const action::ImageSource& image) { return image.pull ? "pull " + image.reference : ""; }
};

std::string shown(const std::string& value)
{
    std::string out;
    for (const char c : value)
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return out.empty() ? "(none)" : out;
}

std::string changeLines(const Step& step)
{
    std::size_t width = 0;
    for (const auto& change : step.changes)
        width = std::max(width, change.field.size());
    std::string out;
    for (const auto& change : step.changes)
        out += fmt::format("    {:<{}}  {} -> {}  [{}]{}\n", change.field, width, shown(change.before),
                           shown(change.after), toString(change.verdict),
                           change.place.file.empty() ? "" : "  " + toString(change.place));
    return out;
}

std::string headline(const Plan& plan)
{
    const auto summary = summarize(plan);
    std::vector<std::string> parts;
    const auto add = [&parts](int count, std::string_view what)
    {
        if (count > 0)
            parts.push_back(fmt::format("{} {}", count, what));
    };
    add(summary.create, "to create");
    add(summary.replace, "to replace");
    add(summary.update, "to update in place");
    add(summary.start, "to start");
    add(summary.stop, "to stop");
    add(summary.recover, "to recover");
    add(summary.remove, "to remove");
    add(summary.networks, summary.networks == 1 ? "network" : "networks");
    add(summary.blocked, "blocked");
    if (!parts.empty())
        return fmt::format("Project {}: {}.\n", plan.project.text, fmt::join(parts, ", "));
    return fmt::format("Project {}: nothing to do, {} {} as declared.\n", plan.project.text, plan.ownedInstances,
                       plan.ownedInstances == 1 ? "instance is" : "instances are");
}

}

std::string renderPlan(const Plan& plan, bool colour)
{
    std::string out = headline(plan);
    std::size_t verbWidth = 0;
    std::size_t objectWidth = 0;
    for (const auto& step : plan.steps)
    {
        verbWidth = std::max(verbWidth, verbOf(step).size());
        objectWidth = std::max(objectWidth, step.object.size());
    }
    if (!plan.steps.empty())
        out += '\n';
    for (const auto& step : plan.steps)
    {
        const auto verb = verbOf(step);
        const auto style = styleOf(verb);
        const auto place = toString(step.place);
        std::string line = fmt::format("{} {:<{}}  {}", style.sign, verb, verbWidth, step.object);
        if (colour)
            line = fmt::format("{}{}\033[0m", style.colour, line);
        if (!place.empty())
            line += fmt::format("{:{}}  {}", "", objectWidth - step.object.size(), place);
        out += line + fmt::format("\n    because {}\n", shown(step.because));
        for (const auto& each : step.actions)
            if (const auto detail = std::visit(Detail{}, each);
                !detail.empty() && !(verb == "remove" && detail == "remove " + step.object))
                out += fmt::format("    {}\n", detail);
        out += changeLines(step);
    }
    if (!plan.notes.empty())
        out += "\nNotes:\n";
    for (const auto& note : plan.notes)
        out += fmt::format("  {}\n", shown(note));
    return out;
}

}
