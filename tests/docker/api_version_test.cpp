#include "docker/client_fixture.h"

#include <thread>

using namespace mcpctl::docker;
using namespace mcpctl::test;
using Kind = EngineError::Kind;

BOOST_FIXTURE_TEST_SUITE(api_version_test, ClientFixture)

BOOST_AUTO_TEST_CASE(the_engines_version_is_used_up_to_the_newest_that_is_known)
{
    for (const auto& [engine, used] :
         std::vector<std::pair<std::string, ApiVersion>>{{"1.41", {1, 41}}, {"1.44", {1, 44}}, {"1.51", {1, 51}}})
    {
        ScriptedServer other;
        other.apiVersion = engine;
        other.script(httpAnswer(200, "[]"));
        const ReadClient reader(other.endpoint());
        reader.get(list);
        BOOST_TEST((reader.apiVersion() == used));
        BOOST_TEST(other.requests().at(0).target == "/v" + engine + "/containers/json");
    }
}

BOOST_AUTO_TEST_CASE(a_newer_engine_is_asked_for_its_minimum)
{
    server.apiVersion = "1.60";
    server.script(httpAnswer(200, "{\"ApiVersion\":\"1.60\",\"MinAPIVersion\":\"1.44\"}"));
    server.script(httpAnswer(200, "[]"));
    client.get(list);
    BOOST_TEST(server.requests().at(0).target == "/version");
    BOOST_TEST(server.requests().at(1).target == "/v1.51/containers/json");
}

BOOST_AUTO_TEST_CASE(a_newer_engine_that_does_not_tell_its_minimum_is_tried)
{
    server.apiVersion = "2.0";
    server.script(httpAnswer(404, "no"));
    BOOST_TEST((client.apiVersion() == newestApiVersion));
}

BOOST_AUTO_TEST_CASE(an_engine_that_is_too_new_is_refused_with_both_versions)
{
    server.apiVersion = "1.70";
    server.script(httpAnswer(200, "{\"ApiVersion\":\"1.70\",\"MinAPIVersion\":\"1.60\"}"));
    const auto error = failureOf([&] { client.get(list); });
    BOOST_TEST((error.kind() == Kind::tooOld));
    checkContains(error.what(), "wants API 1.60 or newer, and mcpctl speaks up to 1.51");
}

BOOST_AUTO_TEST_CASE(an_engine_that_is_too_old_is_refused_with_both_versions)
{
    for (const char* version : {"1.40", "1.9", "0.99"})
    {
        ScriptedServer old;
        old.apiVersion = version;
        const auto error = failureOf([&] { Client(old.endpoint()).get(list); });
        BOOST_TEST((error.kind() == Kind::tooOld));
        checkContains(error.what(), "list containers: the engine at ");
        checkContains(error.what(), std::string("it speaks API ") + version + ", and 1.41 (Docker Engine 20.10)");
    }
}

BOOST_AUTO_TEST_CASE(what_names_no_version_is_no_engine)
{
    for (const char* field : {"X: y", "Api-Version: ", "Api-Version: x.y", "Api-Version: 1", "Api-Version: 1.41x"})
    {
        ScriptedServer other;
        other.apiVersion.clear();
        other.script(httpAnswer(200, "OK", {field}));
        const auto error = failureOf([&] { Client(other.endpoint()).get(list); });
        BOOST_TEST((error.kind() == Kind::badAnswer), field);
        checkContains(error.what(), "is no Docker engine");
    }
}

BOOST_AUTO_TEST_CASE(the_version_is_asked_for_once_even_by_many_threads)
{
    std::atomic<int> pings{0};
    server.takeOver(
        [&](Peer& peer)
        {
            while (const auto request = peer.readRequest())
            {
                pings += request->target == "/_ping";
                peer.send(httpAnswer(200, "[]", {"Api-Version: 1.41"}));
            }
        });
    {
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] { client.get(list); });
    }
    BOOST_TEST(pings == 1);
}

BOOST_AUTO_TEST_CASE(a_failed_negotiation_is_tried_again_by_the_next_call)
{
    server.apiVersion.clear();
    server.script(httpAnswer(503, "starting"));
    BOOST_TEST((failureOf([&] { client.get(list); }).kind() == Kind::server));
    server.script(httpAnswer(200, "OK", {"Api-Version: 1.41"}));
    server.script(httpAnswer(200, "[]"));
    BOOST_TEST(client.get(list).body == "[]");
}

BOOST_AUTO_TEST_CASE(an_engine_that_was_replaced_by_an_older_one_is_asked_again)
{
    server.apiVersion.clear();
    const auto refusal =
        httpAnswer(400, "{\"message\":\"client version 1.51 is too new. Maximum supported API version is 1.41\"}");
    server.script(httpAnswer(200, "OK", {"Api-Version: 1.51"}));
    server.script(refusal);
    server.script(httpAnswer(200, "OK", {"Api-Version: 1.41"}));
    server.script(httpAnswer(201, "{}"));
    BOOST_TEST(client.post({.path = "/containers/create"}).status == 201);
    BOOST_TEST(server.requests().at(3).target == "/v1.41/containers/create");

    server.script(httpAnswer(400, "{\"message\":\"client version 1.41 is too old. Minimum supported API version is "
                                  "1.44\"}"));
    server.script(httpAnswer(200, "OK", {"Api-Version: 1.51"}));
    server.script(chunkedHeader() + chunk("x") + lastChunk);
    std::string seen;
    client.getStream({.path = "/events"}, {.sink = [&](std::string_view line) { return seen += line, true; }});
    BOOST_TEST(seen == "x");
}

BOOST_AUTO_TEST_SUITE_END()
