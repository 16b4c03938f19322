#include "app/http_server.h"

#include "app/http_request.h"
#include "app/process_usage.h"
#include "support/daemon_bed.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <deque>

using namespace mcpctl;
using namespace mcpctl::test;
using namespace std::chrono_literals;

// What many, slow and malicious clients can do to the daemon.

namespace
{

const Poco::Net::SocketAddress anyPort("127.0.0.1", 0);

HttpAnswer hello(const Poco::Net::HTTPRequest& request)
{
    HttpAnswer out;
    out.type = "text/plain";
    out.body = request.getURI();
    return out;
}

int statusOf(HttpServer& server, const std::string& text)
{
    RawClient client(server.port());
    client.send(text);
    return client.answer().status;
}

}

BOOST_AUTO_TEST_SUITE(http_server_test)

BOOST_AUTO_TEST_CASE(health_and_metrics_answer_while_hundreds_of_clients_are_idle_and_dozens_dribble)
{
    DaemonBed bed;
    HttpApi api("127.0.0.1:0", std::nullopt, bed.sources());
    std::deque<RawClient> idle;
    std::deque<RawClient> slow;
    for (int i = 0; i < 200; ++i)
        idle.emplace_back(api.port());
    for (int i = 0; i < 50; ++i)
        slow.emplace_back(api.port());
    const auto threads = processUsage().threads;
    const std::string text = "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n";
    for (std::size_t second = 0; second < 4; ++second)
    {
        for (auto& client : slow)
            client.send(text.substr(second, 1));
        const auto begun = std::chrono::steady_clock::now();
        for (int i = 0; i < 10; ++i)
        {
            BOOST_TEST(ask(api.port(), "GET", "/healthz").status == 200);
            BOOST_TEST(ask(api.port(), "GET", "/metrics").status == 200);
        }
        BOOST_TEST((std::chrono::steady_clock::now() - begun < 2s), "they were slow");
        std::this_thread::sleep_for(1s);
    }
    BOOST_TEST(processUsage().threads == threads);
}

BOOST_AUTO_TEST_CASE(a_byte_now_and_then_does_not_win_time)
{
    HttpServer::Limits limits;
    limits.receive = 300ms;
    HttpServer server(anyPort, hello, limits);
    RawClient silent(server.port());
    RawClient dribbling(server.port());
    const auto begun = std::chrono::steady_clock::now();
    std::string got;
    for (int i = 0; i < 40 && got.empty(); ++i)
    {
        dribbling.send("G");
        got = dribbling.readUntil("\r\n\r\n", 50ms);
    }
    BOOST_TEST(got.starts_with("HTTP/1.1 408 "));
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 1s));
    BOOST_TEST(silent.closedWithin(1s));
}

