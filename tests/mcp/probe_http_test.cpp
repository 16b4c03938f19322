#include "mcp/probe.h"
#include "support/echo_server.h"
#include "support/scripted_server.h"
#include "support/tcp_channel.h"

#include <boost/test/unit_test.hpp>

#include <Poco/Net/ServerSocket.h>

#include <thread>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

using State = ProbeResult::State;
using Era = ProbeResult::Era;
using std::chrono::milliseconds;

ProbeResult probePort(std::uint16_t port, const mcp::ProbeOptions& options = {}, const std::string& path = "/mcp")
{
    return mcp::probeHttp([port] { return dialTcp(port); }, {"127.0.0.1:" + std::to_string(port), path}, options);
}

ProbeResult probeEcho(const std::vector<std::string>& options)
{
    const EchoServer server(options);
    return probePort(server.port());
}

/// A server whose answers are given one by one.
struct Scripted
{
    ScriptedServer server{ScriptedServer::Kind::tcp};

    template <typename... Answers>
    explicit Scripted(Answers&&... answers)
    {
        (server.script(std::forward<Answers>(answers)), ...);
    }

    ProbeResult probe(milliseconds timeout = milliseconds(5000))
    {
        mcp::ProbeOptions options;
        options.timeout = timeout;
        return probePort(static_cast<std::uint16_t>(server.endpoint().port), options);
    }

    std::vector<std::string> asked() const
    {
        std::vector<std::string> out;
        for (const auto& request : server.requests())
        {
            const auto begin = request.body.find("\"method\":\"");
            out.push_back(begin == std::string::npos
                              ? request.method
                              : request.body.substr(begin + 10, request.body.find('"', begin + 10) - begin - 10));
        }
        return out;
    }
};

using Asked = std::vector<std::string>;

const std::vector<std::string> json{"Content-Type: application/json"};
const std::vector<std::string> html{"Content-Type: text/html"};

std::string jsonAnswer(int status, const std::string& body, const std::vector<std::string>& fields = json)
{
    return httpAnswer(status, body, fields);
}

std::string result(const std::string& id, const std::string& value)
{
    return R"({"jsonrpc":"2.0","id":")" + id + R"(","result":)" + value + "}";
}

std::string error(const std::string& id, int code, const std::string& data = "null")
{
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":)" + std::to_string(code) +
           R"(,"message":"no","data":)" + data + "}}";
}

std::string discovery(const std::string& id = "mcpctl-1")
{
    return result(id, R"({"supportedVersions":["2026-07-28"],"capabilities":{},)"
                      R"("_meta":{"io.modelcontextprotocol/serverInfo":{"name":"scripted","version":"7"}}})");
}

std::string initialization(const std::string& id = "mcpctl-2", const std::string& capabilities = "{}")
{
    return result(id, R"({"protocolVersion":"2025-06-18","capabilities":)" + capabilities +
                          R"(,"serverInfo":{"name":"old","version":"1"}})");
}

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

/// What `probe` says, and that it says it within `most`.
ProbeResult within(milliseconds most, const std::function<ProbeResult()>& probe)
{
    const auto begin = std::chrono::steady_clock::now();
    auto out = probe();
    BOOST_TEST((std::chrono::steady_clock::now() - begin < most));
    return out;
}

}

BOOST_AUTO_TEST_SUITE(probe_http_test)

BOOST_AUTO_TEST_CASE(a_modern_server_is_discovered_with_its_name_and_tools)
{
    for (const auto& options : {Asked{"--era", "modern"}, Asked{"--era", "both"}, Asked{"--era", "modern", "--sse"}})
    {
        const auto found = probeEcho(options);
        BOOST_TEST((found.state == State::ready), found.detail);
        BOOST_TEST((found.era == Era::modern));
        BOOST_TEST(found.serverName == "mcp-echo");
        BOOST_TEST(found.serverVersion == "1.0.0");
        BOOST_TEST(found.protocol == "2026-07-28");
        BOOST_TEST(found.tools.value_or(0) == 6U);
        BOOST_TEST(found.detail == "mcp-echo 1.0.0 speaks MCP 2026-07-28, 6 tools");
    }
}

