#include "app/secret_command.h"
#include "app/secrets.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

using namespace mcpctl;

namespace
{

using Kind = SecretSource::Kind;
constexpr auto mine = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

DesiredState wanting(const std::string& secret)
{
    DesiredState desired;
    auto& instance = desired.instances[InstanceName("mcpctl-dev-a")];
    instance.name = InstanceName("mcpctl-dev-a");
    instance.spec.env["TOKEN"] = {"", secret, false};
    instance.spec.env["PLAIN"] = {"text", std::nullopt, true};
    instance.spec.secretFiles[secret] = {"", secret, false};
    return desired;
}

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

struct Fixture
{
    test::TemporaryFolder folder;
    std::map<std::string, std::string> variables;
    std::vector<SecretSource> places{{Kind::folder, folder.path()}, {Kind::environment}};

    void write(const std::string& name, const std::string& text, std::filesystem::perms mode = mine) const
    {
        std::ofstream(folder.path() / name) << text;
        std::filesystem::permissions(folder.path() / name, mode);
    }

    /// A program that runs `script`, with the secret's name as $1.
    std::string program(const std::string& script) const
    {
        write("program", "#!/bin/sh\n" + script + "\n", mine | std::filesystem::perms::owner_exec);
        return (folder.path() / "program").string() + " {name}";
    }

