#include "model/fields.h"
#include "support/contract_cases.h"

#include <boost/test/unit_test.hpp>

namespace mcpctl::test
{

namespace
{

using Kind = OrchestratorError::Kind;
using When = RestartPolicy::When;

void startedIsListed(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    const auto live = need(bed, launch.name.text);
    BOOST_TEST(live.id == id);
    BOOST_TEST((live.state == RunState::running));
    BOOST_TEST(!live.startedAt.empty());
    BOOST_TEST((live.marks == launch.marks));
    BOOST_TEST((bed.orchestrator.getStatus(id) == LiveStatus::running));
}

void askedForIsReadBack(const ContractBed& bed)
{
    auto launch = contractLaunch(bed, "a");
    launch.spec.command = {"serve", "two words", "\"quoted\""};
    launch.spec.user = "1000:1000";
    launch.spec.tmpfs["/tmp"] = "size=16m";
    launch.spec.capabilities = {"CHOWN"};
    launch.spec.restart.when = When::onFailure;
    bed.orchestrator.startServer(launch);
    const auto live = need(bed, launch.name.text);
    const auto image = bed.orchestrator.inspectImage(bed.image);
    BOOST_REQUIRE(image);
    BOOST_TEST(live.imageId == image->id);
    const auto wanted = withImageDefaults(launch.spec, *image);
    for (const auto& field : fields())
        BOOST_TEST((field.form(wanted) == field.form(live.spec)), field.name << " reads back otherwise");
}

void configurationIsThereAndChanges(const ContractBed& bed)
{
    auto launch = contractLaunch(bed, "a");
    launch.spec.configFiles = {{"/conf/a.cfg", "one\n"}, {"/conf/b.cfg", std::string(3000, 'b')}};
    const auto id = bed.orchestrator.startServer(launch);
    BOOST_TEST((need(bed, launch.name.text).spec.configFiles == launch.spec.configFiles));
    bed.orchestrator.suspendServer(id);
    auto files = launch.spec.configFiles;
    files["/conf/a.cfg"] = "two\n";
    bed.orchestrator.setConfiguration(id, files);
    BOOST_CHECK_NO_THROW(bed.orchestrator.setConfiguration(id, files));
    BOOST_TEST((need(bed, launch.name.text).spec.configFiles == files));
}

void takenNameIsConflict(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    checkFails(
        Kind::conflict, [&] { bed.orchestrator.startServer(launch); }, launch.name.text);
    BOOST_TEST(need(bed, launch.name.text).id == id);
}

void missingImageLeavesNothing(const ContractBed& bed)
{
    auto launch = contractLaunch(bed, "a");
    launch.image = bed.missingImage;
    checkFails(
        Kind::notFound, [&] { bed.orchestrator.startServer(launch); }, bed.missingImage);
    BOOST_TEST(!find(bed, launch.name.text).has_value());
}

void stoppedIsGone(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    bed.orchestrator.stopServer(id);
    BOOST_TEST(!find(bed, launch.name.text).has_value());
    BOOST_CHECK_NO_THROW(bed.orchestrator.stopServer(id));
    BOOST_TEST((bed.orchestrator.getStatus(id) == LiveStatus::error));
}

void alwaysRestartedStopsToo(const ContractBed& bed)
{
    auto launch = contractLaunch(bed, "a");
    launch.spec.restart.when = When::always;
    const auto id = bed.orchestrator.startServer(launch);
    bed.orchestrator.suspendServer(id);
    BOOST_TEST((need(bed, launch.name.text).state == RunState::exited));
}

void suspendedIsKept(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    bed.orchestrator.suspendServer(id);
    BOOST_CHECK_NO_THROW(bed.orchestrator.suspendServer(id));
    BOOST_TEST((need(bed, launch.name.text).state == RunState::exited));
    BOOST_TEST((bed.orchestrator.getStatus(id) == LiveStatus::stopped));
    bed.orchestrator.resumeServer(id);
    BOOST_CHECK_NO_THROW(bed.orchestrator.resumeServer(id));
    const auto live = need(bed, launch.name.text);
    BOOST_TEST(live.id == id);
    BOOST_TEST((live.state == RunState::running));
}

void goneCannotBeResumed(const ContractBed& bed)
{
    const auto id = bed.orchestrator.startServer(contractLaunch(bed, "a"));
    bed.orchestrator.stopServer(id);
    checkFails(
        Kind::notFound, [&] { bed.orchestrator.resumeServer(id); }, "");
}

void limitsChangeInPlace(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    const auto before = need(bed, launch.name.text);
    auto limits = launch.spec.resources;
    limits.memoryBytes = 96 << 20;
    limits.nanoCpus = 250'000'000;
    limits.pidsLimit = 48;
    bed.orchestrator.setResourceLimits(id, limits, {When::onFailure});
    const auto after = need(bed, launch.name.text);
    BOOST_TEST((after.spec.resources == limits));
    BOOST_TEST((after.spec.restart.when == When::onFailure));
    BOOST_TEST(after.id == before.id);
    BOOST_TEST(after.startedAt == before.startedAt);
    BOOST_TEST((after.state == RunState::running));
}

void limitsOfStoppedChange(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    bed.orchestrator.suspendServer(id);
    auto limits = launch.spec.resources;
    limits.memoryBytes = 96 << 20;
    bed.orchestrator.setResourceLimits(id, limits, launch.spec.restart);
    const auto after = need(bed, launch.name.text);
    BOOST_TEST((after.spec.resources == limits));
    BOOST_TEST((after.state == RunState::exited));
}

}

std::vector<ContractCase> lifeCases()
{
    return {
        {"what_is_started_runs_and_is_listed_with_its_marks", startedIsListed},
        {"what_was_asked_for_reads_back_field_by_field", askedForIsReadBack},
        {"configuration_files_are_there_at_the_start_and_can_be_changed", configurationIsThereAndChanges},
        {"a_name_that_is_taken_is_a_conflict_and_leaves_the_holder_alone", takenNameIsConflict},
        {"an_image_that_is_not_there_fails_and_leaves_nothing", missingImageLeavesNothing},
        {"what_is_stopped_is_gone_and_stopping_it_again_succeeds", stoppedIsGone},
        {"what_always_restarts_stays_stopped_when_it_is_stopped", alwaysRestartedStopsToo},
        {"what_is_suspended_is_kept_and_can_be_resumed_and_both_may_be_repeated", suspendedIsKept},
        {"what_is_gone_cannot_be_resumed", goneCannotBeResumed},
        {"limits_and_restart_policy_change_in_place_and_nothing_restarts", limitsChangeInPlace},
        {"limits_of_what_is_stopped_change_and_it_stays_stopped", limitsOfStoppedChange},
    };
}

}
