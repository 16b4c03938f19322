#include "app/history_place.h"

#include "app/pipeline.h"
#include "model/hash.h"
#include "system/user.h"

#include <unistd.h>

#include <cstdlib>

namespace mcpctl
{

namespace
{

/// The XDG Base Directory specification has relative paths ignored.
std::filesystem::path absoluteFrom(const char* variable)
{
    const char* value = std::getenv(variable);
    const std::filesystem::path path = value == nullptr ? "" : value;
    return path.is_absolute() ? path : std::filesystem::path();
}

std::filesystem::path home()
{
    if (auto path = absoluteFrom("HOME"); !path.empty())
        return path;
    const auto user = userOf(::getuid());
    return user && user->home.starts_with('/') ? user->home : "/var/lib";
}

}

std::filesystem::path stateFolder()
{
    const auto state = absoluteFrom("XDG_STATE_HOME");
    return (state.empty() ? home() / ".local" / "state" : state) / "mcpctl";
}

HistoryTarget historyTarget(const GlobalOptions& global)
try
{
    return parseHistoryTarget(global.history.value_or((stateFolder() / "history.db").string()));
}
catch (const HistoryError& error)
{
    throw UsageError(error.what());
}

std::filesystem::path journalFolder(const HistoryTarget& target)
{
    return stateFolder() / "journal" / sha256Hex(target.shown()).substr(0, 16);
}

}
