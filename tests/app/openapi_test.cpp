#include "support/daemon_bed.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <deque>
#include <fstream>
#include <set>

// Holds docs/openapi.json against the answers: every path, method and status in it is really answered, every answer is
// in it, and what it says is all that an answer has.

using namespace mcpctl;
using namespace mcpctl::test;
using nlohmann::json;

namespace
{

json described()
{
    std::ifstream in(std::filesystem::path(MCPCTL_SOURCE_DIR) / "docs/openapi.json");
    return json::parse(in);
}

/// New fields may come, but not undescribed.
json closed(json schema)
{
    if (schema.is_object() && schema.count("properties") > 0 && schema.count("additionalProperties") == 0)
        schema["additionalProperties"] = false;
    for (auto& each : schema)
        if (each.is_structured())
            each = closed(each);
    return schema;
}

std::string complaint(const json& document, const json& api, const std::string& schema)
{
    json root{{"$ref", "#/components/schemas/" + schema},
              {"components", {{"schemas", closed(api["components"]["schemas"])}}}};
    valijson::Schema parsed;
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(root), parsed);
    valijson::ValidationResults results;
    if (valijson::Validator().validate(parsed, valijson::adapters::NlohmannJsonAdapter(document), &results))
        return "";
    std::string out = "not as described: " + document.dump();
    for (valijson::ValidationResults::Error error; results.popError(error);)
        out += fmt::format("\n  {}: {}", fmt::join(error.context, ""), error.description);
    return out;
}

/// What the document says of an answer.
json responseOf(const json& api, const std::string& path, const std::string& method, int status)
{
    const auto& all = api.at("paths").at(path).at(method).at("responses");
    auto out = all.value(std::to_string(status), json());
    if (out.is_object() && out.count("$ref") > 0)
        out = api.at(json::json_pointer(out["$ref"].get<std::string>().substr(1)));
    return out;
}

struct Book
{
    json api = described();
    std::set<std::string> seen;

    void hold(const std::string& path, const std::string& method, const Answered& answered)
    {
        const auto what = fmt::format("{} {} {}", method, path, answered.status);
        seen.insert(what);
        const auto response = responseOf(api, path, method, answered.status);
        BOOST_TEST_REQUIRE(response.is_object(), what << " is not described");
        const auto type = answered.headers.at("content-type");
        const auto content = response.at("content").find(type.substr(0, type.find(';')));
        BOOST_TEST_REQUIRE((content != response.at("content").end()), what << " has the type " << type);
        const auto ref = content->at("schema").value("$ref", "");
        if (!ref.empty())
            BOOST_TEST(complaint(json::parse(answered.body), api, ref.substr(ref.rfind('/') + 1)) == "", what);
    }

    void holdAll()
    {
        for (const auto& [path, methods] : api["paths"].items())
            for (const auto& [method, operation] : methods.items())
                for (const auto& [status, response] : operation["responses"].items())
                {
                    const auto what = fmt::format("{} {} {}", method, path, status);
                    BOOST_TEST(seen.count(what) == 1U, what << " is described, and nothing answers so");
                }
    }
};

/// The path as one asks for it.
std::string filled(std::string path, const DaemonBed& bed)
{
    const auto open = path.find('{');
    if (open == std::string::npos)
        return path;
    return path.substr(0, open) + (path.ends_with("{run}") ? bed.runId : "mcpctl-dev-memory");
}

Answered firstOf(std::uint16_t port, const std::string& path)
{
    RawClient client(port);
    client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.socket().shutdownSend();
    return client.answer();
}

}

BOOST_AUTO_TEST_SUITE(openapi_test)

