#include "app/probe_cache.h"

#include "app/json.h"
#include "app/mcp_json.h"
#include "model/hash.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Parser.h>

#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace mcpctl
{

namespace
{

namespace fs = std::filesystem;

constexpr std::chrono::hours keptFor{24 * 30};
constexpr std::uintmax_t largest = 64UL * 1024;

std::string keyOf(const std::string& engineId, const ObservedInstance& instance)
{
    return engineId + " " + instance.id + " " + instance.startedAt;
}

/// Those of processes that are long gone, or asked again one day.
void removeOld(const fs::path& folder)
{
    std::error_code error;
    const auto oldest = fs::file_time_type::clock::now() - keptFor;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (const auto written = entry.last_write_time(error); !error && written < oldest)
            fs::remove(entry.path(), error);
}

}

ProbeCache::ProbeCache(fs::path folder, std::string engineId)
    : folder_(std::move(folder)), engineId_(std::move(engineId))
{
}

fs::path ProbeCache::fileOf(const ObservedInstance& instance) const
{
    return folder_ / (sha256Hex(engineId_ + " " + instance.id).substr(0, 32) + ".json");
}

std::optional<ProbeResult> ProbeCache::find(const ObservedInstance& instance) const
{
    const auto file = fileOf(instance);
    std::error_code error;
    if (folder_.empty() || instance.state != RunState::running || fs::file_size(file, error) > largest || error)
        return std::nullopt;
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    try
    {
        const auto json = Poco::JSON::Parser().parse(text.str()).extract<Poco::JSON::Object::Ptr>();
        if (json->optValue<std::string>("process", "") != keyOf(engineId_, instance))
            return std::nullopt;
        return probeResultOf(json->getObject("mcp"));
    }
    catch (const Poco::Exception&) // somebody else's text
    {
        return std::nullopt;
    }
}

void ProbeCache::keep(const ObservedInstance& instance, const ProbeResult& result) const
{
    if (folder_.empty() || instance.spec.transport.type != Transport::Type::stdio || !answersClients(result))
        return;
    auto json = jsonObject();
    json->set("process", keyOf(engineId_, instance));
    json->set("mcp", toJson(result));

    std::error_code error;
    fs::create_directories(folder_, error);
    removeOld(folder_);
    // Whole or not at all: others may be reading.
    const auto file = fileOf(instance);
    const auto fresh = file.string() + fmt::format(".{}", ::getpid());
    std::ofstream out(fresh);
    out << jsonText(*json) << "\n";
    out.close();
    if (out)
        fs::rename(fresh, file, error);
    if (!out || error)
        fs::remove(fresh, error);
}

fs::path probeFolder()
{
    const auto variable = [](const char* name)
    {
        const char* value = std::getenv(name);
        return fs::path(value == nullptr ? "" : value);
    };
    // Relative paths are to be ignored (XDG Base Directory Specification).
    if (const auto state = variable("XDG_STATE_HOME"); state.is_absolute())
        return state / "mcpctl" / "probes";
    const auto home = variable("HOME");
    return home.is_absolute() ? home / ".local" / "state" / "mcpctl" / "probes" : fs::path();
}

}
