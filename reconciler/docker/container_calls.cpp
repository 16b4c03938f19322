#include "docker/container_calls.h"

#include "docker/create_body.h"
#include "docker/labels.h"
#include "docker/names.h"
#include "docker/translate_error.h"
#include "model/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace mcpctl::docker
{

namespace
{

using namespace std::chrono_literals;

constexpr auto slowCall = 60s;   ///< making, starting and removing: disks and network drivers
constexpr auto afterGrace = 30s; ///< for the engine to kill and clean up when the grace period is over
constexpr auto removalUnderWay = 20s;

bool answerWasLost(const EngineError& error)
{
    return error.kind() == EngineError::Kind::timeout || error.kind() == EngineError::Kind::unreachable;
}

bool says(const EngineError& error, std::string_view words)
{
    return error.engineMessage().find(words) != std::string::npos;
}

/// What an earlier try made, to the last value: it can be used as if it were made now.
bool isLeftover(const Inspection& found, const std::string& name, const Launch& launch)
{
    if (found.instance.name != name || found.instance.state != RunState::created)
        return false;
    const auto& there = found.instance;
    const auto labels = found.json["Config"]["Labels"].textMap();
    if (!judgeOwnership(name, labels, ProjectName(launch.marks.project)).ours ||
        there.marks.specHash != launch.marks.specHash || there.marks.fieldHashes != launch.marks.fieldHashes)
        return false;
    // The same spec may hold another value of a secret.
    for (const auto& [key, value] : launch.spec.env)
        if (const auto live = there.spec.env.find(key); live == there.spec.env.end() || live->second.text != value.text)
            return false;
    for (const auto& [file, value] : launch.spec.secretFiles)
        if (const auto live = there.spec.secretFiles.find(file);
            live == there.spec.secretFiles.end() || live->second.text != value.text)
            return false;
    return true;
}

}

ContainerCalls::ContainerCalls(std::shared_ptr<Client> client, const EngineReader& reader)
    : client_(std::move(client)), reader_(reader)
{
}

ContainerCalls::Created ContainerCalls::create(const std::string& name, const Launch& launch)
{
    const Request request{.path = "/containers/create",
                          .query = {{"name", name}},
                          .what = "create container " + name,
                          .deadline = slowCall};
    const auto body = createBody(launch, reader_.apiVersion());
    // The engine takes a name a moment before it shows the container, also for who was killed while asking.
    for (const auto patience = std::chrono::steady_clock::now() + 5s;;)
    {
        try
        {
            const auto json = client_->postJson(request, Body::json(body));
            return {json.required("Id").text(), json["Warnings"].texts()};
        }
        catch (const EngineError& error)
        {
            const bool taken = error.kind() == EngineError::Kind::conflict;
            if (!taken && !answerWasLost(error))
                throw translate(error);
            const auto holder = reader_.inspect(name);
            if (holder && isLeftover(*holder, name, launch))
                return {holder->instance.id, {}};
            if (holder || !taken || std::chrono::steady_clock::now() > patience)
                throw translate(error);
        }
        std::this_thread::sleep_for(100ms);
    }
}

void ContainerCalls::start(const std::string& id)
{
    const Request request{
        .path = "/containers/" + id + "/start", .what = "start container " + shortId(id), .deadline = slowCall};
    try
    {
        client_->post(request); // 304: it runs
    }
    catch (const EngineError& error)
    {
        if (says(error, "unpause"))
        {
            translated([&] { client_->post({.path = "/containers/" + id + "/unpause", .what = request.what}); });
            return;
        }
        if (answerWasLost(error))
            if (const auto found = reader_.inspect(id); found && found->instance.state == RunState::running)
                return;
        throw translate(error);
    }
}

void ContainerCalls::restart(const std::string& id)
{
    const std::string what = "restart container " + shortId(id);
    const auto found = reader_.inspect(id);
    if (!found)
        throw OrchestratorError(OrchestratorError::Kind::notFound, what + ": it is gone");
    // Without a time the engine takes the container's own grace period.
    translated(
        [&]
        {
            client_->post({.path = "/containers/" + id + "/restart",
                           .what = what,
                           .deadline = found->instance.spec.stopGracePeriod + afterGrace});
        });
}

bool ContainerCalls::stop(const std::string& id)
{
    const auto found = reader_.inspect(id);
    if (!found)
        return false;
    const std::string what = "stop container " + shortId(id);
    // First, or the engine revives what exits.
    if (found->instance.spec.restart.when != RestartPolicy::When::no)
        updatePolicy({.path = "/containers/" + id + "/update", .what = what, .accept = {404, 409}},
                     RestartPolicy{RestartPolicy::When::no});
    // 304: it is stopped. 409 is what a dead one answers.
    const Request request{.path = "/containers/" + id + "/stop",
                          .what = what,
                          .accept = {404, 409},
                          .deadline = found->instance.spec.stopGracePeriod + afterGrace};
    return translated([&] { return client_->post(request); }).status != 404;
}

void ContainerCalls::remove(const std::string& id)
{
    const Request request{.path = "/containers/" + id,
                          .query = {{"force", "1"}, {"v", "1"}},
                          .what = "remove container " + shortId(id),
                          .accept = {404, 409},
                          .deadline = slowCall};
    const auto secrets = secretsFolderOf(id);
    try
    {
        if (client_->del(request).status == 409) // somebody else is at it
            waitUntilGone(id);
    }
    catch (const EngineError& error)
    {
        if (!answerWasLost(error) || reader_.inspect(id))
            throw translate(error);
    }
    removeSecretFiles(reader_.secrets(), secrets);
}

/// Empty where there are none, which is not worth a call.
std::filesystem::path ContainerCalls::secretsFolderOf(const std::string& id) const
{
    std::error_code ignored;
    if (!std::filesystem::exists(reader_.secrets(), ignored))
        return {};
    const auto found = reader_.inspect(id);
    return found ? found->secretsFolder : std::filesystem::path();
}

void ContainerCalls::waitUntilGone(const std::string& id) const
{
    const auto until = std::chrono::steady_clock::now() + removalUnderWay;
    while (reader_.inspect(id))
    {
        if (std::chrono::steady_clock::now() > until)
            throw OrchestratorError(
                OrchestratorError::Kind::failed,
                fmt::format("remove container {}: its removal is under way and does not end", shortId(id)));
        std::this_thread::sleep_for(100ms);
    }
}

void ContainerCalls::rename(const std::string& id, const std::string& name)
{
    const Request request{.path = "/containers/" + id + "/rename",
                          .query = {{"name", name}},
                          .what = fmt::format("rename container {} to {}", shortId(id), name)};
    translated([&] { client_->post(request); });
}

void ContainerCalls::setRestartPolicy(const std::string& id, const RestartPolicy& restart)
{
    updatePolicy(
        {.path = "/containers/" + id + "/update", .what = "set the restart policy of container " + shortId(id)},
        restart);
}

/// One whose process ends just now is refused until the engine has noticed; one that somebody removes needs no policy.
void ContainerCalls::updatePolicy(const Request& request, const RestartPolicy& restart)
{
    const auto until = std::chrono::steady_clock::now() + 5s;
    while (true)
    {
        try
        {
            client_->post(request, Body::json(updateBody(restart)));
            return;
        }
        catch (const EngineError& error)
        {
            if (says(error, "marked for removal"))
                return;
            const bool endsNow = says(error, "stopped container") || says(error, "container not running");
            if (!endsNow || std::chrono::steady_clock::now() > until)
                throw translate(error);
        }
        std::this_thread::sleep_for(50ms);
    }
}

std::vector<std::string> ContainerCalls::setLimits(const std::string& id, const Resources& resources,
                                                   const RestartPolicy& restart)
{
    const Request request{.path = "/containers/" + id + "/update",
                          .what = "set the limits of container " + shortId(id),
                          .deadline = slowCall};
    const auto body = Body::json(updateBody(resources, restart));
    const auto json = translated([&] { return client_->postJson(request, body); });
    return json["Warnings"].texts();
}

void ContainerCalls::connect(const std::string& id, const NetworkName& network, const std::set<std::string>& aliases,
                             const std::string& address)
{
    const Request request{.path = "/networks/" + network.text + "/connect",
                          .what = fmt::format("connect container {} to network {}", shortId(id), network.text)};
    try
    {
        client_->post(request, Body::json(connectBody(id, aliases, address)));
    }
    catch (const EngineError& error)
    {
        // Connected before, or just now with the answer lost: fine, if it answers to the names that were asked for.
        const auto found = reader_.inspect(id);
        if (!found)
            throw translate(error);
        const auto& networks = found->instance.spec.networks;
        if (const auto there = networks.find(network); there == networks.end() || there->second != aliases)
            throw translate(error);
    }
}

void ContainerCalls::disconnect(const std::string& id, const NetworkName& network)
{
    Poco::JSON::Object body;
    body.set("Container", id);
    body.set("Force", true); // else the engine insists that the network is still there
    const Request request{.path = "/networks/" + network.text + "/disconnect",
                          .what = fmt::format("disconnect container {} from network {}", shortId(id), network.text),
                          .accept = {404}};
    try
    {
        client_->post(request, Body::json(body));
    }
    catch (const EngineError& error)
    {
        if (!says(error, "is not connected to"))
            throw translate(error);
    }
}

}
