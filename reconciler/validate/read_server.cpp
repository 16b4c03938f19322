#include "validate/read_server.h"

#include "model/quantity.h"
#include "validate/ingress.h"
#include "validate/paths.h"

#include <algorithm>
#include <cctype>
#include <limits>

namespace mcpctl
{

namespace
{

const std::map<std::string, PullPolicy> pullPolicies{
    {"missing", PullPolicy::missing}, {"always", PullPolicy::always}, {"never", PullPolicy::never}};

const std::map<std::string, RestartPolicy::When> restartPolicies{
    {"no", RestartPolicy::When::no},
    {"on-failure", RestartPolicy::When::onFailure},
    {"always", RestartPolicy::When::always},
    {"unless-stopped", RestartPolicy::When::unlessStopped}};

const std::map<std::string, HealthCheck::Type> healthTypes{
    {"mcp", HealthCheck::Type::mcp},         {"http", HealthCheck::Type::http},   {"tcp", HealthCheck::Type::tcp},
    {"command", HealthCheck::Type::command}, {"image", HealthCheck::Type::image}, {"none", HealthCheck::Type::none}};

constexpr const char* defaultImage = "node:20-alpine";
constexpr const char* tmpOptions = "rw,noexec,nosuid,nodev,size=64m";

/// Upper case, without `CAP_`.
std::string capabilityName(std::string text)
{
    for (char& c : text)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text.starts_with("CAP_") ? text.substr(4) : text;
}

/// Reads one section of the spec after the other.
class ServerReader
{
public:
    explicit ServerReader(const Document& document) : root_(document), spec_(root_["spec"]) {}

    Found<ServerManifest> read()
    {
        const Node metadata = root_["metadata"];
        server_.name = ServerName(metadata["name"].text());
        server_.place = metadata["name"].place();
        server_.pruneDisabled = bool(metadata["annotations"]["mcpctl.dev/prune"]);
        server_.parameters = keep(parseParameters(spec_["config"]));
        parameterNames_ = namesOf(server_.parameters);
        readImage();
        readArguments();
        readTransport();
        server_.limits = keep(parseLimits(spec_["resources"]));
        readVolumes();
        readLogging();
        readRuntime();
        readSecurity();
        readHealth();
        if (server_.base.readOnlyRootFilesystem && !isMounted("/tmp"))
            server_.base.tmpfs["/tmp"] = tmpOptions;
        server_.usable = !hasErrors(diagnostics_);
        return {std::move(server_), std::move(diagnostics_)};
    }

private:
    template <typename Value>
    Value keep(Found<Value> found)
    {
        diagnostics_.insert(diagnostics_.end(), found.diagnostics.begin(), found.diagnostics.end());
        return std::move(found.value);
    }

    void fail(const Node& node, std::string rule, std::string message, std::string hint = {})
    {
        diagnostics_.push_back(makeError(node.place(), std::move(rule), std::move(message), std::move(hint)));
    }

    /// A field of the spec whose place is remembered under its own name, when it is written.
    Node placed(const Node& node, const std::string& field)
    {
        if (node)
            server_.fieldPlaces[field] = node.place();
        return node;
    }

    void readImage()
    {
        const Node image = placed(spec_["image"], "image");
        server_.base.image = image ? image.text() : defaultImage;
        if (const Node policy = spec_["pullPolicy"])
            server_.pullPolicy = pullPolicies.at(policy.text());
    }

    Arguments arguments(const Node& list)
    {
        if (!list)
            return std::nullopt;
        std::vector<Template> result;
        for (const Node& item : list.items())
            result.push_back(keep(parseTemplate(item.text(), parameterNames_, item.place())));
        return result;
    }

    void readArguments()
    {
        server_.entrypoint = arguments(placed(spec_["entrypoint"], "entrypoint"));
        server_.command = arguments(placed(spec_["command"], "command"));
        for (const Node& value : placed(spec_["envTemplate"], "env").members())
            server_.env[value.key()] = keep(readEnvValue(value, parameterNames_));
    }

    void readTransport()
    {
        const Node transport = placed(spec_["transport"], "stdin");
        if (!transport || transport["type"].text() == "stdio")
        {
            for (const char* field : {"port", "path", "publish"})
                if (transport[field])
                    fail(transport[field], "no-meaning", quoted(field) + " has no meaning for a stdio server",
                         "write `type: streamable-http` if the server listens on a port");
            return;
        }
        server_.base.keepsStdin = false;
        server_.base.transport.type = Transport::Type::streamableHttp;
        server_.base.transport.port = static_cast<std::uint16_t>(transport["port"].integer());
        server_.base.transport.path = transport["path"] ? transport["path"].text() : "/mcp";
        if (const Node publish = placed(transport["publish"], "publish"))
        {
            auto publication = parsePublication(publish.amount(), server_.base.transport.port);
            if (!publication)
                fail(publish, "publish", quoted(publish.amount()) + " is not an address and a port",
                     "write it as `127.0.0.1:8931`, `[::1]:8931` or `8931`");
            server_.publish = std::move(publication);
        }
    }

    bool isMounted(const std::string& path) const
    {
        return std::any_of(server_.volumes.begin(), server_.volumes.end(),
                           [&](const Volume& volume) { return normalPath(volume.mountPath) == path; });
    }

