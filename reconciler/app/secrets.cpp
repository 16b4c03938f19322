#include "app/secrets.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
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
    if ((info.st_mode & S_IROTH) != 0)
        refuse("others can read it; `chmod o-r` it");
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
    std::map<std::string, std::optional<std::string>> known;
    const auto look = [&](const std::string& secret)
    {
        if (auto value = readSecretFile(sources.folder / secret))
            return value;
        return sources.environment(variableFor(secret));
    };
    for (auto& [name, instance] : desired.instances)
        for (auto& [key, value] : instance.spec.env)
        {
            if (!value.secretName)
                continue;
            const auto found = known.find(*value.secretName);
            const auto& secret = found != known.end()
                                     ? found->second
                                     : known.emplace(*value.secretName, look(*value.secretName)).first->second;
            value.resolved = secret.has_value();
            value.text = secret.value_or("");
        }
    return desired;
}

}
