#include "docker/doctor.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <fmt/format.h>

namespace mcpctl::docker
{

namespace
{

using Level = Finding::Level;

std::string textOr(const JsonView& json, const char* absent)
{
    return json.present() ? json.text() : absent;
}

class Examination
{
public:
    explicit Examination(const ReadClient& client) : client_(client) {}

    std::vector<Finding> run()
    {
        try
        {
            const auto api = client_.apiVersion();
            const auto info = client_.getJson({.path = "/info", .what = "look at the engine"});
            engine(info, api);
            limits(info);
            security(info);
            options(info);
            disk(info);
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

    void engine(const JsonView& info, const ApiVersion& api)
    {
        add(Level::good, "engine",
            fmt::format("{} at {} ({}), API {}", textOr(info["ServerVersion"], "?"), client_.endpoint().text(),
                        client_.endpoint().origin, api.text()),
            "");
        if (const auto os = textOr(info["OSType"], "linux"); os != "linux")
            add(Level::bad, "containers", os, "mcpctl runs Linux containers; switch the engine to them");
    }

    void limits(const JsonView& info)
    {
        const auto cgroups = textOr(info["CgroupVersion"], "1");
        add(Level::good, "cgroups", "version " + cgroups, "");
        const auto limit = [&](const char* key, const char* subject)
        {
            if (info[key].flag())
                add(Level::good, subject, "enforced", "");
            else
                add(Level::bad, subject, "not enforced by this engine",
                    "servers are refused here: mount the cgroup controller, or for a rootless engine delegate it "
                    "(systemd Delegate=yes)");
        };
        limit("MemoryLimit", "memory limits");
        limit("CpuCfsQuota", "cpu limits");
        limit("PidsLimit", "process limits");
        if (!info["SwapLimit"].flag(true))
            add(Level::warning, "swap limit", "not enforced: a server may swap beyond its memory limit",
                "boot with swapaccount=1, or without swap");
    }

    void security(const JsonView& info)
    {
        bool seccomp = false;
        bool mandatory = false;
        bool rootless = false;
        bool users = false;
        for (const auto& text : info["SecurityOptions"].texts())
        {
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
    void options(const JsonView& info)
    {
        if (info["LiveRestoreEnabled"].flag())
            add(Level::good, "live restore", "on", "");
        else
            add(Level::warning, "live restore", "off: servers end while the engine is restarted",
                "set `live-restore` in its daemon.json");
        if (info["Debug"].flag())
            add(Level::warning, "debug mode", "on: its log and its /debug say more than they should",
                "leave `debug` out of its daemon.json");
        std::string insecure;
        for (const auto& text : info["RegistryConfig"]["InsecureRegistryCIDRs"].texts())
            if (text != "127.0.0.0/8" && text != "::1/128")
                insecure += (insecure.empty() ? "" : ", ") + text;
        if (!insecure.empty())
            add(Level::warning, "insecure registries", insecure,
                "images from there can be changed on the way; leave `insecure-registries` out");
    }

    /// Only an engine on a socket of this machine has its disk here.
    void disk(const JsonView& info)
    {
        if (!client_.endpoint().isOnThisHost())
            return;
        const auto root = info["DockerRootDir"].text();
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
        if (!client_.endpoint().isOnThisHost())
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
            const auto live = client_.getJson(
                {.path = "/networks/mcpctl-network", .what = "look at mcpctl-network", .accept = {404}});
            if (!live["Internal"].present())
                return add(Level::good, "mcpctl-network", "not there yet; the first apply makes it", "");
            const bool closed = live["Options"]["com.docker.network.bridge.inhibit_ipv4"].text() == "true";
            if (live["Internal"].flag() && closed && !live["EnableIPv6"].flag())
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
