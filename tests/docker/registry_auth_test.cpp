#include "docker/registry_auth.h"

#include "docker/client_fixture.h"
#include "support/temporary_folder.h"

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/JSON/Parser.h>

#include <chrono>
#include <cstdint>
#include <iterator>
#include <sstream>

#include <signal.h>

using namespace mcpctl::docker;
using namespace mcpctl::test;
using namespace std::chrono_literals;

namespace
{

struct AuthFixture
{
    TemporaryFolder home{};
    Environment environment{
        .variables = {{"HOME", home.path().string()}, {"PATH", (home.path() / "bin").string() + ":/usr/bin:/bin"}}};

    void config(const std::string& text) const { home.write(".docker/config.json", text); }

    /// A helper program: a shell script that gets `get` and, on its standard input, the registry.
    void helper(const std::string& name, const std::string& script) const
    {
        const auto file = home.write("bin/docker-credential-" + name, "#!/bin/sh\n" + script + "\n");
        std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    }

    std::optional<RegistryCredentials> find(const std::string& image) const
    {
        return findCredentials(parseImageReference(image), environment);
    }

    std::string errorOf(const std::string& image) const
    {
        return failureOf<RegistryAuthError>([&] { find(image); }).what();
    }
};

/// The object in an X-Registry-Auth header.
Poco::JSON::Object::Ptr decoded(const std::string& header)
{
    std::istringstream in(header);
    Poco::Base64Decoder decoder(in, Poco::BASE64_URL_ENCODING);
    const std::string json((std::istreambuf_iterator<char>(decoder)), {});
    return Poco::JSON::Parser().parse(json).extract<Poco::JSON::Object::Ptr>();
}

}

BOOST_FIXTURE_TEST_SUITE(registry_auth_test, AuthFixture)

BOOST_AUTO_TEST_CASE(without_settings_or_entry_a_pull_is_anonymous)
{
    BOOST_TEST(!find("node"));
    config(R"({})");
    BOOST_TEST(!find("node"));
    config(R"({"auths":{"ghcr.io":{}, "other.example":{"auth":"YTpi"}}})");
    BOOST_TEST(!find("ghcr.io/x"));
    BOOST_TEST(!registryAuthFor(parseImageReference("node"), environment));
}

BOOST_AUTO_TEST_CASE(entries_of_the_file_are_found_by_their_registry)
{
    config(R"({"auths":{
        "https://index.docker.io/v1/": {"auth": "dXNlcjpwYTpzcw=="},
        "ghcr.io": {"username": "u", "password": "p"},
        "https://old.example/v2/": {"auth": "YTpiAAA="},
        "127.0.0.1:5000": {"auth": "YTpi", "identitytoken": "t"}}})");
    BOOST_TEST(find("node")->username == "user");
    BOOST_TEST(find("docker.io/acme/x")->password == "pa:ss");
    BOOST_TEST(find("ghcr.io/acme/x")->password == "p");
    BOOST_TEST(find("old.example/x")->password == "b");
    BOOST_TEST(find("127.0.0.1:5000/x")->identityToken == "t");
    BOOST_TEST(!find("127.0.0.1:5001/x"));
    BOOST_TEST(!find("sub.ghcr.io/x"));
}

BOOST_AUTO_TEST_CASE(the_header_is_base64url_of_the_credentials)
{
    config(R"({"auths":{"ghcr.io":{"username":"ü?>~","password":"p\"ÿÿÿ"}}})");
    const auto header = registryAuthFor(parseImageReference("ghcr.io/x"), environment).value();
    BOOST_TEST(header.find_first_of("+/\r\n ") == std::string::npos);
    BOOST_TEST(header.size() % 4 == 0u);
    const auto object = decoded(header);
    BOOST_TEST(object->getValue<std::string>("username") == "ü?>~");
    BOOST_TEST(object->getValue<std::string>("password") == "p\"ÿÿÿ");
    BOOST_TEST(object->getValue<std::string>("serveraddress") == "ghcr.io");
    BOOST_TEST(!object->has("identitytoken"));
    BOOST_TEST(
        decoded(registryAuthHeader({.identityToken = "t"}, "docker.io"))->getValue<std::string>("serveraddress") ==
        "https://index.docker.io/v1/");
}

BOOST_AUTO_TEST_CASE(a_long_credential_is_not_cut_into_lines)
{
    const auto header = registryAuthHeader({.username = "u", .password = std::string(5000, 'p')}, "ghcr.io");
    BOOST_TEST(header.find('\n') == std::string::npos);
    BOOST_TEST(decoded(header)->getValue<std::string>("password").size() == 5000u);
}

BOOST_AUTO_TEST_CASE(docker_config_names_another_folder)
{
    home.write("elsewhere/config.json", R"({"auths":{"ghcr.io":{"auth":"YTpi"}}})");
    environment.variables["DOCKER_CONFIG"] = (home.path() / "elsewhere").string();
    BOOST_TEST(find("ghcr.io/x")->username == "a");
}

