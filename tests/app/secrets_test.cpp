#include "app/secrets.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace mcpctl;

namespace
{

DesiredState wanting(const std::string& secret)
{
    DesiredState desired;
    auto& instance = desired.instances[InstanceName("mcpctl-dev-a")];
    instance.name = InstanceName("mcpctl-dev-a");
    instance.spec.env["TOKEN"] = {"", secret, false};
    instance.spec.env["PLAIN"] = {"text", std::nullopt, true};
    return desired;
}

struct Fixture
{
    test::TemporaryFolder folder;
    std::map<std::string, std::string> variables;

    void write(const std::string& name, const std::string& text, std::filesystem::perms mode) const
    {
        std::ofstream(folder.path() / name) << text;
        std::filesystem::permissions(folder.path() / name, mode);
    }

    EnvValue resolve(const std::string& secret) const
    {
        const auto environment = [this](const std::string& name) -> std::optional<std::string>
        {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        };
        const auto desired = withSecrets(wanting(secret), {folder.path(), environment});
        return desired.instances.begin()->second.spec.env.at("TOKEN");
    }
};

constexpr auto mine = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

}

BOOST_FIXTURE_TEST_SUITE(secrets_test, Fixture)

BOOST_AUTO_TEST_CASE(a_file_gives_the_secret_without_its_last_newline)
{
    write("db-token", "one\ntwo\n", mine);
    BOOST_TEST(resolve("db-token").resolved);
    BOOST_TEST(resolve("db-token").text == "one\ntwo");
}

BOOST_AUTO_TEST_CASE(without_a_file_the_environment_gives_it)
{
    variables["MCPCTL_SECRET_DB_TOKEN"] = "from the environment";
    BOOST_TEST(resolve("db-token").text == "from the environment");
    write("db-token", "from the file", mine);
    BOOST_TEST(resolve("db-token").text == "from the file");
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_nowhere_stays_unresolved_and_never_becomes_a_placeholder)
{
    BOOST_TEST(!resolve("db-token").resolved);
    BOOST_TEST(resolve("db-token").text.empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_others_can_read_is_refused)
{
    write("db-token", "x", mine | std::filesystem::perms::others_read);
    BOOST_CHECK_EXCEPTION(resolve("db-token"), std::runtime_error,
                          [](const std::runtime_error& error)
                          { return std::string(error.what()).find("others can read it") != std::string::npos; });
}

BOOST_AUTO_TEST_CASE(what_no_environment_variable_can_hold_is_refused)
{
    write("db-token", std::string("a\0b", 3), mine);
    BOOST_CHECK_THROW(resolve("db-token"), std::runtime_error);
    std::filesystem::create_directory(folder.path() / "folder");
    BOOST_CHECK_THROW(resolve("folder"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
