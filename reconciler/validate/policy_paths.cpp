// The rules about paths of the host. A path is held against them as it is written and as what it leads
// to, for a link is written like any other path.
#include "validate/paths.h"
#include "validate/policy_rules.h"

#include <algorithm>
#include <array>

namespace mcpctl
{

namespace
{

constexpr std::array<std::string_view, 3> kernelFolders{"/proc", "/sys", "/dev"};

constexpr std::array<std::string_view, 7> engineSockets{
    "/var/run/docker.sock", "/run/docker.sock",      "/run/containerd/containerd.sock", "/run/podman/podman.sock",
    "/run/crio/crio.sock",  "/run/cri-dockerd.sock", "/run/buildkit/buildkitd.sock"};

constexpr std::array<std::string_view, 5> engineFolders{"/run/containerd", "/run/docker", "/run/podman", "/run/crio",
                                                        "/run/buildkit"};

constexpr std::array<std::string_view, 14> dangerousFolders{"/proc",
                                                            "/sys",
                                                            "/dev",
                                                            "/etc",
                                                            "/boot",
                                                            "/root",
                                                            "/run",
                                                            "/var/lib/docker",
                                                            "/var/lib/containerd",
                                                            "/var/lib/containers",
                                                            "/var/lib/kubelet",
                                                            "/var/lib/rancher",
                                                            "/var/spool/cron",
                                                            "/var/spool/at"};

/// What the host executes: reading it is harmless.
constexpr std::array<std::string_view, 8> programFolders{"/usr",   "/bin",   "/sbin",   "/lib",
                                                         "/lib32", "/lib64", "/libx32", "/var/lib/systemd"};

constexpr std::array<std::string_view, 10> credentialSteps{".ssh",    ".gnupg",  ".aws",   ".azure", ".kube",
                                                           ".docker", ".gcloud", ".netrc", ".pki",   ".password-store"};

constexpr std::array<std::string_view, 2> homeFolders{"/home", "/Users"};

/// `/var/run` is a link to `/run` wherever it exists.
std::string withoutVarRun(const std::string& path)
{
    return isAtOrBelow(path, "/var/run") ? normalPath("/run" + path.substr(std::string_view("/var/run").size())) : path;
}

std::optional<std::string> resolved(const std::string& path, const PolicyContext& context)
{
    if (!context.resolve)
        return std::nullopt;
    const auto target = context.resolve(path);
    return target ? std::optional(withoutVarRun(normalPath(*target))) : std::nullopt;
}

/// The path as it is written and, where it can be told, what it leads to.
std::vector<std::string> meaningsOf(const std::string& written, const PolicyContext& context)
{
    std::vector<std::string> meanings{withoutVarRun(normalPath(written))};
    if (auto target = resolved(meanings.front(), context); target && *target != meanings.front())
        meanings.push_back(*target);
    return meanings;
}

bool isPlain(const std::string& path)
{
    return path.starts_with("/") && !climbs(path);
}

/// The volumes of the subject that mount a path of the host which can be held against folders.
std::vector<const Volume*> hostVolumes(const PolicySubject& subject)
{
    std::vector<const Volume*> volumes;
    if (const auto* server = subjectAs<ServerManifest>(subject))
        for (const Volume& volume : server->volumes)
            if (!volume.hostPath.empty() && isPlain(volume.hostPath))
                volumes.push_back(&volume);
    return volumes;
}

std::string leadingTo(const Volume& volume, const std::string& meaning)
{
    const std::string written = quoted(volume.hostPath);
    return meaning == normalPath(volume.hostPath) ? written : written + ", which is " + quoted(meaning) + ",";
}

/// Why mounting `path` gives a socket away; empty if it does not.
std::string socketReason(const std::string& path, const std::vector<std::string>& sockets)
{
    static constexpr std::array<std::string_view, 5> names{"docker.sock", "containerd.sock", "podman.sock", "crio.sock",
                                                           "cri-dockerd.sock"};
    const std::string last = path.substr(path.rfind('/') + 1);
    if (std::find(names.begin(), names.end(), last) != names.end())
        return "is an engine's socket";
    for (const auto& socket : sockets)
    {
        if (path == socket)
            return "is an engine's socket";
        if (isAtOrBelow(socket, path))
            return "holds an engine's socket, " + quoted(socket);
    }
    for (const auto folder : engineFolders)
        if (isAtOrBelow(path, folder))
            return "belongs to an engine";
    return {};
}

std::string dangerReason(const std::string& path, bool readOnly)
{
    const auto hit = [&](std::string_view folder) -> std::string
    {
        if (isAtOrBelow(path, folder))
            return path == folder ? "is a folder of the system" : "is part of " + quoted(folder);
        return isAtOrBelow(folder, path) ? "holds " + quoted(folder) : "";
    };
    for (const auto folder : dangerousFolders)
        if (auto reason = hit(folder); !reason.empty())
            return reason;
    for (const auto folder : programFolders)
        if (auto reason = hit(folder); !readOnly && !reason.empty())
            return reason + " and is writable";
    const auto steps = stepsOf(path);
    for (const auto home : homeFolders)
        if (isAtOrBelow(path, home) && steps.size() <= 2)
            return "is a home folder";
    for (const auto step : credentialSteps)
        if (std::find(steps.begin(), steps.end(), step) != steps.end())
            return "is a folder of credentials";
    return {};
}

/// Whether `path` lies in one of `folders`, as written and as what both lead to.
bool isAllowed(const std::string& path, const std::vector<std::string>& folders, const PolicyContext& context)
{
    const std::string written = withoutVarRun(normalPath(path));
    const auto target = resolved(written, context);
    return std::any_of(folders.begin(), folders.end(),
                       [&](const std::string& folder)
                       {
                           const std::string root = withoutVarRun(normalPath(folder));
                           if (!isAtOrBelow(written, root))
                               return false;
                           return !target || isAtOrBelow(*target, resolved(root, context).value_or(root));
                       });
}

}

PolicyFindings findPathTraversal(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    PolicyFindings found;
    const auto* server = subjectAs<ServerManifest>(subject);
    if (server == nullptr)
        return found;
    for (const Volume& volume : server->volumes)
    {
        if (!volume.hostPath.empty() && !isPlain(volume.hostPath))
            found.push_back({volume.hostPathPlace, quoted(volume.hostPath) + " is not an absolute path without `..`"});
        const std::string inside = normalPath(volume.mountPath);
        if (!isPlain(volume.mountPath))
            found.push_back(
                {volume.mountPathPlace, quoted(volume.mountPath) + " is not an absolute path without `..`"});
        else if (inside == "/" || std::any_of(kernelFolders.begin(), kernelFolders.end(),
                                              [&](std::string_view folder) { return isAtOrBelow(inside, folder); }))
            found.push_back({volume.mountPathPlace, "nothing may be mounted over " + quoted(inside)});
    }
    return found;
}

PolicyFindings findEngineSocket(const PolicySubject& subject, const RuleParameters&, const PolicyContext& context)
{
    PolicyFindings found;
    const auto volumes = hostVolumes(subject);
    if (volumes.empty())
        return found;
    std::vector<std::string> sockets(engineSockets.begin(), engineSockets.end());
    if (!context.engineSocket.empty())
        sockets.push_back(normalPath(context.engineSocket));
    if (!context.engineSocket.empty())
        for (auto& meaning : meaningsOf(context.engineSocket, context))
            sockets.push_back(std::move(meaning));
    for (const Volume* volume : volumes)
        for (const auto& meaning : meaningsOf(volume->hostPath, context))
            if (auto reason = socketReason(meaning, sockets); !reason.empty())
            {
                found.push_back({volume->hostPathPlace, leadingTo(*volume, meaning) + " " + reason});
                break;
            }
    return found;
}

PolicyFindings findDangerousPaths(const PolicySubject& subject, const RuleParameters&, const PolicyContext& context)
{
    PolicyFindings found;
    for (const Volume* volume : hostVolumes(subject))
        for (const auto& meaning : meaningsOf(volume->hostPath, context))
            if (auto reason = dangerReason(meaning, volume->readOnly); !reason.empty())
            {
                found.push_back({volume->hostPathPlace, leadingTo(*volume, meaning) + " " + reason});
                break;
            }
    return found;
}

PolicyFindings findHostPaths(const PolicySubject& subject, const RuleParameters& parameters,
                             const PolicyContext& context)
{
    PolicyFindings found;
    for (const Volume* volume : hostVolumes(subject))
    {
        if (isAllowed(volume->hostPath, parameters.readWrite, context))
            continue;
        if (!isAllowed(volume->hostPath, parameters.allow, context))
            found.push_back({volume->hostPathPlace, quoted(volume->hostPath) + " is not among the allowed folders"});
        else if (!volume->readOnly)
            found.push_back({volume->hostPathPlace, quoted(volume->hostPath) + " may be mounted read-only alone",
                             "add `readOnly: true`, or list the folder under `readWrite` of the rule"});
    }
    return found;
}

PolicyFindings findUnresolvedPaths(const PolicySubject& subject, const RuleParameters&, const PolicyContext& context)
{
    PolicyFindings found;
    for (const Volume* volume : hostVolumes(subject))
        if (!resolved(normalPath(volume->hostPath), context))
            found.push_back(
                {volume->hostPathPlace, "cannot tell from here where " + quoted(volume->hostPath) + " leads"});
    return found;
}

}
