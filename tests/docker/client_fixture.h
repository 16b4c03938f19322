#pragma once

#include "docker/client.h"
#include "support/scripted_server.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>

namespace mcpctl::test
{

inline void checkContains(const std::string& text, const std::string& part)
{
    BOOST_TEST(text.find(part) != std::string::npos, text << " has no: " << part);
}

/// What the call threw.
template <class Error = docker::EngineError, class Call>
Error failureOf(Call&& call)
{
    try
    {
        call();
    }
    catch (const Error& error)
    {
        return error;
    }
    BOOST_FAIL("nothing was thrown");
    throw std::logic_error("BOOST_FAIL returned");
}

/// How long it takes from the stop request until a stream has ended as cancelled, at best: one slow attempt tells of a
/// busy machine, while a stream that is not woken is slow each time. The server sends `bytes`, and then nothing more.
inline std::chrono::milliseconds timeToCancel(ScriptedServer& server, const docker::ReadClient& client,
                                              const std::string& bytes)
{
    using Clock = std::chrono::steady_clock;
    using namespace std::chrono_literals;
    auto best = std::chrono::milliseconds::max();
    for (int attempt = 0; attempt < 5 && best >= 100ms; ++attempt)
    {
        const auto before = server.requests().size();
        server.script({.bytes = bytes, .then = Answer::Then::hang});
        std::stop_source stop;
        auto end = std::async(
            std::launch::async, [&]
            { return client.getStream({.path = "/events"}, {.sink = [](auto) { return true; }}, stop.get_token()); });
        while (server.requests().size() == before && end.wait_for(1ms) == std::future_status::timeout)
            continue;
        std::this_thread::sleep_for(50ms);
        const auto asked = Clock::now();
        stop.request_stop();
        BOOST_TEST((end.get() == docker::StreamEnd::cancelled));
        best = std::min(best, std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - asked));
    }
    return best;
}

/// A client and the server it talks to.
struct ClientFixture
{
    ScriptedServer server{};
    docker::Client client{server.endpoint()};
    const docker::Request list{.path = "/containers/json", .what = "list containers"};
};

}
