#pragma once

#include "docker/client.h"
#include "docker/image_reference.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace mcpctl::docker
{

/// How far a pull is, over all layers that are known so far; totals grow while the engine learns of them.
struct PullProgress
{
    std::string status{};        ///< the engine's last words: "Downloading", "Extracting"
    std::int64_t bytesDone = 0;  ///< downloaded
    std::int64_t bytesTotal = 0; ///< to download
    int layersDone = 0;          ///< unpacked, or there already
    int layers = 0;
};

struct PullOptions
{
    /// Called on the calling thread for every line of the engine, some ten a second. Empty: no progress.
    std::function<void(const PullProgress&)> progress{};

    /// The longest silence of the engine that is no error.
    std::chrono::milliseconds idle = std::chrono::minutes(5);
};

/// Pulls an image, by digest where it has one, and returns what the engine then says about it (GET /images/NAME/json).
/// `registryAuth`: see registryAuthFor().
///
/// The engine answers 200 before it knows how the pull ends, so the progress is searched for an error, and the image
/// has to be there in the end. Throws EngineError: unauthorized and notFound where the engine's words tell, cancelled
/// on a stop request (the engine then gives up the pull, too), and as Client does; OrchestratorError as JsonView does.
JsonView pullImage(Client& client, const ImageReference& image, const std::optional<std::string>& registryAuth,
                   const PullOptions& options = {}, const std::stop_token& stop = {});

/// The digest that the registry has for the image now ("sha256:..."), asked by the engine (GET /distribution/...);
/// nothing is pulled. Throws EngineError as pullImage() does.
std::string registryDigest(const ReadClient& client, const ImageReference& image,
                           const std::optional<std::string>& registryAuth);

}
