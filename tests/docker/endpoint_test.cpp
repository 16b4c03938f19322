#include "docker/endpoint.h"

#include "docker/client_fixture.h"
#include "support/temporary_folder.h"

#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

using namespace mcpctl::docker;
using namespace mcpctl::test;

namespace
{

struct EndpointFixture
{
    TemporaryFolder home{};
    Environment environment{.variables = {{"HOME", home.path().string()}},
                            .defaultSocket = home.path() / "default.sock"};

    Endpoint resolve(const std::optional<std::string>& host = {}) const { return resolveEndpoint(host, environment); }

    std::string errorOf(const std::optional<std::string>& host = {}) const
    {
        return failureOf<EndpointError>([&] { resolve(host); }).what();
    }

    /// Writes a context into the home's docker folder, with TLS files of these names.
    void addContext(const std::string& name, const std::string& meta,
                    const std::vector<std::string>& tlsFiles = {}) const
    {
        Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
        engine.update(name);
        const std::string id = Poco::DigestEngine::digestToHex(engine.digest());
        home.write(".docker/contexts/meta/" + id + "/meta.json", meta);
        for (const auto& file : tlsFiles)
            home.write(".docker/contexts/tls/" + id + "/docker/" + file, "x");
    }
};

}

BOOST_FIXTURE_TEST_SUITE(endpoint_test, EndpointFixture)

BOOST_AUTO_TEST_CASE(hosts_are_understood_as_docker_does)
{
    const std::vector<std::pair<std::string, std::string>> table{
        {"unix:///run/d.sock", "unix:///run/d.sock"},    {"tcp://example.com:2380", "tcp://example.com:2380"},
        {"tcp://example.com", "tcp://example.com:2375"}, {"tcp://example.com:2375/", "tcp://example.com:2375"},
        {"tcp://[::1]:2376", "tcp://[::1]:2376"},        {"tcp://[fe80::1]", "tcp://[fe80::1]:2375"},
        {"tcp://:4243", "tcp://localhost:4243"},         {"tcp://", "tcp://localhost:2375"},
        {"example.com:1234", "tcp://example.com:1234"},  {"http://127.0.0.1:2375", "tcp://127.0.0.1:2375"},
        {"https://127.0.0.1", "tcp://127.0.0.1:2376"},
    };
    for (const auto& [host, text] : table)
    {
        BOOST_TEST(resolve(host).text() == text);
        BOOST_TEST(resolve(host).origin == "--host");
    }
    BOOST_TEST(resolve("tcp://[::1]:1").host == "::1");
    BOOST_TEST(!resolve("http://127.0.0.1").tls);
    BOOST_TEST(resolve("https://127.0.0.1").tls.has_value());
    BOOST_TEST(resolve("https://127.0.0.1").verify);
}

BOOST_AUTO_TEST_CASE(a_host_that_cannot_be_used_is_told_with_what_would_be_right)
{
    const std::vector<std::pair<std::string, std::string>> table{
        {"tcp://x:0", "\"0\" is no port"},
        {"tcp://x:65536", "\"65536\" is no port"},
        {"tcp://x:12a", "\"12a\" is no port"},
        {"tcp://x:-1", "\"-1\" is no port"},
        {"tcp://x:", "\"\" is no port"},
        {"tcp://::1:2375", "needs brackets"},
        {"tcp://[::1", "written as [::1]"},
        {"tcp://[::1]2375", "colon and the port"},
        {"tcp://x:2375/prefix", "a path after host and port"},
        {"tcp://user@x:2375", "user name is not supported"},
        {"tcp://a b", "no host name"},
        {"unix://", "path of the socket is missing"},
        {"unix:///" + std::string(107, 'x'), "at most 107 bytes, this one has 108"},
        {"/var/run/docker.sock", "did you mean `unix:///var/run/docker.sock`?"},
        {"ssh://me@box", "ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock me@box"},
        {"npipe:////./pipe/docker_engine", "Windows"},
        {"fd://", "not where a client connects"},
        {"ftp://x", "scheme \"ftp\" is unknown"},
    };
    for (const auto& [host, expected] : table)
    {
        checkContains(errorOf(host), expected);
        checkContains(errorOf(host), "engine address \"" + host + "\" (from --host): ");
    }
    BOOST_TEST(resolve("unix:///" + std::string(106, 'x')).socketPath.size() == 107u);
}

