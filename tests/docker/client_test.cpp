#include "docker/client_fixture.h"

#include <atomic>
#include <thread>

using namespace mcpctl::docker;
using namespace mcpctl::test;
using namespace std::chrono_literals;
using Kind = EngineError::Kind;

BOOST_FIXTURE_TEST_SUITE(client_test, ClientFixture)

BOOST_AUTO_TEST_CASE(an_answer_comes_with_status_body_and_headers_in_lower_case)
{
    server.script(httpAnswer(200, "[]", {"Content-Type: application/json"}));
    const Response response = client.get(list);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == "[]");
    BOOST_TEST(response.headers.at("content-type") == "application/json");
}

BOOST_AUTO_TEST_CASE(a_request_names_version_host_length_and_encodes_its_query)
{
    server.script(httpAnswer(201, "{}"));
    Poco::JSON::Object body;
    body.set("Image", "x");
    client.post({.path = "/containers/create",
                 .query = {{"name", "a b&c=d/é"}, {"filters", "{\"label\":[\"x\"]}"}},
                 .headers = {{"X-Registry-Auth", "e30="}}},
                Body::json(body));
    const auto request = server.requests().at(0);
    BOOST_TEST(request.target ==
               "/v1.41/containers/create?name=a%20b%26c%3Dd%2F%C3%A9&filters=%7B%22label%22%3A%5B%22x%"
               "22%5D%7D");
    BOOST_TEST(request.body == "{\"Image\":\"x\"}");
    BOOST_TEST(request.headers.at("host") == "docker");
    BOOST_TEST(request.headers.at("content-type") == "application/json");
    BOOST_TEST(request.headers.at("x-registry-auth") == "e30=");
    checkContains(request.headers.at("user-agent"), "mcpctl/");
}

BOOST_AUTO_TEST_CASE(a_post_without_a_body_still_has_a_length)
{
    server.script(httpAnswer(204, ""));
    client.post({.path = "/containers/x/start"});
    BOOST_TEST(server.requests().at(0).headers.at("content-length") == "0");
}

