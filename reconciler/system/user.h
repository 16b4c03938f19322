#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

namespace mcpctl
{

/// An account, as the user database of the system has it.
struct User
{
    std::string name;
    std::string home; ///< as it stands there: may be empty or relative
};

/// Nothing: the database has no such account, or cannot be read. Any thread.
std::optional<User> userOf(uid_t id);

}
