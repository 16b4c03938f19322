#pragma once

#include <Poco/SHA2Engine.h>

#include <string>
#include <string_view>

namespace mcpctl
{

/// SHA-256 of a text that need not be in memory as a whole. One thread at a time.
class Sha256
{
public:
    Sha256& add(std::string_view data);
    /// 64 lower-case hex digits over what was added; begins anew.
    std::string hex();

private:
    Poco::SHA2Engine engine_{Poco::SHA2Engine::SHA_256};
};

/// SHA-256 of `data`, as 64 lower-case hex digits.
std::string sha256Hex(std::string_view data);

}
