#pragma once

#include "docker/credential_helper.h"
#include "docker/environment.h"
#include "docker/image_reference.h"

#include <optional>
#include <string>

namespace mcpctl::docker
{

/// The key under which docker keeps a registry's credentials: the host, but https://index.docker.io/v1/ for docker.io.
std::string registryKey(const std::string& registry);

/// What `docker login` left for the image's registry, looked up as docker does: a helper named in `credHelpers` for the
/// registry, else the one in `credsStore`, else the file's own `auths`. None: pull anonymously; also if there is no
/// config.json. Reads the file each time, and may run a helper program (see askCredentialHelper).
/// Throws RegistryAuthError, whose text never holds a credential. Source: docker/cli `cli/config/configfile/file.go`.
std::optional<RegistryCredentials> findCredentials(const ImageReference& image, const Environment& environment);

/// The value of the X-Registry-Auth header: base64url of a JSON object. A secret: not for logs.
std::string registryAuthHeader(const RegistryCredentials& credentials, const std::string& registry);

/// Both together, for calls about one image.
std::optional<std::string> registryAuthFor(const ImageReference& image, const Environment& environment);

}
