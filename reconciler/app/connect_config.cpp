#include "app/connect_config.h"

#include "app/json.h"
#include "model/json_text.h"
#include "validate/gateway_config.h"

#include <Poco/JSON/Stringifier.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace mcpctl
{

namespace
{

/// How the files of the clients differ. Source: the clients' documentation, as of 2026-11.
struct Format
{
    ConnectClient client;
    std::string_view file;
    std::string_view root;      ///< the key that holds the servers
    std::string_view url;       ///< of an HTTP server; empty: the file knows stdio servers alone
    std::string_view stdioType; ///< the value of `type`; empty: there is no such key
    std::string_view httpType;
};

constexpr auto formats = std::to_array<Format>({
    {ConnectClient::claudeCode, ".mcp.json in a project, or ~/.claude.json", "mcpServers", "url", "stdio", "http"},
    {ConnectClient::claudeDesktop, "claude_desktop_config.json (Settings, Developer, Edit Config)", "mcpServers", "",
     "", ""},
    {ConnectClient::codex, "~/.codex/config.toml", "mcp_servers", "url", "", ""},
    {ConnectClient::cursor, "~/.cursor/mcp.json, or .cursor/mcp.json in a project", "mcpServers", "url", "", ""},
    {ConnectClient::gemini, "~/.gemini/settings.json", "mcpServers", "httpUrl", "", ""},
    {ConnectClient::vscode, ".vscode/mcp.json in a project, or the user's mcp.json", "servers", "url", "stdio", "http"},
    {ConnectClient::windsurf, "~/.codeium/windsurf/mcp_config.json", "mcpServers", "serverUrl", "", ""},
    {ConnectClient::zed, "~/.config/zed/settings.json", "context_servers", "url", "", ""},
});

const Format& formatOf(ConnectClient client)
{
    return *std::find_if(formats.begin(), formats.end(),
                         [client](const Format& each) { return each.client == client; });
}

/// One server as a client starts it (`command`) or reaches it (`url`).
struct Entry
{
    std::string name;
    std::string url{};
    std::string command{};
    std::vector<std::string> arguments{};
    std::map<std::string, std::string> environment{};
};

/// Letters, digits, `-` and `_` are what every client takes.
std::string uniqueName(const ObservedInstance& instance, std::set<std::string>& taken)
{
    static const std::string ordinary = "mcpctl-";
    auto name = instance.name.starts_with(ordinary) ? instance.name.substr(ordinary.size()) : instance.name;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_'; }, '-');
    std::string unique = name;
    for (int number = 2; !taken.insert(unique).second; ++number)
        unique = fmt::format("{}-{}", name, number);
    return unique;
}

bool isAnyAddress(const std::string& address)
{
    return address == "0.0.0.0" || address == "::";
}

std::string urlOf(const ObservedInstance& instance, const ConnectContext& context)
{
    const auto& publication = *instance.spec.publications.begin();
    std::string host = publication.address;
    if (isAnyAddress(host))
        host = context.engineHost.empty() ? "127.0.0.1" : context.engineHost;
    if (host.find(':') != std::string::npos)
        host = "[" + host + "]";
    const auto& path = instance.spec.transport.path;
    return fmt::format("http://{}:{}{}", host, publication.hostPort, path.empty() ? "/mcp" : path);
}

Entry attached(const ObservedInstance& instance, const ConnectContext& context)
{
    Entry entry{
        .name = {}, .command = context.command, .arguments = context.options, .environment = context.environment};
    entry.arguments.insert(entry.arguments.end(), {"attach", instance.name});
    return entry;
}

/// For a client whose file knows stdio servers alone.
Entry bridged(const std::string& url)
{
    Entry entry{.name = {}, .command = "npx", .arguments = {"-y", "mcp-remote", url}};
    if (!url.starts_with("http://127.0.0.1:"))
        entry.arguments.emplace_back("--allow-http");
    return entry;
}

Poco::JSON::Object::Ptr asJson(const Entry& entry, const Format& format)
{
    auto out = jsonObject();
    if (!entry.url.empty())
    {
        if (!format.httpType.empty())
            out->set("type", std::string(format.httpType));
        out->set(std::string(format.url), entry.url);
        return out;
    }
    if (!format.stdioType.empty())
        out->set("type", std::string(format.stdioType));
    if (format.client == ConnectClient::zed)
    {
        out->set("source", "custom");
        out->set("enabled", true);
    }
    out->set("command", entry.command);
    Poco::JSON::Array::Ptr arguments = new Poco::JSON::Array;
    for (const auto& argument : entry.arguments)
        arguments->add(argument);
    out->set("args", arguments);
    if (!entry.environment.empty())
    {
        auto environment = jsonObject();
        for (const auto& [name, value] : entry.environment)
            environment->set(name, value);
        out->set("env", environment);
    }
    return out;
}

std::string jsonFile(const std::vector<Entry>& entries, const Format& format)
{
    auto servers = jsonObject();
    for (const auto& entry : entries)
        servers->set(entry.name, asJson(entry, format));
    auto root = jsonObject();
    root->set(std::string(format.root), servers);
    return jsonText(*root, 2) + "\n";
}

/// A basic string of TOML 1.0.
std::string tomlString(const std::string& text)
{
    std::string out = "\"";
    for (const char c : text)
        if (c == '"' || c == '\\')
            out += std::string("\\") + c;
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            out += fmt::format("\\u{:04x}", static_cast<int>(c));
        else
            out += c;
    return out + '"';
}

std::string tomlText(const std::vector<Entry>& entries, const Format& format)
{
    std::string out;
    for (const auto& entry : entries)
    {
        out += fmt::format("{}[{}.{}]\n", out.empty() ? "" : "\n", format.root, entry.name);
        if (!entry.url.empty())
        {
            out += fmt::format("{} = {}\n", format.url, tomlString(entry.url));
            continue;
        }
        std::vector<std::string> arguments;
        std::vector<std::string> environment;
        for (const auto& argument : entry.arguments)
            arguments.push_back(tomlString(argument));
        for (const auto& [name, value] : entry.environment)
            environment.push_back(fmt::format("{} = {}", tomlString(name), tomlString(value)));
        out += fmt::format("command = {}\nargs = [{}]\n", tomlString(entry.command), fmt::join(arguments, ", "));
        if (!environment.empty())
            out += fmt::format("env = {{ {} }}\n", fmt::join(environment, ", "));
    }
    return out;
}

}

const std::vector<std::pair<std::string, ConnectClient>>& connectClients()
{
    static const std::vector<std::pair<std::string, ConnectClient>> clients{
        {"claude-desktop", ConnectClient::claudeDesktop},
        {"claude-code", ConnectClient::claudeCode},
        {"vscode", ConnectClient::vscode},
        {"cursor", ConnectClient::cursor},
        {"codex", ConnectClient::codex},
        {"gemini", ConnectClient::gemini},
        {"zed", ConnectClient::zed},
        {"windsurf", ConnectClient::windsurf},
    };
    return clients;
}

std::vector<ObservedInstance> asPublished(std::vector<ObservedInstance> instances)
{
    std::map<std::string, std::set<Publication>> published;
    for (const auto& gateway : instances)
        for (const auto& [path, config] : gateway.spec.configFiles)
            for (const auto& [instance, port] : ingressPorts(config))
                for (const auto& publication : gateway.spec.publications)
                    if (publication.targetPort == port)
                        published[instance].insert(publication);
    std::erase_if(instances, [](const auto& each) { return each.spec.transport.type == Transport::Type::none; });
    for (auto& instance : instances)
        instance.spec.publications.merge(published[instance.name]);
    return instances;
}

ConnectConfig connectConfig(ConnectClient client, const std::vector<ObservedInstance>& instances,
                            const ConnectContext& context)
{
    const auto& format = formatOf(client);
    ConnectConfig out;
    out.file = format.file;
    std::vector<Entry> entries;
    std::set<std::string> taken;
    for (const auto& instance : instances)
    {
        const bool stdio = instance.spec.keepsStdin;
        if (instance.state != RunState::running)
            out.leftOut[instance.name] = fmt::format("it is not running ({})", toString(instance.state));
        else if (!stdio && instance.spec.publications.empty())
            out.leftOut[instance.name] = "it has no port on the host; `publish` in its transport gives it one";
        if (out.leftOut.contains(instance.name))
            continue;
        auto entry = attached(instance, context);
        if (!stdio)
        {
            const auto url = urlOf(instance, context);
            entry = format.url.empty() ? bridged(url) : Entry{.name = {}, .url = url};
            if (!context.engineHost.empty() && !isAnyAddress(instance.spec.publications.begin()->address))
                out.notes.push_back(fmt::format("{}: {} is an address of {}, not of this machine", instance.name,
                                                instance.spec.publications.begin()->address, context.engineHost));
        }
        entry.name = uniqueName(instance, taken);
        entries.push_back(std::move(entry));
    }
    if (client == ConnectClient::claudeDesktop)
        out.notes.emplace_back("Claude Desktop reads its file when it starts");
    out.text = client == ConnectClient::codex ? tomlText(entries, format) : jsonFile(entries, format);
    return out;
}

}
