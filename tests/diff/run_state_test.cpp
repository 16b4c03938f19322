#include "support/fleet.h"
#include "support/golden.h"

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

struct Running : Fleet
{
    Running()
    {
        declare("memory").fieldPlaces["enabled"] = {"fleet.yaml", 12, 9};
        apply();
    }

    DesiredInstance& memory() { return (*this)["mcpctl-dev-memory"]; }
    std::string id() const { return container("mcpctl-dev-memory").id; }
    void become(RunState state)
    {
        change("mcpctl-dev-memory", [&](MemoryContainer& live) { live.state = state; });
    }
};

}

BOOST_AUTO_TEST_SUITE(run_state_test)

BOOST_AUTO_TEST_CASE(stopped_by_hand_it_is_started)
{
    Running fleet;
    fleet.engine.stop(fleet.id());
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to start.

> start  mcpctl-dev-memory  fleet.yaml:10
    because it is not running
    running  exited (code 143) -> running  [drift]  fleet.yaml:12
)");
}

BOOST_AUTO_TEST_CASE(ended_for_lack_of_memory_it_is_started_and_that_is_said)
{
    Running fleet;
    fleet.memory().spec.restart.when = RestartPolicy::When::no;
    fleet.apply();
    fleet.engine.crash(fleet.id(), 137, true);
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to start.

> start  mcpctl-dev-memory  fleet.yaml:10
    because it is not running
    running  exited (code 137, out of memory) -> running  [drift]  fleet.yaml:12
)");
}

BOOST_AUTO_TEST_CASE(never_started_it_is_started)
{
    Running fleet;
    fleet.become(RunState::created);
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to start.

> start  mcpctl-dev-memory  fleet.yaml:10
    because it was never started
    running  created -> running  [pending]  fleet.yaml:12
)");
}

BOOST_AUTO_TEST_CASE(paused_it_runs_on)
{
    Running fleet;
    fleet.become(RunState::paused);
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to start.

> start  mcpctl-dev-memory  fleet.yaml:10
    because it is not running
    running  paused -> running  [drift]  fleet.yaml:12
)");
    fleet.apply();
    BOOST_TEST((fleet.container("mcpctl-dev-memory").state == RunState::running));
}

BOOST_AUTO_TEST_CASE(given_up_by_the_engine_it_is_made_anew)
{
    Running fleet;
    fleet.become(RunState::dead);
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to create.

+ create  mcpctl-dev-memory  fleet.yaml:10
    because the engine gave it up
    remove mcpctl-dev-memory
)");
}

BOOST_AUTO_TEST_CASE(waiting_to_be_revived_it_is_left_to_the_engine)
{
    Running fleet;
    fleet.become(RunState::restarting);
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(disabled_it_is_stopped_and_kept)
{
    Running fleet;
    fleet.memory().enabled = false;
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to stop.

= stop  mcpctl-dev-memory  fleet.yaml:10
    because it is disabled
    running  running -> stopped  [pending]  fleet.yaml:12
)");
    fleet.apply();
    BOOST_TEST((fleet.container("mcpctl-dev-memory").state == RunState::exited));
    checkPlan(fleet.plan(), R"(
Project mcpctl: nothing to do, 1 instance is as declared.
)");
}

BOOST_AUTO_TEST_CASE(disabled_it_stays_down_when_the_engine_starts_again)
{
    Running fleet;
    fleet.memory().spec.restart.when = RestartPolicy::When::always;
    fleet.apply();
    fleet.memory().enabled = false;
    fleet.apply();
    fleet.engine.restart();
    BOOST_TEST((fleet.container("mcpctl-dev-memory").state == RunState::exited));
}

BOOST_AUTO_TEST_CASE(disabled_and_changed_it_is_not_touched_until_it_is_enabled)
{
    Running fleet;
    fleet.memory().enabled = false;
    fleet.apply();
    fleet.memory().spec.user = "1000";
    BOOST_TEST(fleet.plan().steps.empty());
    fleet.memory().enabled = true;
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 1U);
    BOOST_TEST(verbOf(plan.steps[0]) == "replace");
}

BOOST_AUTO_TEST_CASE(stopped_and_changed_one_step_does_both)
{
    Running fleet;
    fleet.engine.stop(fleet.id());
    fleet.memory().spec.resources.memoryBytes = 256 << 20;
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to start.

> start  mcpctl-dev-memory  fleet.yaml:10
    because it is not running; memory differs
    memory   512Mi -> 256Mi  [pending]  fleet.yaml:10
    running  exited (code 143) -> running  [drift]  fleet.yaml:12
)");
}

BOOST_AUTO_TEST_SUITE_END()
