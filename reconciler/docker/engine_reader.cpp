#include "docker/engine_reader.h"

#include "docker/config_files.h"
#include "docker/labels.h"
#include "docker/parse_image.h"
#include "docker/parse_instance.h"
#include "docker/parse_network.h"
#include "docker/translate_error.h"
#include "model/json_text.h"
#include "orchestrator/bounded_pool.h"

#include <Poco/JSON/Array.h>

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace mcpctl::docker
{

namespace
{

/// How many inspections at a time. More gain nothing (measured); an engine on this host needs its processors, too, and
/// so do those who wait for an answer of ours.
std::size_t inspectionsAtOnce(bool onThisHost)
{
    constexpr std::size_t most = 8;
    const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
    return onThisHost ? std::min(most, 2 * processors) : most;
}

/// A container may have further names, `/OTHER/ALIAS`, by links to it.
std::string nameFrom(const std::vector<std::string>& names)
{
    for (const auto& name : names)
        if (name.rfind('/') == 0)
            return name.substr(1);
    return {};
}

/// Labels alone cannot tell a container that somebody renamed from one that carries a copy of our labels.
void explainCopies(Listing& listing, const std::map<std::string, std::string>& madeAs)
{
    const auto isOurs = [&](const std::string& name) {
        return std::any_of(listing.ours.begin(), listing.ours.end(),
                           [&](const auto& each) { return each.name == name; });
    };
    for (auto& foreign : listing.foreign)
        if (const auto made = madeAs.find(foreign.id); made != madeAs.end() && isOurs(made->second))
            foreign.why = fmt::format("it carries the labels of {}", made->second);
}

template <typename Named>
void sortByName(std::vector<Named>& items)
{
    std::sort(items.begin(), items.end(),
              [](const Named& a, const Named& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); });
}

std::string whyNotRunning(const ObservedInstance& instance)
{
    return instance.error.empty() ? fmt::format("{}, exit code {}", toString(instance.state), instance.exitCode)
                                  : instance.error;
}

/// `name=userns`, `name=rootless`
bool mapsUsersBy(const std::vector<std::string>& securityOptions)
{
    return std::any_of(securityOptions.begin(), securityOptions.end(),
                       [](const auto& each)
                       { return each.starts_with("name=userns") || each.starts_with("name=rootless"); });
}

std::string nameFilter(const std::string& name)
{
    Poco::JSON::Array::Ptr names = new Poco::JSON::Array;
    names->add(name);
    Poco::JSON::Object filters;
    filters.set("name", names);
    return jsonText(filters);
}

}

EngineReader::EngineReader(std::shared_ptr<const ReadClient> client, std::filesystem::path secrets)
    : client_(std::move(client)), secrets_(std::move(secrets))
{
}

EngineReader::Facts EngineReader::facts() const
{
    const std::lock_guard lock(mutex_);
    if (!facts_)
    {
        const std::string what = "ask the engine about itself";
        const auto json = translated([&] { return client_->getJson({.path = "/info", .what = what}); });
        facts_ = Facts{{json["ID"].text(), json["ServerVersion"].text(), apiVersion().text()},
                       json["SwapLimit"].flag(),
                       mapsUsersBy(json["SecurityOptions"].texts())};
        // An engine that has none is told by where it is.
        if (facts_->info.id.empty())
            facts_->info.id = client_->endpoint().text();
    }
    return *facts_;
}

EngineInfo EngineReader::engineInfo() const
{
    return facts().info;
}

bool EngineReader::limitsSwap() const
{
    return facts().limitsSwap;
}

bool EngineReader::mapsUsers() const
{
    return facts().mapsUsers;
}

bool EngineReader::isOnThisHost() const
{
    return client_->endpoint().isOnThisHost();
}

ApiVersion EngineReader::apiVersion() const
{
    return translated([&] { return client_->apiVersion(); });
}

std::vector<EngineReader::Listed> EngineReader::list(const std::string& filters) const
{
    Request request{.path = "/containers/json", .query = {{"all", "1"}}, .what = "list containers"};
    if (!filters.empty())
        request.query.emplace_back("filters", filters);
    const auto json = translated([&] { return client_->getJson(request); });
    std::vector<Listed> out;
    for (const auto& item : json.items())
    {
        Listed listed{item.required("Id").text(), nameFrom(item["Names"].texts()), item["Labels"].textMap(), {}};
        for (const auto& [network, endpoint] : item["NetworkSettings"]["Networks"].members())
            listed.networks.insert(NetworkName(network));
        out.push_back(std::move(listed));
    }
    return out;
}

std::vector<Inspection> EngineReader::inspectAll(const std::vector<std::string>& ids) const
{
    std::vector<std::optional<Inspection>> found(ids.size());
    forEachInParallel(ids.size(), inspectionsAtOnce(isOnThisHost()),
                      [&](std::size_t i) { found[i] = inspectWithConfig(ids[i]); });
    std::vector<Inspection> out;
    for (auto& each : found)
        if (each)
            out.push_back(std::move(*each));
    return out;
}

