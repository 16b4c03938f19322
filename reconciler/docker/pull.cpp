#include "docker/pull.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

namespace mcpctl::docker
{

namespace
{

using Kind = EngineError::Kind;

/// What a failed pull means. The engine passes the registry's words on with 500 or within a 200, depending on version
/// and moment.
Kind kindOf(std::string_view message, Kind otherwise)
{
    constexpr std::array<std::string_view, 4> missing{"manifest unknown", "not found", "does not exist",
                                                      "name unknown"};
    constexpr std::array<std::string_view, 4> unauthorized{"unauthorized", "no basic auth credentials",
                                                           "authentication required", "access forbidden"};
    for (const auto part : missing)
        if (message.find(part) != std::string_view::npos)
            return Kind::notFound;
    for (const auto part : unauthorized)
        if (message.find(part) != std::string_view::npos)
            return Kind::unauthorized;
    return otherwise;
}

/// Runs a call that asks a registry, and gives its failure the kind that the registry's words have.
template <class Call>
auto askingRegistry(Call&& call)
{
    try
    {
        return call();
    }
    catch (const EngineError& error)
    {
        if (error.kind() != Kind::server)
            throw;
        throw EngineError(kindOf(error.engineMessage(), Kind::server), error.what(), error.status(),
                          error.engineMessage());
    }
}

/// Adds up what the engine says about single layers.
class Tally
{
public:
    PullProgress add(const JsonView& line)
    {
        const std::string status = line["status"].text();
        const std::string id = line["id"].text();
        if (!status.empty())
            status_ = status;
        if (!id.empty() && isLayerStatus(status))
            update(layers_[id], status, line["progressDetail"]);
        return sum();
    }

private:
    struct Layer
    {
        std::int64_t done = 0;
        std::int64_t total = 0;
        bool ready = false;
    };

    /// The first line has the tag as its id; it is no layer.
    static bool isLayerStatus(std::string_view status)
    {
        constexpr std::array<std::string_view, 8> known{"Pulling fs layer",   "Waiting",           "Downloading",
                                                        "Verifying Checksum", "Download complete", "Extracting",
                                                        "Pull complete",      "Already exists"};
        return std::find(known.begin(), known.end(), status) != known.end();
    }

    static void update(Layer& layer, std::string_view status, const JsonView& detail)
    {
        if (status == "Downloading")
        {
            layer.done = detail["current"].number();
            layer.total = std::max(detail["total"].number(), layer.done);
        }
        else if (status != "Pulling fs layer" && status != "Waiting")
            layer.done = layer.total;
        layer.ready = status == "Pull complete" || status == "Already exists";
    }

    PullProgress sum() const
    {
        PullProgress result{.status = status_, .layers = static_cast<int>(layers_.size())};
        for (const auto& [id, layer] : layers_)
        {
            result.bytesDone += layer.done;
            result.bytesTotal += layer.total;
            result.layersDone += layer.ready;
        }
        return result;
    }

    std::string status_{};
    std::map<std::string, Layer> layers_{};
};

/// The error that a line of progress reports; empty if it reports none.
std::string errorOf(const JsonView& line)
{
    if (const auto message = line["errorDetail"]["message"].text(); !message.empty())
        return message;
    const auto error = line["error"].text();
    return error.empty() && (line["error"].present() || line["errorDetail"].present()) ? "(no text)" : error;
}

std::vector<std::pair<std::string, std::string>> headersFor(const std::optional<std::string>& registryAuth)
{
    if (!registryAuth)
        return {};
    return {{"X-Registry-Auth", *registryAuth}};
}

}

JsonView pullImage(Client& client, const ImageReference& image, const std::optional<std::string>& registryAuth,
                   const PullOptions& options, const std::stop_token& stop)
{
    const std::string what = "pull image " + image.engineName();
    const Request request{
        .path = "/images/create",
        .query = {{"fromImage", image.shortName()}, {"tag", image.digest.empty() ? image.tag : image.digest}},
        .headers = headersFor(registryAuth),
        .what = what,
        .deadline = options.idle};
    Tally tally;
    const auto onLine = [&](std::string_view text)
    {
        const auto line = parseJson(text, what);
        if (!line.present())
            line.fail("nothing");
        if (const std::string error = errorOf(line); !error.empty())
            throw EngineError(kindOf(error, Kind::server), fmt::format("{}: {}", what, error), 200, error);
        const PullProgress progress = tally.add(line);
        if (options.progress)
            options.progress(progress);
        return true;
    };
    const StreamEnd end =
        askingRegistry([&] { return client.postStream(request, {}, {.sink = onLine, .idle = options.idle}, stop); });
    if (end == StreamEnd::cancelled)
        throw EngineError(Kind::cancelled, what + ": cancelled");

    auto found = client.getJson({.path = "/images/" + image.engineName() + "/json", .what = what, .accept = {404}});
    if (!found.present())
        throw EngineError(Kind::server, what + ": the engine reported no error, but it has no such image now");
    return found;
}

std::string registryDigest(const ReadClient& client, const ImageReference& image,
                           const std::optional<std::string>& registryAuth)
{
    const std::string what = "ask the registry for " + image.engineName();
    const auto answer = askingRegistry(
        [&]
        {
            return client.getJson({.path = "/distribution/" + image.engineName() + "/json",
                                   .headers = headersFor(registryAuth),
                                   .what = what});
        });
    const auto digest = answer["Descriptor"]["digest"].text();
    if (digest.empty())
        throw EngineError(Kind::badAnswer, what + ": the engine named no digest");
    return digest;
}

}
