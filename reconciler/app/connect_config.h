#pragma once

#include "model/observed_state.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mcpctl
{

/// Programs that use MCP servers, and whose configuration can name them.
enum class ConnectClient
{
    claudeCode,
    claudeDesktop,
    codex,
    cursor,
    gemini,
    vscode,
    windsurf,
    zed,
};

/// Their names on the command line.
const std::vector<std::pair<std::string, ConnectClient>>& connectClients();

/// How a client on this machine reaches the engine's servers.
struct ConnectContext
{
    std::string command;                            ///< calls mcpctl
    std::vector<std::string> options;               ///< for it, before `attach`
    std::map<std::string, std::string> environment; ///< for it
    std::string engineHost;                         ///< where ports are published; empty: on this machine
};

struct ConnectConfig
{
    std::string text;                           ///< to paste: JSON, for Codex TOML
    std::string file;                           ///< where to
    std::vector<std::string> notes;             ///< for people: what the client has to know besides
    std::map<std::string, std::string> leftOut; ///< instance -> why it is not in `text`
};

/// The servers among `instances`, each with the ports of the ingress gateway that lead to it.
std::vector<ObservedInstance> asPublished(std::vector<ObservedInstance> instances);

/// The configuration by which `client` reaches `instances`: a stdio server through `mcpctl attach`, a
/// streamable-http one by the URL of its published port. Pure; the same input gives the same bytes.
///
/// In the file a server is called PROFILE-INSTANCE, or PROJECT-PROFILE-INSTANCE in another project than
/// `mcpctl`, so that blocks of several projects fit into one file.
ConnectConfig connectConfig(ConnectClient client, const std::vector<ObservedInstance>& instances,
                            const ConnectContext& context);

}
