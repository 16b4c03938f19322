#include "mcp/probe.h"
#include "support/echo_server.h"

#include <boost/test/unit_test.hpp>

#include <signal.h>

#include <thread>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

using State = ProbeResult::State;
using Era = ProbeResult::Era;
using std::chrono::milliseconds;

/// Starts `command` each time it is asked to, and counts.
struct Starter
{
    std::vector<std::string> command;
    int starts = 0;
    pid_t last = 0;

    ProbeResult probe(const mcp::ProbeOptions& options = {})
    {
        return mcp::probeStdio(
            [this]
            {
                ++starts;
                auto process = ProcessChannel::start(command);
                last = process->pid();
                return process;
            },
            options);
    }
};

ProbeResult probeEcho(std::vector<std::string> options)
{
    return Starter{echoCommand(std::move(options))}.probe();
}

/// A server that is a few lines of shell: `ask` reads a line, `$line` is what came.
Starter shell(const std::string& script)
{
    return Starter{{"sh", "-c", "ask() { read -r line || exit 0; }\n" + script}};
}

mcp::ProbeOptions quickly(milliseconds timeout = milliseconds(3000), milliseconds patience = milliseconds(300))
{
    mcp::ProbeOptions options;
    options.timeout = timeout;
    options.discoverPatience = patience;
    options.endPatience = milliseconds(300);
    return options;
}

const std::string unknown =
    R"(echo '{"jsonrpc":"2.0","id":"mcpctl-1","error":{"code":-32601,"message":"Method not found"}}')"
    "\n";
const std::string initialized =
    R"(echo '{"jsonrpc":"2.0","id":"mcpctl-initialize","result":{"protocolVersion":"2025-03-26","capabilities":{},"serverInfo":{"name":"sh","version":"0"}}}')"
    "\n";
const std::string discovered =
    R"(echo '{"jsonrpc":"2.0","id":"mcpctl-1","result":{"supportedVersions":["2026-07-28"],"capabilities":{},"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"sh","version":"0"}}}}')"
    "\n";

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

bool isGone(pid_t pid)
{
    return ::kill(pid, 0) != 0;
}

}

BOOST_AUTO_TEST_SUITE(probe_stdio_test)

BOOST_AUTO_TEST_CASE(a_modern_server_is_discovered)
{
    for (const auto* era : {"modern", "both"})
    {
        const auto found = probeEcho({"--era", era});
        BOOST_TEST((found.state == State::ready), found.detail);
        BOOST_TEST((found.era == Era::modern));
        BOOST_TEST(found.serverName == "mcp-echo");
        BOOST_TEST(found.protocol == "2026-07-28");
        BOOST_TEST(found.tools.value_or(0) == 6U);
    }
}

BOOST_AUTO_TEST_CASE(a_legacy_server_is_initialized)
{
    Starter starter{echoCommand({"--era", "legacy"})};
    const auto found = starter.probe();
    BOOST_TEST((found.state == State::ready), found.detail);
    BOOST_TEST((found.era == Era::legacy));
    BOOST_TEST(found.protocol == "2025-11-25");
    BOOST_TEST(found.tools.value_or(0) == 6U);
    BOOST_TEST(starter.starts == 1);
    BOOST_TEST(isGone(starter.last));
}

BOOST_AUTO_TEST_CASE(silence_is_taken_for_legacy)
{
    auto starter = shell("ask; ask; " + initialized +
                         "ask; [ \"${line#*notifications/initialized}\" != \"$line\" ] || exit 9; ask");
    const auto found = starter.probe(quickly());
    BOOST_TEST((found.state == State::ready), found.detail);
    BOOST_TEST((found.era == Era::legacy));
    BOOST_TEST(starter.starts == 1);
}

BOOST_AUTO_TEST_CASE(a_modern_server_that_is_slow_to_start_is_not_taken_for_legacy)
{
    auto starter = shell("ask; sleep 0.6; " + discovered + "ask; " + unknown + " ask");
    const auto found = starter.probe(quickly());
    BOOST_TEST((found.era == Era::modern), found.detail);
    BOOST_TEST((found.state == State::ready));
}

BOOST_AUTO_TEST_CASE(a_late_no_to_the_first_question_is_no_answer_to_the_second)
{
    auto starter = shell("ask; sleep 0.5; " + unknown + "ask; sleep 0.1; " + initialized + "ask; ask");
    const auto found = starter.probe(quickly());
    BOOST_TEST((found.state == State::ready), found.detail);
    BOOST_TEST((found.era == Era::legacy));
}

BOOST_AUTO_TEST_CASE(a_server_that_ends_at_an_unknown_question_gets_a_process_to_be_initialized)
{
    auto starter = shell("ask; [ \"${line#*initialize}\" != \"$line\" ] || exit 1; " + initialized + "ask; ask");
    const auto found = starter.probe(quickly());
    BOOST_TEST((found.state == State::ready), found.detail);
    BOOST_TEST((found.era == Era::legacy));
    BOOST_TEST(starter.starts == 2);
}

BOOST_AUTO_TEST_CASE(a_modern_refusal_is_asked_again_with_what_it_supports)
{
    const std::string refusal =
        R"(echo '{"jsonrpc":"2.0","id":"mcpctl-1","error":{"code":-32022,"message":"no","data":{"supported":["2027-02-02"]}}}')"
        "\n";
    auto starter = shell(
        "ask; " + refusal + "ask; [ \"${line#*2027-02-02}\" != \"$line\" ] || exit 9\n" +
        R"(echo '{"jsonrpc":"2.0","id":"mcpctl-again","result":{"supportedVersions":["2027-02-02"],"capabilities":{}}}')"
        "\nask");
    const auto found = starter.probe(quickly());
    BOOST_TEST((found.state == State::ready), found.detail);
    BOOST_TEST(found.protocol == "2027-02-02");

    auto stubborn = shell("ask; " + refusal + "ask; ask");
    const auto alive = stubborn.probe(quickly(milliseconds(500)));
    BOOST_TEST((alive.state == State::alive), alive.detail);
    BOOST_TEST((alive.era == Era::modern));
}

