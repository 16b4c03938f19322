#pragma once

#include "orchestrator/channel.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

namespace mcpctl::test
{

/// The stdio of a little server in memory: it answers each line that has a `ping` in it, and ends with 0 when
/// it reads end of file.
class MemoryChannel final : public Channel
{
public:
    /// `ended`: called once, when the server has ended.
    explicit MemoryChannel(std::function<void()> ended) : ended_(std::move(ended)) {}
    ~MemoryChannel() override;

    Reading read(Deadline deadline) override;
    void write(std::string_view bytes, Deadline deadline) override;
    void closeWrite() override;
    std::optional<int> exitCode(Deadline deadline) override;
    void cancel() noexcept override;

private:
    void end();

    const std::function<void()> ended_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string line_;   ///< in the making; the writer's
    std::string answer_; ///< not read yet; guarded by mutex_
    std::string given_;  ///< the reader's
    bool closed_ = false;
    bool cancelled_ = false;
};

}
