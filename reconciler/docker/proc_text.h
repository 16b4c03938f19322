#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// Files of /proc to values. Nothing here throws: what cannot be read or has no meaning is nothing.
/// Source: proc(5), kernel `Documentation/filesystems/proc.rst`.
namespace mcpctl::docker
{

/// The whole file; nothing when it cannot be read to its end.
std::optional<std::string> slurp(const std::filesystem::path& file);

/// /proc/PID/status: what comes after `NAME:`.
std::map<std::string, std::string> statusFields(const std::string& text);

/// The capabilities of a mask in hex, without `CAP_`; those that nobody has named yet as `CAP-41`.
std::optional<std::set<std::string>> capabilitiesOf(const std::string& hexMask);

/// Numbers separated by blanks; nothing when something else is among them.
std::optional<std::set<std::int64_t>> numbersOf(const std::string& text);

/// One line of /proc/PID/mountinfo.
struct MountLine
{
    std::string device; ///< `major:minor`
    std::string root;   ///< what of the file system is mounted
    std::string point;
    std::set<std::string> options; ///< of the mount and of the file system
    std::string type;
};

std::vector<MountLine> mountLines(const std::string& text);

/// Gateways of the default routes of /proc/PID/net/route, as `172.17.0.1`; `0.0.0.0` for one straight to a device.
std::set<std::string> defaultGateways(const std::string& routes);

/// Is there a default route in /proc/PID/net/ipv6_route? Those of the loopback do not count.
bool hasIpv6Default(const std::string& routes);

/// The addresses that a network namespace has itself, by its /proc/PID/net/fib_trie.
std::set<std::string> localAddresses(const std::string& trie);

/// /proc/PID/cgroup: controller -> path; the unified hierarchy is the empty controller.
std::map<std::string, std::string> controlGroups(const std::string& text);

}
