#include "docker/failure.h"
#include "docker/translate_error.h"
#include "support/slow_build.h"
#include "support/trial.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <atomic>
#include <memory>

using namespace mcpctl;
using namespace mcpctl::test;

// Each call of a pass is answered with each status that an engine has for failures, or not at all, having been
// carried out or not. Nothing may be lost or touched that is not ours, and one more pass has to reach what is declared.

namespace
{

using docker::EngineError;

struct Failure
{
    std::string name;
    OrchestratorError error;
};

/// Each as the Docker half makes it of what the engine said.
const std::vector<Failure>& failures()
{
    static const std::vector<Failure> all = []
    {
        std::vector<Failure> out;
        for (const int status : {400, 401, 403, 404, 409, 429, 500, 502, 503, 504})
            out.push_back(
                {std::to_string(status), docker::translate(docker::statusFailure("a call", docker::Endpoint{}, status,
                                                                                 R"({"message":"out of luck"})"))});
        out.push_back(
            {"reset", docker::translate(EngineError(EngineError::Kind::unreachable, "the connection was lost"))});
        out.push_back({"time-out", docker::translate(EngineError(EngineError::Kind::timeout, "no answer in time"))});
        return out;
    }();
    return all;
}

/// Moment 2n is before the n-th call, 2n+1 after it, had it changed something. True: the pass came so far.
bool passThatFailsAt(Fleet& fleet, std::size_t point, const Failure& failure, bool lasting)
{
    const auto moment = std::make_shared<std::atomic<std::size_t>>(0);
    fleet.engine.intercept(
        [=, &failure](MemoryEngine::When, bool, const std::string&)
        {
            const auto now = (*moment)++;
            if (now == point || (lasting && now > point))
                throw failure.error;
        });
    try
    {
        fleet.apply();
    }
    catch (const OrchestratorError&) // as the command ends: exit 1 or 69
    {
    }
    fleet.engine.intercept({});
    return *moment > point;
}

/// All points of all scenarios with every `stride`-th failure, another one at each point. Returns how many.
std::size_t tryAll(bool lasting, std::size_t stride)
{
    std::size_t faults = 0;
    for (const auto& scenario : scenarios())
    {
        bool reached = true;
        for (std::size_t point = 0; reached; ++point)
            for (std::size_t i = point % stride; i < failures().size() && reached; i += stride)
            {
                const auto& failure = failures()[i];
                Trial trial(scenario);
                reached = passThatFailsAt(trial.fleet, point, failure, lasting);
                if (!reached)
                    break;
                ++faults;
                if (const auto wrong = trial.wrongNowOrAfterNextPass(); !wrong.empty())
                    BOOST_ERROR(fmt::format("{}, {} at moment {}: {}", scenario.name, failure.name, point, wrong));
            }
    }
    BOOST_TEST_MESSAGE(
        fmt::format("{} scenarios, {} statuses, {} faults", scenarios().size(), failures().size(), faults));
    return faults;
}

}

BOOST_AUTO_TEST_SUITE(status_test)

BOOST_AUTO_TEST_CASE(each_status_means_what_the_pass_has_to_know)
{
    using Kind = OrchestratorError::Kind;
    for (const auto& [name, error] : failures())
    {
        const auto kind = name == "404"     ? Kind::notFound
                          : name == "409"   ? Kind::conflict
                          : name == "reset" ? Kind::unreachable
                                            : Kind::failed;
        BOOST_TEST((error.kind() == kind), name);
    }
}

BOOST_AUTO_TEST_CASE(any_one_call_that_fails_in_any_way_done_or_not_is_put_right_by_the_next_pass)
{
    constexpr std::size_t stride = slowBuild ? 6 : 1;
    BOOST_TEST(tryAll(false, stride) * stride >= 6'000U);
}

BOOST_AUTO_TEST_CASE(an_engine_that_fails_in_any_way_from_some_call_on_loses_nothing_and_the_next_pass_goes_on)
{
    constexpr std::size_t stride = slowBuild ? 12 : 3;
    BOOST_TEST(tryAll(true, stride) * stride >= 6'000U);
}

BOOST_AUTO_TEST_SUITE_END()
