#include "app/secrets.h"

#include "app/secret_command.h"
#include "model/secrets.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace mcpctl
{

namespace
{

class File
{
public:
    explicit File(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    ~File()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int fd() const { return fd_; }

private:
    int fd_;
};

std::string variableFor(const std::string& secret)
{
    std::string name = "MCPCTL_SECRET_";
    for (const char c : secret)
        name += c == '-' || c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

/// Who may write to a folder of secrets gives servers what he wants.
void refuseOpenFolder(const std::filesystem::path& folder)
{
    struct stat info = {};
    if (::stat(folder.c_str(), &info) == 0 && (info.st_mode & S_IWOTH) != 0)
        throw std::runtime_error(
            fmt::format("secrets folder {}: others can write to it; `chmod o-w` it", folder.string()));
}

std::optional<std::string> lookIn(const SecretSource& source, const std::string& secret, const SecretSources& sources)
{
    switch (source.kind)
    {
    case SecretSource::Kind::folder:
        refuseOpenFolder(source.text);
        return readSecretFile(std::filesystem::path(source.text) / secret);
    case SecretSource::Kind::environment:
        return sources.environment(variableFor(secret));
    case SecretSource::Kind::command:
        break;
    }
    return askSecretCommand(source.text, secret);
}

std::string nowhere(const std::string& secret, const SecretSources& sources)
{
    std::vector<std::string> looked;
    for (const auto& each : sources.places)
        looked.push_back(each.kind == SecretSource::Kind::environment ? "variable " + variableFor(secret)
                                                                      : each.shown());
    return fmt::format("it is in none of {}", fmt::join(looked, ", "));
}

/// A place that cannot be asked is an error, not a reason to ask the next: the next may have another value.
EnvValue resolve(const std::string& secret, const SecretSources& sources)
{
    try
    {
        for (const auto& place : sources.places)
            if (auto value = lookIn(place, secret, sources); value && !value->empty())
                return {std::move(*value), secret, true, ""};
    }
    catch (const std::runtime_error& error)
    {
        return {"", secret, false, error.what()};
    }
    return {"", secret, false, nowhere(secret, sources)};
}

}

std::string SecretSource::shown() const
{
    switch (kind)
    {
    case Kind::folder:
        return "folder " + text;
    case Kind::command:
        return "command `" + text + "`";
    case Kind::environment:
        break;
    }
    return "the environment";
}

std::vector<SecretSource> inOrder(std::vector<SecretSource> given)
{
    if (given.empty())
        given.push_back({SecretSource::Kind::folder, "/run/secrets"});
    const auto isEnvironment = [](const auto& each) { return each.kind == SecretSource::Kind::environment; };
    if (std::none_of(given.begin(), given.end(), isEnvironment))
        given.push_back({SecretSource::Kind::environment});
    return given;
}

std::optional<std::string> readSecretFile(const std::filesystem::path& path)
{
    constexpr std::size_t limit = 1024 * 1024;
    const auto refuse = [&path](const std::string& why)
    { throw std::runtime_error(fmt::format("secret file {}: {}", path.string(), why)); };
    const File file(path);
    if (file.fd() < 0)
    {
        if (errno == ENOENT || errno == ENOTDIR)
            return std::nullopt;
        refuse(std::strerror(errno));
    }
    struct stat info = {};
    if (::fstat(file.fd(), &info) != 0)
        refuse(std::strerror(errno));
    if (!S_ISREG(info.st_mode))
        refuse("not a regular file");
    if ((info.st_mode & (S_IROTH | S_IWOTH)) != 0)
        refuse("others can read it or write to it; `chmod o-rw` it");
    if (static_cast<std::size_t>(info.st_size) > limit)
        refuse("over 1 MiB");
    std::string text(static_cast<std::size_t>(info.st_size), '\0');
    std::size_t done = 0;
    while (done < text.size())
    {
        const auto count = ::read(file.fd(), text.data() + done, text.size() - done);
        if (count <= 0)
            refuse(count < 0 ? std::strerror(errno) : "it changed while it was read");
        done += static_cast<std::size_t>(count);
    }
    if (text.find('\0') != std::string::npos)
        refuse("it has a NUL byte, which an environment variable cannot hold");
    if (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text;
}

DesiredState withSecrets(DesiredState desired, const SecretSources& sources)
{
    std::map<std::string, EnvValue> known;
    for (auto& [name, instance] : desired.instances)
        forEachSecret(instance.spec,
                      [&](const std::string&, EnvValue& value)
                      {
                          const auto& secret = *value.secretName;
                          if (!known.contains(secret))
                              known.emplace(secret, resolve(secret, sources));
                          value = known.at(secret);
                      });
    return desired;
}

}
