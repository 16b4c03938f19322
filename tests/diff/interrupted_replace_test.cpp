#include "support/faulty_orchestrator.h"
#include "support/fleet.h"
#include "support/golden.h"

#include <fmt/format.h>

using namespace mcpctl;
using namespace mcpctl::test;

// A replace dies after each of its steps. The plan that follows has to know what there is.

namespace
{

struct Interrupted : Fleet
{
    /// `write`: the last one that took effect, in the engine's words. Places of ids stand in for themselves.
    explicit Interrupted(const std::string& write)
    {
        declare("memory");
        apply();
        oldId = container("mcpctl-dev-memory").id;
        memory().spec.user = "1000";
        bool struck = false;
        engine.intercept(
            [&](MemoryEngine::When when, bool, const std::string& call)
            {
                struck = struck || (when == MemoryEngine::When::after && call.starts_with(write));
                if (struck)
                    throw Killed{};
            });
        BOOST_CHECK_THROW(apply(), Killed);
        engine.intercept({});
    }

    DesiredInstance& memory() { return (*this)["mcpctl-dev-memory"]; }

    std::string text() const
    {
        auto out = renderPlan(plan());
        for (const auto& [id, word] : {std::pair<std::string, std::string>{oldId.substr(0, 12), "OLD"}})
            for (auto at = out.find(id); at != std::string::npos; at = out.find(id))
                out.replace(at, id.size(), word);
        return out;
    }

    void check(const std::string& expected) const
    {
        const auto actual = "\n" + text();
        BOOST_CHECK_MESSAGE(actual == expected, "the plan is [" << actual << "] and not [" << expected << "]");
    }

    std::string oldId;
};

}

BOOST_AUTO_TEST_SUITE(interrupted_replace_test)

