#pragma once

#include "docker/client.h"
#include "docker/engine_reader.h"
#include "orchestrator/orchestrator.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mcpctl::docker
{

/// The single calls that change a container, each with what makes it safe to repeat: what is already as asked for is no
/// error, and after an answer that was lost the engine is looked at, never asked again.
///
/// Every member may be called from several threads at once, and throws nothing but OrchestratorError.
class ContainerCalls
{
public:
    ContainerCalls(std::shared_ptr<Client> client, const EngineReader& reader);

    struct Created
    {
        std::string id;
        std::vector<std::string> warnings; ///< the engine's words
    };

    /// A container `name` for `launch`. Where the engine says that the name is taken, or its answer was lost, and there
    /// is one under that name that was made from this very launch and never ran, it is that one.
    Created create(const std::string& name, const Launch& launch);

    void start(const std::string& id);

    void restart(const std::string& id);

    /// Keeps the engine from reviving it, then stops it within its own grace period. False: it is gone.
    bool stop(const std::string& id);

    /// With its volumes that have no name, and its files of secrets. A running one is killed.
    void remove(const std::string& id);

    void rename(const std::string& id, const std::string& name);
    void setRestartPolicy(const std::string& id, const RestartPolicy& restart);
    /// Returns the engine's warnings.
    std::vector<std::string> setLimits(const std::string& id, const Resources& resources, const RestartPolicy& restart);

    void connect(const std::string& id, const NetworkName& network, const std::set<std::string>& aliases,
                 const std::string& address);
    void disconnect(const std::string& id, const NetworkName& network);

    /// Puts the files where its next start finds them.
    void writeConfig(const std::string& id, const std::map<std::string, std::string>& files);
    /// The same while it runs, and its process loads them (McpOrchestrator::setConfiguration).
    void reloadConfig(const std::string& id, const std::map<std::string, std::string>& files);

private:
    std::filesystem::path secretsFolderOf(const std::string& id) const;
    void waitUntilGone(const std::string& id) const;
    void updatePolicy(const Request& request, const RestartPolicy& restart);

    const std::shared_ptr<Client> client_;
    const EngineReader& reader_;
};

}
