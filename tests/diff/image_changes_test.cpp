#include "support/fleet.h"
#include "support/golden.h"

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

/// One running instance, `mcpctl-dev-memory`.
struct Running : Fleet
{
    explicit Running(PullPolicy policy = PullPolicy::missing)
    {
        declare("memory").pullPolicy = policy;
        apply();
    }

    DesiredInstance& memory() { return (*this)["mcpctl-dev-memory"]; }
};

}

BOOST_AUTO_TEST_SUITE(image_changes_test)

BOOST_AUTO_TEST_CASE(another_image_in_the_manifest_is_a_replace)
{
    Running fleet;
    fleet.moveTag("registry.example.com/app:2", "version 2");
    fleet.memory().spec.image = "registry.example.com/app:2";
    fleet.memory().fieldPlaces["image"] = {"servers.yaml", 5, 10};
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because image differs
    image  registry.example.com/app:1 -> registry.example.com/app:2  [pending]  servers.yaml:5
)");
}

BOOST_AUTO_TEST_CASE(a_tag_that_moved_on_the_engine_is_a_replace_and_tells_both_ids)
{
    Running fleet;
    fleet.moveTag(appImage, "version 2");
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because image differs
    image  registry.example.com/app:1 (35301e89203a) -> registry.example.com/app:1 (f4761aa023c3)  [pending]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(another_name_for_the_same_image_changes_nothing)
{
    Running fleet;
    fleet.moveTag("registry.example.com/app:stable", "app version 1");
    fleet.memory().spec.image = "registry.example.com/app:stable";
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(an_image_whose_name_is_gone_from_the_engine_is_no_reason_to_replace)
{
    Running fleet;
    fleet.engine.change([](World& world) { world.tags.clear(); });
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(pulled_always_a_newer_image_in_the_registry_is_a_replace_by_digest)
{
    Running fleet(PullPolicy::always);
    fleet.engine.change([](World& world) { world.registries[appImage].image = imageNamed("version 2"); });
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because image differs
    pull registry.example.com/app@sha256:6ca1e8eb8ec48504593297adc76ec17f470a81fe7335353d498663f831234155
    image  registry.example.com/app@sha256:22f3140fa620c7798e4bf0c2f92779d285c023ec179a837c180eb832907b159c (35301e89203a) -> registry.example.com/app:1 (newer in the registry)  [pending]  fleet.yaml:10
)");
    fleet.apply();
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(pulled_always_the_same_image_in_the_registry_changes_nothing)
{
    Running fleet(PullPolicy::always);
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(pulled_always_a_digest_whose_name_is_gone_from_the_engine_is_no_reason_to_replace)
{
    Running fleet(PullPolicy::always);
    fleet.engine.change([](World& world) { world.tags.clear(); });
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(a_registry_that_is_away_does_not_bring_an_older_image_back)
{
    Running fleet(PullPolicy::always);
    fleet.engine.change([](World& world) { world.registries[appImage].image = imageNamed("version 2"); });
    fleet.apply();
    fleet.engine.change([](World& world) { world.registries[appImage].failure = "no route to host"; });
    // The tag on the engine still is version 1; what runs is version 2, by digest.
    checkPlan(fleet.plan(), R"(
Project mcpctl: nothing to do, 1 instance is as declared.

Notes:
  registry.example.com/app:1: pullPolicy is always, and the registry does not answer: no route to host
)");
}

BOOST_AUTO_TEST_CASE(a_registry_that_is_away_does_not_stop_a_change_of_the_manifest)
{
    Running fleet(PullPolicy::always);
    fleet.moveTag("registry.example.com/app:2", "version 2");
    fleet.engine.change([](World& world) { world.registries["registry.example.com/app:2"].failure = "no"; });
    fleet.memory().spec.image = "registry.example.com/app:2";
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 1U);
    BOOST_TEST(verbOf(plan.steps[0]) == "replace");
}

BOOST_AUTO_TEST_CASE(pulling_always_for_one_server_does_not_move_another_of_the_same_image)
{
    Running fleet;
    fleet.declare("search").pullPolicy = PullPolicy::always;
    fleet.apply();
    fleet.engine.change([](World& world) { world.registries[appImage].image = imageNamed("version 2"); });
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 1U);
    BOOST_TEST(plan.steps[0].object == "mcpctl-dev-search");
}

BOOST_AUTO_TEST_CASE(what_the_image_brings_along_is_no_drift)
{
    Fleet fleet;
    auto image = imageNamed("with everything");
    image.info.env["NODE_VERSION"] = "20";
    image.info.entrypoint = {"/entry.sh"};
    image.info.user = "node";
    fleet.engine.change(
        [&](World& world)
        {
            world.images[image.info.id] = image;
            world.tags["full:1"] = image.info.id;
        });
    fleet.declare("memory").spec.image = "full:1";
    fleet.apply();
    BOOST_TEST(fleet.container("mcpctl-dev-memory").spec.user.value() == "node");
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_SUITE_END()
