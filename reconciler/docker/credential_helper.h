#pragma once

#include "docker/environment.h"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace mcpctl::docker
{

/// A user and a password, or an identity token, for one registry.
struct RegistryCredentials
{
    std::string username{};
    std::string password{};
    std::string identityToken{};
    std::string registryToken{};

    bool empty() const
    {
        return username.empty() && password.empty() && identityToken.empty() && registryToken.empty();
    }
};

/// Credentials could not be had. The text names file, helper and registry, and never holds a credential.
class RegistryAuthError : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// Asks `docker-credential-NAME get`, found on the environment's PATH, for the credentials of a registry; none if the
/// helper knows none. Started without a shell, with the environment that was given and its standard error left alone.
/// Throws RegistryAuthError: bad name, no such program, failure, an answer that is none, or none within the time.
/// Source: docker/docker-credential-helpers, README "Usage".
std::optional<RegistryCredentials> askCredentialHelper(const std::string& name, const std::string& registry,
                                                       const Environment& environment,
                                                       std::chrono::milliseconds timeout = std::chrono::seconds(30));

}
