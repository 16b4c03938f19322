#include "docker/pull.h"

#include "docker/client_fixture.h"
#include "orchestrator/error.h"

#include <chrono>
#include <future>
#include <thread>

using namespace mcpctl::docker;
using namespace mcpctl::test;
using mcpctl::OrchestratorError;
using namespace std::chrono_literals;
using Kind = EngineError::Kind;

namespace
{

struct PullFixture : ClientFixture
{
    const ImageReference image = parseImageReference("ghcr.io/acme/x:1");

    void progress(const std::vector<std::string>& lines)
    {
        std::string text = chunkedHeader();
        for (const auto& line : lines)
            text += chunk(line + "\r\n");
        server.script(text + lastChunk);
    }

    EngineError pullFailure()
    {
        return failureOf([&] { pullImage(client, image, {}); });
    }
};

}

BOOST_FIXTURE_TEST_SUITE(pull_test, PullFixture)

BOOST_AUTO_TEST_CASE(a_pull_asks_for_the_image_and_then_looks_at_it)
{
    progress({R"({"status":"Pulling from acme/x","id":"1"})", R"({"status":"Status: Image is up to date"})"});
    server.script(httpAnswer(200, R"({"Id":"sha256:1"})"));
    BOOST_TEST(pullImage(client, image, "e30=")["Id"].text() == "sha256:1");
    const auto requests = server.requests();
    BOOST_TEST(requests.at(0).method == "POST");
    BOOST_TEST(requests.at(0).target == "/v1.41/images/create?fromImage=ghcr.io%2Facme%2Fx&tag=1");
    BOOST_TEST(requests.at(0).headers.at("x-registry-auth") == "e30=");
    BOOST_TEST(requests.at(1).target == "/v1.41/images/ghcr.io/acme/x:1/json");
}

BOOST_AUTO_TEST_CASE(a_pull_by_digest_names_the_digest_alone)
{
    const std::string digest = "sha256:" + std::string(64, 'b');
    progress({});
    server.script(httpAnswer(200, "{}"));
    pullImage(client, parseImageReference("node:20@" + digest), {});
    const auto requests = server.requests();
    BOOST_TEST(requests.at(0).target == "/v1.41/images/create?fromImage=node&tag=sha256%3A" + std::string(64, 'b'));
    BOOST_TEST(!requests.at(0).headers.contains("x-registry-auth"));
    BOOST_TEST(requests.at(1).target == "/v1.41/images/node@" + digest + "/json");
}

BOOST_AUTO_TEST_CASE(progress_adds_up_over_the_layers)
{
    progress({R"({"status":"Pulling from acme/x","id":"1"})", R"({"status":"Already exists","id":"a"})",
              R"({"status":"Pulling fs layer","progressDetail":{},"id":"b"})",
              R"({"status":"Pulling fs layer","progressDetail":{},"id":"c"})",
              R"({"status":"Downloading","progressDetail":{"current":10,"total":100},"progress":"[> ]","id":"b"})",
              R"({"status":"Downloading","progressDetail":{"current":5,"total":50},"id":"c"})",
              R"({"status":"Download complete","id":"b"})",
              R"({"status":"Extracting","progressDetail":{"current":1,"total":100},"id":"b"})",
              R"({"status":"Pull complete","id":"b"})", R"({"status":"Digest: sha256:1"})"});
    server.script(httpAnswer(200, "{}"));
    std::vector<PullProgress> seen;
    pullImage(client, image, {}, {.progress = [&](const PullProgress& now) { seen.push_back(now); }});
    BOOST_TEST(seen.size() == 10u);
    BOOST_TEST(seen.at(0).layers == 0);
    BOOST_TEST(seen.at(5).bytesDone == 15);
    BOOST_TEST(seen.at(5).bytesTotal == 150);
    BOOST_TEST(seen.at(5).layers == 3);
    BOOST_TEST(seen.at(5).layersDone == 1);
    BOOST_TEST(seen.at(7).bytesDone == 105);
    BOOST_TEST(seen.at(9).layersDone == 2);
    BOOST_TEST(seen.at(9).status == "Digest: sha256:1");
}

