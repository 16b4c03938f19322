#include "docker/labels.h"

#include "docker/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace mcpctl::docker
{

namespace
{

std::string get(const Labels& labels, std::string_view name)
{
    const auto found = labels.find(std::string(name));
    return found == labels.end() ? std::string() : found->second;
}

void put(Labels& labels, std::string_view name, const std::string& value)
{
    if (!value.empty())
        labels.emplace(name, value);
}

std::string packFields(const std::map<std::string, std::string>& hashes)
{
    std::string out;
    for (const auto& [name, hash] : hashes)
        out += fmt::format("{}{}={}", out.empty() ? "" : ",", name, hash);
    return out;
}

std::map<std::string, std::string> unpackFields(std::string_view text)
{
    std::map<std::string, std::string> out;
    while (!text.empty())
    {
        const auto item = text.substr(0, text.find(','));
        const auto equals = item.find('=');
        if (equals != std::string_view::npos && equals > 0)
            out.emplace(item.substr(0, equals), item.substr(equals + 1));
        text.remove_prefix(std::min(text.size(), item.size() + 1));
    }
    return out;
}

bool carriesAnyOfOurs(const Labels& labels)
{
    const auto next = labels.lower_bound("mcpctl.");
    return next != labels.end() && next->first.starts_with("mcpctl.");
}

}

Labels toLabels(const Marks& marks)
{
    Labels labels;
    put(labels, label::managed, "true");
    put(labels, label::project, marks.project);
    put(labels, label::server, marks.server);
    put(labels, label::profile, marks.profile);
    put(labels, label::instance, marks.instance);
    put(labels, label::specHash, marks.specHash);
    put(labels, label::fields, packFields(marks.fieldHashes));
    put(labels, label::prune, marks.pruneDisabled ? "disabled" : "");
    put(labels, label::revision, marks.revision);
    put(labels, label::version, marks.version);
    return labels;
}

Marks toMarks(const Labels& labels)
{
    Marks marks;
    marks.project = get(labels, label::project);
    marks.server = get(labels, label::server);
    marks.profile = get(labels, label::profile);
    marks.instance = get(labels, label::instance);
    marks.specHash = get(labels, label::specHash);
    marks.fieldHashes = unpackFields(get(labels, label::fields));
    marks.revision = get(labels, label::revision);
    marks.version = get(labels, label::version);
    marks.pruneDisabled = get(labels, label::prune) == "disabled";
    return marks;
}

std::string toLabel(const mcpctl::Transport& transport)
{
    switch (transport.type)
    {
    case mcpctl::Transport::Type::stdio:
        return "stdio";
    case mcpctl::Transport::Type::none:
        return "none";
    case mcpctl::Transport::Type::streamableHttp:
        break;
    }
    return fmt::format("{}{}", transport.port, transport.path);
}

mcpctl::Transport toTransport(const std::string& text)
{
    mcpctl::Transport transport;
    if (text == "none")
    {
        transport.type = mcpctl::Transport::Type::none;
        return transport;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), transport.port);
    if (error != std::errc() || transport.port == 0)
        return {};
    transport.type = mcpctl::Transport::Type::streamableHttp;
    transport.path.assign(end, text.data() + text.size());
    return transport;
}

bool saysManaged(const Labels& labels)
{
    return get(labels, label::managed) == "true";
}

Ownership judgeOwnership(std::string_view name, const Labels& labels, const ProjectName& project)
{
    if (!saysManaged(labels))
        return {false, "", carriesAnyOfOurs(labels) ? "it has mcpctl labels, but not mcpctl.managed=true" : ""};

    const auto owner = get(labels, label::project);
    if (owner.empty())
        return {false, "", "its labels name no project"};
    if (owner != project.text)
        return {false, "", ""}; // another project's business

    const auto instance = get(labels, label::instance);
    if (instance.empty())
        return {false, "", "its labels name no instance"};
    if (!isNameOf(name, instance))
        return {false, instance, fmt::format("renamed: it was made as {}", instance)};
    return {true, "", ""};
}

Labels networkLabels(const NetworkSpec& network)
{
    Labels labels;
    put(labels, label::managed, "true");
    put(labels, label::project, network.owner.text);
    put(labels, label::network, network.name.text);
    return labels;
}

Labels volumeLabels(const std::string& name, const std::string& project)
{
    Labels labels;
    put(labels, label::managed, "true");
    put(labels, label::project, project);
    put(labels, label::volume, name);
    return labels;
}

}
