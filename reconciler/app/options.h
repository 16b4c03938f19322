#pragma once

#include "app/log.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mcpctl
{

enum class OutputFormat
{
    text,
    json,
};

/// What holds for every command.
struct GlobalOptions
{
    std::string project = "mcpctl";
    std::optional<std::string> host; ///< `--host`; else what docker itself would use
    OutputFormat output = OutputFormat::text;
    LogLevel logLevel = LogLevel::info;
    bool stats = false; ///< tell the number of engine calls and bytes at the end
    std::string secretsFolder = "/run/secrets";
};

/// What plan and apply read, and how far they go.
struct ReconcileOptions
{
    std::vector<std::string> paths;    ///< folders, files or `-`; for apply also one saved plan
    std::vector<std::string> profiles; ///< narrow the work to these, which then never prunes
    std::vector<std::string> servers;
    bool prune = true;
    bool allowEmpty = false;
    std::optional<std::size_t> pruneMax;

    bool detailedExitCode = false;     ///< plan
    std::optional<std::string> saveTo; ///< plan

    bool dryRun = false; ///< apply
    bool wait = true;    ///< apply
    std::chrono::milliseconds settle{2000};
    std::chrono::milliseconds readyTimeout{60000};
};

}
