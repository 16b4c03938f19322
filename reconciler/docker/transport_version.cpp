#include "docker/failure.h"
#include "docker/json_view.h"
#include "docker/transport.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace mcpctl::docker
{

namespace
{

using Kind = EngineError::Kind;

std::optional<ApiVersion> parseVersion(std::string_view text)
{
    ApiVersion result;
    const char* const end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, result.major);
    if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.')
        return std::nullopt;
    const auto minor = std::from_chars(major.ptr + 1, end, result.minor);
    if (minor.ec != std::errc() || minor.ptr != end)
        return std::nullopt;
    return result;
}

}

std::string ApiVersion::text() const
{
    return fmt::format("{}.{}", major, minor);
}

ApiVersion Transport::apiVersion(const Request& onBehalfOf)
{
    const std::lock_guard lock(versionMutex_);
    if (!version_)
        version_ = negotiate(onBehalfOf);
    return *version_;
}

ApiVersion Transport::negotiate(const Request& onBehalfOf)
{
    const Request request{
        .path = "/_ping", .what = onBehalfOf.what, .deadline = std::min(onBehalfOf.deadline, Request{}.deadline)};
    const Wire out = wire("GET", "", request, nullptr);
    const Response pong = send(out);
    if (pong.status >= 400)
        throw statusFailure(out.what, endpoint(), pong.status, pong.body);
    const auto found = pong.headers.find("api-version");
    const auto engine = found == pong.headers.end() ? std::nullopt : parseVersion(found->second);
    if (!engine)
        throw EngineError(Kind::badAnswer,
                          fmt::format("{}: what answers at {} (from {}) is no Docker engine: it names no API version",
                                      out.what, endpoint().text(), endpoint().origin));
    if (*engine < oldestApiVersion)
        throw EngineError(Kind::tooOld,
                          fmt::format("{}: the engine at {} (from {}) is too old: it speaks API {}, and {} (Docker "
                                      "Engine 20.10) is the least that is needed",
                                      out.what, endpoint().text(), endpoint().origin, engine->text(),
                                      oldestApiVersion.text()));
    if (*engine <= newestApiVersion)
        return *engine;
    if (const ApiVersion minimum = engineMinimum(onBehalfOf); minimum > newestApiVersion)
        throw EngineError(Kind::tooOld,
                          fmt::format("{}: the engine at {} (from {}) is too new for this mcpctl: it wants API {} or "
                                      "newer, and mcpctl speaks up to {}; update mcpctl",
                                      out.what, endpoint().text(), endpoint().origin, minimum.text(),
                                      newestApiVersion.text()));
    return newestApiVersion;
}

/// The oldest version that an engine still takes; 0.0 if it does not tell.
ApiVersion Transport::engineMinimum(const Request& onBehalfOf)
{
    const Request request{
        .path = "/version", .what = onBehalfOf.what, .deadline = std::min(onBehalfOf.deadline, Request{}.deadline)};
    const Wire out = wire("GET", "", request, nullptr);
    const Response answer = send(out);
    if (answer.status >= 400)
        return {};
    return parseVersion(memberText(answer.body, "MinAPIVersion").value_or("")).value_or(ApiVersion{});
}

/// Was a request refused for its version, because another engine answers there now than the one that was asked? Then
/// the agreed version is forgotten.
bool Transport::refusedVersion(const Response& response, ApiVersion used)
{
    if (response.status != 400 || response.body.find("client version ") == std::string::npos ||
        response.body.find(used.text()) == std::string::npos)
        return false;
    const std::lock_guard lock(versionMutex_);
    if (version_ == used)
        version_.reset();
    return true;
}

}
