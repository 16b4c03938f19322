#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace mcpctl
{

/// What became of one step of a plan.
struct Outcome
{
    enum class Result
    {
        done,
        failed,
        rolledBack, ///< a replace whose new instance did not come up: the old one runs again
        skipped,    ///< not begun: the run was cancelled, or something it needs failed
    };

    std::string object;
    std::string verb; ///< as verbOf() says
    Result result = Result::done;
    std::string error; ///< one or more lines; empty when done
    std::string note;  ///< what is worth knowing of one that is done, as what its server says of itself
    std::chrono::milliseconds took{0};
};

/// By plan position, one for each step.
using Outcomes = std::vector<Outcome>;

std::string_view toString(Outcome::Result result);

}
