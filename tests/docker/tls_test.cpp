#include "docker/client_fixture.h"

#include <chrono>
#include <cstdlib>
#include <future>
#include <stop_token>
#include <thread>

using namespace mcpctl::docker;
using namespace mcpctl::test;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Kind = EngineError::Kind;
using Poco::Net::Context;

namespace
{

/// Two authorities, a server certificate for 127.0.0.1, one for another name, and two client key pairs. Made once.
class Certificates
{
public:
    Certificates()
    {
        authority("ca");
        authority("otherca");
        signedBy("ca", "server", "subjectAltName=IP:127.0.0.1");
        signedBy("ca", "elsewhere", "subjectAltName=DNS:elsewhere.example");
        // Poco's server side, unlike the engine's, holds a client's certificate against its address.
        signedBy("ca", "client", "subjectAltName=IP:127.0.0.1");
        signedBy("otherca", "stranger", "extendedKeyUsage=clientAuth");
        run("openssl pkey -in client.key -aes128 -passout pass:secret -out encrypted.key");
    }

    std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

    Context::Ptr server(const std::string& name, bool wantClient = true) const
    {
        Context::Params parameters;
        parameters.caLocation = file("ca.pem").string();
        parameters.certificateFile = file(name + ".pem").string();
        parameters.privateKeyFile = file(name + ".key").string();
        parameters.verificationMode = wantClient ? Context::VERIFY_STRICT : Context::VERIFY_NONE;
        return new Context(Context::TLS_SERVER_USE, parameters);
    }

private:
    void run(const std::string& command) const
    {
        const std::string line = "cd " + folder_.path().string() + " && " + command + " >log 2>&1";
        if (std::system(line.c_str()) != 0)
            throw std::runtime_error(command + " failed");
    }

    void authority(const std::string& name) const
    {
        run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" + name +
            " -keyout " + name + ".key -out " + name + ".pem");
    }

    void signedBy(const std::string& authority, const std::string& name, const std::string& extension) const
    {
        run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name + " -keyout " + name +
            ".key -out " + name + ".csr");
        folder_.write(name + ".ext", extension + "\n");
        run("openssl x509 -req -days 2 -in " + name + ".csr -CA " + authority + ".pem -CAkey " + authority +
            ".key -CAcreateserial -extfile " + name + ".ext -out " + name + ".pem");
    }

    TemporaryFolder folder_{};
};

struct TlsFixture
{
    static const Certificates& certificates()
    {
        static const Certificates all;
        return all;
    }

    static TlsFiles files(const std::string& ca = "ca.pem", const std::string& cert = "client.pem",
                          const std::string& key = "client.key")
    {
        return {certificates().file(ca), certificates().file(cert), certificates().file(key)};
    }

    static Endpoint with(Endpoint endpoint, const TlsFiles& files, bool verify = true)
    {
        endpoint.tls = files;
        endpoint.verify = verify;
        return endpoint;
    }

    const Request list{.path = "/containers/json", .what = "list containers"};
};

}

BOOST_FIXTURE_TEST_SUITE(tls_test, TlsFixture)