BOOST_AUTO_TEST_CASE(a_legacy_server_is_initialized_within_a_session)
{
    for (const auto& options : {Asked{"--era", "legacy"}, Asked{"--era", "legacy", "--sse"}})
    {
        const auto found = probeEcho(options);
        BOOST_TEST((found.state == State::ready), found.detail);
        BOOST_TEST((found.era == Era::legacy));
        BOOST_TEST(found.protocol == "2025-11-25");
        BOOST_TEST(found.tools.value_or(0) == 6U);
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_wants_a_token_requires_authorisation)
{
    const auto found = probeEcho({"--token", "s3cret"});
    BOOST_TEST((found.state == State::authorisationRequired));
    BOOST_TEST(found.detail == "it asks for authorisation (HTTP 401)");
    BOOST_TEST(answersClients(found));
}

BOOST_AUTO_TEST_CASE(a_plain_web_server_is_not_mcp)
{
    const auto found = probeEcho({"--web"});
    BOOST_TEST((found.state == State::notMcp));
    BOOST_TEST(found.detail == "it does not know `initialize`: HTTP 404 with a web page");
    BOOST_TEST(!answersClients(found));
}

BOOST_AUTO_TEST_CASE(a_wrong_path_is_not_mcp)
{
    const EchoServer server;
    BOOST_TEST((probePort(server.port(), {}, "/other").state == State::notMcp));
}

BOOST_AUTO_TEST_CASE(the_first_question_has_every_header_and_member_of_the_modern_revision)
{
    Scripted server(jsonAnswer(200, discovery()));
    BOOST_TEST((server.probe().state == State::ready));
    const auto request = server.server.requests().at(0);
    BOOST_TEST(request.method == "POST");
    BOOST_TEST(request.target == "/mcp");
    BOOST_TEST(request.headers.at("content-type") == "application/json");
    BOOST_TEST(request.headers.at("accept") == "application/json, text/event-stream");
    BOOST_TEST(request.headers.at("mcp-protocol-version") == "2026-07-28");
    BOOST_TEST(request.headers.at("mcp-method") == "server/discover");
    BOOST_TEST(request.headers.at("host") == "127.0.0.1:" + std::to_string(server.server.endpoint().port));
    BOOST_TEST(request.headers.count("origin") == 0U);
    BOOST_TEST(has(request.body, R"("io.modelcontextprotocol/protocolVersion":"2026-07-28")"));
    BOOST_TEST(has(request.body, R"("io.modelcontextprotocol/clientInfo":{"name":"mcpctl")"));
    BOOST_TEST(has(request.body, R"("io.modelcontextprotocol/clientCapabilities":{})"));
}

BOOST_AUTO_TEST_CASE(a_modern_refusal_is_asked_again_with_what_it_supports_and_never_as_legacy)
{
    for (const int code : {-32020, -32021, -32022})
        for (const int status : {400, 404})
        {
            const auto refusal = error("\"mcpctl-1\"", code, R"({"supported":["2026-07-28","2027-01-15"]})");
            Scripted server(jsonAnswer(status, refusal), jsonAnswer(200, discovery("mcpctl-2")));
            const auto found = server.probe();
            BOOST_TEST((found.state == State::ready), found.detail);
            BOOST_TEST(found.protocol == "2027-01-15");
            BOOST_TEST(server.asked() == (Asked{"server/discover", "server/discover"}),
                       boost::test_tools::per_element());
            BOOST_TEST(server.server.requests().at(1).headers.at("mcp-protocol-version") == "2027-01-15");
        }
}

BOOST_AUTO_TEST_CASE(a_modern_server_that_goes_on_refusing_is_alive)
{
    const auto refusal = [](const std::string& id)
    { return jsonAnswer(400, error(id, -32022, R"({"supported":["2030-01-01"]})")); };
    Scripted server(refusal("\"mcpctl-1\""), refusal("null"));
    const auto found = server.probe();
    BOOST_TEST((found.state == State::alive));
    BOOST_TEST((found.era == Era::modern));
    BOOST_TEST(server.asked() == (Asked{"server/discover", "server/discover"}), boost::test_tools::per_element());
    BOOST_TEST(answersClients(found));
}

BOOST_AUTO_TEST_CASE(an_unknown_method_with_404_is_a_modern_server_that_lives)
{
    Scripted server(jsonAnswer(404, error("\"mcpctl-1\"", -32601)));
    const auto found = server.probe();
    BOOST_TEST((found.state == State::alive));
    BOOST_TEST((found.era == Era::modern));
    BOOST_TEST(server.asked() == Asked{"server/discover"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(whatever_else_refuses_the_first_question_is_asked_as_a_legacy_server)
{
    for (const auto& first :
         {httpAnswer(400, ""), jsonAnswer(400, error("null", -32000)), httpAnswer(405, "<html>", html),
          httpAnswer(404, "<html>", html), httpAnswer(200, "<html>", html),
          jsonAnswer(200, error("\"mcpctl-1\"", -32601)), jsonAnswer(404, error("null", -32001)), httpAnswer(406, "")})
    {
        Scripted server(first, jsonAnswer(200, initialization()), httpAnswer(202, ""));
        const auto found = server.probe();
        BOOST_TEST((found.state == State::ready), first);
        BOOST_TEST((found.era == Era::legacy));
        BOOST_TEST(found.serverName == "old");
        BOOST_TEST(found.tools.value_or(7) == 0U); // it has said that it has none
        BOOST_TEST(server.asked() == (Asked{"server/discover", "initialize", "notifications/initialized"}),
                   boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_session_is_used_and_deleted_and_all_pages_of_tools_are_counted)
{
    Scripted server(httpAnswer(400, ""),
                    jsonAnswer(200, initialization("mcpctl-2", R"({"tools":{}})"),
                               {"Content-Type: application/json", "Mcp-Session-Id: abc"}),
                    httpAnswer(202, ""),
                    jsonAnswer(200, result("mcpctl-3", R"({"tools":[{},{}],"nextCursor":"p\"2"})")),
                    jsonAnswer(200, result("mcpctl-4", R"({"tools":[{}]})")), httpAnswer(405, ""));
    const auto found = server.probe();
    BOOST_TEST(found.tools.value_or(0) == 3U);
    BOOST_TEST(server.asked() == (Asked{"server/discover", "initialize", "notifications/initialized", "tools/list",
                                        "tools/list", "DELETE"}),
               boost::test_tools::per_element());
    const auto requests = server.server.requests();
    BOOST_TEST(requests.at(1).headers.count("mcp-session-id") == 0U);
    BOOST_TEST(has(requests.at(1).body, R"("protocolVersion":"2025-11-25")"));
    for (std::size_t i = 2; i < requests.size(); ++i)
    {
        BOOST_TEST(requests[i].headers.at("mcp-session-id") == "abc");
        BOOST_TEST(requests[i].headers.at("mcp-protocol-version") == "2025-06-18");
    }
    BOOST_TEST(has(requests.at(4).body, R"("cursor":"p\"2")"));
}

BOOST_AUTO_TEST_CASE(pages_without_end_are_not_followed_for_ever)
{
    ScriptedServer server(ScriptedServer::Kind::tcp);
    server.takeOver(
        [](Peer& peer)
        {
            while (const auto request = peer.readRequest())
            {
                const auto id = request->body.substr(request->body.find("mcpctl-"));
                const auto ours = id.substr(0, id.find('"'));
                const bool tools = has(request->body, "tools/list");
                peer.send(
                    jsonAnswer(200, tools ? result(ours, R"({"tools":[{}],"nextCursor":"more"})")
                                          : result(ours, R"({"supportedVersions":[],"capabilities":{"tools":{}}})")));
            }
        });
    const auto found = probePort(static_cast<std::uint16_t>(server.endpoint().port));
    BOOST_TEST((found.state == State::ready));
    BOOST_TEST(!found.tools.has_value());
}

BOOST_AUTO_TEST_CASE(a_list_of_tools_that_does_not_come_leaves_the_server_ready)
{
    const auto found =
        Scripted(jsonAnswer(200, result("mcpctl-1", R"({"supportedVersions":[],"capabilities":{"tools":{}}})")),
                 Answer{"", Answer::Then::hang})
            .probe(milliseconds(300));
    BOOST_TEST((found.state == State::ready));
    BOOST_TEST(!found.tools.has_value());
    BOOST_TEST(has(found.detail, "no answer in time"));
}

BOOST_AUTO_TEST_CASE(an_event_stream_may_bring_other_events_first_and_need_not_end)
{
    const std::string stream = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n";
    const std::string events =
        ": hello\n\nid: 1\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}\n\n"
        "data: " +
        result("another", "{}") +
        "\r\n\r\n"
        "data: not json\n\ndata:" +
        discovery() + "\n\n: and on";
    for (const std::size_t size : {events.size(), std::size_t{1}, std::size_t{7}})
    {
        std::string bytes = stream;
        for (std::size_t i = 0; i < events.size(); i += size)
            bytes += chunk(events.substr(i, size));
        Scripted server(Answer{bytes, Answer::Then::hang});
        const auto found = within(milliseconds(4000), [&] { return server.probe(); });
        BOOST_TEST((found.state == State::ready), found.detail);
        BOOST_TEST(found.serverName == "scripted");
    }
}

BOOST_AUTO_TEST_CASE(an_event_stream_without_our_answer_is_not_ready_when_the_time_is_over)
{
    ScriptedServer server(ScriptedServer::Kind::tcp);
    server.takeOver(
        [](Peer& peer)
        {
            peer.readRequest();
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
            for (int i = 0; i < 100; ++i)
            {
                peer.send("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}\n\n");
                std::this_thread::sleep_for(milliseconds(10));
            }
        });
    mcp::ProbeOptions options;
    options.timeout = milliseconds(300);
    const auto found = within(milliseconds(900),
                              [&] { return probePort(static_cast<std::uint16_t>(server.endpoint().port), options); });
    BOOST_TEST((found.state == State::notReady));
}

BOOST_AUTO_TEST_CASE(a_refused_connection_silence_and_errors_of_the_server_are_not_ready)
{
    Poco::Net::ServerSocket closed(Poco::Net::SocketAddress("127.0.0.1", 0));
    const auto port = closed.address().port();
    closed.close();
    BOOST_TEST((probePort(port).state == State::notReady));

    const auto silent = within(milliseconds(900),
                               [] {
                                   return Scripted(Answer{"", Answer::Then::hang}).probe(milliseconds(200));
                               });
    BOOST_TEST((silent.state == State::notReady));
    BOOST_TEST(silent.detail == "no answer in time");

    for (const int status : {500, 502, 503, 429})
    {
        Scripted server(httpAnswer(status, "<html>", html));
        BOOST_TEST((server.probe().state == State::notReady));
        BOOST_TEST(server.asked().size() == 1U);
    }
    BOOST_TEST((Scripted(Answer{"", Answer::Then::close}).probe().state == State::notReady));
}

BOOST_AUTO_TEST_CASE(authorisation_may_be_asked_for_at_any_question)
{
    for (const int status : {401, 403})
    {
        BOOST_TEST((Scripted(httpAnswer(status, "")).probe().state == State::authorisationRequired));
        BOOST_TEST(
            (Scripted(httpAnswer(400, ""), httpAnswer(status, "")).probe().state == State::authorisationRequired));
    }
}

BOOST_AUTO_TEST_CASE(answers_that_are_no_answers_are_not_ready)
{
    const std::vector<std::string> bodies{"<html>hi</html>",
                                          "{}",
                                          "[]",
                                          "null",
                                          "42",
                                          "\"x\"",
                                          "{\"jsonrpc\":\"2.0\"}",
                                          R"({"jsonrpc":"1.0","id":"mcpctl-2","result":{}})",
                                          initialization("another"),
                                          initialization("mcpctl-1"),
                                          R"({"jsonrpc":"2.0","id":2,"result":{"protocolVersion":"2025-11-25"}})",
                                          R"({"jsonrpc":"2.0","id":"mcpctl-2","result":{}})",
                                          R"({"jsonrpc":"2.0","id":"mcpctl-2","result":{"protocolVersion":7}})",
                                          R"({"jsonrpc":"2.0","id":"mcpctl-2","result":[1]})",
                                          error("\"mcpctl-2\"", -32603),
                                          error("\"mcpctl-2\"", 0, "7"),
                                          R"({"jsonrpc":"2.0","id":"mcpctl-2","error":{"code":99999999999999999999}})",
                                          std::string(100000, '['),
                                          "\xff\xfe\x00garbage"};
    for (const auto& body : bodies)
    {
        Scripted server(jsonAnswer(200, body), jsonAnswer(200, body));
        const auto found = within(milliseconds(3000), [&] { return server.probe(); });
        BOOST_TEST(!answersClients(found), body.substr(0, 100));
        BOOST_TEST(!found.detail.empty());
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_http_are_not_ready_and_break_nothing)
{
    const std::vector<std::string> texts{
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/",
        std::string(200000, 'x'),
        "HTTP/1.1 200 OK\r\n" + std::string(200000, 'x'),
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\n\r\n",
        std::string("\0\0\0\0\0\0", 6)};
    for (const auto& text : texts)
    {
        ScriptedServer server(ScriptedServer::Kind::tcp);
        server.takeOver(
            [&](Peer& peer)
            {
                peer.readRequest();
                peer.send(text);
            });
        const auto found =
            within(milliseconds(3000), [&] { return probePort(static_cast<std::uint16_t>(server.endpoint().port)); });
        BOOST_TEST(!answersClients(found), text.substr(0, 100));
    }
}

BOOST_AUTO_TEST_CASE(a_body_without_end_is_given_up)
{
    std::atomic<bool> over = false; // before the server: its threads use it to their end
    ScriptedServer server(ScriptedServer::Kind::tcp);
    server.takeOver(
        [&](Peer& peer)
        {
            peer.readRequest();
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
            const std::string much(1 << 16, ' ');
            for (int i = 0; i < 4000 && !over; ++i)
                peer.send(much);
        });
    const auto found =
        within(milliseconds(6000), [&] { return probePort(static_cast<std::uint16_t>(server.endpoint().port)); });
    over = true;
    BOOST_TEST((found.state == State::notMcp));
    BOOST_TEST(has(found.detail, "longer than"));
}

BOOST_AUTO_TEST_CASE(a_server_that_closes_each_connection_is_asked_over_new_ones)
{
    Scripted server(Answer{httpAnswer(400, ""), Answer::Then::close},
                    Answer{jsonAnswer(200, initialization()), Answer::Then::close},
                    Answer{httpAnswer(202, ""), Answer::Then::close});
    BOOST_TEST((server.probe().state == State::ready));
    BOOST_TEST(server.server.connections() == 3);
    Scripted kept(httpAnswer(400, ""), jsonAnswer(200, initialization()), httpAnswer(202, ""));
    BOOST_TEST((kept.probe().state == State::ready));
    BOOST_TEST(kept.server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(a_redirect_is_told)
{
    Scripted server(httpAnswer(307, "", {"Location: /mcp/"}), httpAnswer(307, "", {"Location: /mcp/"}));
    BOOST_TEST(server.probe().detail == "it redirects to /mcp/: that may be its path");
}

BOOST_AUTO_TEST_CASE(what_a_server_calls_itself_cannot_garble_a_terminal)
{
    Scripted server(
        jsonAnswer(200, result("mcpctl-1", R"({"supportedVersions":[],"_meta":{"io.modelcontextprotocol/serverInfo":)"
                                           R"({"name":"a\u001b[31mb\n\u0000c","version":")" +
                                               std::string(5000, 'v') + R"("}}})")));
    const auto found = server.probe();
    BOOST_TEST(found.serverName == "a [31mb c");
    BOOST_TEST(found.serverVersion.size() < 200U);
}

BOOST_AUTO_TEST_CASE(a_stop_ends_a_probe_at_once)
{
    Scripted server(Answer{"", Answer::Then::hang});
    std::stop_source source;
    mcp::ProbeOptions options;
    options.timeout = milliseconds(20000);
    options.stop = source.get_token();
    const std::jthread stopper(
        [&]
        {
            std::this_thread::sleep_for(milliseconds(100));
            source.request_stop();
        });
    const auto found =
        within(milliseconds(2000),
               [&] { return probePort(static_cast<std::uint16_t>(server.server.endpoint().port), options); });
    BOOST_TEST((found.state == State::notReady));
}

BOOST_AUTO_TEST_CASE(a_page_is_ready_with_2xx_and_3xx_alone)
{
    const auto probe = [](const std::string& answer)
    {
        Scripted server(answer);
        const auto port = static_cast<std::uint16_t>(server.server.endpoint().port);
        const auto found = mcp::probePage([port] { return dialTcp(port); }, {"127.0.0.1", "/health"}, {});
        BOOST_TEST(server.server.requests().at(0).target == "/health");
        return found;
    };
    BOOST_TEST((probe(httpAnswer(200, "fine")).state == State::ready));
    BOOST_TEST((probe(httpAnswer(302, "")).state == State::ready));
    BOOST_TEST((probe(httpAnswer(404, "")).state == State::notReady));
    BOOST_TEST(probe(httpAnswer(503, "")).detail == "GET /health answers HTTP 503");
}

BOOST_AUTO_TEST_SUITE_END()
