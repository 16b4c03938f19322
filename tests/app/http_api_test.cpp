#include "app/http_api.h"

#include "app/pipeline.h"
#include "support/daemon_bed.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <deque>
#include <future>
#include <mutex>
#include <system_error>

using namespace mcpctl;
using namespace mcpctl::test;
using namespace std::chrono_literals;

namespace
{

/// On loopback, for whoever is on this host.
struct OpenApi : DaemonBed
{
    HttpApi api{"127.0.0.1:0", std::nullopt, sources()};

    Answered get(const std::string& path, const Headers& headers = {}) { return ask(api.port(), "GET", path, headers); }
    nlohmann::json json(const std::string& path) { return nlohmann::json::parse(get(path).body); }
};

std::string codeOf(const Answered& answered)
{
    return nlohmann::json::parse(answered.body)["error"]["code"];
}

std::string messageOf(const Answered& answered)
{
    return nlohmann::json::parse(answered.body)["error"]["message"];
}

}

BOOST_AUTO_TEST_SUITE(http_api_test)

BOOST_AUTO_TEST_CASE(health_is_whether_the_loop_turns)
{
    OpenApi bed;
    BOOST_TEST(bed.get("/healthz").status == 200);
    bed.alive = false;
    BOOST_TEST(bed.get("/healthz").status == 503);
    BOOST_TEST(bed.get("/readyz").status == 200);
}

BOOST_AUTO_TEST_CASE(readiness_follows_the_state_and_says_why_not)
{
    OpenApi bed;
    BOOST_TEST(bed.get("/readyz").status == 200);
    bed.change([](DaemonState& state) { state.engineError = "/secret/path/docker.sock: no such file"; });
    const auto away = bed.get("/readyz");
    BOOST_TEST(away.status == 503);
    BOOST_TEST(codeOf(away) == "engine_away");
    BOOST_TEST(away.body.find("/secret/path") == std::string::npos);
    bed.change(
        [](DaemonState& state)
        {
            state.engineError.clear();
            state.lastSuccessMicros = 0;
        });
    BOOST_TEST(codeOf(bed.get("/readyz")) == "starting");
}

BOOST_AUTO_TEST_CASE(status_tells_the_whole_state)
{
    OpenApi bed;
    const auto status = bed.json("/api/v1/status");
    BOOST_TEST(status["version"] == 1);
    BOOST_TEST(status["ready"] == true);
    BOOST_TEST(status["revision"] == "4f1c2d3");
    BOOST_TEST(status["manifestErrors"].size() == 2U);
    BOOST_TEST(status["lastPass"]["result"] == "done");
    BOOST_TEST(status["lastPass"]["begun"] == "2026-01-01T00:00:00.000000Z");
    BOOST_TEST(status["instances"].size() == 2U);
    BOOST_TEST(status["instances"][1]["exitCode"] == 3);
    BOOST_TEST(status["unmanaged"].size() == 1U);
    BOOST_TEST(status["backoffs"]["mcpctl-dev-search"]["failures"] == 4);
    BOOST_TEST(bed.json("/api/v1/status") == status);
    bed.change([](DaemonState& state) { state.revision = "e7a9b01"; });
    BOOST_TEST(bed.json("/api/v1/status")["revision"] == "e7a9b01");
}