    void readVolumes()
    {
        for (const Node& item : placed(spec_["volumes"], "mounts").items())
        {
            Volume volume;
            volume.name = item["name"] ? item["name"].text() : "";
            volume.hostPath = item["hostPath"] ? item["hostPath"].text() : "";
            volume.mountPath = item["mountPath"].text();
            volume.readOnly = item["readOnly"] && item["readOnly"].boolean();
            volume.place = item.place();
            volume.hostPathPlace = item["hostPath"].place();
            volume.mountPathPlace = item["mountPath"].place();
            if (isMounted(normalPath(volume.mountPath)))
                fail(item["mountPath"], "duplicate-mount",
                     "something is already mounted at " + quoted(normalPath(volume.mountPath)));
            server_.volumes.push_back(std::move(volume));
        }
    }

    void readLogging()
    {
        const Node logging = placed(spec_["logging"], "logging");
        auto& result = server_.base.logging;
        if (logging["driver"])
            result.driver = logging["driver"].text();
        if (result.driver == "none")
        {
            result.options.clear();
            for (const char* field : {"maxSize", "maxFiles"})
                if (logging[field])
                    fail(logging[field], "no-meaning", quoted(field) + " has no meaning when nothing is logged");
            return;
        }
        if (const Node size = logging["maxSize"])
        {
            const std::string text = size.amount();
            const auto bytes = parseBytes(text);
            if (!bytes || *bytes < 1)
                fail(size, "quantity", "`maxSize`: " + quoted(text) + " is not a whole number of bytes, at least 1");
            // The engine's own form stays as it is written, as the default is; all others become bytes.
            const bool enginesForm = text.find_first_not_of("0123456789") + 1 == text.size() &&
                                     std::string_view("kmg").find(text.back()) != std::string_view::npos;
            result.options["max-size"] = enginesForm ? text : std::to_string(bytes.value_or(0));
        }
        if (const Node files = logging["maxFiles"])
            result.options["max-file"] = std::to_string(files.integer());
    }

    void readRuntime()
    {
        if (const Node restart = placed(spec_["restart"], "restart"))
            server_.base.restart.when = restartPolicies.at(restart.text());
        if (const Node period = placed(spec_["stopGracePeriod"], "stopGracePeriod"))
        {
            const auto duration = parseDuration(period.text());
            const auto seconds =
                std::chrono::duration_cast<std::chrono::seconds>(duration.value_or(std::chrono::nanoseconds(0)));
            if (!duration || seconds != *duration || seconds.count() > std::numeric_limits<std::int32_t>::max())
                fail(period, "duration", "`stopGracePeriod`: " + quoted(period.text()) + " is not in whole seconds");
            server_.base.stopGracePeriod = seconds;
        }
    }

    void readSecurity()
    {
        const Node security = spec_["security"];
        if (const Node user = placed(security["user"], "user"))
            server_.base.user = user.amount();
        if (const Node readOnly = placed(security["readOnlyRootFilesystem"], "readOnlyRootFilesystem"))
        {
            server_.base.readOnlyRootFilesystem = readOnly.boolean();
            placed(readOnly, "tmpfs"); // which there is because the root cannot be written
        }
        for (const Node& item : placed(security["capabilities"]["add"], "capabilities").items())
        {
            const std::string name = capabilityName(item.text());
            server_.capabilities.push_back({name, item.place()});
            server_.base.capabilities.insert(name);
        }
    }

    std::chrono::nanoseconds healthTime(const Node& node, std::chrono::nanoseconds least,
                                        std::chrono::nanoseconds fallback)
    {
        if (!node)
            return fallback;
        const auto duration = parseDuration(node.text());
        if (!duration || *duration < least)
            fail(node, "duration",
                 quoted(node.key()) + ": " + quoted(node.text()) + " is not a duration " +
                     (duration ? "of at least " + formatDuration(least) : "that fits into 63 bits of nanoseconds"));
        return duration.value_or(fallback);
    }

    void readHealth()
    {
        const Node health = placed(spec_["health"], "health");
        auto& result = server_.base.health;
        if (health["type"])
            result.type = healthTypes.at(health["type"].text());
        const bool probesPort = result.type == HealthCheck::Type::http || result.type == HealthCheck::Type::tcp;
        if (probesPort && server_.base.transport.type == Transport::Type::stdio)
            fail(health["type"], "no-meaning", "a stdio server has no port to probe", "use `mcp` or `command`");
        if (health["command"] && result.type != HealthCheck::Type::command)
            fail(health["command"], "no-meaning", "`command` has no meaning without `type: command`");
        if (health["path"] && result.type != HealthCheck::Type::http)
            fail(health["path"], "no-meaning", "`path` has no meaning without `type: http`");
        server_.healthCommand = arguments(health["command"]);
        if (result.type == HealthCheck::Type::http)
            result.path = health["path"] ? health["path"].text() : "/";
        const std::chrono::milliseconds least(1); // the engine refuses less
        result.interval = healthTime(health["interval"], least, result.interval);
        result.timeout = healthTime(health["timeout"], least, result.timeout);
        result.startPeriod = healthTime(health["startPeriod"], std::chrono::nanoseconds(0), result.startPeriod);
        if (health["retries"])
            result.retries = static_cast<int>(health["retries"].integer());
    }

    Node root_;
    Node spec_;
    std::set<std::string> parameterNames_;
    ServerManifest server_;
    Diagnostics diagnostics_;
};

}

Found<WrittenEnv> readEnvValue(const Node& value, const std::set<std::string>& parameters)
{
    WrittenEnv env;
    env.place = value.place();
    if (value.isMapping())
    {
        env.secretName = value["secretRef"]["name"].text();
        env.asFile = value["as"] && value["as"].text() == "file";
        return {std::move(env), {}};
    }
    auto parsed = parseTemplate(value.amount(), parameters, env.place);
    env.value = std::move(parsed.value);
    return {std::move(env), std::move(parsed.diagnostics)};
}

Found<ServerManifest> readServer(const Document& document)
{
    return ServerReader(document).read();
}

}
