#include "app/saved_plan.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <set>

using namespace mcpctl;

namespace
{

struct Fixture
{
    test::TemporaryFolder folder;
    std::string file = (folder.path() / "plan.json").string();
    ReconcileOptions options;
    Plan plan;

    Fixture()
    {
        options.paths = {"manifests/"};
        options.profiles = {"dev"};
        options.pruneMax = 7;
        plan.project = ProjectName("mcpctl");
        plan.engineId = "engine";
        plan.desiredDigest = "digest";
        Step step;
        step.object = "mcpctl-dev-a";
        step.actions = {action::Create{{"image:1", true}}};
        step.because = "it is not there";
        plan.steps = {step};
    }

    void write(const std::string& text) const { std::ofstream(file) << text; }
};

bool mentions(const std::optional<std::string>& text, const std::string& part)
{
    return text && text->find(part) != std::string::npos;
}

}

BOOST_FIXTURE_TEST_SUITE(saved_plan_test, Fixture)

BOOST_AUTO_TEST_CASE(a_plan_that_was_saved_reads_back_with_its_options_and_is_not_stale)
{
    savePlan(file, plan, options);
    BOOST_TEST(isSavedPlan(file));
    const auto saved = readPlan(file);
    BOOST_TEST(saved.options.paths == options.paths);
    BOOST_TEST(saved.options.profiles == options.profiles);
    BOOST_TEST((saved.options.pruneMax == options.pruneMax));
    BOOST_TEST(!staleness(saved, plan).has_value());
}

BOOST_AUTO_TEST_CASE(a_plan_of_a_path_that_is_no_utf8_is_not_saved_and_what_was_there_stays)
{
    savePlan(file, plan, options);
    options.paths = {"manifests\xff/"};
    BOOST_CHECK_EXCEPTION(savePlan(file, plan, options), SavedPlanError,
                          [](const SavedPlanError& error) { return mentions(error.what(), "not UTF-8"); });
    BOOST_TEST(readPlan(file).options.paths.front() == "manifests/");
}

BOOST_AUTO_TEST_CASE(whatever_moved_since_makes_it_stale_and_is_named)
{
    savePlan(file, plan, options);
    const auto saved = readPlan(file);
    Plan moved = plan;
    moved.desiredDigest = "other";
    BOOST_TEST(mentions(staleness(saved, moved), "manifests"));
    moved = plan;
    moved.engineId = "other";
    BOOST_TEST(mentions(staleness(saved, moved), "another engine"));
    moved = plan;
    moved.project = ProjectName("other");
    BOOST_TEST(mentions(staleness(saved, moved), "project"));
    moved = plan;
    moved.steps.front().actions = {action::Create{{"image:1", false}}};
    BOOST_TEST(mentions(staleness(saved, moved), "engine has changed"));
    moved = plan;
    moved.steps.clear();
    BOOST_TEST(mentions(staleness(saved, moved), "engine has changed"));
}

BOOST_AUTO_TEST_CASE(a_damaged_or_foreign_file_is_an_error_that_names_it)
{
    savePlan(file, plan, options);
    std::ifstream in(file);
    const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    for (std::size_t cut = 0; cut < whole.size() - 1; cut += 7)
    {
        write(whole.substr(0, cut));
        BOOST_CHECK_THROW(readPlan(file), SavedPlanError);
    }
    write("{\"mcpctlPlan\": 99}");
    BOOST_CHECK_THROW(readPlan(file), SavedPlanError);
    write("[]");
    BOOST_CHECK_THROW(readPlan(file), SavedPlanError);
    BOOST_CHECK_THROW(readPlan(folder.path() / "missing"), SavedPlanError);
}

BOOST_AUTO_TEST_CASE(a_manifest_is_not_taken_for_a_saved_plan)
{
    write("apiVersion: mcpctl/v1\nkind: Profile\n");
    BOOST_TEST(!isSavedPlan(file));
    BOOST_TEST(!isSavedPlan(folder.path()));
    BOOST_TEST(!isSavedPlan("-"));
}

BOOST_AUTO_TEST_CASE(a_plan_that_cannot_be_written_leaves_the_one_before)
{
    savePlan(file, plan, options);
    BOOST_CHECK_THROW(savePlan((folder.path() / "no" / "such" / "plan").string(), plan, options), SavedPlanError);
    BOOST_CHECK_THROW(savePlan("/dev/full/plan", plan, options), SavedPlanError);
    BOOST_CHECK_NO_THROW(readPlan(file));
}

BOOST_AUTO_TEST_CASE(whatever_the_manifests_say_is_in_the_digest_that_a_plan_is_held_against)
{
    DesiredState desired;
    desired.project = ProjectName("mcpctl");
    desired.networks[NetworkName("mcpctl-tools")].spec.name = NetworkName("mcpctl-tools");
    auto& instance = desired.instances[InstanceName("mcpctl-dev-a")];
    instance.name = InstanceName("mcpctl-dev-a");
    std::set<std::string> digests{digestOf(desired)};
    const auto isAnother = [&](const char* what) { BOOST_TEST(digests.insert(digestOf(desired)).second, what); };
    instance.enabled = !instance.enabled;
    isAnother("enabled");
    instance.pruneDisabled = !instance.pruneDisabled;
    isAnother("pruning");
    instance.pullPolicy = PullPolicy::always;
    isAnother("pull policy");
    instance.spec.image = "image:2";
    isAnother("image");
    instance.spec.env["A"] = EnvValue{"1", std::nullopt, true};
    isAnother("variable");
    instance.spec.resources.memoryBytes = 1 << 30;
    isAnother("limit");
    instance.spec.health.type = HealthCheck::Type::http;
    isAnother("probe");
    instance.spec.health.path = "/healthy";
    isAnother("path of the probe");
    instance.spec.health.timeout = std::chrono::seconds(1);
    isAnother("patience of the probe");
    desired.networks.begin()->second.spec.internal = false;
    isAnother("a network's way out");
    desired.networks.begin()->second.spec.subnet = "10.0.0.0/24";
    isAnother("subnet");
}

BOOST_AUTO_TEST_SUITE_END()