BOOST_AUTO_TEST_CASE(a_helper_gets_the_registry_on_its_input)
{
    helper("store",
           R"(read -r r; [ "$1" = get ] && printf '{"ServerURL":"%s","Username":"%s","Secret":"s"}' "$r" "$r")");
    config(R"({"credsStore":"store","auths":{"ghcr.io":{"auth":"YTpi"}}})");
    BOOST_TEST(find("ghcr.io/x")->username == "ghcr.io");
    BOOST_TEST(find("ghcr.io/x")->password == "s");
    BOOST_TEST(find("node")->username == "https://index.docker.io/v1/");
}

BOOST_AUTO_TEST_CASE(a_helper_for_one_registry_goes_before_the_store)
{
    helper("store", R"(echo '{"Username":"store","Secret":"s"}')");
    helper("gcr", R"(echo '{"Username":"<token>","Secret":"t"}')");
    config(R"({"credsStore":"store","credHelpers":{"gcr.io":"gcr"}})");
    BOOST_TEST(find("gcr.io/x")->identityToken == "t");
    BOOST_TEST(find("gcr.io/x")->username.empty());
    BOOST_TEST(find("ghcr.io/x")->username == "store");
}

BOOST_AUTO_TEST_CASE(a_helper_that_knows_nothing_means_anonymous)
{
    helper("store", "echo 'credentials not found in native keychain'; exit 1");
    config(R"({"credsStore":"store"})");
    BOOST_TEST(!find("ghcr.io/x"));
    helper("store", R"(echo '{"Username":"","Secret":""}')");
    BOOST_TEST(!find("ghcr.io/x"));
}

BOOST_AUTO_TEST_CASE(a_helper_that_fails_is_named)
{
    config(R"({"credsStore":"store"})");
    checkContains(errorOf("ghcr.io/x"),
                  "credential helper docker-credential-store for ghcr.io: there is no such program");
    helper("store", "echo 'keychain is locked'; exit 3");
    checkContains(errorOf("ghcr.io/x"), "failed with exit code 3: keychain is locked");
    helper("store", "kill -9 $$");
    checkContains(errorOf("ghcr.io/x"), "exit code 137");
    helper("store", "echo hello");
    checkContains(errorOf("ghcr.io/x"), "its answer is not a JSON object");
    home.write("bin/docker-credential-store", "no program");
    checkContains(errorOf("ghcr.io/x"), "cannot be started");
    for (const char* name : {"../evil", "a b", "x;y", "/bin/sh"})
    {
        config(std::string(R"({"credsStore":")") + name + R"("})");
        checkContains(errorOf("ghcr.io/x"), "this is no name of a helper");
    }
}

BOOST_AUTO_TEST_CASE(a_helper_that_hangs_is_ended)
{
    helper("store", "exec sleep 30");
    const auto started = std::chrono::steady_clock::now();
    const auto error =
        failureOf<RegistryAuthError>([&] { askCredentialHelper("store", "ghcr.io", environment, 200ms); });
    checkContains(error.what(), "no answer within 0.2 s");
    BOOST_TEST((std::chrono::steady_clock::now() - started < 5s));
}

BOOST_AUTO_TEST_CASE(a_helper_starts_with_default_signals_and_the_given_environment)
{
    environment.variables = {{"PATH", environment.variables.at("PATH")}, {"MARK", "here"}};
    helper("store", R"sh(
masks=$(sed -n 's/^Sig[BI][lg][kn]:[^0-9a-f]*//p' /proc/self/status | tr '\n' ' ')
printf '{"Username":"%s","Secret":"%s"}' "$(env | grep -c MARK=here)" "$masks")sh");
    const auto answer = askCredentialHelper("store", "ghcr.io", environment).value();
    BOOST_TEST(answer.username == "1");
    std::istringstream masks(answer.password);
    std::uint64_t blocked = ~0ULL;
    std::uint64_t ignored = ~0ULL;
    masks >> std::hex >> blocked >> ignored;
    BOOST_TEST(blocked == 0u);
    BOOST_TEST((ignored & (1ULL << (SIGPIPE - 1))) == 0u);
}

BOOST_AUTO_TEST_CASE(no_error_shows_a_credential)
{
    std::vector<std::string> texts;
    config(R"({"auths":{"ghcr.io":{"auth":"c2VjcmV0cGFzcw=="}}})"); // "secretpass", no colon
    texts.push_back(errorOf("ghcr.io/x"));
    checkContains(texts.back(), "the `auth` of ghcr.io is not base64 of USER:PASSWORD");
    config(R"({"auths":{"ghcr.io":{"auth":"%%%secretpass"}}})");
    texts.push_back(errorOf("ghcr.io/x"));
    checkContains(texts.back(), "the `auth` of ghcr.io is not base64 of USER:PASSWORD");
    config(R"({"auths":{"ghcr.io":{"password":"secretpass"}} trailing secretpass)");
    texts.push_back(errorOf("ghcr.io/x"));
    config(R"({"credsStore":"store"})");
    helper("store", R"(echo '{"Username":"u","Secret":"secretpass"}'; exit 1)");
    texts.push_back(errorOf("ghcr.io/x"));
    helper("store", R"(echo '{"Username":"u","Secret":"secretpass"')");
    texts.push_back(errorOf("ghcr.io/x"));
    for (const auto& text : texts)
    {
        BOOST_TEST(text.find("secretpass") == std::string::npos, text);
        BOOST_TEST(text.find("c2Vjcm") == std::string::npos, text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
