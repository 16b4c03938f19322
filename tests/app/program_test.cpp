/// The program as a shell sees it: exit codes, what goes to which stream, wrong input. Needs no engine.
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

namespace
{

struct Result
{
    int code = 0;
    std::string out;
    std::string err;
};

std::string contentOf(const std::filesystem::path& file)
{
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

struct Fixture
{
    mcpctl::test::TemporaryFolder folder;

    /// Runs `mcpctl ARGUMENTS`, with no engine to be found.
    Result mcpctl(const std::string& arguments, const std::string& input = "", const std::string& setup = "") const
    {
        const auto path = [this](const char* name) { return (folder.path() / name).string(); };
        std::ofstream(path("in")) << input;
        const std::string command =
            setup + "DOCKER_HOST=unix:///nonexistent/docker.sock MCPCTL_LOCK_DIR=" + path("lock") +
            " " MCPCTL_BINARY " " + arguments + " <" + path("in") + " >" + path("out") + " 2>" + path("err");
        const int status = std::system(command.c_str());
        return {WEXITSTATUS(status), contentOf(path("out")), contentOf(path("err"))};
    }

    std::string write(const std::string& name, const std::string& text) const
    {
        return folder.write(name, text).string();
    }
};

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

constexpr const char* good = "apiVersion: mcpctl/v1\n"
                             "kind: McpServer\n"
                             "metadata: {name: memory}\n"
                             "spec: {image: 'acme/memory:1'}\n"
                             "---\n"
                             "apiVersion: mcpctl/v1\n"
                             "kind: Profile\n"
                             "metadata: {name: dev}\n"
                             "spec: {servers: [{server: memory}]}\n";

}

BOOST_FIXTURE_TEST_SUITE(program_test, Fixture)

BOOST_AUTO_TEST_CASE(valid_manifests_are_0_and_need_no_engine)
{
    const auto result = mcpctl("validate " + write("good.yaml", good));
    BOOST_TEST(result.code == 0, result.err);
    BOOST_TEST(result.out == "valid: 1 instance in 1 profile\n");
    BOOST_TEST(result.err.empty());
}

BOOST_AUTO_TEST_CASE(standard_input_is_a_manifest_too)
{
    BOOST_TEST(mcpctl("validate -", good).code == 0);
}

BOOST_AUTO_TEST_CASE(invalid_manifests_are_4_with_the_place_the_line_and_a_hint)
{
    const auto file =
        write("bad.yaml", "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: x}\nspec:\n  imgae: y:1\n");
    const auto result = mcpctl("validate " + file);
    BOOST_TEST(result.code == 4);
    BOOST_TEST(has(result.out, "bad.yaml:5:3: error:"), result.out);
    BOOST_TEST(has(result.out, "imgae: y:1"), result.out);
    BOOST_TEST(has(result.out, "did you mean `image`?"), result.out);
    BOOST_TEST(mcpctl("plan " + file).code == 4);
    BOOST_TEST(mcpctl("apply " + file).code == 4);
}

BOOST_AUTO_TEST_CASE(validate_speaks_json)
{
    const auto result = mcpctl("validate -o json -", "kind: Nothing\n");
    BOOST_TEST(result.code == 4);
    BOOST_TEST(has(result.out, "{\"version\":1,\"valid\":false,\"diagnostics\":[{\"severity\":\"error\""), result.out);
}

BOOST_AUTO_TEST_CASE(validate_prints_reports_and_other_commands_do_not)
{
    const auto file = write("bad.yaml", "kind: Nothing\n");
    const std::string at = "cd " + folder.path().string() + "; ";
    const auto github = mcpctl("validate -o github " + file, "", at);
    BOOST_TEST(github.code == 4);
    BOOST_TEST(has(github.out, "::error file=bad.yaml,line=1,col=1,title=unknown-kind::"), github.out);
    BOOST_TEST(has(mcpctl("validate -o sarif " + file, "", at).out, "\"uri\":\"bad.yaml\""));
    BOOST_TEST(has(mcpctl("validate -o junit " + file).out, "<failure message="));
    BOOST_TEST(has(mcpctl("validate -o markdown " + file).out, "**mcpctl validate**: 1 error"));
    const auto plan = mcpctl("plan -o github " + file, "", at);
    BOOST_TEST(plan.code == 4);
    BOOST_TEST(has(plan.out, "title=unknown-kind"), plan.out);
    BOOST_TEST(!has(plan.err, "kind: Nothing"), plan.err); // a runner reads commands there, too
    BOOST_TEST(mcpctl("status -o sarif").code == 64);
    BOOST_TEST(mcpctl("apply -o github " + file).code == 64);
}

BOOST_AUTO_TEST_CASE(a_policy_from_outside_denies_with_4_and_may_come_by_the_environment)
{
    const auto file = write("good.yaml", good);
    const auto policy = write("house.yaml", "apiVersion: mcpctl/v1\nkind: SecurityPolicy\nmetadata: {name: house}\n"
                                            "spec: {rules: {image-source: {level: deny, allow: [ghcr.io]}}}\n");
    for (const std::string command : {"validate", "plan", "apply"})
    {
        const auto result = mcpctl(command + " --policy " + policy + " " + file);
        BOOST_TEST(result.code == 4, command);
        BOOST_TEST(has(result.out + result.err, "[image-source]"), result.out + result.err);
    }
    BOOST_TEST(mcpctl("validate " + file, "", "MCPCTL_POLICY=" + policy + " ").code == 4);
    BOOST_TEST(mcpctl("validate --policy /nowhere/policy.yaml " + file).code == 4);
    BOOST_TEST(mcpctl("validate --policy - " + file).code == 64);
}

BOOST_AUTO_TEST_CASE(an_engine_that_is_not_there_is_69_and_the_message_says_where_it_was_looked_for)
{
    const auto file = write("good.yaml", good);
    for (const auto& command :
         {"plan " + file, "apply " + file, std::string("status"), std::string("destroy --yes"),
          std::string("restart x"), "describe x " + file, std::string("connect-config --client zed")})
    {
        const auto result = mcpctl(command);
        BOOST_TEST(result.code == 69, command + ": " + result.err);
        BOOST_TEST(has(result.err, "/nonexistent/docker.sock"), result.err);
        BOOST_TEST(has(result.err, "DOCKER_HOST"), result.err);
        BOOST_TEST(result.out.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_command_line_is_64_and_suggests_what_was_meant)
{
    for (const auto* arguments : {"aply", "aply x", "--project demo aply x"})
        BOOST_TEST(has(mcpctl(arguments).err, "there is no command `aply`; did you mean `apply`?"), arguments);
    BOOST_TEST(has(mcpctl("--porject x status").err, "there is no option `--porject`; did you mean `--project`?"));
    BOOST_TEST(has(mcpctl("plan . --prune-mx=3").err, "did you mean `--prune-max`?"));
    BOOST_TEST(has(mcpctl("status all").err, "`status` takes no argument `all`"));
    BOOST_TEST(has(mcpctl("-o xml status").err, "`xml` is none of text, json"));
    BOOST_TEST(has(mcpctl("connect-config --client emacs").err, "`emacs` is none of claude-desktop, claude-code"));
    for (const auto* arguments :
         {"", "aply x", "restart", "describe", "connect-config", "--log-level loud status", "apply",
          "plan . --no-such-option", "-o xml status", "schema Servr", "completion tcsh", "--project 'Not Good' status",
          "apply . --settle-time 5", "history prune", "history show", "history --since 5", "--history x:// history",
          "--no-history history"})
        BOOST_TEST(mcpctl(arguments).code == 64, arguments);
}

BOOST_AUTO_TEST_CASE(a_profile_or_server_that_nobody_declares_is_not_nothing_to_do)
{
    const auto file = write("good.yaml", good);
    const auto result = mcpctl("plan " + file + " --profile dve");
    BOOST_TEST(result.code == 64, result.err);
    BOOST_TEST(has(result.err, "did you mean dev?"), result.err);
    // The name is one word; what follows is the path. An engine is what is missing now.
    BOOST_TEST(mcpctl("plan --profile dev " + file + " --server memory").code == 69);
}

BOOST_AUTO_TEST_CASE(of_an_option_that_is_given_twice_the_last_counts)
{
    const auto file = write("good.yaml", good);
    BOOST_TEST(has(mcpctl("validate -o text -o json " + file).out, "{\"version\":1"));
    BOOST_TEST(mcpctl("apply " + file + " --settle-time 1s --settle-time 2s").code == 69);
}

BOOST_AUTO_TEST_CASE(every_command_has_help_with_an_example)
{
    const auto help = mcpctl("--help").out + mcpctl("history --help").out;
    for (const auto* command :
         {"validate",    "plan",          "apply",   "destroy", "status", "describe",       "logs",    "events",
          "stats",       "attach",        "restart", "stop",    "start",  "connect-config", "history", "history show",
          "history why", "history prune", "schema",  "audit",   "doctor", "completion",     "version"})
    {
        const auto result = mcpctl(std::string(command) + " --help");
        BOOST_TEST(result.code == 0);
        BOOST_TEST(has(result.out, "Examples:"), command);
        BOOST_TEST(has(result.out, std::string("Usage: mcpctl ") + command), result.out);
        BOOST_TEST(has(help, std::string("\n  ") + command + " "), command);
    }
}

BOOST_AUTO_TEST_CASE(help_speaks_the_words_of_people_and_keeps_to_the_width)
{
    for (const auto* arguments : {"--help", "apply --help", "connect-config --help", "completion --help"})
    {
        const auto help = mcpctl(arguments).out;
        for (const auto* machine : {"{", "ENUM", "TEXT", "REQUIRED", "Needs:", "Env:", " ..."})
            BOOST_TEST(!has(help, machine), std::string(arguments) + " has " + machine);
        std::istringstream lines(help);
        for (std::string line; std::getline(lines, line);)
            BOOST_TEST(line.size() <= 100U, line);
    }
    const auto help = mcpctl("--help").out; // how far the second column is away is not the point
    BOOST_TEST(std::regex_search(
        help, std::regex("\n  -o, --output FORMAT +text \\(default\\) or json; for status also wide, for")));
    BOOST_TEST(has(mcpctl("plan --help").out, "Usage: mcpctl plan [OPTION...] PATH...\n"));
}

BOOST_AUTO_TEST_CASE(without_a_command_the_help_is_printed_and_nothing_was_done)
{
    const auto result = mcpctl("");
    BOOST_TEST(result.code == 64);
    BOOST_TEST(result.out.empty());
    BOOST_TEST(result.err == mcpctl("--help").out);
}

BOOST_AUTO_TEST_CASE(more_is_told_where_more_is_asked_for)
{
    const std::string where = "debug   the engine is unix:///nonexistent/docker.sock, by DOCKER_HOST\n";
    BOOST_TEST(has(mcpctl("--log-level debug status").err, where));
    BOOST_TEST(!has(mcpctl("status").err, where));
}

BOOST_AUTO_TEST_CASE(schemas_are_printed_as_they_are)
{
    BOOST_TEST(mcpctl("schema").out == "McpServer\nNetwork\nProfile\nSecurityPolicy\n");
    BOOST_TEST(mcpctl("schema McpServer").out == contentOf(MCPCTL_SOURCE_DIR "/schemas/McpServer.schema.json"));
}

BOOST_AUTO_TEST_CASE(completion_scripts_parse_and_know_the_commands)
{
    const auto bash = mcpctl("completion bash").out;
    const auto file = write("completion.bash", bash);
    const std::string ask = "bash -c 'source " + file +
                            "; COMP_WORDS=(mcpctl pl); COMP_CWORD=1; _mcpctl; [[ ${COMPREPLY[*]} == plan ]] && "
                            "COMP_WORDS=(mcpctl plan --detailed); COMP_CWORD=2; _mcpctl; "
                            "[[ ${COMPREPLY[*]} == --detailed-exitcode ]] && "
                            "COMP_WORDS=(mcpctl connect-config --client clau); COMP_CWORD=3; _mcpctl; "
                            "[[ ${COMPREPLY[*]} == \"claude-desktop claude-code\" ]] && "
                            "COMP_WORDS=(mcpctl status -o js); COMP_CWORD=3; _mcpctl; [[ ${COMPREPLY[*]} == json ]]'";
    BOOST_TEST(std::system(ask.c_str()) == 0);
    BOOST_TEST(has(mcpctl("completion zsh").out, "#compdef mcpctl"));
    BOOST_TEST(has(mcpctl("completion fish").out, "-a destroy"));
}

BOOST_AUTO_TEST_CASE(history_needs_no_engine_and_a_run_that_is_not_there_is_1)
{
    const auto state = "XDG_STATE_HOME=" + folder.path().string() + "/state ";
    const auto list = mcpctl("history -o json", "", state);
    BOOST_TEST(list.out == "{\"version\":1,\"project\":\"mcpctl\",\"runs\":[]}\n", list.err);
    BOOST_TEST(mcpctl("history show 0190", "", state).code == 1);
    BOOST_TEST(mcpctl("history why mcpctl-dev-memory", "", state).code == 1);
    BOOST_TEST(
        mcpctl("history prune --keep 1d", "", state + "MCPCTL_HISTORY=" + folder.path().string() + "/h.db ").code == 0);
    BOOST_TEST(std::filesystem::exists(folder.path() / "h.db"));
}

BOOST_AUTO_TEST_CASE(an_answer_that_cannot_be_written_is_no_success)
{
    const auto result = mcpctl("schema McpServer >/dev/full; exit $?; echo");
    BOOST_TEST(result.code == 1);
}

BOOST_AUTO_TEST_CASE(version_is_told_with_and_without_an_engine)
{
    BOOST_TEST(mcpctl("--version").code == 0);
    const auto result = mcpctl("version -o json");
    BOOST_TEST(result.code == 0);
    BOOST_TEST(has(result.out, "\"mcpctl\":\""), result.out);
}

BOOST_AUTO_TEST_SUITE_END()
