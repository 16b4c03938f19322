#include "model/run_record.h"
#include "model/timestamp.h"
#include "support/history_bed.h"

#include <boost/test/unit_test.hpp>

#include <set>
#include <thread>

using namespace mcpctl;

namespace
{

Plan planOf(const std::vector<std::string>& objects)
{
    Plan plan;
    plan.project = ProjectName("demo");
    plan.engineId = "E";
    plan.desiredDigest = "D";
    for (const auto& object : objects)
        plan.steps.push_back({Step::Phase::servers,
                              object,
                              {action::Create{{"image:1", false}}},
                              {{"env.TOKEN", "(hidden)", "(secret)", Verdict::pending, {"f.yaml", 1, 2}}},
                              "it is not there",
                              {"f.yaml", 3, 4}});
    return plan;
}

RunOutcome outcomeOf(const std::vector<Outcome::Result>& results, bool stopped = false)
{
    Outcomes outcomes;
    for (const auto result : results)
        outcomes.push_back({"x", "create", result, "", "", std::chrono::milliseconds(1)});
    return finished(begun({}, planOf(std::vector<std::string>(results.size(), "x"))), outcomes, stopped, 1).outcome;
}

}

BOOST_AUTO_TEST_SUITE(run_record_test)

BOOST_AUTO_TEST_CASE(a_record_has_what_the_plan_meant_and_what_became_of_it)
{
    RunRecord context;
    context.id = "id";
    context.trigger = "apply";
    const auto open = begun(context, planOf({"a", "b"}));
    BOOST_TEST(open.project == "demo");
    BOOST_TEST(open.engineId == "E");
    BOOST_TEST(open.desiredDigest == "D");
    BOOST_TEST((open.outcome == RunOutcome::running));
    BOOST_TEST(open.steps.at(0).result == "planned");

    const auto run = finished(open,
                              {{"a", "create", Outcome::Result::done, "", "", std::chrono::milliseconds(5)},
                               {"b", "create", Outcome::Result::failed, "no image", "", std::chrono::milliseconds(7)}},
                              false, 99);
    BOOST_TEST(run.id == "id");
    BOOST_TEST(run.endedMicros == 99);
    BOOST_TEST((run.outcome == RunOutcome::failed));
    BOOST_TEST((run.counts == RunCounts{1, 1, 0, 0}));
    const auto& step = run.steps.at(1);
    BOOST_TEST(step.verb == "create");
    BOOST_TEST(step.because == "it is not there");
    BOOST_TEST(step.result == "failed");
    BOOST_TEST(step.error == "no image");
    BOOST_TEST(step.took.count() == 7);
    BOOST_TEST((step.fields == planOf({"b"}).steps[0].changes));
}

BOOST_AUTO_TEST_CASE(the_worst_step_tells_how_a_run_ended)
{
    using enum Outcome::Result;
    BOOST_TEST((outcomeOf({}) == RunOutcome::nothing));
    BOOST_TEST((outcomeOf({done, done}) == RunOutcome::done));
    BOOST_TEST((outcomeOf({done, rolledBack}) == RunOutcome::rolledBack));
    BOOST_TEST((outcomeOf({rolledBack, failed, done}) == RunOutcome::failed));
    BOOST_TEST((outcomeOf({done, skipped}) == RunOutcome::failed));
    BOOST_TEST((outcomeOf({done, skipped}, true) == RunOutcome::interrupted));
    BOOST_TEST((outcomeOf({done, done}, true) == RunOutcome::done)); // the signal came too late
}

BOOST_AUTO_TEST_CASE(every_outcome_has_a_name_that_leads_back_to_it)
{
    for (const auto outcome : {RunOutcome::running, RunOutcome::done, RunOutcome::failed, RunOutcome::rolledBack,
                               RunOutcome::nothing, RunOutcome::interrupted, RunOutcome::pruneGuard})
        BOOST_TEST((runOutcomeOf(toString(outcome)) == outcome));
}

BOOST_AUTO_TEST_CASE(a_record_survives_the_way_through_json)
{
    for (const auto& run : {test::sampleRun(), test::openRun(), RunRecord{}})
        BOOST_TEST((runFromJson(*runToJson(run)) == run));
    const auto event = test::sampleEvent("x");
    BOOST_TEST((eventFromJson(*eventToJson(event)) == event));
}

BOOST_AUTO_TEST_CASE(ids_are_uuids_of_version_7_and_ascend)
{
    std::string last;
    for (int i = 0; i < 20000; ++i)
    {
        const auto id = newRecordId();
        BOOST_REQUIRE(id > last);
        last = id;
    }
    BOOST_TEST(last.size() == 36U);
    BOOST_TEST(last[14] == '7');
    BOOST_TEST((last[19] == '8' || last[19] == '9' || last[19] == 'a' || last[19] == 'b'));
    const auto millis = std::stoll(last.substr(0, 8) + last.substr(9, 4), nullptr, 16);
    BOOST_TEST(std::abs(millis - nowMicros() / 1000) < 60000);
}

BOOST_AUTO_TEST_CASE(times_are_written_in_microseconds_and_not_yet_as_nothing)
{
    BOOST_TEST(formatMicros(1'772'357'400'123'456) == "2026-03-01T09:30:00.123456Z");
    BOOST_TEST(formatMicros(0).empty());
}

BOOST_AUTO_TEST_SUITE_END()