BOOST_AUTO_TEST_CASE(what_is_described_is_answered_and_what_is_answered_is_described)
{
    DaemonBed bed;
    Book book;
    const HttpApi open("127.0.0.1:0", std::nullopt, bed.sources());
    const HttpApi locked("127.0.0.1:0", bed.token("swordfish"), bed.sources());
    const Headers known{{"X-Requested-With", "test"}};

    for (const auto& [path, methods] : book.api["paths"].items())
        for (const auto& [method, operation] : methods.items())
        {
            const auto verb = method == "get" ? "GET" : "POST";
            const auto at = filled(path, bed);
            book.hold(path, method,
                      path == "/api/v1/events" ? firstOf(open.port(), at) : ask(open.port(), verb, at, known));
            book.hold(path, method, ask(open.port(), verb, at, {{"Host", "evil.example.com"}}));
            if (operation.value("security", json(1)) != json::array())
                book.hold(path, method, ask(locked.port(), verb, at));
        }
    book.hold("/api/v1/instances/{name}", "get", ask(open.port(), "GET", "/api/v1/instances/none"));
    book.hold("/api/v1/history", "get", ask(open.port(), "GET", "/api/v1/history?limit=none"));
    book.hold("/api/v1/history/{run}", "get", ask(open.port(), "GET", "/api/v1/history/ffff"));
    bed.historyAway = true;
    book.hold("/api/v1/history", "get", ask(open.port(), "GET", "/api/v1/history"));
    book.hold("/api/v1/history/{run}", "get", ask(open.port(), "GET", "/api/v1/history/ffff"));
    bed.alive = false;
    book.hold("/healthz", "get", ask(open.port(), "GET", "/healthz"));
    bed.change([](DaemonState& state) { state.engineError = "away"; });
    book.hold("/readyz", "get", ask(open.port(), "GET", "/readyz"));

    auto without = bed.sources();
    without.history = nullptr;
    const HttpApi plain("127.0.0.1:0", std::nullopt, without);
    book.hold("/api/v1/history", "get", ask(plain.port(), "GET", "/api/v1/history"));

    std::deque<RawClient> listeners;
    for (int i = 0; i < 32; ++i)
    {
        listeners.emplace_back(open.port()).send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        listeners.back().readUntil(":\n\n");
    }
    book.hold("/api/v1/events", "get", ask(open.port(), "GET", "/api/v1/events"));
    book.holdAll();
}

BOOST_AUTO_TEST_CASE(an_instance_that_is_not_there_or_waits_is_as_described_too)
{
    DaemonBed bed;
    Book book;
    const HttpApi api("127.0.0.1:0", std::nullopt, bed.sources());
    book.hold("/api/v1/instances/{name}", "get", ask(api.port(), "GET", "/api/v1/instances/mcpctl-dev-search"));
    bed.change([](DaemonState& state) { state.instances.clear(); });
    book.hold("/api/v1/instances/{name}", "get", ask(api.port(), "GET", "/api/v1/instances/mcpctl-dev-memory"));
    bed.change([](DaemonState& state) { state = DaemonState{}; });
    book.hold("/api/v1/status", "get", ask(api.port(), "GET", "/api/v1/status"));
    book.hold("/api/v1/plan", "get", ask(api.port(), "GET", "/api/v1/plan"));
}

BOOST_AUTO_TEST_CASE(the_data_of_events_is_as_described)
{
    const auto api = described();
    EventHub hub;
    const auto subscription = hub.subscribe([] {});
    const std::map<std::string, std::string> schemas{
        {"instance", "InstanceEvent"}, {"pass", "PassEvent"}, {"change", "ChangeEvent"}};
    Event event;
    event.id = "id";
    event.name = "a";
    event.oldName = "b";
    event.network = "n";
    for (int type = 0; type <= static_cast<int>(Event::Type::nameFreed); ++type)
    {
        event.type = static_cast<Event::Type>(type);
        event.exitCode = type % 2 - 1;
        hub.publish(event);
    }
    hub.publish(PassSummary{PassSummary::Result::failed, "engine", 1, 2, 3, "x"});
    hub.publish(Outcome{"a", "replace", Outcome::Result::rolledBack, "x", "", {}});
    for (const auto& message : subscription->take().messages)
        BOOST_TEST(complaint(json::parse(message->json), api, schemas.at(message->kind)) == "");
    BOOST_TEST(complaint(json::parse(R"({"version":1,"dropped":3})"), api, "DroppedEvent") == "");
}

BOOST_AUTO_TEST_CASE(the_judge_sees_what_is_missing_and_what_is_too_much)
{
    const auto api = described();
    BOOST_TEST(complaint(json::parse(R"({"error":{"code":"a","message":"b"}})"), api, "Error") == "");
    BOOST_TEST(complaint(json::parse(R"({"error":{"code":"a"}})"), api, "Error") != "");
    BOOST_TEST(complaint(json::parse(R"({"error":{"code":"a","message":"b","x":1}})"), api, "Error") != "");
    BOOST_TEST(complaint(json::parse(R"({"error":{"code":1,"message":"b"}})"), api, "Error") != "");
}

BOOST_AUTO_TEST_CASE(the_daemon_serves_the_document_itself)
{
    DaemonBed bed;
    const HttpApi api("127.0.0.1:0", std::nullopt, bed.sources());
    BOOST_TEST((json::parse(ask(api.port(), "GET", "/api/v1/openapi.json").body) == described()));
}

BOOST_AUTO_TEST_SUITE_END()
