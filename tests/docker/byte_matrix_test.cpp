#include "docker/client_fixture.h"
#include "docker/docker_orchestrator.h"
#include "docker/recorded.h"
#include "model/fields.h"
#include "model/json_text.h"
#include "support/slow_build.h"
#include "support/whole_or_nothing.h"

#include <fmt/format.h>

#include <atomic>
#include <limits>
#include <map>
#include <mutex>
#include <optional>

using namespace mcpctl;
using namespace mcpctl::docker;
using namespace mcpctl::test;
using namespace std::chrono_literals;
using Kind = EngineError::Kind;

// An engine whose answers break off, trickle, never end or lie about their length: at every byte.

namespace
{

/// An engine with one instance, as recorded; one of its answers is cut each time that it is given.
class RecordedEngine
{
public:
    RecordedEngine()
    {
        const auto inspected = recorded("inspect-20.10.json");
        const auto labels = inspected->getObject("Config")->getObject("Labels");
        Poco::JSON::Object listed;
        listed.set("Id", inspected->get("Id"));
        listed.set("Names", Poco::JSON::Array().add(inspected->get("Name")));
        listed.set("Labels", labels);
        project = ProjectName(labels->getValue<std::string>("mcpctl.project"));
        answers = {{"/_ping", httpAnswer(200, "OK", {"Api-Version: 1.41"})},
                   {"/info", httpAnswer(200, R"({"ID":"fake","ServerVersion":"20.10","SwapLimit":true})")},
                   {"/containers/json", httpAnswer(200, jsonText(Poco::JSON::Array().add(listed)))},
                   {"/containers/X/json", chunkedHeader() + chunk(recordedText("inspect-20.10.json")) + lastChunk},
                   {"/networks", httpAnswer(200, recordedText("networks-20.10.json"))}};
        server.takeOver([this](Peer& peer) { serve(peer); });
    }

    /// What a whole look at it makes of it; throws what that throws.
    std::string look()
    {
        const DockerOrchestrator orchestrator(std::make_shared<Client>(server.endpoint()), Environment{});
        const auto listing = orchestrator.listInstances(project);
        std::string out = orchestrator.getEngineInfo().id;
        for (const auto& each : listing.ours)
            out += fmt::format(" {} {} {} {}", each.name, toString(each.state), each.staleNetworks.size(),
                               specHash(each.spec));
        for (const auto& each : listing.foreign)
            out += " foreign " + each.name;
        for (const auto& each : orchestrator.getNetworkInfo())
            out += " " + each.spec.name.text;
        return out;
    }

    ProjectName project;
    std::map<std::string, std::string> answers; ///< by path without version and id
    /// From now on the answer for `path` breaks off there.
    void cut(const std::string& path, std::size_t at)
    {
        const std::lock_guard lock(mutex);
        cutPath = path;
        cutAt = at;
    }
    std::atomic<bool> drips = false;

private:
    std::string key(const std::string& target) const
    {
        auto path = target.substr(0, target.find('?'));
        if (path.starts_with("/v1."))
            path.erase(0, path.find('/', 1));
        return path.starts_with("/containers/") && path != "/containers/json" ? "/containers/X/json" : path;
    }

    std::optional<std::size_t> endOf(const std::string& path) const
    {
        const std::lock_guard lock(mutex);
        return path == cutPath ? std::optional(cutAt) : std::nullopt;
    }

    void serve(Peer& peer)
    {
        while (const auto request = peer.readRequest())
        {
            const auto path = key(request->target);
            const auto& answer = answers.at(path);
            if (const auto end = endOf(path))
                return peer.send(answer.substr(0, *end));
            if (!drips)
                peer.send(answer);
            for (std::size_t i = 0; drips && i < answer.size(); ++i)
                peer.send(answer.substr(i, 1));
        }
    }

