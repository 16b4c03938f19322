#include "validate/policy_rules.h"

#include <algorithm>

namespace mcpctl
{

namespace
{

struct ImageReference
{
    std::string repository; ///< with its registry: `docker.io/library/node`
    std::string tag;        ///< empty: none given
    bool hasDigest = false;
};

ImageReference parseImage(const std::string& image)
{
    ImageReference reference;
    const std::size_t digest = image.find('@');
    std::string name = image.substr(0, digest);
    reference.hasDigest = digest != std::string::npos;
    const std::size_t colon = name.rfind(':');
    if (colon != std::string::npos && name.find('/', colon) == std::string::npos)
    {
        reference.tag = name.substr(colon + 1);
        name.resize(colon);
    }
    const std::size_t slash = name.find('/');
    const std::string first = name.substr(0, slash);
    if (slash == std::string::npos)
        reference.repository = "docker.io/library/" + name;
    else if (first.find_first_of(".:") == std::string::npos && first != "localhost")
        reference.repository = "docker.io/" + name;
    else
        reference.repository = name;
    return reference;
}

}

PolicyFindings findForeignImages(const PolicySubject& subject, const RuleParameters& parameters, const PolicyContext&)
{
    const auto* server = subjectAs<ServerManifest>(subject);
    if (server == nullptr)
        return {};
    const std::string repository = parseImage(server->base.image).repository;
    const bool listed = std::any_of(parameters.allow.begin(), parameters.allow.end(),
                                    [&](const std::string& source)
                                    { return repository == source || repository.starts_with(source + "/"); });
    if (listed)
        return {};
    return {{placeIn(*server, "image"), "image " + quoted(repository) + " is of no listed source"}};
}

PolicyFindings findMovingTags(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    const auto* server = subjectAs<ServerManifest>(subject);
    if (server == nullptr)
        return {};
    const ImageReference reference = parseImage(server->base.image);
    if (reference.hasDigest || (!reference.tag.empty() && reference.tag != "latest"))
        return {};
    return {{placeIn(*server, "image"), "image " + quoted(server->base.image) +
                                            (reference.tag.empty() ? " has no tag" : " has a tag that moves")}};
}

PolicyFindings findMissingDigests(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    const auto* server = subjectAs<ServerManifest>(subject);
    if (server == nullptr || parseImage(server->base.image).hasDigest)
        return {};
    return {{placeIn(*server, "image"), "image " + quoted(server->base.image) + " has no digest"}};
}

}
