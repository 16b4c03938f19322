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

void networksAreSeen(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    Listener listener(bed);
    const auto network = contractNetwork(bed, "more");
    bed.orchestrator.ensureNetworkExists(network);
    bed.orchestrator.connectNetwork(id, network.name, {"a"}, "");
    BOOST_TEST(listener.sees(Event::Type::networkConnect, id));
    bed.orchestrator.disconnectNetwork(id, network.name);
    BOOST_TEST(listener.sees(Event::Type::networkDisconnect, id));
    for (const auto& event : listener.about(id))
        BOOST_TEST((event.network == network.name.text && event.name == launch.name.text));
    for (const auto& each : bed.orchestrator.getNetworkInfo())
        if (each.spec.name == network.name)
            bed.orchestrator.removeNetwork(each.id);
    BOOST_TEST(listener.sees(Event::Type::networkDestroy, ""));
    for (const auto& event : listener.about(""))
        BOOST_TEST((event.type == Event::Type::subscribed || event.network == network.name.text));
}

void namesAreSeen(const ContractBed& bed)
{
    Listener listener(bed);
    auto launch = contractLaunch(bed, "a");
    launch.marks.project = "another";
    const auto id = bed.orchestrator.startServer(launch);
    BOOST_TEST(listener.sees(Event::Type::nameTaken, id));
    bed.orchestrator.stopServer(id);
    BOOST_TEST(listener.sees(Event::Type::nameFreed, id));
    const auto about = listener.about(id);
    BOOST_TEST(about.size() == 2U);
    BOOST_TEST(about.front().name == launch.name.text);
}

void pastIsRemembered(const ContractBed& bed)
{
    Listener listener(bed);
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    bed.orchestrator.stopServer(id);
    BOOST_REQUIRE(listener.sees(Event::Type::destroy, id));
    const auto live = listener.about(id);

    std::vector<Event> past;
    const auto from = live.front().timeNanos;
    const auto until = bed.orchestrator.eventsBetween(bed.project, from, {},
                                                      [&](const Event& event)
                                                      {
                                                          if (event.id == id)
                                                              past.push_back(event);
                                                      });
    BOOST_TEST((until >= live.back().timeNanos));
    BOOST_REQUIRE_EQUAL(past.size(), live.size());
    for (std::size_t i = 0; i < past.size(); ++i)
        BOOST_TEST((past[i].timeNanos == live[i].timeNanos && past[i].type == live[i].type &&
                    past[i].name == live[i].name && past[i].network == live[i].network));

    std::size_t first = 0;
    bed.orchestrator.eventsBetween(bed.project, from, from, [&](const Event& event) { first += event.id == id; });
    BOOST_TEST(first == 1U);
}

