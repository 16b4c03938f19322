#pragma once

#include "docker/environment.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

namespace mcpctl::docker
{

/// The PEM files of a TLS connection. An empty path means "none": without `ca` the system's authorities are trusted,
/// without `cert` and `key` the client shows no certificate.
struct TlsFiles
{
    std::filesystem::path ca{};
    std::filesystem::path cert{};
    std::filesystem::path key{};

    bool operator==(const TlsFiles&) const = default;
};

/// Which engine to talk to, and who said so.
struct Endpoint
{
    enum class Scheme
    {
        unixSocket,
        tcp
    };

    Scheme scheme = Scheme::unixSocket;
    std::string socketPath{};      ///< unix: absolute or relative path, shorter than 108 bytes
    std::string host{};            ///< tcp: name or address, IPv6 without brackets
    std::uint16_t port = 0;        ///< tcp
    std::optional<TlsFiles> tls{}; ///< tcp: present means TLS
    bool verify = true;            ///< TLS: check the engine's certificate and name
    std::string origin{}; ///< for messages: "--host", "DOCKER_HOST", "context NAME", "default", "rootless socket"

    /// `unix:///var/run/docker.sock`, `tcp://[::1]:2376`.
    std::string text() const;
    bool isOnThisHost() const { return scheme == Scheme::unixSocket; }
};

/// The endpoint cannot be told from what the user gave; the text says what is wrong, where it came from and what would
/// be right.
class EndpointError : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// The engine that docker itself would talk to. The first of these that is set decides:
///   1. `hostOption` (--host), 2. DOCKER_HOST,
///   3. the context that DOCKER_CONTEXT names, 4. the `currentContext` of docker's config.json,
///   5. the default socket if it exists, 6. a rootless engine's socket ($XDG_RUNTIME_DIR/docker.sock,
///      ~/.docker/run/docker.sock) if that exists, 7. the default socket.
/// 1 and 2 use TLS if DOCKER_TLS_VERIFY (or DOCKER_TLS: without verification) is set, with the files in
/// DOCKER_CERT_PATH, by default docker's config folder. Hosts: unix://PATH, tcp://HOST[:PORT] (2375, with TLS 2376),
/// HOST:PORT, http:// and https:// as tcp without and with TLS.
///
/// Reads files, connects to nothing. Throws EndpointError: unknown or unsupported scheme (ssh, npipe, fd), bad port,
/// empty or too long path, unknown context, unreadable settings, missing TLS files.
/// Source: docker/cli `opts/hosts.go`, `cli/command/cli.go`, `cli/context/store`.
Endpoint resolveEndpoint(const std::optional<std::string>& hostOption, const Environment& environment);

}
