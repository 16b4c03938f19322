#include "model/fields.h"
#include "model/json_text.h"
#include "support/fleet.h"
#include "support/golden.h"

#include <Poco/JSON/Stringifier.h>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

struct Running : Fleet
{
    Running()
    {
        auto& memory = declare("memory");
        memory.spec.env["LOG_LEVEL"] = EnvValue{"info", {}, true};
        memory.spec.env["TOKEN"] = EnvValue{"hunter22", "api-token", true};
        memory.fieldPlaces["env.TOKEN"] = {"servers.yaml", 7, 5};
        apply();
    }

    DesiredInstance& memory() { return (*this)["mcpctl-dev-memory"]; }
    void liveMemory(std::int64_t megabytes)
    {
        change("mcpctl-dev-memory", [=](MemoryContainer& live) { live.spec.resources.memoryBytes = megabytes << 20; });
    }
    void manifestMemory(std::int64_t megabytes) { memory().spec.resources.memoryBytes = megabytes << 20; }
    Verdict verdict() const { return plan().steps.at(0).changes.at(0).verdict; }
};

}

BOOST_AUTO_TEST_SUITE(verdicts_test)

BOOST_AUTO_TEST_CASE(who_moved_is_told_for_each_field)
{
    Running fleet;
    fleet.manifestMemory(256);
    fleet.memory().spec.user = "2000";
    fleet.change("mcpctl-dev-memory",
                 [](MemoryContainer& live)
                 {
                     live.spec.user = "0";
                     live.spec.readOnlyRootFilesystem = false;
                 });
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because user, memory, readOnlyRootFilesystem differ
    user                    0 -> 2000  [both]  fleet.yaml:10
    memory                  512Mi -> 256Mi  [pending]  fleet.yaml:10
    readOnlyRootFilesystem  no -> yes  [drift]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(where_manifest_and_engine_moved_to_the_same_value_there_is_nothing_to_do)
{
    Running fleet;
    fleet.manifestMemory(256);
    fleet.liveMemory(256);
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(a_field_changed_in_place_since_its_creation_counts_as_drift)
{
    Running fleet;
    fleet.manifestMemory(256);
    fleet.apply();
    fleet.manifestMemory(128);
    BOOST_TEST((fleet.verdict() == Verdict::drift));
}

BOOST_AUTO_TEST_CASE(without_marks_of_its_creation_a_difference_is_drift)
{
    Running fleet;
    fleet.change("mcpctl-dev-memory", [](MemoryContainer& live) { live.marks->fieldHashes.clear(); });
    fleet.manifestMemory(256);
    BOOST_TEST((fleet.verdict() == Verdict::drift));
}

BOOST_AUTO_TEST_CASE(another_revision_or_version_is_no_difference)
{
    Running fleet;
    fleet.change("mcpctl-dev-memory",
                 [](MemoryContainer& live)
                 {
                     live.marks->revision = "another";
                     live.marks->version = "9.9.9";
                 });
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(a_secret_that_changed_is_a_replace_that_shows_neither_value)
{
    Running fleet;
    fleet.memory().spec.env["TOKEN"].text = "swordfish";
    const auto plan = fleet.plan();
    checkPlan(plan, R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because env.TOKEN differs
    env.TOKEN  (hidden) -> (secret, changed)  [pending]  servers.yaml:7
)");
    const auto json = jsonText(*planToJson(plan));
    for (const auto* value : {"swordfish", "hunter22"})
        BOOST_TEST(json.find(value) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_secret_that_cannot_be_read_is_told_and_no_reason_to_replace)
{
    Running fleet;
    fleet.memory().spec.env["TOKEN"] = EnvValue{"", "api-token", false};
    checkPlan(fleet.plan(), R"(
Project mcpctl: nothing to do, 1 instance is as declared.

Notes:
  mcpctl-dev-memory: secret `api-token` cannot be read here, so whether TOKEN changed is unknown
)");
}

BOOST_AUTO_TEST_CASE(a_new_secret_that_cannot_be_read_is_no_reason_to_replace_either)
{
    Running fleet;
    fleet.memory().spec.env["NEW"] = EnvValue{"", "new-secret", false};
    BOOST_TEST(fleet.plan().steps.empty());
    BOOST_TEST(fleet.plan().notes.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_of_secrets_compares_with_what_is_in_it)
{
    Running fleet;
    auto& spec = fleet.memory().spec;
    spec.secretFiles["key"] = EnvValue{"hunter22", "key", true};
    fleet.apply();
    BOOST_TEST(fleet.plan().steps.empty());

    spec.secretFiles["key"].text = "swordfish";
    const auto changed = renderPlan(fleet.plan());
    BOOST_TEST(changed.find("secretFiles.key  (hidden) -> (secret, changed)  [pending]") != std::string::npos, changed);

    spec.secretFiles["key"] = EnvValue{"", "key", false};
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(files_of_secrets_that_are_gone_are_drift_and_those_that_cannot_be_seen_no_reason_to_replace)
{
    Running fleet;
    fleet.memory().spec.secretFiles["key"] = EnvValue{"hunter22", "key", true};
    fleet.apply();
    fleet.change("mcpctl-dev-memory", [](MemoryContainer& live) { live.spec.secretFiles.clear(); });
    const auto gone = renderPlan(fleet.plan());
    BOOST_TEST(gone.find("secretFiles.key  (none) -> (secret)  [drift]") != std::string::npos, gone);

    auto observed = observe(fleet.orchestrator, fleet.desired);
    observed.instances.at(0).secretFilesHidden = true;
    const auto plan = diff(fleet.desired, observed, {});
    BOOST_TEST(plan.steps.empty());
    BOOST_TEST(plan.notes.size() == 1U);

    fleet.memory().spec.secretFiles["second"] = EnvValue{"x", "second", true}; // the manifest moved, which is certain
    BOOST_TEST(diff(fleet.desired, observed, {}).steps.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_environment_variable_that_is_no_longer_declared_goes)
{
    Running fleet;
    fleet.memory().spec.env.erase("LOG_LEVEL");
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because env.LOG_LEVEL differs
    env.LOG_LEVEL  (hidden) -> (none)  [pending]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(what_runs_with_a_way_out_of_isolation_is_replaced)
{
    Running fleet;
    fleet.change("mcpctl-dev-memory",
                 [](MemoryContainer& live) {
                     live.spec.escapes = {"host-network", "privileged"};
                 });
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because escapes.host-network, escapes.privileged differ
    escapes.host-network  yes -> (none)  [drift]  fleet.yaml:10
    escapes.privileged    yes -> (none)  [drift]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(a_mount_that_became_writable_is_drift)
{
    Running fleet;
    fleet.memory().spec.mounts["/data"] = Mount{Mount::Type::hostPath, "/srv/data", true};
    fleet.apply();
    fleet.change("mcpctl-dev-memory", [](MemoryContainer& live) { live.spec.mounts.at("/data").readOnly = false; });
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because mounts./data differs
    mounts./data  host /srv/data -> host /srv/data read-only  [drift]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(arguments_that_only_read_alike_are_told_apart)
{
    Running fleet;
    fleet.memory().spec.command = {"a", "b"};
    fleet.apply();
    fleet.memory().spec.command = {R"(a", "b)"};
    BOOST_TEST(fleet.plan().steps.size() == 1U);
}

/// Whoever may look at the engine could try values until the hash fits.
BOOST_AUTO_TEST_CASE(the_marks_of_a_secret_come_from_its_name_and_not_from_its_value)
{
    Running fleet;
    const auto before = fieldHashes(fleet.memory().spec);
    fleet.memory().spec.env["TOKEN"].text = "swordfish";
    BOOST_TEST((fieldHashes(fleet.memory().spec) == before));
    fleet.memory().spec.env["TOKEN"].secretName = "another";
    BOOST_TEST((fieldHashes(fleet.memory().spec) != before));
}

BOOST_AUTO_TEST_SUITE_END()
