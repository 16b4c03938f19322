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

    /// What must not be after a pass, however it ended: a stranger was touched, or a declared instance that was
    /// there is lost, old and new. Empty when nothing is wrong.
    std::string wrongNow() const;

    /// The same after one more pass, which has to reach what is declared and to leave nothing to do.
    std::string wrongAfterNextPass() { return wrongAfter(fleet.apply()); }
    /// `outcomes`: of that pass.
    std::string wrongAfter(const Outcomes& outcomes) const;

    Fleet fleet;

private:
    const Scenario& scenario_;
    Unowned strangers_;
    std::set<std::string> served_;
};

}