void useIsMeasured(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    const auto first = bed.orchestrator.getStats(id);
    BOOST_TEST(first.memoryLimitBytes == 64U << 20);
    BOOST_TEST((first.memoryBytes > 0 && first.memoryBytes < first.memoryLimitBytes));
    BOOST_TEST((first.pids >= 1 && first.pids <= 32));
    BOOST_TEST(first.pidsLimit == 32U);
    BOOST_TEST(first.onlineCpus >= 1);
    const auto second = bed.orchestrator.getStats(id);
    BOOST_TEST((second.timeNanos >= first.timeNanos && second.cpuNanos >= first.cpuNanos));

    bed.orchestrator.suspendServer(id);
    checkFails(
        Kind::failed, [&] { bed.orchestrator.getStats(id); }, "not run");
    bed.orchestrator.stopServer(id);
    checkFails(
        Kind::notFound, [&] { bed.orchestrator.getStats(id); }, "");
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

/// An instance that has logged `ready`, and when it did so.
struct Logging
{
    explicit Logging(const ContractBed& bed) : id(bed.orchestrator.startServer(contractLaunch(bed, "a")))
    {
        LogOptions options;
        options.timestamps = true;
        for (int i = 0; i < 500 && timeNanos == 0; ++i)
        {
            bed.orchestrator.getLogs(id, options,
                                     [this](const LogPiece& piece)
                                     {
                                         if (piece.text.find("ready") != std::string_view::npos)
                                             timeNanos = piece.timeNanos;
                                         return true;
                                     },
                                     {});
            std::this_thread::sleep_for(std::chrono::milliseconds(timeNanos == 0 ? 20 : 0));
        }
        BOOST_REQUIRE(timeNanos > 0);
    }

    bool saysReady(const ContractBed& bed, const LogOptions& options) const
    {
        std::string text;
        bed.orchestrator.getLogs(id, options, [&](const LogPiece& piece) { return text += piece.text, true; }, {});
        return text.find("ready\n") != std::string::npos;
    }

    std::string id;
    std::int64_t timeNanos = 0;
};

void logIsCutByTime(const ContractBed& bed)
{
    const Logging logging(bed);
    const auto since = [&](std::int64_t nanos) { return logging.saysReady(bed, {.sinceNanos = nanos}); };
    const auto until = [&](std::int64_t nanos) { return logging.saysReady(bed, {.untilNanos = nanos}); };
    BOOST_TEST(since(logging.timeNanos));
    BOOST_TEST(!since(logging.timeNanos + 1));
    BOOST_TEST(until(logging.timeNanos));
    BOOST_TEST(!until(logging.timeNanos - 1));
}

void logIsReadByStream(const ContractBed& bed)
{
    const Logging logging(bed);
    BOOST_TEST(logging.saysReady(bed, {.only = LogStream::err}));
    BOOST_TEST(!logging.saysReady(bed, {.only = LogStream::out}));
    bed.orchestrator.getLogs(logging.id, {},
                             [](const LogPiece& piece)
                             {
                                 BOOST_TEST(piece.timeNanos == 0);
                                 return true;
                             },
                             {});
}

/// Follows a log on a thread of its own; the time until it ends after `end` is called.
std::chrono::milliseconds timeToEnd(const ContractBed& bed, const std::string& id,
                                    const std::function<void(std::stop_source&)>& end)
{
    std::stop_source stop;
    std::mutex mutex;
    std::condition_variable changed;
    bool ready = false;
    std::jthread follower(
        [&]
        {
            bed.orchestrator.getLogs(
                id, {.follow = true},
                [&](const LogPiece&)
                {
                    const std::lock_guard lock(mutex);
                    ready = true;
                    changed.notify_all();
                    return true;
                },
                stop.get_token());
        });
    std::unique_lock lock(mutex);
    BOOST_TEST(changed.wait_for(lock, std::chrono::seconds(10), [&] { return ready; }));
    lock.unlock();
    std::this_thread::sleep_for(std::chrono::milliseconds(20)); // it waits for more
    const auto begin = std::chrono::steady_clock::now();
    end(stop);
    follower.join();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
}

void followedLogEndsWithTheProcess(const ContractBed& bed)
{
    const Logging logging(bed);
    const auto took = timeToEnd(bed, logging.id, [&](auto&) { bed.orchestrator.suspendServer(logging.id); });
    BOOST_TEST(took.count() < 10'000);
}

void followedLogIsLeftAtOnce(const ContractBed& bed)
{
    const Logging logging(bed);
    auto best = std::chrono::milliseconds::max();
    for (int i = 0; i < 5 && best.count() >= 100; ++i)
        best = std::min(best, timeToEnd(bed, logging.id, [](std::stop_source& stop) { stop.request_stop(); }));
    BOOST_TEST(best.count() < 100);
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

void isolationIsTold(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    const auto isolation = bed.orchestrator.getIsolation(id);
    BOOST_TEST(isolation.engine.name == launch.name.text);
    BOOST_TEST((isolation.engine.spec == need(bed, launch.name.text).spec));
    const auto& kernel = isolation.kernel;
    if (!kernel.unseen.empty()) // nothing may be guessed then
    {
        KernelView nothing;
        nothing.unseen = kernel.unseen;
        BOOST_TEST((kernel == nothing));
        return;
    }
    BOOST_TEST(kernel.noNewPrivileges.value_or(true));
    BOOST_TEST(kernel.capabilities.value_or(std::set<std::string>{}).empty());
    BOOST_TEST(kernel.memoryBytes.value_or(launch.spec.resources.memoryBytes) == launch.spec.resources.memoryBytes);
    BOOST_TEST(kernel.nanoCpus.value_or(launch.spec.resources.nanoCpus) == launch.spec.resources.nanoCpus);
    BOOST_TEST(kernel.pidsLimit.value_or(launch.spec.resources.pidsLimit) == launch.spec.resources.pidsLimit);
    BOOST_TEST(!kernel.hasWayOut.value_or(false));
}

void isolationOfWhatDoesNotRun(const ContractBed& bed)
{
    const auto id = bed.orchestrator.startServer(contractLaunch(bed, "a"));
    bed.orchestrator.suspendServer(id);
    BOOST_TEST(!bed.orchestrator.getIsolation(id).kernel.unseen.empty());
    bed.orchestrator.stopServer(id);
    checkFails(
        Kind::notFound, [&] { bed.orchestrator.getIsolation(id); }, "");
}

void foreignTellsItsNetworks(const ContractBed& bed)
{
    auto launch = contractLaunch(bed, "a");
    launch.marks.project = "another";
    const auto id = bed.orchestrator.startServer(launch);
    const auto look = [&]
    {
        for (const auto& foreign : bed.orchestrator.listInstances(bed.project).foreign)
            if (foreign.id == id)
                return foreign;
        return Foreign{};
    };
    const std::set<NetworkName> expected{contractNetwork(bed, "net").name};
    BOOST_TEST((look().networks == expected));
    BOOST_TEST(look().marked);
    bed.orchestrator.suspendServer(id);
    BOOST_TEST((look().networks == expected));
    bed.orchestrator.stopServer(id);
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
        {"what_is_foreign_tells_its_networks_also_while_it_is_stopped", foreignTellsItsNetworks},
        {"what_holds_an_instance_in_is_told_and_never_guessed", isolationIsTold},
        {"of_what_does_not_run_the_kernel_tells_nothing_and_what_is_gone_is_an_error", isolationOfWhatDoesNotRun},
        {"marks_that_belong_to_another_name_make_nothing_ours", copiedMarksAreForeign},
        {"instances_are_listed_by_name", listIsSorted},
        {"starts_ends_and_removals_are_seen_as_events", eventsAreSeen},
        {"an_end_is_seen_with_its_exit_code", endIsSeenWithItsCode},
        {"networks_that_come_and_go_and_who_is_on_them_are_seen", networksAreSeen},
        {"who_else_takes_a_name_of_the_project_is_seen", namesAreSeen},
        {"what_was_told_is_remembered_just_so", pastIsRemembered},
        {"use_and_limits_of_what_runs_are_measured", useIsMeasured},
        {"the_log_is_read_whole_or_from_its_end", logIsRead},
        {"a_log_is_cut_by_time_the_moments_included", logIsCutByTime},
        {"one_stream_of_a_log_can_be_read_alone", logIsReadByStream},
        {"a_followed_log_ends_with_the_process", followedLogEndsWithTheProcess},
        {"a_followed_log_is_left_at_once_when_stopped", followedLogIsLeftAtOnce},
        {"the_log_of_what_is_gone_is_not_found", logOfNothingIsNotFound},
        {"without_a_check_health_is_inferred_from_whether_it_runs", healthIsInferredWhereNothingChecks},
        {"an_image_is_told_by_name_and_by_id_and_one_that_is_not_there_is_nothing", imagesAreTold},
        {"the_engine_tells_the_same_identity_each_time", engineHasAnIdentity},
    };
}

}
