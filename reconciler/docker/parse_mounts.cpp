#include "docker/parse_mounts.h"

#include <sstream>

namespace mcpctl::docker
{

namespace
{

/// The engine names volumes that nobody named by 64 hex digits.
bool isAnonymous(const std::string& volume)
{
    return volume.empty() || (volume.size() == 64 && volume.find_first_not_of("0123456789abcdef") == std::string::npos);
}

/// SOURCE:PATH[:OPTION,OPTION]; a SOURCE that is no absolute path is a volume.
void addBind(std::map<std::string, Mount>& mounts, const std::string& bind)
{
    const auto first = bind.find(':');
    if (first == std::string::npos)
        return;
    const auto second = bind.find(':', first + 1);
    Mount mount;
    mount.source = bind.substr(0, first);
    mount.type = mount.source.starts_with('/') ? Mount::Type::hostPath : Mount::Type::volume;
    if (second != std::string::npos)
    {
        std::istringstream options(bind.substr(second + 1));
        for (std::string option; std::getline(options, option, ',');)
            mount.readOnly = mount.readOnly || option == "ro";
    }
    if (mount.type == Mount::Type::hostPath || !isAnonymous(mount.source))
        mounts.emplace(bind.substr(first + 1, second == std::string::npos ? second : second - first - 1), mount);
}

void addAsked(std::map<std::string, Mount>& mounts, const JsonView& asked)
{
    const auto type = asked["Type"].text();
    const auto source = asked["Source"].text();
    if (type == "tmpfs" || (type == "volume" && isAnonymous(source)))
        return;
    mounts.emplace(asked["Target"].text(), Mount{type == "volume" ? Mount::Type::volume : Mount::Type::hostPath, source,
                                                 asked["ReadOnly"].flag()});
}

void addFound(std::map<std::string, Mount>& mounts, const JsonView& found)
{
    const auto type = found["Type"].text();
    const bool volume = type == "volume";
    if (type == "tmpfs" || (volume && isAnonymous(found["Name"].text())))
        return;
    mounts.emplace(found["Destination"].text(), Mount{volume ? Mount::Type::volume : Mount::Type::hostPath,
                                                      found[volume ? "Name" : "Source"].text(), !found["RW"].flag()});
}

}

std::map<std::string, Mount> parseMounts(const JsonView& inspection)
{
    std::map<std::string, Mount> mounts;
    const auto host = inspection["HostConfig"];
    // What was asked for comes first: an engine in a virtual machine shows its own paths in the list of what is there.
    for (const auto& asked : host["Mounts"].items())
        addAsked(mounts, asked);
    for (const auto& bind : host["Binds"].texts())
        addBind(mounts, bind);
    for (const auto& found : inspection["Mounts"].items())
        addFound(mounts, found);
    return mounts;
}

std::map<std::string, std::string> parseTmpfs(const JsonView& host)
{
    auto tmpfs = host["Tmpfs"].textMap();
    for (const auto& mount : host["Mounts"].items())
        if (mount["Type"].text() == "tmpfs")
            tmpfs.emplace(mount["Target"].text(), "");
    return tmpfs;
}

}
