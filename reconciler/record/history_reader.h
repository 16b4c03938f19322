#pragma once

#include "record/history.h"
#include "record/journal.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace mcpctl
{

/// The history, with what waits for it on disk. It connects when it is first read, and anew when that failed.
/// One thread at a time.
class HistoryReader
{
public:
    /// `warn` hears why what waits on disk is not read.
    HistoryReader(HistoryTarget target, const std::filesystem::path& journalFolder,
                  std::function<void(const std::string&)> warn);

    /// What `ask` makes of it. Throws HistoryError.
    template <typename Ask>
    auto read(const Ask& ask)
    {
        try
        {
            return ask(upToDate());
        }
        catch (const NoSuchRun&) // that is an answer
        {
            throw;
        }
        catch (const HistoryError&)
        {
            history_.reset();
            throw;
        }
    }

private:
    History& upToDate();

    const HistoryTarget target_;
    Journal journal_;
    const std::function<void(const std::string&)> warn_;
    std::unique_ptr<History> history_;
};

}
