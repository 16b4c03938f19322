#include "docker/registry_auth.h"

#include "docker/config_file.h"
#include "model/json_text.h"

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/Exception.h>

#include <fmt/core.h>

#include <iterator>
#include <sstream>
#include <string_view>

namespace mcpctl::docker
{

namespace
{

/// `https://ghcr.io/v2/` -> `ghcr.io`: old versions of docker wrote keys like that.
std::string_view hostOf(std::string_view key)
{
    for (const std::string_view scheme : {"https://", "http://"})
        if (key.starts_with(scheme))
            key.remove_prefix(scheme.size());
    return key.substr(0, key.find('/'));
}

/// USER:PASSWORD in base64; none if it is not that.
std::optional<RegistryCredentials> decodeAuth(const std::string& auth)
try
{
    std::istringstream in(auth);
    Poco::Base64Decoder decoder(in);
    std::string text((std::istreambuf_iterator<char>(decoder)), {});
    const auto colon = text.find(':');
    if (colon == std::string::npos)
        return std::nullopt;
    text.erase(text.find_last_not_of('\0') + 1); // old versions of docker padded with NUL
    return RegistryCredentials{.username = text.substr(0, colon), .password = text.substr(colon + 1)};
}
catch (const Poco::DataFormatException&)
{
    return std::nullopt;
}

RegistryCredentials readEntry(const Poco::JSON::Object& entry, const std::string& key, const ConfigFile& file)
{
    RegistryCredentials result{.username = stringOf(entry, "username"), .password = stringOf(entry, "password")};
    if (const std::string auth = stringOf(entry, "auth"); !auth.empty())
    {
        const auto decoded = decodeAuth(auth);
        if (!decoded)
            throw RegistryAuthError(
                fmt::format("{}: the `auth` of {} is not base64 of USER:PASSWORD; run `docker login` "
                            "again",
                            file.path.string(), key));
        result = *decoded;
    }
    result.identityToken = stringOf(entry, "identitytoken");
    result.registryToken = stringOf(entry, "registrytoken");
    return result;
}

std::optional<RegistryCredentials> fromFile(const ConfigFile& file, const std::string& key)
{
    const auto auths = file.object->getObject("auths");
    if (!auths)
        return std::nullopt;
    Poco::JSON::Object::Ptr entry = auths->getObject(key);
    std::string found = key;
    for (const auto& name : auths->getNames())
        if (!entry && hostOf(name) == key)
        {
            entry = auths->getObject(name);
            found = name;
        }
    if (!entry)
        return std::nullopt;
    const RegistryCredentials result = readEntry(*entry, found, file);
    return result.empty() ? std::nullopt : std::optional(result);
}

std::string helperFor(const ConfigFile& file, const std::string& key, const std::string& registry)
{
    if (const auto helpers = file.object->getObject("credHelpers"))
        for (const auto& name : {key, registry})
            if (const std::string helper = stringOf(*helpers, name); !helper.empty())
                return helper;
    return stringOf(*file.object, "credsStore");
}

}

std::string registryKey(const std::string& registry)
{
    return registry == "docker.io" ? "https://index.docker.io/v1/" : registry;
}

std::optional<RegistryCredentials> findCredentials(const ImageReference& image, const Environment& environment)
{
    const ConfigFile file = readDockerConfig(environment);
    if (!file.problem.empty())
        throw RegistryAuthError(fmt::format("credentials for {}: {}", image.registry, file.problem));
    if (!file.object)
        return std::nullopt;
    const std::string key = registryKey(image.registry);
    if (const std::string helper = helperFor(file, key, image.registry); !helper.empty())
    {
        const auto result = askCredentialHelper(helper, key, environment);
        return !result || result->empty() ? std::nullopt : result;
    }
    return fromFile(file, key);
}

std::string registryAuthHeader(const RegistryCredentials& credentials, const std::string& registry)
{
    Poco::JSON::Object object;
    const auto add = [&](const std::string& name, const std::string& value)
    {
        if (!value.empty())
            object.set(name, value);
    };
    add("username", credentials.username);
    add("password", credentials.password);
    add("identitytoken", credentials.identityToken);
    add("registrytoken", credentials.registryToken);
    add("serveraddress", registryKey(registry));
    std::ostringstream out;
    Poco::Base64Encoder encoder(out, Poco::BASE64_URL_ENCODING);
    encoder.rdbuf()->setLineLength(0);
    encoder << jsonText(object);
    encoder.close();
    std::string result = out.str();
    result.append((4 - result.size() % 4) % 4, '='); // the engine wants the padding
    return result;
}

std::optional<std::string> registryAuthFor(const ImageReference& image, const Environment& environment)
{
    const auto credentials = findCredentials(image, environment);
    return credentials ? std::optional(registryAuthHeader(*credentials, image.registry)) : std::nullopt;
}

}