BOOST_AUTO_TEST_CASE(calls_and_streams_work_over_tls_with_client_certificates)
{
    ScriptedServer server(ScriptedServer::Kind::tcp, certificates().server("server"));
    Client client(with(server.endpoint(), files()));
    server.script(httpAnswer(200, std::string(200'000, 'x')));
    server.script(httpAnswer(201, "{}"));
    server.script(chunkedHeader() + chunk("a\nb\n") + lastChunk);
    BOOST_TEST(client.get(list).body.size() == 200'000u);
    BOOST_TEST(client.post({.path = "/containers/create"}, {.bytes = std::string(200'000, ' ')}).status == 201);
    BOOST_TEST(server.connections() == 1);
    std::string seen;
    client.getStream({.path = "/events"}, {.sink = [&](std::string_view line) { return seen += line, true; }});
    BOOST_TEST(seen == "ab");
}

BOOST_AUTO_TEST_CASE(a_connection_that_the_engine_closed_is_replaced)
{
    ScriptedServer server(ScriptedServer::Kind::tcp, certificates().server("server"));
    Client client(with(server.endpoint(), files()));
    server.script({.bytes = httpAnswer(200, "[]"), .then = Answer::Then::close});
    server.script(httpAnswer(201, "{}"));
    client.get(list);
    std::this_thread::sleep_for(50ms);
    BOOST_TEST(client.post({.path = "/containers/create"}).status == 201);
}

BOOST_AUTO_TEST_CASE(a_stream_over_tls_is_cancelled_at_once)
{
    ScriptedServer server(ScriptedServer::Kind::tcp, certificates().server("server"));
    const Client client(with(server.endpoint(), files()));
    client.apiVersion();
    for (const std::string& sent : {std::string(), chunkedHeader(), chunkedHeader() + "9\r\nabc"})
        BOOST_TEST((timeToCancel(server, client, sent) < 100ms), sent);
    server.script(httpAnswer(200, "[]"));
    BOOST_TEST(client.get(list).body == "[]"); // nothing of the cancelled ones is left in OpenSSL's error queue
}

BOOST_AUTO_TEST_CASE(a_call_over_tls_ends_at_its_deadline)
{
    ScriptedServer server(ScriptedServer::Kind::tcp, certificates().server("server"));
    const Client client(with(server.endpoint(), files()));
    client.apiVersion();
    for (const char* bytes : {"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1"})
    {
        server.script({.bytes = bytes, .then = Answer::Then::hang});
        const auto started = Clock::now();
        const auto error = failureOf([&] { client.get({.path = "/info", .deadline = 200ms}); });
        BOOST_TEST((error.kind() == Kind::timeout), error.what());
        BOOST_TEST((Clock::now() - started < 5s));
    }
}

BOOST_AUTO_TEST_CASE(a_body_that_breaks_off_without_a_tls_goodbye_is_told)
{
    ScriptedServer server(ScriptedServer::Kind::tcp, certificates().server("server"));
    const Client client(with(server.endpoint(), files()));
    server.script({.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1", .then = Answer::Then::close});
    BOOST_TEST((failureOf([&] { client.get(list); }).kind() == Kind::unreachable));
}

BOOST_AUTO_TEST_CASE(an_engine_with_another_authority_is_refused)
{
    ScriptedServer server(ScriptedServer::Kind::tcp, certificates().server("server"));
    const auto error = failureOf([&] { Client(with(server.endpoint(), files("otherca.pem"))).get(list); });
    BOOST_TEST((error.kind() == Kind::unreachable));
    checkContains(error.what(), "list containers: cannot reach the engine at tcp://127.0.0.1:");
    checkContains(error.what(), "not signed by the CA that was given");
}

BOOST_AUTO_TEST_CASE(an_engine_with_a_certificate_for_another_name_is_refused)
{
    ScriptedServer server(ScriptedServer::Kind::tcp, certificates().server("elsewhere"));
    const auto error = failureOf([&] { Client(with(server.endpoint(), files())).get(list); });
    BOOST_TEST((error.kind() == Kind::unreachable));
    checkContains(error.what(), "not valid for this host name");
}

BOOST_AUTO_TEST_CASE(without_verification_any_engine_is_taken)
{
    ScriptedServer server(ScriptedServer::Kind::tcp, certificates().server("elsewhere", false));
    server.script(httpAnswer(200, "[]"));
    BOOST_TEST(Client(with(server.endpoint(), {}, false)).get(list).body == "[]");
}

BOOST_AUTO_TEST_CASE(a_client_certificate_that_the_engine_does_not_take_is_told)
{
    for (const TlsFiles& given : {files("ca.pem", "stranger.pem", "stranger.key"), TlsFiles{files().ca, {}, {}}})
    {
        ScriptedServer server(ScriptedServer::Kind::tcp, certificates().server("server"));
        const auto error = failureOf([&] { Client(with(server.endpoint(), given)).get(list); });
        BOOST_TEST((error.kind() == Kind::unreachable), error.what());
        checkContains(error.what(), "does not accept our client certificate");
    }
}

BOOST_AUTO_TEST_CASE(a_certificate_is_suspected_where_a_connection_ends_before_any_answer)
{
    ScriptedServer server(ScriptedServer::Kind::tcp, certificates().server("server"));
    server.takeOver([](Peer&) {});
    const auto error = failureOf([&] { Client(with(server.endpoint(), files())).get(list); });
    checkContains(error.what(), "perhaps it does not accept our client certificate");
}

BOOST_AUTO_TEST_CASE(tls_to_a_plain_engine_and_plain_to_a_tls_engine_are_told)
{
    ScriptedServer plain(ScriptedServer::Kind::tcp);
    plain.takeOver([](Peer& peer) { peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
    checkContains(failureOf([&] { Client(with(plain.endpoint(), files())).get(list); }).what(),
                  "the engine does not speak TLS there");

    ScriptedServer secure(ScriptedServer::Kind::tcp);
    secure.apiVersion.clear();
    secure.script(httpAnswer(400, "Client sent an HTTP request to an HTTPS server.\n"));
    checkContains(failureOf([&] { Client(secure.endpoint()).get(list); }).what(), "wants TLS: set DOCKER_TLS_VERIFY=1");
}

BOOST_AUTO_TEST_CASE(bad_files_are_named_before_anything_is_sent)
{
    const Endpoint endpoint{.scheme = Endpoint::Scheme::tcp, .host = "127.0.0.1", .port = 1, .origin = "DOCKER_HOST"};
    const std::vector<std::pair<TlsFiles, std::string>> table{
        {files("ca.pem", "client.pem", "server.key"), "does not belong to the certificate"},
        {files("none.pem"), "none.pem"},
        {files("."), "cannot read"},
        {files("ca.key"), "ca.key holds no PEM certificate"},
        {files("ca.pem", "client.pem", "none.key"), "none.key"},
        {files("ca.pem", "client.key", "client.key"), "client.key holds no PEM certificate"},
        {files("ca.pem", "client.pem", "client.pem"), "client.pem holds no PEM private key"},
        {files("ca.pem", "client.pem", "encrypted.key"), "without a passphrase"},
    };
    for (const auto& [given, expected] : table)
    {
        const auto error = failureOf<EndpointError>([&, &given = given] { Client(with(endpoint, given)); });
        checkContains(error.what(), "TLS to tcp://127.0.0.1:1 (from DOCKER_HOST): ");
        checkContains(error.what(), expected);
    }
}

BOOST_AUTO_TEST_SUITE_END()
