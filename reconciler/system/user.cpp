#include "system/user.h"

#include <pwd.h>

#include <cerrno>
#include <vector>

namespace mcpctl
{

std::optional<User> userOf(uid_t id)
{
    constexpr std::size_t mostRoom = 1 << 20;
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> room(1024);
    while (::getpwuid_r(id, &entry, room.data(), room.size(), &found) == ERANGE && room.size() < mostRoom)
        room.resize(room.size() * 2);
    if (found == nullptr)
        return std::nullopt;
    return User{found->pw_name, found->pw_dir};
}

}
