#include "docker/doctor.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <fmt/format.h>

namespace mcpctl::docker
{

namespace
{

using Level = Finding::Level;
using Object = Poco::JSON::Object;

class Examination
{
public:
    explicit Examination(const ReadClient& client) : client_(client) {}

    std::vector<Finding> run()
    {
        try
        {
            const auto api = client_.apiVersion();
            const auto answer = client_.getJson({.path = "/info", .what = "look at the engine"});
            const auto& info = answer.extract<Object::Ptr>();
            engine(*info, api);
            limits(*info);
            security(*info);
            options(*info);
            disk(*info);
        }
        catch (const std::exception& error)
        {
            add(Level::bad, "engine", error.what(), "");
            return findings_;
        }
        socket();
        network();
        return findings_;
    }

private:
    void add(Level level, std::string subject, std::string text, std::string advice)
    {
        findings_.push_back({level, std::move(subject), std::move(text), std::move(advice)});
    }

    void engine(const Object& info, const ApiVersion& api)
    {
        add(Level::good, "engine",
            fmt::format("{} at {} ({}), API {}", info.optValue<std::string>("ServerVersion", "?"),
                        client_.endpoint().text(), client_.endpoint().origin, api.text()),
            "");
        if (const auto os = info.optValue<std::string>("OSType", "linux"); os != "linux")
            add(Level::bad, "containers", os, "mcpctl runs Linux containers; switch the engine to them");
    }

    void limits(const Object& info)
    {
        const auto cgroups = info.optValue<std::string>("CgroupVersion", "1");
        add(Level::good, "cgroups", "version " + cgroups, "");
        const auto limit = [&](const char* key, const char* subject)
        {
            if (info.optValue(key, false))
                add(Level::good, subject, "enforced", "");
            else
                add(Level::bad, subject, "not enforced by this engine",
                    "servers are refused here: mount the cgroup controller, or for a rootless engine delegate it "
                    "(systemd Delegate=yes)");
        };
        limit("MemoryLimit", "memory limits");
        limit("CpuCfsQuota", "cpu limits");
        limit("PidsLimit", "process limits");
        if (!info.optValue("SwapLimit", true))
            add(Level::warning, "swap limit", "not enforced: a server may swap beyond its memory limit",
                "boot with swapaccount=1, or without swap");
    }

    void security(const Object& info)
    {
        bool seccomp = false;
        bool mandatory = false;
        bool rootless = false;
        bool users = false;
        if (const auto options = info.getArray("SecurityOptions"))
            for (const auto& option : *options)
            {
                const auto text = option.convert<std::string>();
                seccomp |= text.starts_with("name=seccomp") && text.find("unconfined") == std::string::npos;
                mandatory |= text.starts_with("name=apparmor") || text.starts_with("name=selinux");
                rootless |= text.starts_with("name=rootless");
                users |= text.starts_with("name=userns");
            }
        if (seccomp)
            add(Level::good, "seccomp", "on, with the engine's default profile", "");
        else
            add(Level::bad, "seccomp", "off", "run the engine with its default seccomp profile");
        if (mandatory)
            add(Level::good, "AppArmor or SELinux", "on", "");
        else
            add(Level::warning, "AppArmor or SELinux", "off", "a second line of defence; enable it on the host");
        if (rootless)
            add(Level::good, "rootless", "yes", "");
        else if (users)
            add(Level::good, "user namespaces", "root in a container is not root here", "");
        else
            add(Level::warning, "user namespaces", "off: root in a container would be root here if it got out",
                "run the engine with `userns-remap`, or rootless");
    }

    /// Options of the engine that weaken what it runs, or what is said to it.
    void options(const Object& info)
    {
        if (info.optValue("LiveRestoreEnabled", false))
            add(Level::good, "live restore", "on", "");
        else
            add(Level::warning, "live restore", "off: servers end while the engine is restarted",
                "set `live-restore` in its daemon.json");
        if (info.optValue("Debug", false))
            add(Level::warning, "debug mode", "on: its log and its /debug say more than they should",
                "leave `debug` out of its daemon.json");
        std::string insecure;
        const auto registries = info.getObject("RegistryConfig");
        if (const auto list = registries ? registries->getArray("InsecureRegistryCIDRs") : nullptr)
            for (const auto& each : *list)
                if (const auto text = each.convert<std::string>(); text != "127.0.0.0/8" && text != "::1/128")
                    insecure += (insecure.empty() ? "" : ", ") + text;
        if (!insecure.empty())
            add(Level::warning, "insecure registries", insecure,
                "images from there can be changed on the way; leave `insecure-registries` out");
    }

    /// Only an engine on a socket of this machine has its disk here.
    void disk(const Object& info)
    {
        if (client_.endpoint().scheme != Endpoint::Scheme::unixSocket)
            return;
        const auto root = info.optValue<std::string>("DockerRootDir", "");
        struct statvfs space = {};
        if (root.empty() || ::statvfs(root.c_str(), &space) != 0)
            return add(Level::warning, "disk", fmt::format("cannot look at {}", root.empty() ? "it" : root), "");
        constexpr double giga = 1e9;
        const double free = static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize) / giga;
        if (free < 2)
            add(Level::warning, "disk", fmt::format("{:.1f} GB free under {}", free, root),
                "make room: `docker system df` tells what takes it");
        else
            add(Level::good, "disk", fmt::format("{:.0f} GB free under {}", free, root), "");
    }

    void socket()
    {
        if (client_.endpoint().scheme != Endpoint::Scheme::unixSocket)
        {
            if (!client_.endpoint().tls)
                add(Level::warning, "connection", "not encrypted and open to whoever reaches it", "use TLS");
            return;
        }
        const auto& path = client_.endpoint().socketPath;
        struct stat info = {};
        if (::stat(path.c_str(), &info) != 0)
            return;
        if ((info.st_mode & S_IWOTH) != 0)
            add(Level::warning, "socket", fmt::format("everybody on this machine may use {}", path),
                fmt::format("who may use it is root: chmod o-rwx {}", path));
        else
            add(Level::good, "socket", fmt::format("{} is not open to everybody", path), "");
    }

    void network()
    {
        try
        {
            const auto answer = client_.getJson(
                {.path = "/networks/mcpctl-network", .what = "look at mcpctl-network", .accept = {404}});
            if (answer.isEmpty() || !answer.extract<Object::Ptr>()->has("Internal"))
                return add(Level::good, "mcpctl-network", "not there yet; the first apply makes it", "");
            const auto& live = answer.extract<Object::Ptr>();
            const auto options = live->getObject("Options");
            const bool closed =
                options && options->optValue<std::string>("com.docker.network.bridge.inhibit_ipv4", "") == "true";
            if (live->optValue("Internal", false) && closed && !live->optValue("EnableIPv6", false))
                add(Level::good, "mcpctl-network", "internal, and the host has no address on it", "");
            else
                add(Level::bad, "mcpctl-network", "it is not isolated as mcpctl makes it",
                    "apply makes it anew, once nothing that is not ours hangs on it");
        }
        catch (const std::exception& error)
        {
            add(Level::warning, "mcpctl-network", error.what(), "");
        }
    }

    const ReadClient& client_;
    std::vector<Finding> findings_;
};

}

std::vector<Finding> examineEngine(const ReadClient& client)
{
    return Examination(client).run();
}

}
