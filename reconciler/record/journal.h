#pragma once

#include "model/run_record.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

namespace mcpctl
{

/// Records that wait on disk for their database: JSON lines in a folder of segments. A record that was
/// added is there after a crash and a power cut. Any number of threads and processes may use the same
/// folder. What fails is a HistoryError.
class Journal
{
public:
    struct Limits
    {
        std::uint64_t bytes = 64UL << 20; ///< of all segments; beyond it the oldest segment goes
        std::uint64_t segmentBytes = 4UL << 20;
    };

    /// Touches nothing yet: the folder is made when there is something to keep.
    explicit Journal(std::filesystem::path folder) : Journal(std::move(folder), Limits{}) {}
    Journal(std::filesystem::path folder, Limits limits);

    bool empty() const;
    /// Bytes that wait.
    std::uint64_t bytes() const;
    /// How many records were dropped so far because the journal was full.
    std::uint64_t dropped() const;

    void add(const Record& record);

    /// Gives all that waits to `sink`, in order, and forgets what it took. An exception of `sink` passes
    /// through, and the records stay; those that it took before may come again. Returns how many were
    /// taken; 0 at once while somebody else is at it.
    std::size_t flush(const std::function<void(const std::vector<Record>&)>& sink);

private:
    std::vector<std::filesystem::path> segments() const;
    void makeRoom(std::uint64_t wanted);
    std::filesystem::path segmentToWrite();

    std::filesystem::path folder_;
    Limits limits_;
};

}
