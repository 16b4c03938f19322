#include "orchestrator/live.h"

namespace mcpctl
{

std::string_view toString(Health::Status status)
{
    switch (status)
    {
    case Health::Status::healthy:
        return "healthy";
    case Health::Status::unhealthy:
        return "unhealthy";
    case Health::Status::starting:
        return "starting";
    }
    return "";
}

std::string_view toString(Event::Type type)
{
    using Type = Event::Type;
    switch (type)
    {
    case Type::subscribed:
        return "subscribed";
    case Type::gap:
        return "gap";
    case Type::create:
        return "create";
    case Type::start:
        return "start";
    case Type::stop:
        return "stop";
    case Type::restart:
        return "restart";
    case Type::die:
        return "die";
    case Type::kill:
        return "kill";
    case Type::oom:
        return "oom";
    case Type::health:
        return "health";
    case Type::update:
        return "update";
    case Type::rename:
        return "rename";
    case Type::pause:
        return "pause";
    case Type::unpause:
        return "unpause";
    case Type::destroy:
        return "destroy";
    case Type::networkConnect:
        return "network-connect";
    case Type::networkDisconnect:
        return "network-disconnect";
    case Type::networkCreate:
        return "network-create";
    case Type::networkDestroy:
        return "network-destroy";
    case Type::nameTaken:
        return "name-taken";
    case Type::nameFreed:
        return "name-freed";
    case Type::egressDenied:
        return "egress-denied";
    }
    return "";
}

double cpuPercent(const Stats& before, const Stats& now)
{
    const auto passed = now.timeNanos - before.timeNanos;
    if (passed <= 0 || now.cpuNanos < before.cpuNanos)
        return 0;
    return 100.0 * static_cast<double>(now.cpuNanos - before.cpuNanos) / static_cast<double>(passed);
}

}