BOOST_AUTO_TEST_CASE(an_instance_comes_with_what_is_to_be_done_to_it)
{
    OpenApi bed;
    const auto memory = bed.json("/api/v1/instances/mcpctl-dev-memory");
    BOOST_TEST(memory["instance"]["state"] == "running");
    BOOST_TEST(memory["steps"].size() == 1U);
    BOOST_TEST(memory["backoff"].is_null());
    const auto search = bed.json("/api/v1/instances/mcpctl-dev-search");
    BOOST_TEST(search["steps"].empty());
    BOOST_TEST(search["backoff"]["why"] == "it ended with 3");
    bed.change([](DaemonState& state) { state.instances.clear(); });
    BOOST_TEST(bed.json("/api/v1/instances/mcpctl-dev-memory")["instance"].is_null());
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_told_with_what_is)
{
    OpenApi bed;
    const auto instance = bed.get("/api/v1/instances/mcpctl-dev-memroy");
    BOOST_TEST(instance.status == 404);
    BOOST_TEST(messageOf(instance).find("mcpctl-dev-memory, mcpctl-dev-search") != std::string::npos);
    for (const auto* path : {"/", "/api/v1", "/api/v1/instances/", "/api/v1/instances/a/b", "/healthz/", "//healthz"})
    {
        const auto answered = bed.get(path);
        BOOST_TEST(answered.status == 404, path);
        BOOST_TEST(messageOf(answered).find("/api/v1/status") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_name_may_be_percent_encoded)
{
    OpenApi bed;
    BOOST_TEST(bed.get("/api/v1/instances/mcpctl%2Ddev-memory").status == 200);
    BOOST_TEST(bed.get("/api/v1/instances/%ZZ").status == 400);
    BOOST_TEST(bed.get("/api/v1/instances/%00%ff").status == 404);
}

BOOST_AUTO_TEST_CASE(another_method_is_refused_with_what_is_allowed)
{
    OpenApi bed;
    const auto post = ask(bed.api.port(), "POST", "/api/v1/status", {{"X-Requested-With", "test"}});
    BOOST_TEST(post.status == 405);
    BOOST_TEST(post.headers.at("allow") == "GET, HEAD");
    const auto get = bed.get("/api/v1/reconcile");
    BOOST_TEST(get.status == 405);
    BOOST_TEST(get.headers.at("allow") == "POST");
    BOOST_TEST(bed.reconciles == 0);
}

BOOST_AUTO_TEST_CASE(head_is_get_without_the_body)
{
    OpenApi bed;
    for (const auto* path : {"/healthz", "/api/v1/plan", "/api/v1/history", "/api/v1/nothing"})
    {
        const auto head = ask(bed.api.port(), "HEAD", path);
        const auto get = bed.get(path);
        BOOST_TEST(head.status == get.status);
        BOOST_TEST(head.body.empty());
        BOOST_TEST(head.headers.at("content-length") == std::to_string(get.body.size()), path);
    }
    BOOST_TEST(ask(bed.api.port(), "HEAD", "/api/v1/events").headers.at("content-type") == "text/event-stream");
}

BOOST_AUTO_TEST_CASE(every_answer_forbids_to_keep_it_and_to_guess_at_it)
{
    OpenApi bed;
    for (const auto* path : {"/healthz", "/metrics", "/api/v1/status", "/none"})
    {
        const auto answered = bed.get(path);
        BOOST_TEST(answered.headers.at("cache-control") == "no-store");
        BOOST_TEST(answered.headers.at("x-content-type-options") == "nosniff");
        BOOST_TEST(answered.headers.at("connection") == "close");
        BOOST_TEST(answered.headers.count("access-control-allow-origin") == 0U);
        BOOST_TEST(answered.headers.count("date") == 1U);
    }
    BOOST_TEST(bed.get("/metrics").headers.at("content-type") == "text/plain; version=0.0.4; charset=utf-8");
}

BOOST_AUTO_TEST_CASE(history_is_that_of_the_project_alone)
{
    OpenApi bed;
    const auto runs = bed.json("/api/v1/history")["runs"];
    BOOST_TEST_REQUIRE(runs.size() == 1U);
    BOOST_TEST(runs[0]["id"] == bed.runId);
    BOOST_TEST(runs[0].count("steps") == 0U);
    BOOST_TEST(bed.json("/api/v1/history/" + bed.runId)["run"]["steps"].size() > 0U);
    BOOST_TEST(bed.json("/api/v1/history?instance=mcpctl-dev-memory&limit=5")["runs"].size() == 1U);
    BOOST_TEST(bed.json("/api/v1/history?instance=mcpctl-dev-other")["runs"].empty());
    BOOST_TEST(bed.json("/api/v1/history?since=2100-01-01T00:00:00Z")["runs"].empty());

    const auto other = History(bed.history.target()).list({"another", 0, "", 1}).at(0).id;
    BOOST_TEST(bed.get("/api/v1/history/" + other).status == 404);
    BOOST_TEST(bed.get("/api/v1/history/ffffffff").status == 404);
    BOOST_TEST(bed.get("/api/v1/history/no%20id").status == 404);
}

BOOST_AUTO_TEST_CASE(parameters_that_make_no_sense_are_refused)
{
    OpenApi bed;
    for (const auto* query : {"since=yesterday", "limit=0", "limit=1001", "limit=-1", "limit=x", "limt=3", "since="})
    {
        const auto answered = bed.get(fmt::format("/api/v1/history?{}", query));
        BOOST_TEST(answered.status == 400, query);
        BOOST_TEST(codeOf(answered) == "bad_parameter");
    }
}

BOOST_AUTO_TEST_CASE(a_history_that_is_away_or_off_is_told_so_and_the_rest_answers)
{
    OpenApi bed;
    bed.historyAway = true;
    BOOST_TEST(bed.get("/api/v1/history").status == 503);
    BOOST_TEST(codeOf(bed.get("/api/v1/history/" + bed.runId)) == "history_away");
    BOOST_TEST(bed.get("/api/v1/status").status == 200);

    auto sources = bed.sources();
    sources.history = nullptr;
    sources.run = nullptr;
    const HttpApi without("127.0.0.1:0", std::nullopt, sources);
    BOOST_TEST(codeOf(ask(without.port(), "GET", "/api/v1/history")) == "no_history");
    BOOST_TEST(ask(without.port(), "GET", "/api/v1/history/x").status == 404);
}

BOOST_AUTO_TEST_CASE(a_slow_history_holds_up_nobody_who_asks_for_something_else)
{
    DaemonBed bed;
    auto sources = bed.sources();
    std::promise<void> release;
    std::promise<void> begun;
    std::once_flag first;
    sources.history = [released = release.get_future().share(), &begun, &first](const HistoryFilter&)
    {
        std::call_once(first, [&begun] { begun.set_value(); });
        released.wait_for(30s); // so that a test that fails comes to its end
        return std::vector<RunRecord>{};
    };
    const HttpApi api("127.0.0.1:0", std::nullopt, sources);
    std::deque<RawClient> clients;
    const auto askHistory = [&]
    { clients.emplace_back(api.port()).send("GET /api/v1/history HTTP/1.1\r\nHost: localhost\r\n\r\n"); };
    askHistory();
    BOOST_TEST_REQUIRE((begun.get_future().wait_for(10s) == std::future_status::ready));
    for (int i = 0; i < 29; ++i)
        askHistory();
    BOOST_TEST(ask(api.port(), "GET", "/healthz").status == 200);
    BOOST_TEST(codeOf(ask(api.port(), "GET", "/api/v1/history")) == "busy");
    release.set_value();
    std::map<int, int> byStatus;
    for (auto& client : clients)
        ++byStatus[client.answer().status];
    BOOST_TEST(byStatus[200] == 17); // one in hand and 16 that waited
    BOOST_TEST(byStatus[503] == 13);
}

BOOST_AUTO_TEST_CASE(reconcile_is_accepted_and_begins_a_pass)
{
    OpenApi bed;
    const auto answered = ask(bed.api.port(), "POST", "/api/v1/reconcile", {{"X-Requested-With", "curl"}});
    BOOST_TEST(answered.status == 202);
    BOOST_TEST(bed.reconciles == 1);
    RawClient withBody(bed.api.port());
    withBody.send("POST /api/v1/reconcile HTTP/1.1\r\nHost: localhost\r\nX-Requested-With: x\r\nContent-Length: 2\r\n"
                  "\r\n{}");
    BOOST_TEST(withBody.answer().status == 202);
    BOOST_TEST(bed.reconciles == 2);
}

BOOST_AUTO_TEST_CASE(a_page_of_the_web_can_neither_read_nor_change_anything_on_loopback)
{
    OpenApi bed;
    for (const auto* host : {"evil.example.com", "evil.example.com:3000", "localhost.evil.example.com",
                             "127.0.0.1.nip.io", "10.0.0.1", "[2001:db8::1]:80", "", "[", "]"})
    {
        const auto answered = bed.get("/api/v1/status", {{"Host", host}});
        BOOST_TEST(answered.status == 403, host);
        BOOST_TEST(codeOf(answered) == "wrong_host");
    }
    for (const auto* host : {"localhost", "LOCALHOST:80", "127.0.0.1:1", "[::1]", "[::1]:3000"})
        BOOST_TEST(bed.get("/api/v1/status", {{"Host", host}}).status == 200, host);

    // What a form or a script of a page may send without asking first.
    const auto simple = ask(bed.api.port(), "POST", "/api/v1/reconcile",
                            {{"Content-Type", "text/plain"}, {"Origin", "http://evil.example.com"}});
    BOOST_TEST(simple.status == 403);
    BOOST_TEST(codeOf(simple) == "header_needed");
    const auto asked = ask(bed.api.port(), "OPTIONS", "/api/v1/reconcile",
                           {{"Origin", "http://evil.example.com"},
                            {"Access-Control-Request-Method", "POST"},
                            {"Access-Control-Request-Headers", "x-requested-with"}});
    BOOST_TEST(asked.status == 403);
    BOOST_TEST(asked.headers.count("access-control-allow-origin") == 0U);
    BOOST_TEST(bed.reconciles == 0);
}

BOOST_AUTO_TEST_CASE(an_address_that_others_reach_wants_a_token_or_nothing_starts)
{
    DaemonBed bed;
    for (const auto* listen : {"0.0.0.0:0", "[::]:0"})
        BOOST_CHECK_THROW(HttpApi(listen, std::nullopt, bed.sources()), UsageError);
    const HttpApi api("0.0.0.0:0", bed.token("swordfish\n"), bed.sources());
    BOOST_TEST(ask(api.port(), "GET", "/healthz").status == 200);
    BOOST_TEST(ask(api.port(), "GET", "/readyz", {{"Host", "mcpd.example.com"}}).status == 200);
    BOOST_TEST(ask(api.port(), "GET", "/metrics").status == 401);
    BOOST_TEST(ask(api.port(), "GET", "/metrics", {{"Authorization", "Bearer swordfish"}}).status == 200);
}

BOOST_AUTO_TEST_CASE(with_a_token_everything_but_health_wants_it_on_loopback_too)
{
    DaemonBed bed;
    const HttpApi api("127.0.0.1:0", bed.token("swordfish"), bed.sources());
    BOOST_TEST(ask(api.port(), "GET", "/healthz").status == 200);
    BOOST_TEST(ask(api.port(), "GET", "/readyz").status == 200);
    for (const auto* path : {"/metrics", "/api/v1/status", "/api/v1/plan", "/api/v1/history", "/api/v1/events",
                             "/api/v1/openapi.json", "/api/v1/instances/x", "/nothing"})
    {
        const auto answered = ask(api.port(), "GET", path);
        BOOST_TEST(answered.status == 401, path);
        BOOST_TEST(answered.headers.at("www-authenticate") == "Bearer realm=\"mcpctl\"");
    }
    for (const auto* wrong : {"Bearer swordfisH", "Bearer swordfish ", "Bearer ", "Bearer", "swordfish",
                              "Basic swordfish", "Bearer swordfishes", ""})
        BOOST_TEST(ask(api.port(), "GET", "/api/v1/status", {{"Authorization", wrong}}).status ==
                       (std::string_view(wrong) == "Bearer swordfish " ? 200 : 401),
                   wrong); // white space at the end of a header is none of it (RFC 9110, 5.5)
    BOOST_TEST(ask(api.port(), "GET", "/api/v1/status", {{"Authorization", "bearer swordfish"}}).status == 200);
    BOOST_TEST(ask(api.port(), "POST", "/api/v1/reconcile").status == 401);
    BOOST_TEST(ask(api.port(), "POST", "/api/v1/reconcile", {{"Authorization", "Bearer swordfish"}}).status == 202);
    BOOST_TEST(bed.reconciles == 1);
}

BOOST_AUTO_TEST_CASE(a_token_file_that_is_missing_empty_or_for_all_eyes_is_refused)
{
    DaemonBed bed;
    const auto start = [&bed](const std::filesystem::path& file) { HttpApi("127.0.0.1:0", file, bed.sources()); };
    BOOST_CHECK_THROW(start("/nowhere/token"), UsageError);
    BOOST_CHECK_THROW(start(bed.token("")), UsageError);
    BOOST_CHECK_THROW(start(bed.token("\n")), UsageError);
    BOOST_CHECK_THROW(start(bed.token("two\nlines")), UsageError);
    BOOST_CHECK_THROW(start(bed.token("swordfish", 0644)), UsageError);
    BOOST_CHECK_THROW(start(bed.history.folder().path()), UsageError);
    try
    {
        start(bed.token("swordfish", 0604));
        BOOST_ERROR("it started");
    }
    catch (const UsageError& error)
    {
        BOOST_TEST(std::string(error.what()).find("others can read it") != std::string::npos);
        BOOST_TEST(std::string(error.what()).find("swordfish") == std::string::npos);
    }
    BOOST_CHECK_NO_THROW(start(bed.token("swordfish", 0640)));
}

BOOST_AUTO_TEST_CASE(an_address_that_makes_no_sense_or_is_taken_is_told)
{
    OpenApi bed;
    for (const auto* listen : {"3000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "/tmp/socket", ":3000", ""})
        BOOST_CHECK_THROW(HttpApi(listen, std::nullopt, bed.sources()), UsageError);
    BOOST_CHECK_THROW(HttpApi(fmt::format("127.0.0.1:{}", bed.api.port()), std::nullopt, bed.sources()),
                      std::system_error);
}

BOOST_AUTO_TEST_CASE(no_secret_of_a_state_is_in_any_answer)
{
    DaemonBed bed;
    bed.change(
        [](DaemonState& state)
        {
            for (auto& each : state.instances)
                each.spec.env["API_TOKEN"].text = "hunter2";
        });
    const HttpApi api("127.0.0.1:0", bed.token("swordfish"), bed.sources());
    for (const auto* path : {"/metrics", "/api/v1/status", "/api/v1/plan", "/api/v1/history", "/api/v1/openapi.json",
                             "/api/v1/instances/mcpctl-dev-memory", "/api/v1/nothing"})
    {
        const auto answered = ask(api.port(), "GET", path, {{"Authorization", "Bearer swordfish"}});
        BOOST_TEST(answered.status > 0);
        BOOST_TEST(answered.body.find("hunter2") == std::string::npos, path);
        BOOST_TEST(answered.body.find("swordfish") == std::string::npos, path);
    }
}

BOOST_AUTO_TEST_CASE(what_the_engine_says_cannot_break_the_json)
{
    OpenApi bed;
    bed.change([](DaemonState& state) { state.instances[0].error = "\x01\xff\"\\\n</script>"; });
    const auto status = bed.json("/api/v1/status");
    BOOST_TEST(status["instances"][0]["error"] == "\x01\xEF\xBF\xBD\"\\\n</script>");
}

BOOST_AUTO_TEST_CASE(events_are_streamed_as_they_are_published)
{
    OpenApi bed;
    RawClient client(bed.api.port());
    client.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
    const auto header = client.readUntil(":\n\n");
    BOOST_TEST(header.find("200 OK") != std::string::npos);
    BOOST_TEST(header.find("text/event-stream") != std::string::npos);
    bed.events.publish(PassSummary{PassSummary::Result::done, "resync", 1, 2, 0, ""});
    const auto pass = client.readUntil("}\n\n");
    BOOST_TEST(pass.starts_with("event: pass\ndata: {\"version\":1,\"result\":\"done\",\"trigger\":\"resync\""));
    Event event;
    event.type = Event::Type::oom;
    event.id = "id";
    event.name = "mcpctl-dev-memory\nevent: forged";
    bed.events.publish(event);
    const auto oom = client.readUntil("}\n\n");
    BOOST_TEST(oom.starts_with("event: instance\ndata: {"));
    BOOST_TEST(oom.find("\nevent: forged") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_daemon_ends_all_streams_at_once)
{
    DaemonBed bed;
    auto api = std::make_unique<HttpApi>("127.0.0.1:0", std::nullopt, bed.sources());
    RawClient client(api->port());
    client.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.readUntil(":\n\n");
    const auto begun = std::chrono::steady_clock::now();
    api.reset();
    BOOST_TEST(client.closedWithin(1s));
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 2s));
    bed.events.publish(PassSummary{});
}

BOOST_AUTO_TEST_CASE(it_listens_on_ipv6_as_well)
{
    DaemonBed bed;
    const HttpApi api("[::1]:0", std::nullopt, bed.sources());
    RawClient client(api.port(), "::1");
    client.send(fmt::format("GET /healthz HTTP/1.1\r\nHost: [::1]:{}\r\n\r\n", api.port()));
    BOOST_TEST(client.answer().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