BOOST_AUTO_TEST_CASE(the_option_goes_before_the_variable_and_the_variable_before_contexts)
{
    addContext("c", R"({"Name":"c","Endpoints":{"docker":{"Host":"unix:///context.sock"}}})");
    addContext("d", R"({"Name":"d","Endpoints":{"docker":{"Host":"unix:///configured.sock"}}})");
    home.write(".docker/config.json", R"({"currentContext":"d"})");
    home.write("default.sock", "");
    environment.variables["DOCKER_CONTEXT"] = "c";
    environment.variables["DOCKER_HOST"] = "unix:///variable.sock";

    BOOST_TEST(resolve("unix:///option.sock").text() == "unix:///option.sock");
    BOOST_TEST(resolve().text() == "unix:///variable.sock");
    BOOST_TEST(resolve().origin == "DOCKER_HOST");
    environment.variables["DOCKER_HOST"] = "";
    BOOST_TEST(resolve().text() == "unix:///context.sock");
    BOOST_TEST(resolve().origin == "context c");
    environment.variables.erase("DOCKER_CONTEXT");
    BOOST_TEST(resolve().text() == "unix:///configured.sock");
    BOOST_TEST(resolve().origin == "context d");
    environment.variables["DOCKER_CONTEXT"] = "default";
    BOOST_TEST(resolve().origin == "default");
}

BOOST_AUTO_TEST_CASE(without_anything_the_default_socket_goes_before_a_rootless_one)
{
    const auto standard = environment.defaultSocket.string();
    BOOST_TEST(resolve().socketPath == standard);
    BOOST_TEST(resolve().origin == "default");

    const auto inHome = home.write(".docker/run/docker.sock", "").string();
    BOOST_TEST(resolve().socketPath == inHome);
    BOOST_TEST(resolve().origin == "rootless socket");

    environment.variables["XDG_RUNTIME_DIR"] = (home.path() / "runtime").string();
    const auto inRuntime = home.write("runtime/docker.sock", "").string();
    BOOST_TEST(resolve().socketPath == inRuntime);

    home.write("default.sock", "");
    BOOST_TEST(resolve().socketPath == standard);
}

BOOST_AUTO_TEST_CASE(tls_comes_from_the_variables_and_their_folder)
{
    for (const char* name : {"ca.pem", "cert.pem", "key.pem"})
    {
        home.write(std::string(".docker/") + name, "x");
        home.write(std::string("certs/") + name, "x");
        home.write(std::string("config/") + name, "x");
    }
    const auto files = [&](const std::string& folder)
    {
        return TlsFiles{home.path() / folder / "ca.pem", home.path() / folder / "cert.pem",
                        home.path() / folder / "key.pem"};
    };
    environment.variables["DOCKER_HOST"] = "tcp://engine";
    BOOST_TEST(!resolve().tls);

    environment.variables["DOCKER_TLS_VERIFY"] = "1";
    BOOST_TEST((resolve().tls == files(".docker")));
    BOOST_TEST(resolve().verify);
    BOOST_TEST(resolve().port == 2376);
    environment.variables["DOCKER_CONFIG"] = (home.path() / "config").string();
    BOOST_TEST((resolve().tls == files("config")));
    environment.variables["DOCKER_CERT_PATH"] = (home.path() / "certs").string();
    BOOST_TEST((resolve().tls == files("certs")));
    BOOST_TEST(!resolve("unix:///x.sock").tls);

    environment.variables["DOCKER_TLS_VERIFY"] = "";
    environment.variables["DOCKER_TLS"] = "1";
    BOOST_TEST((resolve().tls == files("certs")));
    BOOST_TEST(!resolve().verify);
}

BOOST_AUTO_TEST_CASE(missing_tls_files_are_named)
{
    environment.variables["DOCKER_HOST"] = "tcp://engine";
    environment.variables["DOCKER_TLS_VERIFY"] = "1";
    checkContains(errorOf(), (home.path() / ".docker/ca.pem").string() + " does not exist");
    home.write(".docker/ca.pem", "x");
    BOOST_TEST((resolve().tls == TlsFiles{home.path() / ".docker/ca.pem", {}, {}}));
    home.write(".docker/key.pem", "x");
    checkContains(errorOf(), "certificate and key together; there is only");
}

BOOST_AUTO_TEST_CASE(a_context_brings_its_own_tls)
{
    addContext("far", R"({"Endpoints":{"docker":{"Host":"tcp://far.example"}}})", {"ca.pem", "cert.pem", "key.pem"});
    addContext("loose", R"({"Endpoints":{"docker":{"Host":"tcp://far.example:1","SkipTLSVerify":true}}})");
    environment.variables["DOCKER_TLS_VERIFY"] = "1"; // is for DOCKER_HOST alone
    environment.variables["DOCKER_CONTEXT"] = "far";
    BOOST_TEST(resolve().text() == "tcp://far.example:2376");
    BOOST_TEST(resolve().verify);
    checkContains(resolve().tls->key.string(), "contexts/tls/");
    environment.variables["DOCKER_CONTEXT"] = "loose";
    BOOST_TEST(resolve().tls.has_value());
    BOOST_TEST(!resolve().verify);
}

BOOST_AUTO_TEST_CASE(a_context_that_cannot_be_used_is_named)
{
    addContext("broken", "{");
    addContext("k8s", R"({"Endpoints":{"kubernetes":{}}})");
    addContext("remote", R"({"Endpoints":{"docker":{"Host":"ssh://me@box"}}})");
    const std::vector<std::pair<std::string, std::string>> table{
        {"none", "docker context \"none\" does not exist"},
        {"../../x", "docker context \"../../x\" does not exist"},
        {"broken", "is not a JSON object"},
        {"k8s", "has no docker endpoint"},
        {"remote", "(from context remote): ssh:// is not supported"},
    };
    for (const auto& [name, expected] : table)
    {
        environment.variables["DOCKER_CONTEXT"] = name;
        checkContains(errorOf(), expected);
    }
}

BOOST_AUTO_TEST_CASE(unreadable_settings_never_lead_to_another_engine)
{
    home.write("default.sock", "");
    for (const char* text : {"", "{", "[]", "null", "\"x\""})
    {
        home.write(".docker/config.json", text);
        checkContains(errorOf(), "config.json is not a JSON object: cannot tell which engine is meant");
    }
    std::filesystem::remove(home.path() / ".docker/config.json");
    std::filesystem::create_directory(home.path() / ".docker/config.json");
    checkContains(errorOf(), "cannot read");
    BOOST_TEST(resolve("unix:///x.sock").text() == "unix:///x.sock");
}

BOOST_AUTO_TEST_CASE(without_a_home_there_is_still_the_default)
{
    environment.variables.clear();
    BOOST_TEST(resolve().socketPath == environment.defaultSocket.string());
}

BOOST_AUTO_TEST_SUITE_END()