BOOST_AUTO_TEST_CASE(over_the_limit_the_oldest_silent_client_goes_and_who_asks_is_answered)
{
    HttpServer::Limits limits;
    limits.connections = 8;
    HttpServer server(anyPort, hello, limits);
    std::deque<RawClient> idle;
    for (int i = 0; i < 8; ++i)
        idle.emplace_back(server.port());
    BOOST_TEST(statusOf(server, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") == 200);
    BOOST_TEST(idle.front().closedWithin(1s));
    BOOST_TEST(!idle.back().closedWithin(50ms));
}

BOOST_AUTO_TEST_CASE(a_request_may_come_in_pieces_and_with_a_body)
{
    HttpServer server(anyPort, hello, {});
    RawClient client(server.port());
    for (const auto* piece : {"PO", "ST /x HTTP/1.1\r\nHost: x\r\nContent-Le", "ngth: 4\r\n\r", "\nab"})
    {
        client.send(piece);
        BOOST_TEST(client.readUntil("HTTP", 20ms).empty());
    }
    client.send("cd");
    const auto answered = client.answer();
    BOOST_TEST(answered.status == 200);
    BOOST_TEST(answered.body == "/x");
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_refused)
{
    HttpServer server(anyPort, hello, {});
    const std::string host = "Host: x\r\n";
    BOOST_TEST(statusOf(server, "\x16\x03\x01 tls\r\n\r\n") == 400);
    BOOST_TEST(statusOf(server, "GET\r\n\r\n") == 400);
    BOOST_TEST(statusOf(server, "GET / HTTP/2.0\r\n" + host + "\r\n") == 400);
    BOOST_TEST(statusOf(server, std::string(5000, 'G') + " / HTTP/1.1\r\n" + host + "\r\n") == 400);
    BOOST_TEST(statusOf(server, "POST / HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n") == 400);
    BOOST_TEST(statusOf(server, "POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n") == 400);
    BOOST_TEST(statusOf(server, "POST / HTTP/1.1\r\n" + host + "Content-Length: 18446744073709551615\r\n\r\n") >= 400);
    BOOST_TEST(statusOf(server, "POST / HTTP/1.1\r\n" + host + "Content-Length: 20000\r\n\r\n") == 413);
    BOOST_TEST(statusOf(server, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n") == 411);
    BOOST_TEST(statusOf(server, "GET / HTTP/1.1\r\nX: " + std::string(40'000, 'x')) == 413);
    // Whatever else is wrong with it, and however much of it was there at once.
    const auto broken = std::string(2000, 'x') + "\r\n\r\n";
    BOOST_TEST(readRequest(broken, 1999).refusal->status == 413);
    BOOST_TEST(readRequest(broken, broken.size() - 1).refusal->status == 413);
    BOOST_TEST(readRequest(broken, broken.size()).refusal->status == 400);
    BOOST_TEST(statusOf(server, "GET / HTTP/1.1\r\n" + host + "\r\n") == 200);
    BOOST_TEST(statusOf(server, "GET / HTTP/1.0\r\n\r\n") == 200);
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_is_500_and_tells_nothing)
{
    const auto broken = [](const Poco::Net::HTTPRequest& request) -> HttpAnswer
    {
        if (request.getURI() == "/later")
        {
            HttpAnswer out;
            out.later = []() -> HttpAnswer { throw std::runtime_error("hunter2"); };
            return out;
        }
        throw std::runtime_error("hunter2");
    };
    HttpServer server(anyPort, broken, {});
    for (const auto* path : {"/", "/later"})
    {
        const auto answered = ask(server.port(), "GET", path);
        BOOST_TEST(answered.status == 500);
        BOOST_TEST(answered.body.find("hunter2") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_long_answer_reaches_a_client_that_takes_its_time_and_holds_up_nobody)
{
    const std::string body(8 * 1024 * 1024, 'x');
    const auto large = [&body](const Poco::Net::HTTPRequest& request)
    {
        HttpAnswer out;
        out.body = request.getURI() == "/large" ? body : "small";
        return out;
    };
    HttpServer server(anyPort, large, {});
    RawClient client(server.port());
    client.send("GET /large HTTP/1.1\r\n\r\n");
    std::this_thread::sleep_for(100ms);
    BOOST_TEST(ask(server.port(), "GET", "/").body == "small");
    const auto answered = client.answer();
    BOOST_TEST((answered.body == body));
}

BOOST_AUTO_TEST_CASE(who_does_not_read_its_answer_is_left)
{
    HttpServer::Limits limits;
    limits.send = 200ms;
    const auto large = [](const Poco::Net::HTTPRequest&)
    {
        HttpAnswer out;
        out.body.assign(64 * 1024 * 1024, 'x');
        return out;
    };
    HttpServer server(anyPort, large, limits);
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\n\r\n");
    std::this_thread::sleep_for(500ms);
    BOOST_TEST(client.answer().body.size() < 64U * 1024 * 1024);
}

BOOST_AUTO_TEST_CASE(a_stream_sends_what_there_is_when_it_is_woken_and_a_comment_when_there_is_nothing)
{
    std::atomic<int> pieces = 0;
    HttpServer::Limits limits;
    limits.heartbeat = 100ms;
    const auto streaming = [&pieces](const Poco::Net::HTTPRequest&)
    {
        HttpAnswer out;
        out.stream = [&pieces] { return pieces > 0 ? fmt::format("piece {}\n", pieces--) : ""; };
        return out;
    };
    HttpServer server(anyPort, streaming, limits);
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\n\r\n");
    client.readUntil("\r\n\r\n");
    BOOST_TEST(client.readUntil(":\n\n:\n\n", 2s) == ":\n\n:\n\n");
    pieces = 1;
    server.waker()();
    BOOST_TEST(client.readUntil("piece 1\n", 1s).ends_with("piece 1\n"));
}

BOOST_AUTO_TEST_CASE(more_streams_than_allowed_are_refused_until_one_ends)
{
    HttpServer::Limits limits;
    limits.streams = 2;
    const auto streaming = [](const Poco::Net::HTTPRequest&)
    {
        HttpAnswer out;
        out.body = ":\n\n";
        out.stream = [] { return std::string(); };
        return out;
    };
    HttpServer server(anyPort, streaming, limits);
    std::deque<RawClient> clients;
    for (int i = 0; i < 2; ++i)
    {
        clients.emplace_back(server.port()).send("GET / HTTP/1.1\r\n\r\n");
        clients.back().readUntil(":\n\n");
    }
    BOOST_TEST(statusOf(server, "GET / HTTP/1.1\r\n\r\n") == 503);
    clients.pop_front();
    std::string got;
    for (int i = 0; i < 100 && got.find("200 OK") == std::string::npos; ++i)
    {
        RawClient client(server.port());
        client.send("GET / HTTP/1.1\r\n\r\n");
        got = client.readUntil(":\n\n", 1s);
    }
    BOOST_TEST(got.find("200 OK") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_listener_that_stopped_reading_is_dropped_and_the_others_hear_on)
{
    HttpServer::Limits limits;
    limits.send = 300ms;
    const auto streaming = [](const Poco::Net::HTTPRequest& request)
    {
        HttpAnswer out;
        out.body = ":\n\n";
        if (request.getURI() == "/flood")
            out.stream = [] { return std::string(256 * 1024, 'x'); };
        else
            out.stream = [] { return std::string("x"); };
        return out;
    };
    HttpServer server(anyPort, streaming, limits);
    RawClient stopped(server.port());
    stopped.send("GET /flood HTTP/1.1\r\n\r\n");
    RawClient other(server.port());
    other.send("GET /other HTTP/1.1\r\n\r\n");
    other.readUntil(":\n\n");
    const auto heard = [&]
    {
        server.waker()();
        return !other.readUntil("x", 1s).empty();
    };
    for (int i = 0; i < 100; ++i)
    {
        BOOST_TEST(heard());
        std::this_thread::sleep_for(10ms);
    }
    BOOST_TEST(stopped.closedWithin(5s));
    BOOST_TEST(heard());
}

BOOST_AUTO_TEST_CASE(connections_leave_no_descriptor_behind)
{
    HttpServer server(anyPort, hello, {});
    ask(server.port(), "GET", "/");
    const auto before = processUsage().openFiles;
    for (int i = 0; i < 300; ++i)
        BOOST_TEST(ask(server.port(), "GET", "/").status == 200);
    for (int i = 0; i < 300; ++i)
        RawClient(server.port()).send("GE");
    for (int i = 0; i < 100 && processUsage().openFiles > before; ++i)
        std::this_thread::sleep_for(20ms);
    BOOST_TEST(processUsage().openFiles <= before);
}

BOOST_AUTO_TEST_CASE(many_who_ask_at_once_are_all_answered)
{
    HttpServer server(anyPort, hello, {});
    std::atomic<int> good = 0;
    {
        std::vector<std::jthread> threads;
        threads.reserve(8);
        for (int t = 0; t < 8; ++t)
            threads.emplace_back(
                [&server, &good, t]
                {
                    for (int i = 0; i < 100; ++i)
                        good +=
                            ask(server.port(), "GET", fmt::format("/{}/{}", t, i)).body == fmt::format("/{}/{}", t, i);
                });
    }
    BOOST_TEST(good.load() == 800);
}

BOOST_AUTO_TEST_SUITE_END()
