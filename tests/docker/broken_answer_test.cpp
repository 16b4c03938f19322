#include "docker/client_fixture.h"

#include <chrono>
#include <thread>

using namespace mcpctl::docker;
using namespace mcpctl::test;
using namespace std::chrono_literals;
using Kind = EngineError::Kind;

BOOST_FIXTURE_TEST_SUITE(broken_answer_test, ClientFixture)

BOOST_AUTO_TEST_CASE(a_header_that_is_cut_off_is_no_empty_answer)
{
    server.script({.bytes = "HTTP/1.1 200 OK\r\nContent-Len", .then = Answer::Then::close});
    const auto error = failureOf([&] { client.del({.path = "/containers/x"}); });
    BOOST_TEST((error.kind() == Kind::unreachable));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_cut_off_is_told)
{
    server.script({.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1,2", .then = Answer::Then::close});
    const auto error = failureOf([&] { client.get(list); });
    BOOST_TEST((error.kind() == Kind::unreachable));
    checkContains(error.what(), "closed after 4 of 10 bytes");
    BOOST_TEST(server.requests().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_chunked_body_that_is_cut_off_is_told)
{
    for (const std::string& part : {chunk("[1]"), std::string("5\r\n[1"), std::string("5"), chunk("[1]") + "0\r\n"})
    {
        server.script({.bytes = chunkedHeader() + part, .then = Answer::Then::close});
        const auto error = failureOf([&] { client.get(list); });
        BOOST_TEST((error.kind() == Kind::unreachable), part);
        checkContains(error.what(), "closed within the answer");
    }
}

BOOST_AUTO_TEST_CASE(a_broken_chunk_size_is_told)
{
    for (const char* part : {"zz\r\n[1]\r\n0\r\n\r\n", "3\r\n[1]\r\nxx\r\n", "3\r\n[1]\r\n-0\r\n\r\n"})
    {
        server.script(chunkedHeader() + part);
        const auto error = failureOf([&] { client.get(list); });
        BOOST_TEST((error.kind() == Kind::badAnswer), part);
        checkContains(error.what(), "the chunked encoding is broken");
    }
}

BOOST_AUTO_TEST_CASE(a_length_that_is_too_short_does_not_spoil_the_next_answer)
{
    server.script("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]garbage");
    server.script(httpAnswer(200, "[1]"));
    BOOST_TEST(client.get(list).body == "[]");
    BOOST_TEST(client.get(list).body == "[1]");
    BOOST_TEST(server.connections() == 2);
}

BOOST_AUTO_TEST_CASE(what_does_not_speak_http_is_told)
{
    server.script({.bytes = "\x15\x03\x01 hello\r\n\r\n", .then = Answer::Then::close});
    const auto error = failureOf([&] { client.get(list); });
    BOOST_TEST((error.kind() == Kind::badAnswer));
    checkContains(error.what(), "does not speak HTTP");
}

BOOST_AUTO_TEST_CASE(a_status_that_is_none_is_no_success)
{
    for (const char* status : {"000", "7", "99", "600", "999"})
    {
        server.script({.bytes = std::string("HTTP/1.1 ") + status + " OK\r\nContent-Length: 2\r\n\r\n[]",
                       .then = Answer::Then::close});
        const auto error = failureOf([&] { client.get(list); });
        BOOST_TEST((error.kind() == Kind::badAnswer), status);
        checkContains(error.what(), "list containers: ");
    }
}

BOOST_AUTO_TEST_CASE(json_that_is_broken_or_too_deep_or_nothing_is_told)
{
    for (const std::string& body :
         {std::string("{\"a\":"), std::string("<html>"), std::string(100'000, '['), std::string("[1] trailing")})
    {
        server.script(httpAnswer(200, body));
        const auto error = failureOf([&] { client.getJson(list); });
        BOOST_TEST((error.kind() == Kind::badAnswer), body.substr(0, 20));
        checkContains(error.what(), "list containers: the engine's answer is not JSON");
    }
    for (const char* body : {"null", " null\n", "", "\n"})
    {
        server.script(httpAnswer(200, body));
        const auto error = failureOf([&] { client.getJson(list); });
        BOOST_TEST((error.kind() == Kind::badAnswer), body);
        checkContains(error.what(), "list containers: the engine answered 200 and nothing else");
    }
    server.script(httpAnswer(200, "[{\"Id\":\"x\"}]\n"));
    BOOST_TEST(client.getJson(list).items().at(0)["Id"].text() == "x");
}

BOOST_AUTO_TEST_CASE(an_answer_larger_than_the_limit_is_refused)
{
    Client small(server.endpoint(), {.bodyLimit = 10'000});
    server.script(httpAnswer(200, std::string(10'000, 'x')));
    BOOST_TEST(small.get(list).body.size() == 10'000u);
    server.script(httpAnswer(200, std::string(10'001, 'x')));
    BOOST_TEST((failureOf([&] { small.get(list); }).kind() == Kind::badAnswer));
    server.script(chunkedHeader() + chunk(std::string(20'000, 'x')));
    const auto error = failureOf([&] { small.get(list); });
    checkContains(error.what(), "longer than 10000 bytes");
}

BOOST_AUTO_TEST_CASE(a_call_ends_at_its_deadline_wherever_it_waits)
{
    client.apiVersion();
    for (const char* bytes : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1"})
    {
        server.script({.bytes = bytes, .then = Answer::Then::hang});
        const auto started = std::chrono::steady_clock::now();
        const auto error =
            failureOf([&] { client.get({.path = "/info", .what = "ask for the engine's facts", .deadline = 200ms}); });
        const auto took = std::chrono::steady_clock::now() - started;
        BOOST_TEST((error.kind() == Kind::timeout), bytes);
        BOOST_TEST((took >= 190ms && took < 2s));
        checkContains(error.what(), "ask for the engine's facts: no answer within 0.2 s");
    }
}

BOOST_AUTO_TEST_CASE(a_trickle_of_bytes_does_not_prolong_a_call)
{
    client.apiVersion();
    server.takeOver(
        [](Peer& peer)
        {
            peer.readRequest();
            for (int i = 0; i < 50; ++i)
            {
                peer.send(i == 0 ? "HTTP/1.1 200 OK\r\nX-A: " : "a");
                std::this_thread::sleep_for(50ms);
            }
        });
    server.script({.then = Answer::Then::close}); // of the first connection; the retry meets the trickle
    const auto started = std::chrono::steady_clock::now();
    const auto error = failureOf([&] { client.get({.path = "/info", .deadline = 300ms}); });
    BOOST_TEST((error.kind() == Kind::timeout), error.what());
    BOOST_TEST((std::chrono::steady_clock::now() - started < 2s));
}

BOOST_AUTO_TEST_CASE(an_engine_that_does_not_read_a_large_body_is_a_timeout)
{
    server.takeOver(
        [](Peer& peer)
        {
            peer.readRequest();
            peer.send(httpAnswer(200, "OK", {"Api-Version: 1.41"}));
            std::this_thread::sleep_for(700ms);
        });
    const auto error = failureOf(
        [&]
        {
            client.put({.path = "/containers/x/archive", .what = "copy to x", .deadline = 200ms},
                       {.bytes = std::string(8 * 1024 * 1024, 'x'), .contentType = "application/x-tar"});
        });
    BOOST_TEST((error.kind() == Kind::timeout), error.what());
}

BOOST_AUTO_TEST_SUITE_END()
