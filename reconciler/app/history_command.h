#pragma once

#include "app/exit_code.h"
#include "app/options.h"

#include <cstddef>
#include <optional>
#include <string>

/// `mcpctl history` and its subcommands. All tell of the project of the options.
namespace mcpctl
{

struct HistoryOptions
{
    std::string since;                ///< as parseMoment() takes it; empty: from the beginning
    std::optional<std::size_t> limit; ///< runs at most; nothing: 20
    std::string instance;             ///< of the list: only what had to do with it; of `why`: which one
    std::string run;                  ///< of `show`: an id, or how one starts
    std::string keep;                 ///< of `prune`: a duration
};

ExitCode historyCommand(const GlobalOptions& global, const HistoryOptions& options);
ExitCode historyShowCommand(const GlobalOptions& global, const HistoryOptions& options);
ExitCode historyWhyCommand(const GlobalOptions& global, const HistoryOptions& options);
ExitCode historyPruneCommand(const GlobalOptions& global, const HistoryOptions& options);

}
