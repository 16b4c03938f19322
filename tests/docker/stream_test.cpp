#include "docker/client_fixture.h"

#include <chrono>
#include <future>
#include <stop_token>
#include <thread>

using namespace mcpctl::docker;
using namespace mcpctl::test;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Kind = EngineError::Kind;

namespace
{

struct StreamFixture : ClientFixture
{
    const Request events{.path = "/events", .what = "follow events"};
    std::vector<std::string> pieces{};

    StreamOptions collect(Framing framing)
    {
        return {.framing = framing,
                .sink = [this](std::string_view piece)
                {
                    pieces.emplace_back(piece);
                    return true;
                }};
    }
};

}

BOOST_FIXTURE_TEST_SUITE(stream_test, StreamFixture)

BOOST_AUTO_TEST_CASE(lines_are_whole_however_they_are_cut_on_the_wire)
{
    server.script(chunkedHeader() + chunk("{\"a\":1}\r\n{\"b\"") + chunk(":2}") + chunk("\n\n\n") + chunk("last") +
                  lastChunk);
    BOOST_TEST((client.getStream(events, collect(Framing::lines)) == StreamEnd::finished));
    BOOST_TEST(pieces == (std::vector<std::string>{"{\"a\":1}", "{\"b\":2}", "last"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(chunks_arrive_as_soon_as_they_are_sent)
{
    client.apiVersion();
    std::promise<void> seen;
    server.takeOver(
        [&](Peer& peer)
        {
            peer.readRequest();
            peer.send(chunkedHeader() + chunk("first"));
            seen.get_future().wait_for(5s);
            peer.send(chunk("second") + lastChunk);
        });
    auto options = collect(Framing::chunks);
    options.sink = [&](std::string_view piece)
    {
        if (pieces.empty())
            seen.set_value();
        pieces.emplace_back(piece);
        return true;
    };
    const auto started = Clock::now();
    client.getStream(events, options);
    BOOST_TEST((Clock::now() - started < 3s));
    BOOST_TEST(pieces == (std::vector<std::string>{"first", "second"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(on_open_is_called_before_the_first_piece_arrives)
{
    client.apiVersion();
    std::promise<void> opened;
    server.takeOver(
        [&](Peer& peer)
        {
            peer.readRequest();
            peer.send(chunkedHeader());
            const bool inTime = opened.get_future().wait_for(5s) == std::future_status::ready;
            peer.send(chunk(inTime ? "opened" : "late") + lastChunk);
        });
    auto options = collect(Framing::lines);
    options.onOpen = [&](const Response& response)
    {
        BOOST_TEST(response.status == 200);
        opened.set_value();
    };
    client.getStream(events, options);
    BOOST_TEST(pieces.at(0) == "opened");
}

BOOST_AUTO_TEST_CASE(the_sink_can_end_a_stream)
{
    server.script({.bytes = chunkedHeader() + chunk("a\nb\nc\n"), .then = Answer::Then::hang});
    auto options = collect(Framing::lines);
    options.sink = [&](std::string_view line) { return pieces.emplace_back(line) != "b"; };
    BOOST_TEST((client.getStream(events, options) == StreamEnd::stopped));
    BOOST_TEST(pieces.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_the_sink_throws_arrives_as_it_is)
{
    server.script({.bytes = chunkedHeader() + chunk("a\n"), .then = Answer::Then::hang});
    const StreamOptions options{.sink = [](std::string_view) -> bool { throw Poco::TimeoutException("mine"); }};
    BOOST_CHECK_THROW(client.getStream(events, options), Poco::TimeoutException);
}

BOOST_AUTO_TEST_CASE(a_stream_is_cancelled_at_once_wherever_it_waits)
{
    client.apiVersion();
    for (const char* sent : {"", "HTTP/1.1 200 OK\r\nX-", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"})
        BOOST_TEST((timeToCancel(server, client, sent) < 100ms), sent);
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_cancelled_beforehand_does_not_wait)
{
    client.apiVersion();
    server.script({.then = Answer::Then::hang});
    std::stop_source stop;
    stop.request_stop();
    BOOST_TEST((client.getStream(events, collect(Framing::lines), stop.get_token()) == StreamEnd::cancelled));
}

BOOST_AUTO_TEST_CASE(a_stream_may_be_silent_for_longer_than_its_deadline_but_not_than_its_idle_limit)
{
    client.apiVersion();
    server.takeOver(
        [](Peer& peer)
        {
            peer.readRequest();
            peer.send(chunkedHeader() + chunk("a\n"));
            std::this_thread::sleep_for(900ms);
            peer.send(chunk("b\n") + lastChunk);
        });
    const Request quick{.path = "/events", .what = "follow events", .deadline = 600ms};
    BOOST_TEST((client.getStream(quick, collect(Framing::lines)) == StreamEnd::finished));
    BOOST_TEST(pieces.size() == 2u);

    auto options = collect(Framing::lines);
    options.idle = 100ms;
    const auto error = failureOf([&] { client.getStream(quick, options); });
    BOOST_TEST((error.kind() == Kind::timeout));
    checkContains(error.what(), "follow events: no answer within 0.1 s");
}

BOOST_AUTO_TEST_CASE(a_stream_whose_header_does_not_come_times_out)
{
    client.apiVersion();
    server.script({.then = Answer::Then::hang});
    const auto error =
        failureOf([&] { client.getStream({.path = "/events", .deadline = 100ms}, collect(Framing::lines)); });
    BOOST_TEST((error.kind() == Kind::timeout));
}

BOOST_AUTO_TEST_CASE(a_stream_that_breaks_off_is_lost_and_what_came_was_delivered)
{
    server.script({.bytes = chunkedHeader() + chunk("a\nb"), .then = Answer::Then::close});
    const auto error = failureOf([&] { client.getStream(events, collect(Framing::lines)); });
    BOOST_TEST((error.kind() == Kind::unreachable));
    BOOST_TEST(pieces == std::vector<std::string>{"a"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_error_status_of_a_stream_is_an_error)
{
    server.script(httpAnswer(404, "{\"message\":\"No such container: x\"}"));
    const auto error = failureOf([&] { client.getStream(events, collect(Framing::chunks)); });
    BOOST_TEST((error.kind() == Kind::notFound));
    BOOST_TEST(error.what() == std::string("follow events: engine answered 404: No such container: x"));
    BOOST_TEST(pieces.empty());
}

BOOST_AUTO_TEST_CASE(a_line_without_end_is_refused)
{
    Client small(server.endpoint(), {.lineLimit = 1000});
    server.script(chunkedHeader() + chunk(std::string(2000, 'x')) + lastChunk);
    const auto error = failureOf([&] { small.getStream(events, collect(Framing::lines)); });
    BOOST_TEST((error.kind() == Kind::badAnswer));
}

BOOST_AUTO_TEST_CASE(a_stream_has_a_connection_of_its_own)
{
    server.script(httpAnswer(200, "[]"));
    client.get(list);
    server.script(chunkedHeader() + lastChunk);
    client.getStream(events, collect(Framing::lines));
    server.script(httpAnswer(200, "[]"));
    client.get(list);
    const auto requests = server.requests();
    BOOST_TEST(requests.at(1).connection != requests.at(0).connection);
    BOOST_TEST(requests.at(2).connection == requests.at(0).connection);
}

BOOST_AUTO_TEST_SUITE_END()
