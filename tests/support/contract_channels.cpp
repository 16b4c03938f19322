#include "support/contract_cases.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

namespace mcpctl::test
{

namespace
{

using Kind = OrchestratorError::Kind;
using What = Channel::Reading::What;
using namespace std::chrono_literals;

Channel::Clock::time_point soon()
{
    return Channel::Clock::now() + 10s;
}

/// What the process says until it says `until`, or ends.
std::string readUntil(Channel& channel, const std::string& until)
{
    std::string text;
    while (text.find(until) == std::string::npos)
    {
        const auto reading = channel.read(soon());
        if (reading.what != What::bytes)
            break;
        if (reading.stream == LogStream::out)
            text += reading.bytes;
    }
    return text;
}

const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})"
                         "\n";

void checkTalksAndEnds(Channel& channel)
{
    channel.write(ping);
    BOOST_TEST(readUntil(channel, "\n").find(R"("result":{})") != std::string::npos);
    channel.closeWrite();
    while (channel.read(soon()).what == What::bytes)
    {
    }
    BOOST_TEST(channel.exitCode(soon()).value_or(-1) == 0);
}

void attachedIsFreshForTheNext(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    const auto before = need(bed, launch.name.text).startedAt;
    checkTalksAndEnds(*bed.orchestrator.attach(id));
    const auto isFresh = [&]
    {
        const auto live = need(bed, launch.name.text);
        return live.state == RunState::running && live.startedAt != before;
    };
    for (int i = 0; i < 100 && !isFresh(); ++i)
        std::this_thread::sleep_for(50ms);
    BOOST_TEST(isFresh());
    checkTalksAndEnds(*bed.orchestrator.attach(id));
}

void besideLeavesItAlone(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    const auto before = need(bed, launch.name.text);
    checkTalksAndEnds(*bed.orchestrator.runBeside(id));
    BOOST_TEST(need(bed, launch.name.text).startedAt == before.startedAt);
    BOOST_TEST((need(bed, launch.name.text).state == RunState::running));
}

void silenceIsToldAtTheDeadline(const ContractBed& bed)
{
    const auto id = bed.orchestrator.startServer(contractLaunch(bed, "a"));
    const auto channel = bed.orchestrator.runBeside(id);
    auto reading = channel->read(Channel::Clock::now() + 300ms);
    while (reading.what == What::bytes && reading.stream == LogStream::err) // its first words
        reading = channel->read(Channel::Clock::now() + 300ms);
    BOOST_TEST((reading.what == What::late));
    channel->write(ping);
    BOOST_TEST(!readUntil(*channel, "\n").empty());
}

void cancelledIsWoken(const ContractBed& bed)
{
    const auto id = bed.orchestrator.startServer(contractLaunch(bed, "a"));
    const auto channel = bed.orchestrator.attach(id);
    const std::jthread canceller(
        [&]
        {
            std::this_thread::sleep_for(50ms);
            channel->cancel();
        });
    checkFails(
        Kind::cancelled,
        [&]
        {
            while (true)
                channel->read(soon());
        },
        "cancelled");
}

void nobodyListensIsUnreachable(const ContractBed& bed)
{
    const auto id = bed.orchestrator.startServer(contractLaunch(bed, "a"));
    checkFails(
        Kind::unreachable, [&] { bed.orchestrator.dial(id, 9)->read(soon()); }, "port 9");
}

}

std::vector<ContractCase> channelCases()
{
    return {
        {"who_attaches_talks_to_the_server_and_the_next_one_finds_a_fresh_process", attachedIsFreshForTheNext},
        {"a_process_beside_the_server_talks_and_ends_and_the_server_does_not_notice", besideLeavesItAlone},
        {"a_server_that_is_silent_is_told_so_at_the_deadline", silenceIsToldAtTheDeadline},
        {"who_reads_is_woken_by_a_cancel", cancelledIsWoken},
        {"a_port_on_which_nothing_listens_is_unreachable", nobodyListensIsUnreachable},
    };
}

}
