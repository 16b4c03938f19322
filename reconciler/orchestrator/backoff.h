#pragma once

#include <chrono>
#include <stop_token>

namespace mcpctl
{

/// How long to wait before something that failed is tried again: 100 ms, then twice as long each time, 5 s at most.
class Backoff
{
public:
    /// Returns early when stopped.
    void wait(const std::stop_token& stop);

    /// It worked.
    void reset() { next_ = first; }

private:
    static constexpr std::chrono::milliseconds first{100};
    static constexpr std::chrono::milliseconds last{5000};

    std::chrono::milliseconds next_ = first;
};

}
