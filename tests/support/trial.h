#pragma once

#include "support/scenarios.h"
#include "support/world_judge.h"

#include <set>
#include <string>

namespace mcpctl::test
{

/// One scenario, made ready among strangers, for one pass that meets a fault and one that follows it.
class Trial
{
public:
    explicit Trial(const Scenario& scenario);

    /// What is wrong now, or else after one more pass, which has to reach what is declared and to leave nothing to do.
    /// Empty when nothing is.
    std::string wrongNowOrAfterNextPass();
    /// The same after a pass that came to its end with `outcomes`.
    std::string wrongAfter(const Outcomes& outcomes) const;

    Fleet fleet;

private:
    /// What must not be after a pass, however it ended: a stranger was touched, or a declared instance that was
    /// there is lost, old and new.
    std::string wrongNow() const;

    const Scenario& scenario_;
    Unowned strangers_;
    std::set<std::string> served_;
};

}