    mutable std::mutex mutex;
    std::string cutPath;   ///< of the answer that is cut; guarded by mutex
    std::size_t cutAt = 0; ///< likewise
    ScriptedServer server; ///< last: its threads use the rest
};

/// The JSON of the answer, or `error`.
std::string outcomeOf(ClientFixture& fixture, const std::string& bytes)
{
    fixture.server.script({.bytes = bytes, .then = Answer::Then::close});
    try
    {
        auto answer = Client(fixture.server.endpoint()).get(fixture.list).body;
        parseJson(answer, fixture.list.what);
        return answer;
    }
    catch (const EngineError& error)
    {
        BOOST_TEST((error.kind() == Kind::badAnswer || error.kind() == Kind::unreachable));
        checkContains(error.what(), "list containers: ");
        return "error";
    }
}

}

BOOST_FIXTURE_TEST_SUITE(byte_matrix_test, ClientFixture)

BOOST_AUTO_TEST_CASE(an_answer_that_breaks_off_at_any_byte_is_an_error_that_names_the_call_and_never_a_shorter_answer)
{
    RecordedEngine engine;
    const auto whole = engine.look();
    std::size_t cuts = 0;
    for (const auto& [path, answer] : engine.answers)
    {
        constexpr std::size_t stride = slowBuild ? 3 : 1;
        const auto end = answer.size() - 1;
        for (std::size_t at = 0; at <= end; at = at < end ? std::min(at + stride, end) : at + 1)
        {
            engine.cut(path, at);
            ++cuts;
            try
            {
                BOOST_ERROR(fmt::format("{} cut at {} of {}: {}", path, at, answer.size(), engine.look()));
            }
            catch (const OrchestratorError& error)
            {
                const std::string text = error.what();
                const bool named =
                    text.starts_with("list ") || text.starts_with("inspect ") || text.starts_with("ask ");
                BOOST_TEST(named, text);
                BOOST_TEST((error.kind() == OrchestratorError::Kind::unreachable), path << " cut at " << at << text);
            }
        }
    }
    engine.cut("", 0);
    BOOST_TEST(engine.look() == whole);
    BOOST_TEST_MESSAGE(fmt::format("{} answers, {} cuts", engine.answers.size(), cuts));
    BOOST_TEST(cuts > (slowBuild ? 2'700U : 8'000U));
}

BOOST_AUTO_TEST_CASE(a_look_for_which_memory_is_short_at_any_allocation_is_an_error_or_the_whole_look,
                     *boost::unit_test::precondition([](auto) { return AllocFault::works(); }))
{
    RecordedEngine engine;
    const auto failed = wholeOrNothing(std::numeric_limits<std::size_t>::max(), [&] { return engine.look(); });
    BOOST_TEST_MESSAGE(fmt::format("{} allocations failed", failed));
    BOOST_TEST(failed > 150U);
}

BOOST_AUTO_TEST_CASE(answers_that_come_byte_by_byte_are_the_same_answers)
{
    RecordedEngine engine;
    const auto whole = engine.look();
    engine.drips = true;
    BOOST_TEST(engine.look() == whole);
}

BOOST_AUTO_TEST_CASE(an_answer_to_a_change_that_breaks_off_at_any_byte_is_an_error_and_the_change_is_not_sent_again)
{
    const auto answer = httpAnswer(201, R"({"Id":"0123456789abcdef","Warnings":[]})");
    client.apiVersion();
    for (std::size_t at = 0; at < answer.size(); ++at)
    {
        const auto before = server.requests().size();
        server.script({.bytes = answer.substr(0, at), .then = Answer::Then::close});
        const auto error =
            failureOf([&] { client.postJson({.path = "/containers/create", .what = "create container x"}, Body{}); });
        BOOST_TEST((error.kind() == Kind::unreachable), at << ": " << error.what());
        checkContains(error.what(), "create container x: ");
        BOOST_TEST(server.requests().size() == before + 1);
    }
}