    std::string read(const std::string& name) const
    {
        std::ifstream in(folder.path() / name);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    DesiredState resolveAll(const std::string& secret) const
    {
        const auto environment = [this](const std::string& name) -> std::optional<std::string>
        {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        };
        return withSecrets(wanting(secret), {places, environment});
    }

    EnvValue resolve(const std::string& secret) const
    {
        return resolveAll(secret).instances.begin()->second.spec.env.at("TOKEN");
    }

    void checkRefused(const std::string& secret, const std::string& why) const
    {
        const auto value = resolve(secret);
        BOOST_TEST(!value.resolved);
        BOOST_TEST(value.text.empty());
        BOOST_TEST(contains(value.why, why), value.why);
    }
};

}

BOOST_FIXTURE_TEST_SUITE(secrets_test, Fixture)

BOOST_AUTO_TEST_CASE(a_file_gives_the_secret_without_its_last_newline)
{
    write("db-token", "one\ntwo\n");
    BOOST_TEST(resolve("db-token").resolved);
    BOOST_TEST(resolve("db-token").text == "one\ntwo");
}

BOOST_AUTO_TEST_CASE(without_a_file_the_environment_gives_it)
{
    variables["MCPCTL_SECRET_DB_TOKEN"] = "from the environment";
    BOOST_TEST(resolve("db-token").text == "from the environment");
    write("db-token", "from the file");
    BOOST_TEST(resolve("db-token").text == "from the file");
}

BOOST_AUTO_TEST_CASE(the_places_are_asked_in_their_order)
{
    write("db-token", "from the file");
    variables["MCPCTL_SECRET_DB_TOKEN"] = "from the environment";
    places = {{Kind::command, program("echo from the command")}, {Kind::environment}, {Kind::folder, folder.path()}};
    BOOST_TEST(resolve("db-token").text == "from the command");
    places.erase(places.begin());
    BOOST_TEST(resolve("db-token").text == "from the environment");
    places.erase(places.begin());
    BOOST_TEST(resolve("db-token").text == "from the file");
}

BOOST_AUTO_TEST_CASE(by_default_the_folder_comes_first_and_the_environment_always_last_unless_it_has_its_place)
{
    const auto kinds = [](const std::vector<SecretSource>& given)
    {
        std::string text;
        for (const auto& each : inOrder(given))
            text += each.shown() + "; ";
        return text;
    };
    BOOST_TEST(kinds({}) == "folder /run/secrets; the environment; ");
    BOOST_TEST(kinds({{Kind::command, "x {name}"}}) == "command `x {name}`; the environment; ");
    BOOST_TEST(kinds({{Kind::environment}, {Kind::folder, "/a"}}) == "the environment; folder /a; ");
}

BOOST_AUTO_TEST_CASE(files_of_secrets_are_filled_in_like_variables)
{
    write("db-token", "value");
    const auto desired = resolveAll("db-token");
    const auto& file = desired.instances.begin()->second.spec.secretFiles.at("db-token");
    BOOST_TEST(file.resolved);
    BOOST_TEST(file.text == "value");
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_nowhere_stays_unresolved_and_tells_where_it_was_looked_for)
{
    places.push_back({Kind::command, program("exit 44")});
    checkRefused("db-token", "it is in none of folder " + folder.path().string() +
                                 ", variable MCPCTL_SECRET_DB_TOKEN, command `" + places.back().text + "`");
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_none)
{
    // As a CI system sets a variable from a secret that it has not got.
    variables["MCPCTL_SECRET_DB_TOKEN"] = "";
    write("db-token", "\n");
    checkRefused("db-token", "it is in none of");
}

BOOST_AUTO_TEST_CASE(a_file_that_others_can_read_or_write_is_refused_and_nobody_else_is_asked)
{
    variables["MCPCTL_SECRET_DB_TOKEN"] = "from the environment";
    write("db-token", "x", mine | std::filesystem::perms::others_read);
    checkRefused("db-token", "others can read it");
    write("db-token", "x", mine | std::filesystem::perms::others_write);
    checkRefused("db-token", "others can read it");
    write("db-token", "x", mine | std::filesystem::perms::group_read); // a group is chosen on purpose
    BOOST_TEST(resolve("db-token").text == "x");
}

BOOST_AUTO_TEST_CASE(a_folder_that_others_can_write_to_is_refused)
{
    write("db-token", "x");
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    checkRefused("db-token", "others can write to it");
    std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

BOOST_AUTO_TEST_CASE(what_no_environment_variable_can_hold_is_refused)
{
    write("db-token", std::string("a\0b", 3));
    checkRefused("db-token", "NUL");
    std::filesystem::create_directory(folder.path() / "folder");
    checkRefused("folder", "not a regular file");
    places = {{Kind::command, program("printf 'a\\0b'")}};
    checkRefused("db-token", "NUL");
}

BOOST_AUTO_TEST_CASE(a_command_is_run_once_for_a_secret_and_gets_no_secret_and_no_input)
{
    ::setenv("MCPCTL_SECRET_OTHER", "other-value", 1);
    places = {
        {Kind::command, program("echo \"$1\" >>\"$0.calls\"; env | grep -c other-value; cat; echo; echo '\"a b\"  '")}};
    const auto desired = resolveAll("db-token");
    ::unsetenv("MCPCTL_SECRET_OTHER");
    BOOST_TEST(desired.instances.begin()->second.spec.env.at("TOKEN").text == "0\n\n\"a b\"  ");
    BOOST_TEST(desired.instances.begin()->second.spec.secretFiles.at("db-token").resolved);
    BOOST_TEST(read("program.calls") == "db-token\n");
}

BOOST_AUTO_TEST_CASE(a_command_that_fails_says_why_and_never_what_it_printed)
{
    places = {{Kind::command, program("echo hunter22; echo 'gpg: no key for hunter22' >&2; exit 2")}};
    checkRefused("db-token", "failed with exit code 2: gpg: no key for (secret)");
    places = {{Kind::command, "/no/such/program {name}"}};
    checkRefused("db-token", "cannot be started: No such file or directory");
    places = {{Kind::command, program("head -c 1100000 /dev/zero | tr '\\0' x")}};
    checkRefused("db-token", "more than 1 MiB");
}

BOOST_AUTO_TEST_CASE(a_command_that_hangs_is_ended)
{
    BOOST_CHECK_EXCEPTION(
        askSecretCommand(program("echo part; sleep 100"), "x", std::chrono::milliseconds(100)), std::runtime_error,
        [](const std::runtime_error& error) { return contains(error.what(), "no answer within 0.1 s"); });
}

BOOST_AUTO_TEST_CASE(a_command_is_split_by_its_quotes_and_by_no_shell)
{
    using Words = std::vector<std::string>;
    const auto check = [](const std::string& command, const Words& words)
    { BOOST_TEST(splitSecretCommand(command) == words, boost::test_tools::per_element()); };
    check("pass show mcp/{name}", {"pass", "show", "mcp/{name}"});
    check("  a\t'b  c'\"d e\"f  {name} ", {"a", "b  cd ef", "{name}"});
    check(R"(a '' "\"x\"" '\' b\ c {name})", {"a", "", "\"x\"", "\\", "b c", "{name}"});
    check("a $HOME `id` ; | > {name}", {"a", "$HOME", "`id`", ";", "|", ">", "{name}"});
    for (const auto* bad : {"", " ", "pass", "{name}", "a 'b {name}", "a \"{name}", "a {name}\\"})
        BOOST_CHECK_THROW(splitSecretCommand(bad), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