BOOST_AUTO_TEST_CASE(after_the_new_one_was_made)
{
    Interrupted("create").check(R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace left it behind; user differs
    remove mcpctl-dev-memory.new-d38e96c6
    user  (none) -> 1000  [pending]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(after_the_old_one_lost_its_restart_policy)
{
    Interrupted("update restart").check(R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace left it behind; user, restart differ
    remove mcpctl-dev-memory.new-d38e96c6
    user     (none) -> 1000  [pending]  fleet.yaml:10
    restart  no -> unless-stopped  [drift]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(after_the_old_one_stopped)
{
    Interrupted("stop").check(R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace left it behind; user, restart differ
    remove mcpctl-dev-memory.new-d38e96c6
    user     (none) -> 1000  [pending]  fleet.yaml:10
    restart  no -> unless-stopped  [drift]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(after_the_old_one_gave_its_name_away)
{
    Interrupted("rename to mcpctl-dev-memory.old").check(R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace left it behind; an interrupted replace is undone; user differs
    remove mcpctl-dev-memory.new-d38e96c6
    bring back mcpctl-dev-memory.old-OLD
    user  (none) -> 1000  [pending]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(after_the_new_one_took_the_name)
{
    Interrupted("rename to mcpctl-dev-memory mcpctl-dev-memory.new").check(R"(
Project mcpctl: 1 to recover.

< recover  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace is finished
    keep the new one if it gets ready, else bring the old one back
)");
}

BOOST_AUTO_TEST_CASE(after_the_new_one_started)
{
    Interrupted("start").check(R"(
Project mcpctl: 1 to recover.

< recover  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace is finished
    keep the new one if it gets ready, else bring the old one back
)");
}

BOOST_AUTO_TEST_CASE(after_the_old_one_was_removed_nothing_is_left_to_do)
{
    Interrupted("remove").check(R"(
Project mcpctl: nothing to do, 1 instance is as declared.
)");
}

BOOST_AUTO_TEST_CASE(the_manifest_went_back_before_the_old_one_stopped)
{
    Interrupted fleet("create");
    fleet.memory().spec.user.reset();
    fleet.check(R"(
Project mcpctl: 1 to recover.

< recover  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace left it behind
    remove mcpctl-dev-memory.new-d38e96c6
)");
}

BOOST_AUTO_TEST_CASE(the_manifest_went_back_after_the_new_one_started)
{
    Interrupted fleet("start");
    fleet.memory().spec.user.reset();
    fleet.check(R"(
Project mcpctl: 1 to recover.

< recover  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace is undone; it is not running
    remove mcpctl-dev-memory
    bring back mcpctl-dev-memory.old-OLD
    running  exited (code 143) -> running  [drift]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(the_manifest_moved_on)
{
    Interrupted fleet("start");
    fleet.memory().spec.user = "2000";
    fleet.check(R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace is undone; user differs
    remove mcpctl-dev-memory
    bring back mcpctl-dev-memory.old-OLD
    user  (none) -> 2000  [pending]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(disabled_meanwhile)
{
    Interrupted fleet("start");
    fleet.memory().enabled = false;
    fleet.check(R"(
Project mcpctl: 1 to stop.

= stop  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace left it behind; it is disabled
    remove mcpctl-dev-memory.old-OLD
    running  running -> stopped  [pending]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(no_longer_declared)
{
    Interrupted fleet("start");
    fleet.desired.instances.clear();
    fleet.check(R"(
Project mcpctl: 1 to remove.

- remove  mcpctl-dev-memory
    because no longer declared
    remove mcpctl-dev-memory.old-OLD
)");
}

BOOST_AUTO_TEST_CASE(a_new_one_that_the_engine_gave_up_is_taken_away_and_the_old_one_comes_back)
{
    Interrupted fleet("start");
    fleet.change("mcpctl-dev-memory", [](MemoryContainer& live) { live.state = RunState::dead; });
    fleet.check(R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace is undone; user differs
    remove mcpctl-dev-memory
    bring back mcpctl-dev-memory.old-OLD
    user  (none) -> 1000  [pending]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(an_old_one_that_the_engine_is_removing_already_is_not_waited_for_and_never_brought_back)
{
    Interrupted fleet("start");
    fleet.change("mcpctl-dev-memory.old-" + fleet.oldId.substr(0, 12),
                 [](MemoryContainer& live) { live.state = RunState::dead; });
    fleet.check(R"(
Project mcpctl: 1 to recover.

< recover  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace left it behind
    remove mcpctl-dev-memory.old-OLD
)");
    fleet.memory().spec.user = "2000";
    fleet.check(R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace left it behind; user differs
    remove mcpctl-dev-memory.old-OLD
    user  1000 -> 2000  [pending]  fleet.yaml:10
)");
    fleet.engine.remove(fleet.container("mcpctl-dev-memory").id);
    fleet.check(R"(
Project mcpctl: 1 to create.

+ create  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace left it behind; it is not there
    remove mcpctl-dev-memory.old-OLD
)");
    BOOST_TEST(allDone(fleet.apply()));
}

BOOST_AUTO_TEST_CASE(a_name_that_somebody_took_meanwhile_blocks_and_names_the_holder)
{
    Interrupted fleet("rename to mcpctl-dev-memory.old");
    const auto holder = fleet.addForeign("mcpctl-dev-memory");
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 1U);
    BOOST_TEST(verbOf(plan.steps[0]) == "blocked");
    BOOST_TEST(plan.steps[0].because.find(holder.substr(0, 12)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_replaced_again_at_least_runs_as_before)
{
    Interrupted fleet("rename to mcpctl-dev-memory.old");
    fleet.memory().spec.image = "registry.example.com/gone:1";
    fleet.memory().pullPolicy = PullPolicy::never;
    fleet.check(R"(
Project mcpctl: 1 blocked.

! blocked  mcpctl-dev-memory  fleet.yaml:10
    because an interrupted replace left it behind; an interrupted replace is undone; image registry.example.com/gone:1 is not on the engine, and pullPolicy is never
    remove mcpctl-dev-memory.new-d38e96c6
    bring back mcpctl-dev-memory.old-OLD
    image  registry.example.com/app:1 -> registry.example.com/gone:1  [pending]  fleet.yaml:10
    user   (none) -> 1000  [pending]  fleet.yaml:10
)");
    BOOST_TEST(!allDone(fleet.apply()));
    BOOST_TEST((fleet.container("mcpctl-dev-memory").state == RunState::running));
    BOOST_TEST(fleet.container("mcpctl-dev-memory").id == fleet.oldId);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_shorter_than_the_one_in_its_marks_is_no_part_of_a_replace)
{
    ObservedState observed;
    auto& live = observed.instances.emplace_back();
    live.id = "1";
    live.name = "mcpctl-dev";
    live.marks.instance = "mcpctl-dev-memory";
    BOOST_TEST(diff(DesiredState{ProjectName("mcpctl"), {}, {}, ""}, observed, {}).steps.size() <= 1U);
}

BOOST_AUTO_TEST_SUITE_END()
