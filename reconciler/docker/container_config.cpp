#include "docker/config_files.h"
#include "docker/container_calls.h"
#include "docker/names.h"
#include "docker/translate_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

/// How the configuration of a container changes while it runs.
namespace mcpctl::docker
{

namespace
{

using namespace std::chrono_literals;
using Kind = OrchestratorError::Kind;

constexpr auto loadsWithin = 5s;
constexpr int wordsLines = 12;

/// Its processes, by their ids on the engine's host.
std::set<std::string> processesOf(const ReadClient& client, const std::string& id, const std::string& what)
{
    const auto json = translated([&] { return client.getJson({.path = "/containers/" + id + "/top", .what = what}); });
    const auto titles = json["Titles"].texts();
    const auto column = std::find(titles.begin(), titles.end(), "PID") - titles.begin();
    std::set<std::string> ids;
    for (const auto& process : json["Processes"].items())
        if (const auto cells = process.texts(); column < std::ssize(cells))
            ids.insert(cells[static_cast<std::size_t>(column)]);
    return ids;
}

std::string lastWords(const EngineReader& reader, const std::string& id)
{
    std::string text;
    LogOptions options;
    options.tail = wordsLines;
    reader.logs(id, options,
                [&](const LogPiece& piece)
                {
                    text += piece.text;
                    return true;
                },
                {});
    return text;
}

}

void ContainerCalls::writeConfig(const std::string& id, const std::map<std::string, std::string>& files)
{
    docker::writeConfig(*client_, id, files, true);
}

/// A process that takes a new configuration starts a new worker, and one that refuses it does not.
void ContainerCalls::reloadConfig(const std::string& id, const std::map<std::string, std::string>& files)
{
    const std::string what = "reload the configuration of container " + shortId(id);
    docker::writeConfig(*client_, id, files, false);
    const auto before = processesOf(*client_, id, what);
    translated(
        [&] {
            client_->post({.path = "/containers/" + id + "/kill", .query = {{"signal", "SIGUSR2"}}, .what = what});
        });
    const auto until = std::chrono::steady_clock::now() + loadsWithin;
    const auto hasNew = [&]
    {
        const auto now = processesOf(*client_, id, what);
        return !std::includes(before.begin(), before.end(), now.begin(), now.end());
    };
    while (!hasNew())
    {
        if (std::chrono::steady_clock::now() > until)
            throw OrchestratorError(
                Kind::failed,
                fmt::format("{}: it goes on with the old one; the last of its log:\n{}", what, lastWords(reader_, id)));
        std::this_thread::sleep_for(50ms);
    }
    docker::writeConfig(*client_, id, files, true);
}

}
