#include "docker/config_files.h"

#include "docker/names.h"
#include "docker/tar.h"
#include "docker/translate_error.h"
#include "model/hash.h"

#include <fmt/format.h>

namespace mcpctl::docker
{

namespace
{

/// Holds the hash of what the process loaded.
constexpr auto loadedMark = ".loaded";

std::string baseName(const std::string& path)
{
    return path.substr(path.rfind('/') + 1);
}

std::string hashOf(const ConfigFiles& files)
{
    std::string text;
    for (const auto& [path, bytes] : files)
        text += fmt::format("{}:{}{}:{}", path.size(), path, bytes.size(), bytes);
    return sha256Hex(text);
}

}

std::string configFolder(const ConfigFiles& files)
{
    const auto& first = files.begin()->first;
    return first.substr(0, first.rfind('/'));
}

ConfigFiles readConfig(const ReadClient& client, const std::string& id, const std::string& folder)
{
    const Request request{.path = "/containers/" + id + "/archive",
                          .query = {{"path", folder}},
                          .what = fmt::format("read {} of container {}", folder, shortId(id)),
                          .accept = {404}};
    const auto response = translated([&] { return client.get(request); });
    ConfigFiles files;
    std::string loaded;
    if (response.status == 404)
        return files;
    for (auto& [name, bytes] : filesOf(response.body))
        if (baseName(name) == loadedMark)
            loaded = bytes;
        else
            files.emplace(folder + "/" + baseName(name), bytes);
    if (loaded != hashOf(files))
        for (auto& [path, bytes] : files)
            bytes.insert(0, "not loaded: ");
    return files;
}

void writeConfig(Client& client, const std::string& id, const ConfigFiles& files, bool loaded)
{
    std::vector<TarFile> archive;
    for (const auto& [path, bytes] : files)
        archive.push_back({baseName(path), bytes});
    archive.push_back({loadedMark, loaded ? hashOf(files) : ""});
    const Request request{.path = "/containers/" + id + "/archive",
                          .query = {{"path", configFolder(files)}},
                          .what = "write the configuration of container " + shortId(id)};
    translated([&] { client.put(request, {tarOf(archive), "application/x-tar"}); });
}

}
