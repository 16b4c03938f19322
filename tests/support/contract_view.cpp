#include "support/contract_cases.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace mcpctl::test
{

namespace
{

using Kind = OrchestratorError::Kind;

/// Listens on a thread of its own from construction on.
class Listener
{
public:
    explicit Listener(const ContractBed& bed)
        : thread_(
              [this, &bed](const std::stop_token& stop)
              {
                  bed.orchestrator.subscribeEvents(
                      bed.project, [this](const Event& event) { note(event); }, stop);
              })
    {
        BOOST_REQUIRE(sees(Event::Type::subscribed, ""));
    }

    /// Whether such an event comes, within 10 s.
    bool sees(Event::Type type, const std::string& id)
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(10),
                                 [&]
                                 {
                                     return std::any_of(events_.begin(), events_.end(),
                                                        [&](const Event& event)
                                                        { return event.type == type && event.id == id; });
                                 });
    }

    std::vector<Event> about(const std::string& id)
    {
        const std::lock_guard lock(mutex_);
        std::vector<Event> out;
        std::copy_if(events_.begin(), events_.end(), std::back_inserter(out),
                     [&](const Event& event) { return event.id == id; });
        return out;
    }

private:
    void note(const Event& event)
    {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Event> events_; ///< guarded by mutex_
    std::jthread thread_;
};

void foreignIsNotOurs(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    const auto listing = bed.orchestrator.listInstances(ProjectName(bed.project.text + "x"));
    BOOST_TEST(listing.ours.empty());
    const auto found = std::find_if(listing.foreign.begin(), listing.foreign.end(),
                                    [&](const Foreign& foreign) { return foreign.id == id; });
    BOOST_REQUIRE((found != listing.foreign.end()));
    BOOST_TEST(found->name == launch.name.text);
}

void copiedMarksAreForeign(const ContractBed& bed)
{
    auto launch = contractLaunch(bed, "a");
    launch.marks.instance = bed.project.text + "-dev-another";
    const auto id = bed.orchestrator.startServer(launch);
    const auto listing = bed.orchestrator.listInstances(bed.project);
    BOOST_TEST(listing.ours.empty());
    const auto found = std::find_if(listing.foreign.begin(), listing.foreign.end(),
                                    [&](const Foreign& foreign) { return foreign.id == id; });
    BOOST_REQUIRE((found != listing.foreign.end()));
    BOOST_TEST(!found->why.empty());
    bed.orchestrator.stopServer(id); // nobody else would find it
}

void listIsSorted(const ContractBed& bed)
{
    for (const auto* name : {"c", "a", "b"})
        bed.orchestrator.startServer(contractLaunch(bed, name));
    const auto listing = bed.orchestrator.listInstances(bed.project);
    BOOST_REQUIRE_EQUAL(listing.ours.size(), 3U);
    BOOST_TEST(std::is_sorted(listing.ours.begin(), listing.ours.end(),
                              [](const auto& left, const auto& right) { return left.name < right.name; }));
}

void eventsAreSeen(const ContractBed& bed)
{
    Listener listener(bed);
    const auto id = bed.orchestrator.startServer(contractLaunch(bed, "a"));
    BOOST_TEST(listener.sees(Event::Type::start, id));
    bed.orchestrator.stopServer(id);
    BOOST_TEST(listener.sees(Event::Type::die, id));
    BOOST_TEST(listener.sees(Event::Type::destroy, id));
}

void endIsSeenWithItsCode(const ContractBed& bed)
{
    Listener listener(bed);
    auto launch = contractLaunch(bed, "a");
    launch.image = bed.endingImage;
    launch.spec.restart.when = RestartPolicy::When::no;
    const auto id = bed.orchestrator.startServer(launch);
    BOOST_REQUIRE(listener.sees(Event::Type::die, id));
    for (const auto& event : listener.about(id))
        if (event.type == Event::Type::die)
            BOOST_TEST(event.exitCode == 3);
    const auto live = need(bed, launch.name.text);
    BOOST_TEST((live.state == RunState::exited));
    BOOST_TEST(live.exitCode == 3);
    BOOST_TEST((bed.orchestrator.getStatus(id) == LiveStatus::error));
}

void logIsRead(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    std::string text;
    // A process needs a moment until its first words are there.
    for (int i = 0; i < 100 && text.find("ready\n") == std::string::npos; ++i)
    {
        text.clear();
        bed.orchestrator.getLogs(id, {}, [&](const LogPiece& piece) { return text += piece.text, true; }, {});
        if (text.empty())
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    BOOST_TEST(text.find("ready\n") != std::string::npos);
    LogOptions last;
    last.tail = 0;
    text.clear();
    bed.orchestrator.getLogs(id, last, [&](const LogPiece& piece) { return text += piece.text, true; }, {});
    BOOST_TEST(text.empty());
}

void logOfNothingIsNotFound(const ContractBed& bed)
{
    const auto id = bed.orchestrator.startServer(contractLaunch(bed, "a"));
    bed.orchestrator.stopServer(id);
    checkFails(
        Kind::notFound, [&] { bed.orchestrator.getLogs(id, {}, [](const LogPiece&) { return true; }, {}); }, "");
}

void healthIsInferredWhereNothingChecks(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    const auto running = bed.orchestrator.getHealth(id);
    BOOST_TEST((running.status == Health::Status::healthy));
    BOOST_TEST(!running.checked);
    bed.orchestrator.suspendServer(id);
    BOOST_TEST((bed.orchestrator.getHealth(id).status == Health::Status::unhealthy));
    bed.orchestrator.stopServer(id);
    const auto gone = bed.orchestrator.getHealth(id);
    BOOST_TEST((gone.status == Health::Status::unhealthy));
    BOOST_TEST(!gone.output.empty());
}

void imagesAreTold(const ContractBed& bed)
{
    const auto image = bed.orchestrator.inspectImage(bed.image);
    BOOST_REQUIRE(image);
    BOOST_TEST(!image->id.empty());
    const auto byId = bed.orchestrator.inspectImage(image->id);
    BOOST_REQUIRE(byId);
    BOOST_TEST(byId->id == image->id);
    BOOST_TEST(!bed.orchestrator.inspectImage(bed.missingImage).has_value());
}

void engineHasAnIdentity(const ContractBed& bed)
{
    BOOST_TEST(!bed.orchestrator.getEngineInfo().id.empty());
    BOOST_TEST(bed.orchestrator.getEngineInfo().id == bed.orchestrator.getEngineInfo().id);
}

}

std::vector<ContractCase> viewCases()
{
    return {
        {"what_is_of_another_project_is_foreign", foreignIsNotOurs},
        {"marks_that_belong_to_another_name_make_nothing_ours", copiedMarksAreForeign},
        {"instances_are_listed_by_name", listIsSorted},
        {"starts_ends_and_removals_are_seen_as_events", eventsAreSeen},
        {"an_end_is_seen_with_its_exit_code", endIsSeenWithItsCode},
        {"the_log_is_read_whole_or_from_its_end", logIsRead},
        {"the_log_of_what_is_gone_is_not_found", logOfNothingIsNotFound},
        {"without_a_check_health_is_inferred_from_whether_it_runs", healthIsInferredWhereNothingChecks},
        {"an_image_is_told_by_name_and_by_id_and_one_that_is_not_there_is_nothing", imagesAreTold},
        {"the_engine_tells_the_same_identity_each_time", engineHasAnIdentity},
    };
}

}
