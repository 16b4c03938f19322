#include "docker/endpoint.h"

#include "docker/config_file.h"
#include "docker/docker_context.h"

#include <fmt/core.h>

#include <charconv>
#include <string_view>

namespace mcpctl::docker
{

namespace
{

/// sockaddr_un holds 108 bytes with the final zero.
constexpr std::size_t longestSocketPath = 107;

constexpr std::uint16_t plainPort = 2375;
constexpr std::uint16_t tlsPort = 2376;

/// A host as the user wrote it, and where; every error text says both.
struct Source
{
    std::string text;
    std::string origin;

    [[noreturn]] void fail(const std::string& problem) const
    {
        throw EndpointError(fmt::format("engine address \"{}\" (from {}): {}", text, origin, problem));
    }
};

bool isThere(const std::filesystem::path& path)
{
    std::error_code error;
    return std::filesystem::exists(path, error);
}

Endpoint unixEndpoint(const Source& source, std::string path)
{
    if (path.empty())
        source.fail("the path of the socket is missing, as in unix:///var/run/docker.sock");
    if (path.size() > longestSocketPath)
        source.fail(fmt::format("the path of a unix socket has at most {} bytes, this one has {}; make a shorter "
                                "symbolic link to it",
                                longestSocketPath, path.size()));
    if (path.find('\0') != std::string::npos)
        source.fail("the path has a NUL byte");
    return {.scheme = Endpoint::Scheme::unixSocket, .socketPath = std::move(path), .origin = source.origin};
}

std::uint16_t parsePort(const Source& source, std::string_view text)
{
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535)
        source.fail(fmt::format("\"{}\" is no port (1 to 65535)", text));
    return static_cast<std::uint16_t>(port);
}

/// HOST, HOST:PORT, [V6] or [V6]:PORT; port 0 where there is none.
Endpoint tcpEndpoint(const Source& source, std::string_view rest)
{
    while (rest.ends_with('/'))
        rest.remove_suffix(1);
    if (rest.find_first_of("/?#") != std::string_view::npos)
        source.fail("a path after host and port is not supported");
    if (rest.find('@') != std::string_view::npos)
        source.fail("a user name is not supported; protect the engine with TLS client certificates");

    Endpoint result{.scheme = Endpoint::Scheme::tcp, .origin = source.origin};
    std::string_view port;
    if (rest.starts_with('['))
    {
        const auto close = rest.find(']');
        if (close == std::string_view::npos || close == 1)
            source.fail("an IPv6 address is written as [::1]");
        result.host = rest.substr(1, close - 1);
        port = rest.substr(close + 1);
        if (!port.empty() && !port.starts_with(':'))
            source.fail("after the ] comes a colon and the port");
    }
    else
    {
        const auto colon = rest.find(':');
        result.host = rest.substr(0, colon);
        if (colon != std::string_view::npos)
            port = rest.substr(colon);
        if (port.find(':', 1) != std::string_view::npos)
            source.fail("an IPv6 address needs brackets, as in tcp://[::1]:2376");
    }
    if (result.host.find_first_of(" \t\r\n%\\\"") != std::string::npos)
        source.fail("this is no host name");
    if (result.host.empty())
        result.host = "localhost";
    if (!port.empty())
        result.port = parsePort(source, port.substr(1));
    return result;
}

/// The host, understood, with no decision about TLS but for https://.
Endpoint parseHost(const Source& source)
{
    const std::string_view text = source.text;
    const auto mark = text.find("://");
    if (mark == std::string_view::npos)
    {
        if (text.starts_with('/'))
            source.fail(fmt::format("did you mean `unix://{}`?", text));
        return tcpEndpoint(source, text);
    }
    const auto scheme = text.substr(0, mark);
    const auto rest = text.substr(mark + 3);
    if (scheme == "unix")
        return unixEndpoint(source, std::string(rest));
    if (scheme == "tcp" || scheme == "http")
        return tcpEndpoint(source, rest);
    if (scheme == "https")
    {
        Endpoint result = tcpEndpoint(source, rest);
        result.tls.emplace();
        return result;
    }
    if (scheme == "ssh")
        source.fail(fmt::format("ssh:// is not supported. The way round: run `ssh -nNT -L "
                                "/tmp/docker.sock:/var/run/docker.sock {}` and set DOCKER_HOST=unix:///tmp/docker.sock",
                                rest.empty() ? "HOST" : rest));
    if (scheme == "npipe")
        source.fail("npipe:// is for Windows; use unix:// or tcp://");
    if (scheme == "fd")
        source.fail("fd:// is where an engine listens, not where a client connects; use unix:// or tcp://");
    source.fail(fmt::format("the scheme \"{}\" is unknown; use unix:// or tcp://", scheme));
}

void checkTlsFiles(const Source& source, const TlsFiles& files)
{
    if (files.cert.empty() != files.key.empty())
        source.fail(fmt::format("TLS needs certificate and key together; there is only {}",
                                files.cert.empty() ? files.key.string() : files.cert.string()));
}

/// TLS as the environment wants it, for --host and DOCKER_HOST.
void applyTlsVariables(const Source& source, Endpoint& endpoint, const Environment& environment)
{
    const bool verify = environment.get("DOCKER_TLS_VERIFY").has_value();
    const bool wanted = verify || environment.get("DOCKER_TLS").has_value();
    if (!wanted && !endpoint.tls)
        return;
    const auto given = environment.get("DOCKER_CERT_PATH");
    const auto folder = given ? std::filesystem::path(*given) : environment.dockerConfigFolder();
    const auto file = [&](const char* name)
    { return !folder.empty() && isThere(folder / name) ? folder / name : std::filesystem::path(); };

    const TlsFiles files{file("ca.pem"), file("cert.pem"), file("key.pem")};
    if (verify && files.ca.empty())
        source.fail(fmt::format("DOCKER_TLS_VERIFY is set, but {} does not exist; DOCKER_CERT_PATH names the folder of "
                                "ca.pem, cert.pem and key.pem",
                                (folder / "ca.pem").string()));
    checkTlsFiles(source, files);
    endpoint.verify = verify || !wanted;
    endpoint.tls = files;
}

Endpoint withDefaultPort(Endpoint endpoint)
{
    if (endpoint.scheme == Endpoint::Scheme::tcp && endpoint.port == 0)
        endpoint.port = endpoint.tls ? tlsPort : plainPort;
    return endpoint;
}

Endpoint fromHost(const Source& source, const Environment& environment)
{
    Endpoint result = parseHost(source);
    if (result.scheme == Endpoint::Scheme::tcp)
        applyTlsVariables(source, result, environment);
    return withDefaultPort(std::move(result));
}

Endpoint fromContext(const std::string& name, const Environment& environment)
{
    const ContextEndpoint context = readContext(name, environment);
    const Source source{context.host, fmt::format("context {}", name)};
    Endpoint result = parseHost(source);
    if (result.scheme == Endpoint::Scheme::tcp && context.tls)
    {
        checkTlsFiles(source, *context.tls);
        result.tls = context.tls;
        result.verify = context.verify;
    }
    return withDefaultPort(std::move(result));
}

std::string contextName(const Environment& environment)
{
    if (const auto name = environment.get("DOCKER_CONTEXT"))
        return *name;
    const ConfigFile config = readDockerConfig(environment);
    if (!config.problem.empty())
        throw EndpointError(fmt::format("{}: cannot tell which engine is meant; repair it, or name the engine with "
                                        "--host or DOCKER_HOST",
                                        config.problem));
    return config.object ? stringOf(*config.object, "currentContext") : std::string();
}

Endpoint localEndpoint(const Environment& environment)
{
    const Source standard{environment.defaultSocket.string(), "default"};
    if (isThere(environment.defaultSocket))
        return unixEndpoint(standard, standard.text);
    std::vector<std::filesystem::path> rootless;
    if (const auto folder = environment.get("XDG_RUNTIME_DIR"))
        rootless.push_back(std::filesystem::path(*folder) / "docker.sock");
    if (const auto home = environment.get("HOME"))
        rootless.push_back(std::filesystem::path(*home) / ".docker/run/docker.sock");
    for (const auto& path : rootless)
        if (isThere(path))
            return unixEndpoint({path.string(), "rootless socket"}, path.string());
    return unixEndpoint(standard, standard.text);
}

}

std::string Endpoint::text() const
{
    if (scheme == Scheme::unixSocket)
        return "unix://" + socketPath;
    const bool v6 = host.find(':') != std::string::npos;
    return fmt::format("tcp://{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

Endpoint resolveEndpoint(const std::optional<std::string>& hostOption, const Environment& environment)
{
    if (hostOption)
        return fromHost({*hostOption, "--host"}, environment);
    if (const auto host = environment.get("DOCKER_HOST"))
        return fromHost({*host, "DOCKER_HOST"}, environment);
    const std::string name = contextName(environment);
    if (!name.empty() && name != "default")
        return fromContext(name, environment);
    return localEndpoint(environment);
}

}
