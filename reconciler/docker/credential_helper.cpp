#include "docker/credential_helper.h"

#include "docker/config_file.h"
#include "system/run_program.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Parser.h>

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace mcpctl::docker
{

namespace
{

/// What a helper prints when it has nothing for the registry.
constexpr std::string_view notFound = "credentials not found in native keychain";

/// What a helper gives as the user's name when its secret is an identity token.
constexpr std::string_view tokenUser = "<token>";

constexpr std::size_t longestQuote = 200;

bool isPlainName(std::string_view name)
{
    return !name.empty() &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
               std::string_view::npos;
}

/// The program on the PATH that was given; empty if there is none.
std::filesystem::path findProgram(const std::string& name, const Environment& environment)
{
    std::string path = environment.get("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
    for (std::string_view rest = path; !rest.empty();)
    {
        const auto colon = rest.find(':');
        const std::filesystem::path folder(rest.substr(0, colon));
        std::error_code error;
        if (folder.is_absolute() && std::filesystem::is_regular_file(folder / name, error) &&
            ::access((folder / name).c_str(), X_OK) == 0)
            return folder / name;
        rest.remove_prefix(std::min(rest.size(), colon == std::string_view::npos ? rest.size() : colon + 1));
    }
    return {};
}

std::string trimmed(std::string text)
{
    text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    return text;
}

/// What a helper said about its failure; left out where it could be an answer, which holds the secret.
std::string quoted(const std::string& output)
{
    if (output.empty() || output.find('{') != std::string::npos)
        return "";
    return ": " + output.substr(0, std::min(output.find('\n'), longestQuote));
}

RegistryCredentials parseAnswer(const std::string& output, const std::string& where)
{
    Poco::JSON::Object::Ptr object;
    try
    {
        object = Poco::JSON::Parser().parse(output).extract<Poco::JSON::Object::Ptr>();
    }
    catch (const Poco::Exception&) // its text may quote the answer
    {
        throw RegistryAuthError(where + ": its answer is not a JSON object");
    }
    const std::string user = stringOf(*object, "Username");
    const std::string secret = stringOf(*object, "Secret");
    if (user == tokenUser)
        return {.identityToken = secret};
    return {.username = user, .password = secret};
}

}

std::optional<RegistryCredentials> askCredentialHelper(const std::string& name, const std::string& registry,
                                                       const Environment& environment,
                                                       std::chrono::milliseconds timeout)
{
    const std::string program = "docker-credential-" + name;
    const std::string where = fmt::format("credential helper {} for {}", program, registry);
    if (!isPlainName(name))
        throw RegistryAuthError(where + ": this is no name of a helper");
    const auto path = findProgram(program, environment);
    if (path.empty())
        throw RegistryAuthError(where +
                                ": there is no such program on the PATH; install it, or take it out of docker's "
                                "config.json");
    ProgramResult result;
    try
    {
        result = runProgram({.path = path,
                             .arguments = {"get"},
                             .environment = environment.variables,
                             .input = registry,
                             .showsErrors = true,
                             .timeout = timeout});
    }
    catch (const std::system_error& error)
    {
        throw RegistryAuthError(fmt::format("{}: cannot be started: {}", where, error.what()));
    }
    if (result.end != ProgramResult::End::exited)
        throw RegistryAuthError(
            fmt::format("{}: no answer within {:g} s", where, std::chrono::duration<double>(timeout).count()));
    const std::string output = trimmed(result.output);
    if (result.exitCode != 0 && output == notFound)
        return std::nullopt;
    if (result.exitCode != 0)
        throw RegistryAuthError(fmt::format("{}: failed with exit code {}{}", where, result.exitCode, quoted(output)));
    return parseAnswer(output, where);
}

}
