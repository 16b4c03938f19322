#include "model/fields.h"
#include "support/contract_cases.h"

#include <boost/test/unit_test.hpp>

namespace mcpctl::test
{

namespace
{

using Kind = OrchestratorError::Kind;

const ReadyGate ready = [](const std::string&) { return Readiness{true, ""}; };
const ReadyGate neverReady = [](const std::string&) { return Readiness{false, "it does not answer"}; };

/// A running instance and what shall take its place.
struct Exchange
{
    explicit Exchange(const ContractBed& bed) : launch(contractLaunch(bed, "a"))
    {
        oldId = bed.orchestrator.startServer(launch);
        launch.spec.env["MARK"].text = "second";
        launch.marks.specHash = specHash(launch.spec);
    }

    /// The old one has its name and runs as before, alone.
    void checkUndone(const ContractBed& bed) const
    {
        const auto live = need(bed, launch.name.text);
        BOOST_TEST(live.id == oldId);
        BOOST_TEST((live.state == RunState::running));
        BOOST_TEST((live.spec.restart == launch.spec.restart));
        BOOST_TEST(live.spec.env.at("MARK").text == "first");
        BOOST_TEST(bed.orchestrator.listInstances(bed.project).ours.size() == 1U);
    }

    Launch launch;
    std::string oldId;
};

void replaced(const ContractBed& bed)
{
    const Exchange exchange(bed);
    const auto newId = bed.orchestrator.replaceServer(exchange.launch, exchange.oldId, ready);
    BOOST_TEST(newId != exchange.oldId);
    const auto live = need(bed, exchange.launch.name.text);
    BOOST_TEST(live.id == newId);
    BOOST_TEST((live.state == RunState::running));
    BOOST_TEST(live.spec.env.at("MARK").text == "second");
    BOOST_TEST(bed.orchestrator.listInstances(bed.project).ours.size() == 1U);
}

void oldIsKeptMeanwhile(const ContractBed& bed)
{
    const Exchange exchange(bed);
    bed.orchestrator.replaceServer(exchange.launch, exchange.oldId,
                                   [&](const std::string& id)
                                   {
                                       const auto oldName =
                                           exchange.launch.name.text + ".old-" + exchange.oldId.substr(0, 12);
                                       const auto kept = need(bed, oldName);
                                       BOOST_TEST(kept.id == exchange.oldId);
                                       BOOST_TEST((kept.state == RunState::exited));
                                       BOOST_TEST((kept.spec.restart.when == RestartPolicy::When::no));
                                       BOOST_TEST(need(bed, exchange.launch.name.text).id == id);
                                       return Readiness{true, ""};
                                   });
}

void notReadyIsRolledBack(const ContractBed& bed)
{
    const Exchange exchange(bed);
    checkFails(
        Kind::rolledBack, [&] { bed.orchestrator.replaceServer(exchange.launch, exchange.oldId, neverReady); },
        "it does not answer");
    exchange.checkUndone(bed);
}

/// As after a crash between stopping the old one and anything else: it was stopped by a replace, not by people.
void stoppedOldRunsAgain(const ContractBed& bed)
{
    const Exchange exchange(bed);
    bed.orchestrator.suspendServer(exchange.oldId);
    checkFails(
        Kind::rolledBack, [&] { bed.orchestrator.replaceServer(exchange.launch, exchange.oldId, neverReady); },
        "it does not answer");
    exchange.checkUndone(bed);
}

void unmakeableLeavesOldAlone(const ContractBed& bed)
{
    Exchange exchange(bed);
    const auto before = need(bed, exchange.launch.name.text);
    exchange.launch.image = bed.missingImage;
    checkFails(
        Kind::notFound, [&] { bed.orchestrator.replaceServer(exchange.launch, exchange.oldId, ready); },
        bed.missingImage);
    exchange.checkUndone(bed);
    BOOST_TEST(need(bed, exchange.launch.name.text).startedAt == before.startedAt);
}

void unstartableIsRolledBack(const ContractBed& bed)
{
    Exchange exchange(bed);
    exchange.launch.spec.entrypoint = {"/there/is/no/such/program"};
    try
    {
        // An engine may notice at once, or only when the process is to run.
        bed.orchestrator.replaceServer(
            exchange.launch, exchange.oldId,
            [&](const std::string& id) {
                return Readiness{bed.orchestrator.getStatus(id) == LiveStatus::running, "it does not run"};
            });
    }
    catch (const OrchestratorError& error)
    {
        BOOST_TEST((error.kind() == Kind::rolledBack), error.what());
        exchange.checkUndone(bed);
    }
}

void restoredByName(const ContractBed& bed)
{
    const Exchange exchange(bed);
    std::string newId;
    // As after a crash between the gate and the end: the old one is restored by hand.
    try
    {
        bed.orchestrator.replaceServer(exchange.launch, exchange.oldId,
                                       [&](const std::string& id) -> Readiness
                                       {
                                           newId = id;
                                           throw 1;
                                       });
    }
    catch (int)
    {
    }
    bed.orchestrator.stopServer(newId);
    bed.orchestrator.restoreServer(exchange.oldId, exchange.launch.name, exchange.launch.spec.restart);
    BOOST_CHECK_NO_THROW(
        bed.orchestrator.restoreServer(exchange.oldId, exchange.launch.name, exchange.launch.spec.restart));
    bed.orchestrator.resumeServer(exchange.oldId);
    exchange.checkUndone(bed);
}

}

std::vector<ContractCase> replaceCases()
{
    return {
        {"a_replace_puts_the_new_one_in_place_and_removes_the_old_one", replaced},
        {"until_the_new_one_is_ready_the_old_one_is_kept_under_another_name", oldIsKeptMeanwhile},
        {"a_new_one_that_is_not_ready_is_taken_away_and_the_old_one_runs_again", notReadyIsRolledBack},
        {"an_old_one_that_an_interrupted_replace_had_stopped_runs_again_after_a_roll_back", stoppedOldRunsAgain},
        {"a_new_one_that_cannot_be_made_leaves_the_old_one_running", unmakeableLeavesOldAlone},
        {"a_new_one_that_cannot_be_started_is_taken_away_and_the_old_one_runs_again", unstartableIsRolledBack},
        {"an_old_one_left_by_a_crash_can_be_restored_and_that_may_be_repeated", restoredByName},
    };
}

}
