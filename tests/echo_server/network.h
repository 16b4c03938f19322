#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <sys/socket.h>

namespace mcpecho
{
/// {"addresses": [...], "connected": bool, "error": text}: resolves `host` and, where a port is
/// given, tries its addresses in turn. `error` is absent on success.
nlohmann::json tryConnect(const std::string& host, std::optional<int> port, std::chrono::milliseconds timeout);

/// The numeric form of a socket address, empty for a family other than IPv4 and IPv6.
std::string addressText(const sockaddr* address);
}