BOOST_AUTO_TEST_CASE(calls_one_after_the_other_share_a_connection)
{
    for (int i = 0; i < 5; ++i)
    {
        server.script(i % 2 ? httpAnswer(200, std::string(100'000, 'x')) : chunkedHeader() + chunk("[1]") + lastChunk);
        client.get(list);
    }
    server.script("HTTP/1.1 304 Not Modified\r\n\r\n");
    BOOST_TEST(client.post({.path = "/containers/x/start"}).status == 304);
    server.script(httpAnswer(200, ""));
    client.head(list);
    BOOST_TEST(server.connections() == 1);
    BOOST_TEST(client.statistics().connections == 1u);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_that_the_engine_closed_is_replaced_even_for_a_post)
{
    server.script({.bytes = httpAnswer(200, "[]"), .then = Answer::Then::close});
    client.get(list);
    std::this_thread::sleep_for(50ms);
    server.script(httpAnswer(201, "{}"));
    BOOST_TEST(client.post({.path = "/containers/create"}, {.bytes = std::string(100'000, ' ')}).status == 201);
    BOOST_TEST(server.requests().size() == 2u);
    BOOST_TEST(server.connections() == 2);
}

BOOST_AUTO_TEST_CASE(an_engine_that_wants_to_close_gets_a_new_connection_next_time)
{
    server.script({.bytes = httpAnswer(200, "[]", {"Connection: close"})});
    server.script(httpAnswer(200, "[]"));
    client.get(list);
    client.get(list);
    BOOST_TEST(server.connections() == 2);
}

BOOST_AUTO_TEST_CASE(a_get_that_is_closed_before_its_answer_is_sent_once_more)
{
    server.script({.then = Answer::Then::close});
    server.script(httpAnswer(200, "[]"));
    BOOST_TEST(client.get(list).body == "[]");
    BOOST_TEST(server.requests().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_get_that_is_closed_twice_fails)
{
    server.script({.then = Answer::Then::close});
    server.script({.then = Answer::Then::close});
    const auto error = failureOf([&] { client.get(list); });
    BOOST_TEST((error.kind() == Kind::unreachable));
    checkContains(error.what(), "list containers: the engine at unix://");
    checkContains(error.what(), "closed the connection before it answered");
    BOOST_TEST(server.requests().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_post_that_is_closed_before_its_answer_is_never_sent_again)
{
    client.apiVersion();
    server.script({.then = Answer::Then::close});
    const auto error = failureOf([&] { client.post({.path = "/containers/create", .what = "create container x"}); });
    BOOST_TEST((error.kind() == Kind::unreachable));
    BOOST_TEST(server.requests().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_error_status_names_the_call_and_has_the_engines_words)
{
    server.script(httpAnswer(409, "{\"message\":\"Conflict. The container name \\\"/x\\\" is in use\"}\n"));
    const auto error =
        failureOf([&] { client.post({.path = "/containers/create", .what = "create container mcpctl-a-b"}); });
    BOOST_TEST((error.kind() == Kind::conflict));
    BOOST_TEST(error.status() == 409);
    BOOST_TEST(error.engineMessage() == "Conflict. The container name \"/x\" is in use");
    BOOST_TEST(error.what() == std::string("create container mcpctl-a-b: engine answered 409: Conflict. The container "
                                           "name \"/x\" is in use"));
}

BOOST_AUTO_TEST_CASE(error_statuses_have_kinds)
{
    const std::vector<std::pair<int, Kind>> table{
        {400, Kind::refused},  {401, Kind::unauthorized}, {403, Kind::refused}, {404, Kind::notFound},
        {409, Kind::conflict}, {500, Kind::server},       {503, Kind::server}};
    for (const auto& [status, kind] : table)
    {
        server.script(httpAnswer(status, "plain text\r\n"));
        const auto error = failureOf([&] { client.get({.path = "/info"}); });
        BOOST_TEST((error.kind() == kind), status);
        BOOST_TEST(error.what() == "GET /info: engine answered " + std::to_string(status) + ": plain text");
    }
    BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(an_accepted_error_status_is_an_answer)
{
    server.script(httpAnswer(404, "{\"message\":\"No such container\"}"));
    server.script(httpAnswer(404, "{\"message\":\"No such container\"}"));
    const Request request{.path = "/containers/x/json", .accept = {404}};
    BOOST_TEST(client.get(request).status == 404);
    BOOST_TEST(!client.getJson(request).present());
}

BOOST_AUTO_TEST_CASE(calls_from_many_threads_each_get_their_own_answer)
{
    server.takeOver(
        [](Peer& peer)
        {
            while (const auto request = peer.readRequest())
                peer.send(request->target == "/_ping" ? httpAnswer(200, "OK", {"Api-Version: 1.41"})
                                                      : httpAnswer(200, request->target));
        });
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> threads;
        threads.reserve(6);
        for (int thread = 0; thread < 6; ++thread)
            threads.emplace_back(
                [&, thread]
                {
                    for (int i = 0; i < 50; ++i)
                    {
                        const std::string path = "/t" + std::to_string(thread) + "-" + std::to_string(i);
                        if (client.get({.path = path}).body != "/v1.41" + path)
                            ++wrong;
                    }
                });
    }
    BOOST_TEST(wrong == 0);
    BOOST_TEST(client.statistics().calls == 301u);
    BOOST_TEST(server.connections() <= 7);
}

BOOST_AUTO_TEST_CASE(statistics_count_calls_and_bytes)
{
    server.script(httpAnswer(200, "[]"));
    server.script(httpAnswer(204, ""));
    client.get(list);
    client.post({.path = "/containers/x/start"});
    const Statistics statistics = client.statistics();
    BOOST_TEST(statistics.calls == 3u); // with the ping
    BOOST_TEST(statistics.callsByMethod.at("GET") == 2u);
    BOOST_TEST(statistics.callsByMethod.at("POST") == 1u);
    BOOST_TEST(!statistics.callsByMethod.contains("DELETE"));
    const std::size_t answered =
        httpAnswer(200, "OK", {"Api-Version: 1.41"}).size() + httpAnswer(200, "[]").size() + httpAnswer(204, "").size();
    BOOST_TEST(statistics.bytesReceived == answered);
    BOOST_TEST(statistics.bytesSent > 100u);
}

BOOST_AUTO_TEST_CASE(statistics_count_failures_of_the_engine_and_nothing_else)
{
    const auto failures = [this] { return client.statistics().failures; };
    server.script({.then = Answer::Then::close});
    server.script(httpAnswer(200, "[]"));
    client.get(list); // sent once more, and answered
    BOOST_TEST(failures() == 0u);
    server.script(httpAnswer(404, R"({"message":"no such image"})"));
    failureOf([this] { client.get(list); });
    BOOST_TEST(failures() == 0u);
    server.script(httpAnswer(500, R"({"message":"broken"})"));
    failureOf([this] { client.get(list); });
    BOOST_TEST(failures() == 1u);
    server.script({.then = Answer::Then::close});
    server.script({.then = Answer::Then::close});
    failureOf([this] { client.get(list); });
    BOOST_TEST(failures() == 2u);
}

BOOST_AUTO_TEST_CASE(an_unreachable_engine_is_named_with_what_to_do)
{
    const TemporaryFolder folder;
    const Endpoint missing{.socketPath = (folder.path() / "none.sock").string(), .origin = "DOCKER_HOST"};
    const auto error = failureOf([&] { Client(missing).get(list); });
    BOOST_TEST((error.kind() == Kind::unreachable));
    checkContains(error.what(), "list containers: cannot reach the engine at unix://" + missing.socketPath +
                                    " (from DOCKER_HOST): there is no such socket; is the engine running?");

    const Endpoint file{.socketPath = folder.write("file", "").string(), .origin = "--host"};
    checkContains(failureOf([&] { Client(file).get(list); }).what(), "nobody listens on it");

    const Endpoint closed{.scheme = Endpoint::Scheme::tcp, .host = "127.0.0.1", .port = 1, .origin = "--host"};
    checkContains(failureOf([&] { Client(closed).get(list); }).what(),
                  "cannot reach the engine at tcp://127.0.0.1:1 (from --host): connection refused");

    const Endpoint unknown{.scheme = Endpoint::Scheme::tcp, .host = "nowhere.invalid", .port = 1, .origin = "--host"};
    checkContains(failureOf([&] { Client(unknown).get(list); }).what(), "the host name cannot be resolved");
}

BOOST_AUTO_TEST_CASE(tcp_works_as_unix_sockets_do)
{
    ScriptedServer tcp(ScriptedServer::Kind::tcp);
    Client other(tcp.endpoint());
    tcp.script({.bytes = httpAnswer(200, "[]"), .then = Answer::Then::close});
    tcp.script(httpAnswer(201, "{}"));
    BOOST_TEST(other.get(list).body == "[]");
    std::this_thread::sleep_for(50ms);
    BOOST_TEST(other.post({.path = "/containers/create"}).status == 201);
}

BOOST_AUTO_TEST_SUITE_END()
