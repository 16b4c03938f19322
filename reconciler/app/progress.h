#pragma once

#include "apply/apply.h"

#include <chrono>
#include <set>
#include <string>

namespace mcpctl
{

/// Shows a run as it goes, on stderr. On a terminal one live line says what is in hand; everywhere, a
/// line stands for each step that ended.
///
/// Called by apply() one call at a time, which is all the thread-safety it needs.
class ProgressPrinter
{
public:
    ProgressPrinter(std::size_t steps, bool live, bool colour);
    ~ProgressPrinter();
    ProgressPrinter(const ProgressPrinter&) = delete;
    ProgressPrinter& operator=(const ProgressPrinter&) = delete;

    void show(const Progress& progress);

private:
    void ended(const Progress& progress);
    void drawLiveLine();
    void clearLiveLine();

    const std::size_t steps_;
    const bool live_;
    const bool colour_;
    std::size_t ended_ = 0;
    std::set<std::string> inHand_;
    std::string pulling_;
    std::chrono::steady_clock::time_point lastPullLine_;
    bool drawn_ = false;
};

}