BOOST_AUTO_TEST_CASE(a_length_that_does_not_fit_is_an_error_or_a_whole_answer)
{
    const std::string body = "[1,2,3]";
    const auto answer = [&](const std::string& length)
    { return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + body; };
    const auto whole = outcomeOf(*this, answer("7"));
    BOOST_TEST(whole != "error");
    for (int more = 1; more < 300; more += 7)
        BOOST_TEST(outcomeOf(*this, answer(std::to_string(7 + more))) == "error");
    for (const char* wrong :
         {"-1", "seven", "", "7x", "0x7", "7 7", "7, 8", "99999999999999999999", "18446744073709551623"})
    {
        const auto got = outcomeOf(*this, answer(wrong));
        BOOST_TEST((got == "error" || got == whole), wrong << " gave " << got);
    }
}

BOOST_AUTO_TEST_CASE(chunks_whose_framing_is_wrong_at_any_byte_are_an_error_or_the_whole_answer)
{
    const std::string first = "[{\"Id\":\"0123456789\"},";
    const std::string second = "{\"Id\":\"x\"}]";
    const auto bytes = chunkedHeader() + chunk(first) + chunk(second) + lastChunk;
    const auto whole = outcomeOf(*this, bytes);
    BOOST_TEST(whole != "error");
    std::vector<std::size_t> framing;
    for (std::size_t i = chunkedHeader().size(); i < bytes.size(); ++i)
        if ((i < bytes.find(first) || i >= bytes.find(first) + first.size()) &&
            (i < bytes.find(second) || i >= bytes.find(second) + second.size()))
            framing.push_back(i);
    std::size_t tried = 0;
    for (const auto at : framing)
        for (const char wrong : std::string("\0\r\n 019afg-;\xff", 13))
        {
            if (bytes[at] == wrong)
                continue;
            auto changed = bytes;
            changed[at] = wrong;
            ++tried;
            const auto got = outcomeOf(*this, changed);
            BOOST_TEST((got == "error" || got == whole),
                       "byte " << at << " as " << static_cast<int>(wrong) << " gave " << got);
        }
    BOOST_TEST_MESSAGE(fmt::format("{} changes", tried));
    BOOST_TEST(tried > 190U);
}

BOOST_AUTO_TEST_CASE(an_answer_without_an_end_stops_at_a_limit_or_at_the_deadline)
{
    const std::map<std::string, std::pair<std::string, std::string>> endless{
        {"header fields", {"HTTP/1.1 200 OK\r\n", "X-A: b\r\n"}},
        {"a header field", {"HTTP/1.1 200 OK\r\nX-A: ", "b"}},
        {"a reason", {"HTTP/1.1 200 ", "OK"}},
        {"answers to go on", {"", "HTTP/1.1 100 Continue\r\n\r\n"}},
        {"a body without a length", {"HTTP/1.1 200 OK\r\n\r\n", "[1,2,3],"}},
        {"chunks", {chunkedHeader(), chunk(std::string(1000, '['))}},
        {"a chunk size", {chunkedHeader(), "0"}},
        {"a trailer", {chunkedHeader() + "0\r\n", "X-A: b\r\n"}}};
    for (const auto& [what, bytes] : endless)
    {
        ScriptedServer engine;
        engine.takeOver(
            [bytes = bytes](Peer& peer)
            {
                std::string more;
                while (more.size() < 64 * 1024)
                    more += bytes.second;
                bool begun = false;
                while (const auto request = begun ? std::optional<ReceivedRequest>() : peer.readRequest())
                {
                    begun = request->target != "/_ping";
                    peer.send(begun ? bytes.first : httpAnswer(200, "OK", {"Api-Version: 1.41"}));
                }
                for (int i = 0; i < 10'000 && begun && peer.isOpen(); ++i)
                    peer.send(more);
            });
        const auto started = std::chrono::steady_clock::now();
        const Client limited(engine.endpoint(), {.bodyLimit = 1024 * 1024});
        const auto error =
            failureOf([&] { limited.get({.path = "/containers/json", .what = "list containers", .deadline = 500ms}); });
        BOOST_TEST_MESSAGE(what << ": " << error.what());
        BOOST_TEST((std::chrono::steady_clock::now() - started < 5s), what);
        BOOST_TEST((error.kind() == Kind::badAnswer || error.kind() == Kind::timeout), what);
    }
}

BOOST_AUTO_TEST_SUITE_END()