Listing EngineReader::listInstances(const ProjectName& project) const
{
    Listing listing;
    std::map<std::string, std::string> madeAs;
    const auto addForeign = [&](const Listed& listed, const std::string& name, const Ownership& ownership)
    {
        madeAs.emplace(listed.id, ownership.madeAs);
        listing.foreign.push_back({listed.id, name, ownership.why, listed.networks, saysManaged(listed.labels)});
    };
    std::map<std::string, Listed> listedById;

    std::vector<std::string> ids;
    for (auto& each : list(""))
        if (const auto ownership = judgeOwnership(each.name, each.labels, project); ownership.ours)
        {
            ids.push_back(each.id);
            listedById.emplace(each.id, std::move(each));
        }
        else
            addForeign(each, each.name, ownership);

    auto inspections = inspectAll(ids);
    listing.ours.reserve(inspections.size());
    // After the inspections, so that a network made meanwhile is not taken for one that is gone.
    std::set<std::string> networkIds;
    std::set<std::string> networkNames;
    listing.networks = networks();
    for (const auto& network : listing.networks)
    {
        networkIds.insert(network.id);
        networkNames.insert(network.spec.name.text);
    }
    for (auto& [json, instance, folder] : inspections)
    {
        const auto listed = listedById.find(instance.id);
        if (listed == listedById.end())
            json["Id"].fail("not the container that was asked for");
        // It may have been renamed since it was listed.
        const auto ownership = judgeOwnership(instance.name, json["Config"]["Labels"].textMap(), project);
        if (!ownership.ours)
        {
            addForeign(listed->second, instance.name, ownership);
            continue;
        }
        instance.staleNetworks = findStaleNetworks(json, networkIds, networkNames);
        listing.ours.push_back(std::move(instance));
    }
    explainCopies(listing, madeAs);
    sortByName(listing.ours);
    sortByName(listing.foreign);
    return listing;
}

std::vector<ObservedNetwork> EngineReader::networks() const
{
    const std::string what = "list networks";
    const auto json = translated([&] { return client_->getJson({.path = "/networks", .what = what}); });
    std::vector<ObservedNetwork> out;
    for (const auto& item : json.items())
        out.push_back(parseNetwork(item));
    return out;
}

std::vector<ObservedNetwork> EngineReader::networksNamed(const NetworkName& name) const
{
    // The engine's filter finds every name that has this one in it.
    const Request request{.path = "/networks",
                          .query = {{"filters", nameFilter(name.text)}},
                          .what = fmt::format("look for network {}", name.text)};
    const auto json = translated([&] { return client_->getJson(request); });
    std::vector<ObservedNetwork> out;
    for (const auto& item : json.items())
        if (auto network = parseNetwork(item); network.spec.name == name)
            out.push_back(std::move(network));
    return out;
}

std::optional<ImageInfo> EngineReader::image(const std::string& reference) const
{
    const Request request{
        .path = "/images/" + reference + "/json", .what = "inspect image " + reference, .accept = {404}};
    const auto json = translated([&] { return client_->getJson(request); });
    return json.present() ? std::optional(parseImage(json)) : std::nullopt;
}

std::optional<Inspection> EngineReader::inspect(const std::string& idOrName) const
{
    const Request request{
        .path = "/containers/" + idOrName + "/json", .what = "inspect container " + idOrName, .accept = {404}};
    const auto json = translated([&] { return client_->getJson(request); });
    if (!json.present())
        return std::nullopt;
    Inspection inspection{json, parseInstance(json), {}};
    auto& instance = inspection.instance;
    instance.spec.resources.swapBytes = swapBeyondMemory(json, limitsSwap());
    inspection.secretsFolder = takeSecretsFolder(instance, secrets_);
    if (!inspection.secretsFolder.empty())
        readSecretFiles(instance, secrets_, inspection.secretsFolder, isOnThisHost());
    return inspection;
}

std::optional<Inspection> EngineReader::inspectWithConfig(const std::string& idOrName) const
{
    auto found = inspect(idOrName);
    if (!found)
        return found;
    const auto labels = found->json["Config"]["Labels"].textMap();
    if (const auto folder = labels.find(std::string(label::config)); folder != labels.end())
        found->instance.spec.configFiles = readConfig(*client_, found->instance.id, folder->second);
    return found;
}

LiveStatus EngineReader::status(const std::string& id) const
{
    const auto found = inspect(id);
    if (!found)
        return LiveStatus::error;
    const auto& instance = found->instance;
    switch (instance.state)
    {
    case RunState::running:
        return LiveStatus::running;
    case RunState::paused:
        return LiveStatus::stopped;
    case RunState::restarting:
    case RunState::dead:
        return LiveStatus::error;
    case RunState::created:
    case RunState::exited:
        break;
    }
    // 128 + SIGINT, SIGKILL, SIGTERM: how a server ends that was told to.
    const std::set<int> calm{0, 130, 137, 143};
    return instance.error.empty() && !instance.oomKilled && calm.contains(instance.exitCode) ? LiveStatus::stopped
                                                                                             : LiveStatus::error;
}

Health EngineReader::health(const std::string& id) const
{
    const auto found = inspect(id);
    if (!found)
        return {Health::Status::unhealthy, false, "it is gone"};
    const auto& instance = found->instance;
    const bool runs = instance.state == RunState::running;
    if (!runs || instance.health.empty())
        return {runs ? Health::Status::healthy : Health::Status::unhealthy, false, runs ? "" : whyNotRunning(instance)};
    Health health{Health::Status::starting, true, ""};
    if (instance.health == "healthy")
        health.status = Health::Status::healthy;
    else if (instance.health == "unhealthy")
        health.status = Health::Status::unhealthy;
    if (const auto log = found->json["State"]["Health"]["Log"].items(); !log.empty())
        health.output = log.back()["Output"].text();
    return health;
}

}
