#pragma once

#include "app/options.h"
#include "record/target.h"

#include <filesystem>

namespace mcpctl
{

/// `$XDG_STATE_HOME/mcpctl`, else `~/.local/state/mcpctl`.
std::filesystem::path stateFolder();

/// What `--history` names; without one, SQLite in the state folder. Throws UsageError for what is no target.
HistoryTarget historyTarget(const GlobalOptions& global);

/// Where records for `target` wait: a folder of its own for each target.
std::filesystem::path journalFolder(const HistoryTarget& target);

}
