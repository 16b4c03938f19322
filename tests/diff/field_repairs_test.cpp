#include "model/fields.h"
#include "support/fleet.h"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <map>

using namespace mcpctl;
using namespace mcpctl::test;

// One row per field: a change, the cheapest thing that mends it when the manifest moved, and when the live
// object did.

namespace
{

const NetworkName tools{"mcpctl-tools"};

struct Row
{
    std::function<void(ServerSpec&)> change;
    std::string pending; ///< verb of the step
    std::string drift;
};

const std::map<std::string, Row>& rows()
{
    static const std::map<std::string, Row> table{
        // With an entrypoint of its own an instance has no command of the image.
        {"entrypoint",
         {[](ServerSpec& s)
          {
              s.entrypoint = {"/entry"};
              s.command = {"serve"};
          },
          "replace", "replace"}},
        {"command",
         {[](ServerSpec& s) {
              s.command = {"serve", "-v"};
          },
          "replace", "replace"}},
        {"env",
         {[](ServerSpec& s) {
              s.env["LOG_LEVEL"] = EnvValue{"debug", {}, true};
          },
          "replace", "replace"}},
        {"user", {[](ServerSpec& s) { s.user = "1000:1000"; }, "replace", "replace"}},
        {"transport",
         {[](ServerSpec& s) {
              s.transport = {Transport::Type::streamableHttp, 3001, "/mcp"};
          },
          "replace", "replace"}},
        {"stdin", {[](ServerSpec& s) { s.keepsStdin = false; }, "replace", "replace"}},
        {"memory", {[](ServerSpec& s) { s.resources.memoryBytes = 256 << 20; }, "update", "update"}},
        {"swap", {[](ServerSpec& s) { s.resources.swapBytes = 64 << 20; }, "update", "update"}},
        // A limit that nobody asked for goes by a replace: it cannot be cleared in place.
        {"memoryReservation",
         {[](ServerSpec& s) { s.resources.memoryReservationBytes = 64 << 20; }, "update", "replace"}},
        {"cpus", {[](ServerSpec& s) { s.resources.nanoCpus = 500'000'000; }, "update", "update"}},
        {"cpuShares", {[](ServerSpec& s) { s.resources.cpuShares = 512; }, "update", "replace"}},
        {"cpuPeriod", {[](ServerSpec& s) { s.resources.cpuPeriodMicros = 100'000; }, "replace", "replace"}},
        {"cpuQuota", {[](ServerSpec& s) { s.resources.cpuQuotaMicros = 50'000; }, "replace", "replace"}},
        {"pidsLimit", {[](ServerSpec& s) { s.resources.pidsLimit = 64; }, "update", "update"}},
        {"secretFiles",
         {[](ServerSpec& s) {
              s.secretFiles["token"] = EnvValue{"one", "token", true};
          },
          "replace", "replace"}},
        {"mounts",
         {[](ServerSpec& s) {
              s.mounts["/data"] = Mount{Mount::Type::volume, "v", false};
          },
          "replace", "replace"}},
        {"tmpfs", {[](ServerSpec& s) { s.tmpfs["/tmp"] = "size=64m"; }, "replace", "replace"}},
        {"networks", {[](ServerSpec& s) { s.networks[tools] = {"memory"}; }, "update", "update"}},
        {"publish",
         {[](ServerSpec& s) {
              s.publications.insert({"127.0.0.1", 8931, 80});
          },
          "replace", "replace"}},
        // Made without any it has no place for them; configuration_changes_test.cpp has the changes in place.
        {"configFiles", {[](ServerSpec& s) { s.configFiles["/config/a"] = "text"; }, "replace", "replace"}},
        {"nameServers", {[](ServerSpec& s) { s.nameServers = {"127.0.0.1"}; }, "replace", "replace"}},
        {"logging", {[](ServerSpec& s) { s.logging.driver = "local"; }, "replace", "replace"}},
        {"restart", {[](ServerSpec& s) { s.restart.when = RestartPolicy::When::always; }, "update", "update"}},
        {"stopGracePeriod",
         {[](ServerSpec& s) { s.stopGracePeriod = std::chrono::seconds(30); }, "replace", "replace"}},
        {"health", {[](ServerSpec& s) { s.health.type = HealthCheck::Type::none; }, "replace", "replace"}},
        {"capabilities", {[](ServerSpec& s) { s.capabilities.insert("CHOWN"); }, "replace", "replace"}},
        {"noNewPrivileges", {[](ServerSpec& s) { s.noNewPrivileges = false; }, "replace", "replace"}},
        {"readOnlyRootFilesystem", {[](ServerSpec& s) { s.readOnlyRootFilesystem = false; }, "replace", "replace"}},
        {"initProcess", {[](ServerSpec& s) { s.initProcess = false; }, "replace", "replace"}},
        {"escapes", {[](ServerSpec& s) { s.escapes.insert("privileged"); }, "replace", "replace"}},
    };
    return table;
}

struct Running : Fleet
{
    Running()
    {
        declareNetwork("tools");
        declare("memory");
        apply();
    }

    DesiredInstance& memory() { return (*this)["mcpctl-dev-memory"]; }

    /// Every change of the one step is about `field` and has that verdict.
    void check(const std::string& field, const std::string& verb, Verdict verdict)
    {
        const auto steps = plan().steps;
        BOOST_TEST_CONTEXT(field << " as " << toString(verdict))
        {
            BOOST_REQUIRE_EQUAL(steps.size(), 1U);
            BOOST_TEST(verbOf(steps[0]) == verb);
            BOOST_TEST(!steps[0].changes.empty());
            for (const auto& change : steps[0].changes)
            {
                BOOST_TEST(change.field.substr(0, change.field.find('.')) == field);
                BOOST_TEST(toString(change.verdict) == toString(verdict));
                BOOST_TEST(change.place.line == 42);
            }
        }
    }
};

}

BOOST_AUTO_TEST_SUITE(field_repairs_test)

BOOST_AUTO_TEST_CASE(every_field_has_a_row_here)
{
    for (const auto& field : fields())
        BOOST_TEST(rows().count(std::string(field.name)) == 1U, "no row for " << field.name);
    BOOST_TEST(rows().size() == fields().size());
}

BOOST_AUTO_TEST_CASE(a_field_that_the_manifest_moved_is_pending_and_mended_as_cheaply_as_can_be)
{
    for (const auto& [field, row] : rows())
    {
        Running fleet;
        fleet.memory().fieldPlaces[field] = {"fleet.yaml", 42, 1};
        row.change(fleet.memory().spec);
        fleet.check(field, row.pending, Verdict::pending);
        BOOST_TEST(allDone(fleet.apply()));
        BOOST_TEST(fleet.plan().steps.empty(), field << " is not as declared after a pass");
    }
}

BOOST_AUTO_TEST_CASE(a_field_that_somebody_moved_on_the_engine_is_drift_and_moved_back)
{
    for (const auto& [field, row] : rows())
    {
        Running fleet;
        fleet.memory().fieldPlaces[field] = {"fleet.yaml", 42, 1};
        if (field == "networks")
            fleet.engine.connect(fleet.container("mcpctl-dev-memory").id, tools, {"by-hand"}, "");
        else
            fleet.change("mcpctl-dev-memory", [&, &how = row.change](MemoryContainer& live) { how(live.spec); });
        fleet.check(field, row.drift, Verdict::drift);
        BOOST_TEST(allDone(fleet.apply()));
        BOOST_TEST(fleet.plan().steps.empty(), field << " is not as declared after a pass");
    }
}

BOOST_AUTO_TEST_CASE(an_update_in_place_keeps_the_instance_and_a_replace_makes_another)
{
    for (const auto& [field, row] : rows())
    {
        Running fleet;
        const auto before = fleet.container("mcpctl-dev-memory");
        row.change(fleet.memory().spec);
        fleet.apply();
        const auto after = fleet.container("mcpctl-dev-memory");
        BOOST_TEST((after.id == before.id) == (row.pending == "update"), field);
        BOOST_TEST((after.startedAt == before.startedAt) == (row.pending == "update"), field);
    }
}

BOOST_AUTO_TEST_CASE(clearing_a_limit_is_a_replace)
{
    const std::vector<std::function<void(Resources&)>> clearings{
        [](Resources& r) { r.memoryBytes = 0; },
        [](Resources& r) { r.pidsLimit = 0; },
        [](Resources& r) { r.cpuShares = 0; },
        [](Resources& r) { r.memoryReservationBytes = 0; },
    };
    for (const auto& clear : clearings)
    {
        Running fleet;
        fleet.memory().spec.resources.cpuShares = 512;
        fleet.memory().spec.resources.memoryReservationBytes = 64 << 20;
        fleet.apply();
        clear(fleet.memory().spec.resources);
        BOOST_TEST(verbOf(fleet.plan().steps.at(0)) == "replace");
        BOOST_TEST(allDone(fleet.apply()));
        BOOST_TEST(fleet.plan().steps.empty());
    }
}

BOOST_AUTO_TEST_CASE(from_cpus_to_a_quota_and_back_is_a_replace)
{
    Running fleet;
    auto& resources = fleet.memory().spec.resources;
    resources.nanoCpus = 0;
    resources.cpuPeriodMicros = 100'000;
    resources.cpuQuotaMicros = 50'000;
    BOOST_TEST(verbOf(fleet.plan().steps.at(0)) == "replace");
    fleet.apply();
    resources = Resources{};
    BOOST_TEST(verbOf(fleet.plan().steps.at(0)) == "replace");
    fleet.apply();
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(several_changes_are_one_step_by_the_strongest)
{
    Running fleet;
    for (const auto& [field, row] : rows())
        row.change(fleet.memory().spec);
    const auto steps = fleet.plan().steps;
    BOOST_REQUIRE_EQUAL(steps.size(), 1U);
    BOOST_REQUIRE_EQUAL(steps[0].actions.size(), 1U);
    BOOST_TEST(std::holds_alternative<action::Replace>(steps[0].actions[0]));
    BOOST_TEST(steps[0].because.find("more differ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
