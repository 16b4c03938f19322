#pragma once

#include "model/mcp_status.h"
#include "model/observed_state.h"

#include <filesystem>
#include <optional>
#include <string>

namespace mcpctl
{

/// What stdio servers said of themselves, kept in files, so that each process is asked once. One that was started anew
/// is another process. A cache that cannot be read or written is none; nobody is told.
class ProbeCache
{
public:
    ProbeCache(std::filesystem::path folder, std::string engineId);

    std::optional<ProbeResult> find(const ObservedInstance& instance) const;

    /// Keeps what a stdio server said; nothing else, and only where it did answer.
    void keep(const ObservedInstance& instance, const ProbeResult& result) const;

private:
    std::filesystem::path fileOf(const ObservedInstance& instance) const;

    std::filesystem::path folder_;
    std::string engineId_;
};

/// `$XDG_STATE_HOME/mcpctl/probes`, or `~/.local/state/mcpctl/probes`; empty where neither is set.
std::filesystem::path probeFolder();

}
