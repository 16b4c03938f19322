#include "model/desired_state.h"

#include "model/fields.h"
#include "model/hash.h"

#include <fmt/format.h>

namespace mcpctl
{

SourcePos DesiredInstance::placeOf(const std::string& field) const
{
    if (const auto found = fieldPlaces.find(field); found != fieldPlaces.end())
        return found->second;
    // `env.LOG_LEVEL` lies within `env`.
    if (const auto dot = field.find('.'); dot != std::string::npos)
        return placeOf(field.substr(0, dot));
    return place;
}

namespace
{

/// How readiness is judged: mcpctl's own work, so for the fields of what runs all but commands are the same.
std::string probeText(const HealthCheck& check)
{
    return fmt::format("probe {} {}:{} {} {} {} {}\n", static_cast<int>(check.type), check.path.size(), check.path,
                       check.interval.count(), check.timeout.count(), check.startPeriod.count(), check.retries);
}

}

std::string digestOf(const DesiredState& desired)
{
    Sha256 digest;
    digest.add(fmt::format("v1 {}\n", desired.project.text));
    for (const auto& [name, network] : desired.networks)
        digest.add(fmt::format("network {} {} {} {} {}\n", name.text, network.spec.internal, network.spec.hostAddress,
                               network.spec.subnet, network.spec.owner.text));
    for (const auto& [name, instance] : desired.instances)
        digest.add(fmt::format("instance {} {} {} {} {} {}", name.text, instance.server.text, instance.enabled,
                               instance.pruneDisabled, static_cast<int>(instance.pullPolicy),
                               canonicalText(instance.spec)) +
                   probeText(instance.spec.health));
    return digest.hex();
}

}
