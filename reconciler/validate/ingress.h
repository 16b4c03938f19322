#pragma once

#include "model/server_spec.h"

#include <optional>
#include <string>
#include <string_view>

// Where a server is reached from its host: the forms of `publish`. What comes of it is in gateways.h.

namespace mcpctl
{

/// From `127.0.0.1:8931`, `[::1]:8931` or `8931` (then on 127.0.0.1); the address in its normal form.
/// Nothing where an address is not numeric or the port is not in 1..65535.
std::optional<Publication> parsePublication(std::string_view text, std::uint16_t targetPort);

/// A numeric address in its normal form; never a name, never an octal number.
std::optional<std::string> normalAddress(const std::string& address);

/// Whether only this host reaches `address`.
bool isLoopback(const std::string& address);

}
