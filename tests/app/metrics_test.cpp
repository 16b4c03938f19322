#include "app/metrics.h"

#include "app/metrics_text.h"
#include "app/process_usage.h"
#include "support/daemon_bed.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

using namespace mcpctl;
using namespace mcpctl::test;
using namespace std::chrono_literals;

namespace
{

/// The samples of a text in the format of Prometheus, by name and labels as they are written. Whatever the format
/// forbids, and what `promtool check metrics` complains of, fails the test.
std::map<std::string, double> parse(const std::string& text)
{
    static const std::regex help(R"(# HELP ([a-z_]+) \S.*)");
    static const std::regex type(R"(# TYPE ([a-z_]+) (counter|gauge|histogram))");
    static const std::regex sample(
        R"re(([a-z_]+)(\{[a-z]+="(?:[^"\\\n]|\\[\\n"])*"(?:,[a-z]+="(?:[^"\\\n]|\\[\\n"])*")*\})? (\S+))re");
    std::map<std::string, double> out;
    std::set<std::string> families;
    std::string family;
    std::string kind;
    std::string described;
    BOOST_TEST(text.ends_with('\n'));
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
    {
        std::smatch found;
        if (std::regex_match(line, found, help))
        {
            described = found[1];
            BOOST_TEST(families.insert(described).second, "named twice: " << line);
        }
        else if (std::regex_match(line, found, type))
        {
            family = found[1];
            kind = found[2];
            BOOST_TEST(family == described);
            BOOST_TEST((kind == "counter") == family.ends_with("_total"), line);
            BOOST_TEST((family.starts_with("mcpctl_") || family.starts_with("process_")), line);
        }
        else
        {
            BOOST_TEST_REQUIRE(std::regex_match(line, found, sample), "no sample: " << line);
            auto name = found[1].str();
            if (kind == "histogram")
                name = name.substr(0, name.rfind('_'));
            BOOST_TEST(name == family, "outside of its family: " << line);
            char* end = nullptr;
            const auto number = found[3].str();
            const double value = std::strtod(number.c_str(), &end);
            BOOST_TEST(*end == '\0', line);
            BOOST_TEST(out.emplace(found[1].str() + found[2].str(), value).second, "told twice: " << line);
        }
    }
    return out;
}

std::map<std::string, double> rendered(const Metrics& metrics, const DaemonState& state = sampleState())
{
    return parse(metrics.render(state, {17, 2000, 300000, 5}, {4096, 2, 1, "the database is away"}));
}

}

BOOST_AUTO_TEST_SUITE(metrics_test)

BOOST_AUTO_TEST_CASE(passes_are_counted_by_how_they_ended_from_nought_on)
{
    Metrics metrics;
    BOOST_TEST(rendered(metrics).at("mcpctl_passes_total{result=\"failed\"}") == 0);
    metrics.passEnded(PassSummary::Result::done, 1ms);
    metrics.passEnded(PassSummary::Result::done, 1ms);
    metrics.passEnded(PassSummary::Result::failed, 1ms);
    const auto samples = rendered(metrics);
    BOOST_TEST(samples.at("mcpctl_passes_total{result=\"done\"}") == 2);
    BOOST_TEST(samples.at("mcpctl_passes_total{result=\"failed\"}") == 1);
    BOOST_TEST(samples.at("mcpctl_passes_total{result=\"unreachable\"}") == 0);
    BOOST_TEST(samples.count("mcpctl_passes_total{result=\"none\"}") == 0U);
}