BOOST_AUTO_TEST_CASE(lines_that_are_no_messages_are_skipped_and_told)
{
    auto starter = shell("echo 'Server running on stdio'; ask; " + unknown + "ask; echo '{\"log\":1}'; " + initialized +
                         "ask; ask");
    const auto found = starter.probe(quickly());
    BOOST_TEST((found.state == State::ready), found.detail);
    BOOST_TEST(
        found.detail ==
        "sh 0 speaks MCP 2025-03-26, 0 tools; its stdout has lines that are no JSON-RPC, as `Server running on stdio`");
}

BOOST_AUTO_TEST_CASE(messages_may_come_in_pieces_and_many_at_once)
{
    auto starter = shell(
        "ask; printf '{\"jsonrpc\":\"2.0\",\"id\":\"mcp'; sleep 0.1; printf 'ctl-1\",\"error\":{\"code\":-3260'; sleep "
        "0.1; "
        "printf '1,\"message\":\"no\"}}\\n\\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}\\n'; ask; "
        "printf '%s\\n' '{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}' \"$(" +
        initialized + ")\" '{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}'; ask; ask");
    const auto found = starter.probe(quickly());
    BOOST_TEST((found.state == State::ready), found.detail);
    BOOST_TEST(found.serverName == "sh");
}

BOOST_AUTO_TEST_CASE(questions_of_the_server_are_answered)
{
    auto starter = shell("ask; echo '{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}'; ask\n"
                         "[ \"$line\" = '{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}' ] || exit 9\n"
                         "echo '{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"roots/list\"}'; ask\n"
                         "[ \"${line#*\\\"id\\\":\\\"q\\\",\\\"error\\\":*-32601}\" != \"$line\" ] || exit 9\n" +
                         unknown + "ask; " + initialized + "ask; ask");
    const auto found = starter.probe(quickly());
    BOOST_TEST((found.state == State::ready), found.detail);
}

BOOST_AUTO_TEST_CASE(a_process_that_ends_is_not_ready_and_its_last_words_are_told)
{
    const auto found = Starter{{"sh", "-c", "echo oh no >&2; exit 3"}}.probe(quickly());
    BOOST_TEST((found.state == State::notReady));
    BOOST_TEST(found.detail == "it ended before it answered (exit code 3); it wrote: oh no");
    const auto failing = probeEcho({"--fail-start"});
    BOOST_TEST(has(failing.detail, "exit code 3"));
}

BOOST_AUTO_TEST_CASE(a_process_that_says_nothing_is_not_ready_when_the_time_is_over)
{
    const auto begin = std::chrono::steady_clock::now();
    const auto found = Starter{{"sleep", "60"}}.probe(quickly(milliseconds(600), milliseconds(200)));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < milliseconds(2000)));
    BOOST_TEST((found.state == State::notReady));
    BOOST_TEST(found.detail == "no answer within 0.6 s");
}

BOOST_AUTO_TEST_CASE(what_only_returns_what_it_gets_is_not_ready)
{
    const auto found = Starter{{"cat"}}.probe(quickly());
    BOOST_TEST(!answersClients(found), found.detail);
}

BOOST_AUTO_TEST_CASE(a_flood_on_stdout_is_not_ready_and_is_not_kept)
{
    for (const auto* flood : {"while :; do echo noise; done", "exec tr '\\0' x </dev/zero"})
    {
        const auto begin = std::chrono::steady_clock::now();
        const auto found = Starter{{"sh", "-c", flood}}.probe(quickly(milliseconds(1500)));
        BOOST_TEST((std::chrono::steady_clock::now() - begin < milliseconds(4000)));
        BOOST_TEST(!answersClients(found), found.detail);
    }
}

BOOST_AUTO_TEST_CASE(an_initialize_that_is_refused_is_not_ready)
{
    auto starter = shell(
        "ask; " + unknown +
        R"(ask; echo '{"jsonrpc":"2.0","id":"mcpctl-initialize","error":{"code":-32603,"message":"no database"}}'; ask)");
    const auto found = starter.probe(quickly());
    BOOST_TEST((found.state == State::notReady));
    BOOST_TEST(found.detail == "it refuses `initialize`: -32603 no database");
}

BOOST_AUTO_TEST_CASE(a_process_that_does_not_end_with_its_stdin_is_not_waited_for_for_ever)
{
    auto starter = shell("ask; " + discovered + "ask; exec sleep 60");
    const auto begin = std::chrono::steady_clock::now();
    BOOST_TEST((starter.probe(quickly()).state == State::ready));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < milliseconds(2000)));
}

BOOST_AUTO_TEST_CASE(a_stop_ends_a_probe_at_once)
{
    std::stop_source source;
    auto options = quickly(milliseconds(20000), milliseconds(20000));
    options.stop = source.get_token();
    const std::jthread stopper(
        [&]
        {
            std::this_thread::sleep_for(milliseconds(100));
            source.request_stop();
        });
    const auto begin = std::chrono::steady_clock::now();
    BOOST_TEST((Starter{{"sleep", "60"}}.probe(options).state == State::notReady));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < milliseconds(2000)));
}

BOOST_AUTO_TEST_CASE(a_process_that_cannot_be_started_is_not_ready)
{
    BOOST_TEST((Starter{{"/no/such/program"}}.probe().state == State::notReady));
}

BOOST_AUTO_TEST_SUITE_END()
