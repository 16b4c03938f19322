#pragma once

#include "docker/client.h"
#include "docker/event_translator.h"
#include "docker/json_view.h"
#include "docker/secret_files.h"
#include "orchestrator/orchestrator.h"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mcpctl::docker
{

/// A container as the engine showed it, and what that means.
struct Inspection
{
    JsonView json;
    ObservedInstance instance;           ///< without its stale networks
    std::filesystem::path secretsFolder; ///< what its files of secrets are bound from; empty: it has none
};

/// All questions to the engine, in the words of the seam. It holds a client that cannot send anything but GET.
///
/// Every member may be called from several threads at once, and throws nothing but OrchestratorError. Nothing is asked
/// twice of what cannot change: the engine's own facts are kept.
class EngineReader
{
public:
    /// `secrets` is where files of secrets are kept (secret_files.h).
    explicit EngineReader(std::shared_ptr<const ReadClient> client, std::filesystem::path secrets = secretsRoot({}));

    /// GET /info, once.
    EngineInfo engineInfo() const;
    /// Does the engine's kernel count swap, so that MemorySwap means something? From the same answer.
    bool limitsSwap() const;
    /// Is a user in a container another one on the host? From the same answer.
    bool mapsUsers() const;
    ApiVersion apiVersion() const;
    /// Does the engine live where we do, as far as its address tells?
    bool isOnThisHost() const;
    const std::filesystem::path& secrets() const { return secrets_; }

    /// One list, one inspection for each instance of the project, and one list of networks if there are any.
    Listing listInstances(const ProjectName& project) const;
    std::vector<ObservedNetwork> networks() const;
    /// Those called exactly `name`: none, one, or, on an old engine, more.
    std::vector<ObservedNetwork> networksNamed(const NetworkName& name) const;
    std::optional<ImageInfo> image(const std::string& reference) const;
    LiveStatus status(const std::string& id) const;
    Health health(const std::string& id) const;
    Isolation isolation(const std::string& id) const;

    /// By id or name; nothing when it is gone.
    std::optional<Inspection> inspect(const std::string& idOrName) const;
    /// With its configuration files, which cost another call where it has any.
    std::optional<Inspection> inspectWithConfig(const std::string& idOrName) const;

    void logs(const std::string& id, const LogOptions& options, const LogSink& sink, const std::stop_token& stop) const;
    void events(const ProjectName& project, const EventSink& sink, const std::stop_token& stop) const;
    std::int64_t eventsBetween(const ProjectName& project, std::int64_t sinceNanos,
                               std::optional<std::int64_t> untilNanos, const EventSink& sink) const;
    Stats stats(const std::string& id) const;

    const ReadClient& client() const { return *client_; }

private:
    struct Facts
    {
        EngineInfo info;
        bool limitsSwap = false;
        bool mapsUsers = false;
    };

    struct Listed
    {
        std::string id;
        std::string name;
        std::map<std::string, std::string> labels;
        std::set<NetworkName> networks;
    };

    Facts facts() const;
    std::vector<Listed> list(const std::string& filters) const;
    std::vector<Inspection> inspectAll(const std::vector<std::string>& ids) const;
    EventTranslator translatorOf(const ProjectName& project) const; ///< it knows the containers that are there now
    std::int64_t clock() const;                                     ///< the engine's, in nanoseconds since the epoch

    const std::shared_ptr<const ReadClient> client_;
    const std::filesystem::path secrets_;

    mutable std::mutex mutex_; ///< guards what follows
    mutable std::optional<Facts> facts_;
};

}
