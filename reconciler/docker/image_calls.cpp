#include "docker/image_calls.h"

#include "docker/image_reference.h"
#include "docker/parse_image.h"
#include "docker/pull.h"
#include "docker/registry_auth.h"
#include "docker/translate_error.h"

#include <algorithm>

namespace mcpctl::docker
{

namespace
{

mcpctl::PullProgress toSeam(const PullProgress& progress)
{
    const auto bytes = [](std::int64_t count) { return static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0)); };
    return {bytes(progress.bytesDone), bytes(progress.bytesTotal), progress.status};
}

}

std::string resolveReference(const ReadClient& client, const Environment& environment, const std::string& reference)
{
    return translated(
        [&]
        {
            const auto image = parseImageReference(reference);
            const auto digest = image.digest.empty()
                                    ? registryDigest(client, image, registryAuthFor(image, environment))
                                    : image.digest;
            return image.shortName() + "@" + digest;
        });
}

ImageInfo pullReference(Client& client, const Environment& environment, const std::string& reference,
                        const PullSink& progress, const std::stop_token& stop)
{
    PullOptions options;
    if (progress)
        options.progress = [&](const PullProgress& far) { progress(toSeam(far)); };
    return translated(
        [&]
        {
            const auto image = parseImageReference(reference);
            return parseImage(pullImage(client, image, registryAuthFor(image, environment), options, stop));
        });
}

}