BOOST_AUTO_TEST_CASE(the_histogram_cumulates_and_its_bounds_include_themselves)
{
    Metrics metrics;
    for (const auto took : {10ms, 11ms, 100ms, 3000ms, 100'000ms})
        metrics.passEnded(PassSummary::Result::done, took);
    const auto samples = rendered(metrics);
    const auto upTo = [&samples](const std::string& bound)
    { return samples.at("mcpctl_pass_duration_seconds_bucket{le=\"" + bound + "\"}"); };
    BOOST_TEST(upTo("0.01") == 1);
    BOOST_TEST(upTo("0.025") == 2);
    BOOST_TEST(upTo("0.05") == 2);
    BOOST_TEST(upTo("0.1") == 3);
    BOOST_TEST(upTo("5") == 4);
    BOOST_TEST(upTo("60") == 4);
    BOOST_TEST(upTo("+Inf") == 5);
    BOOST_TEST(samples.at("mcpctl_pass_duration_seconds_count") == 5);
    BOOST_TEST(samples.at("mcpctl_pass_duration_seconds_sum") == 103.121, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(changes_are_counted_by_kind_and_result)
{
    Metrics metrics;
    metrics.changeEnded({"a", "create", Outcome::Result::done, "", "", {}});
    metrics.changeEnded({"b", "create", Outcome::Result::done, "", "", {}});
    metrics.changeEnded({"c", "replace", Outcome::Result::rolledBack, "", "", {}});
    const auto samples = rendered(metrics);
    BOOST_TEST(samples.at("mcpctl_changes_total{kind=\"create\",result=\"done\"}") == 2);
    BOOST_TEST(samples.at("mcpctl_changes_total{kind=\"replace\",result=\"rolled back\"}") == 1);
    BOOST_TEST(samples.at("mcpctl_changes_total{kind=\"remove network\",result=\"failed\"}") == 0);
}

BOOST_AUTO_TEST_CASE(how_things_stand_is_told_as_the_last_pass_saw_it)
{
    const auto samples = rendered(Metrics());
    BOOST_TEST(samples.at("mcpctl_ready") == 1);
    BOOST_TEST(samples.at("mcpctl_instances{state=\"running\"}") == 1);
    BOOST_TEST(samples.at("mcpctl_instances{state=\"exited\"}") == 1);
    BOOST_TEST(samples.at("mcpctl_instances{state=\"dead\"}") == 0);
    BOOST_TEST(
        samples.at("mcpctl_instance_running{instance=\"mcpctl-dev-memory\",profile=\"dev\",server=\"memory\"}") == 1);
    BOOST_TEST(samples.at("mcpctl_differences{verdict=\"drift\"}") == 1);
    BOOST_TEST(samples.at("mcpctl_differences{verdict=\"pending\"}") == 1);
    BOOST_TEST(samples.at("mcpctl_differences{verdict=\"both\"}") == 0);
    BOOST_TEST(samples.at("mcpctl_planned_steps{kind=\"update\"}") == 1);
    BOOST_TEST(samples.at("mcpctl_manifest_errors{rule=\"image-source\"}") == 1);
    BOOST_TEST(samples.at("mcpctl_manifest_errors{rule=\"schema\"}") == 1);
    BOOST_TEST(samples.at("mcpctl_policy_denials") == 1);
    BOOST_TEST(samples.at("mcpctl_backoffs") == 1);
    BOOST_TEST(samples.at("mcpctl_backoff_failures{instance=\"mcpctl-dev-search\"}") == 4);
    BOOST_TEST(samples.at("mcpctl_last_success_timestamp_seconds") == 1'767'225'601);
    BOOST_TEST(samples.at("mcpctl_engine_calls_total") == 17);
    BOOST_TEST(samples.at("mcpctl_engine_errors_total") == 5);
    BOOST_TEST(samples.at("mcpctl_history_waiting_bytes") == 4096);
    BOOST_TEST(samples.at("mcpctl_history_up") == 0);
}

BOOST_AUTO_TEST_CASE(a_state_that_nothing_is_known_of_is_told_as_well)
{
    auto state = sampleState();
    state.engineError = "no such socket";
    state.guard = "too many";
    state.sourceError = "no route";
    const auto samples = rendered(Metrics(), state);
    BOOST_TEST(samples.at("mcpctl_ready") == 0);
    BOOST_TEST(samples.at("mcpctl_engine_up") == 0);
    BOOST_TEST(samples.at("mcpctl_prune_guarded") == 1);
    BOOST_TEST(samples.at("mcpctl_source_up") == 0);
    BOOST_TEST(rendered(Metrics(), DaemonState{}).at("mcpctl_last_success_timestamp_seconds") == 0);
}

BOOST_AUTO_TEST_CASE(labels_are_escaped_and_never_break_the_format)
{
    MetricsText out;
    out.family("mcpctl_x", MetricsText::Type::gauge, "One\\two\nlines.");
    out.sample(1, {{"a", "quote \" backslash \\ newline \n"}, {"b", "\xff"}});
    BOOST_TEST(out.text() == "# HELP mcpctl_x One\\\\two\\nlines.\n# TYPE mcpctl_x gauge\n"
                             "mcpctl_x{a=\"quote \\\" backslash \\\\ newline \\n\",b=\"\xEF\xBF\xBD\"} 1\n");
    auto state = sampleState();
    state.instances.front().marks.profile = "\"} 1\nmcpctl_ready 0\\";
    rendered(Metrics(), state);
}

BOOST_AUTO_TEST_CASE(the_process_is_told_as_the_kernel_knows_it)
{
    const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    const auto before = processUsage();
    BOOST_TEST(before.residentBytes > 1'000'000U);
    BOOST_TEST(before.startSeconds > now - 3600);
    BOOST_TEST(before.startSeconds <= now + 1);
    BOOST_TEST(before.threads >= 1U);
    BOOST_TEST(before.openFilesLimit > before.openFiles);
    const TemporaryFolder folder;
    const std::ofstream file(folder.path() / "x");
    BOOST_TEST(processUsage().openFiles == before.openFiles + 1);
}

BOOST_AUTO_TEST_CASE(many_threads_count_at_once_and_lose_nothing)
{
    Metrics metrics;
    {
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int i = 0; i < 4; ++i)
            threads.emplace_back(
                [&metrics]
                {
                    for (int n = 0; n < 1000; ++n)
                    {
                        metrics.passEnded(PassSummary::Result::done, 1ms);
                        metrics.changeEnded({"a", "start", Outcome::Result::done, "", "", {}});
                    }
                });
        for (int n = 0; n < 20; ++n)
            rendered(metrics);
    }
    const auto samples = rendered(metrics);
    BOOST_TEST(samples.at("mcpctl_pass_duration_seconds_count") == 4000);
    BOOST_TEST(samples.at("mcpctl_changes_total{kind=\"start\",result=\"done\"}") == 4000);
}

BOOST_AUTO_TEST_SUITE_END()