BOOST_AUTO_TEST_CASE(an_error_within_a_good_answer_is_an_error)
{
    const std::vector<std::pair<std::string, Kind>> table{
        {R"({"errorDetail":{"message":"unknown blob"},"error":"unknown blob"})", Kind::server},
        {R"({"error":"Get https://ghcr.io/v2/: no basic auth credentials"})", Kind::unauthorized},
        {R"({"errorDetail":{"message":"manifest unknown"}})", Kind::notFound},
        {R"({"error":""})", Kind::server},
        {R"({"errorDetail":{}})", Kind::server},
    };
    for (const auto& [line, kind] : table)
    {
        progress({R"({"status":"Pulling from acme/x","id":"1"})", line});
        const auto error = pullFailure();
        BOOST_TEST((error.kind() == kind), line);
        checkContains(error.what(), "pull image ghcr.io/acme/x:1: ");
    }
    BOOST_TEST(server.requests().size() == table.size());
}

BOOST_AUTO_TEST_CASE(a_registry_that_wants_a_login_is_unauthorized_whatever_the_status)
{
    server.script(httpAnswer(500, R"({"message":"Head https://x/v2/: no basic auth credentials"})"));
    BOOST_TEST((pullFailure().kind() == Kind::unauthorized));
    server.script(httpAnswer(401, R"({"message":"unauthorized"})"));
    BOOST_TEST((pullFailure().kind() == Kind::unauthorized));
    server.script(httpAnswer(500, R"({"message":"manifest for x:1 not found: manifest unknown"})"));
    BOOST_TEST((pullFailure().kind() == Kind::notFound));
    server.script(httpAnswer(500, R"({"message":"dial tcp: no route to host"})"));
    const auto error = pullFailure();
    BOOST_TEST((error.kind() == Kind::server));
    BOOST_TEST(error.what() ==
               std::string("pull image ghcr.io/acme/x:1: engine answered 500: dial tcp: no route to host"));
}

BOOST_AUTO_TEST_CASE(an_image_that_is_not_there_after_the_pull_is_an_error)
{
    progress({R"({"status":"Done"})"});
    server.script(httpAnswer(404, R"({"message":"No such image"})"));
    checkContains(pullFailure().what(), "no such image now");
}

BOOST_AUTO_TEST_CASE(progress_that_is_no_json_or_breaks_off_is_an_error)
{
    progress({"hello"});
    BOOST_TEST((pullFailure().kind() == Kind::badAnswer));
    for (const char* line : {"[1]", "null"})
    {
        progress({line});
        BOOST_CHECK_THROW(pullImage(client, image, {}), OrchestratorError);
    }
    server.script({.bytes = chunkedHeader() + chunk("{\"status\":\"x\"}\n"), .then = Answer::Then::close});
    BOOST_TEST((pullFailure().kind() == Kind::unreachable));
}

BOOST_AUTO_TEST_CASE(a_pull_can_be_cancelled_and_does_not_wait_for_ever)
{
    client.apiVersion();
    server.script({.bytes = chunkedHeader() + chunk("{\"status\":\"x\"}\n"), .then = Answer::Then::hang});
    std::stop_source stop;
    auto kind = std::async(std::launch::async, [&]
                           { return failureOf([&] { pullImage(client, image, {}, {}, stop.get_token()); }).kind(); });
    std::this_thread::sleep_for(50ms);
    stop.request_stop();
    BOOST_TEST((kind.get() == Kind::cancelled));

    server.script({.bytes = chunkedHeader() + chunk("{\"status\":\"x\"}\n"), .then = Answer::Then::hang});
    BOOST_TEST((failureOf([&] { pullImage(client, image, {}, {.idle = 100ms}); }).kind() == Kind::timeout));
}

BOOST_AUTO_TEST_CASE(the_registrys_digest_is_asked_for_without_a_pull)
{
    const ReadClient& reader = client;
    server.script(httpAnswer(200, R"({"Descriptor":{"digest":"sha256:1","size":1},"Platforms":[]})"));
    BOOST_TEST(registryDigest(reader, image, "e30=") == "sha256:1");
    BOOST_TEST(server.requests().at(0).target == "/v1.41/distribution/ghcr.io/acme/x:1/json");
    BOOST_TEST(server.requests().at(0).headers.at("x-registry-auth") == "e30=");
    server.script(httpAnswer(200, R"({"Descriptor":{}})"));
    BOOST_TEST((failureOf([&] { registryDigest(reader, image, {}); }).kind() == Kind::badAnswer));
    server.script(httpAnswer(500, R"({"message":"manifest unknown"})"));
    BOOST_TEST((failureOf([&] { registryDigest(reader, image, {}); }).kind() == Kind::notFound));
}

BOOST_AUTO_TEST_SUITE_END()
