#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

// Holds the sources against the table of reconciler/README.md: who may include whom, and who may know what.

namespace
{

namespace fs = std::filesystem;

const fs::path root = fs::path(MCPCTL_SOURCE_DIR) / "reconciler";

/// Folder -> folders that it may include besides itself. What is not here may include everything.
const std::map<std::string, std::set<std::string>>& table()
{
    static const std::set<std::string> stage{"model", "orchestrator"};
    static const std::set<std::string> engine{"model", "orchestrator", "system"};
    static const std::map<std::string, std::set<std::string>> allowed{
        {"model", {}},          {"orchestrator", {"model"}},
        {"load", stage},        {"validate", stage},
        {"diff", stage},        {"apply", stage},
        {"record", engine},     {"docker", engine},
        {"kubernetes", engine}, {"mcp", stage},
        {"relay", {}},          {"system", {}},
    };
    return allowed;
}

std::vector<fs::path> sources(const fs::path& folder = root)
{
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h")
            out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
}

std::string read(const fs::path& file)
{
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string shown(const fs::path& file)
{
    return fs::relative(file, root).generic_string();
}

/// `apply` for reconciler/apply/apply.h; empty for main.cpp.
std::string folderOf(const fs::path& file)
{
    const auto relative = fs::relative(file, root);
    return std::distance(relative.begin(), relative.end()) > 1 ? relative.begin()->string() : "";
}

std::vector<std::string> includes(const std::string& text, const std::string& open, const std::string& close)
{
    static const std::string head = R"((?:^|\n)[ \t]*#[ \t]*include[ \t]*)";
    const std::regex pattern(head + open + "([^" + close + "]+)" + close);
    std::vector<std::string> out;
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
        out.push_back((*it)[1]);
    return out;
}

std::set<std::string> filesThatInclude(const std::string& prefix)
{
    std::set<std::string> out;
    for (const auto& file : sources())
        for (const auto& header : includes(read(file), "<", ">"))
            if (header.starts_with(prefix))
                out.insert(shown(file));
    return out;
}

void checkOnlyWithin(const std::string& prefix, const std::string& folder)
{
    for (const auto& file : filesThatInclude(prefix))
        BOOST_TEST(file.starts_with(folder + "/"),
                   file << " includes <" << prefix << "...>; only " << folder << "/ may");
}

void checkAtMostOneSource(const std::string& prefix)
{
    const auto files = filesThatInclude(prefix);
    BOOST_TEST(files.size() <= 1U,
               fmt::format("<{}...> is included by {}; one is enough", prefix, fmt::join(files, ", ")));
    for (const auto& file : files)
        BOOST_TEST(file.ends_with(".cpp"), file << " passes <" << prefix << "...> on to others");
}

/// The code without comments and literals.
std::string codeOf(const std::string& text)
{
    static const std::regex noise(
        R"RE(//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')RE");
    return std::regex_replace(text, noise, " ");
}

/// The words of all identifiers, in lower case: `memoryBytes` and `memory_bytes` have `memory` and `bytes`.
std::set<std::string> wordsOf(const std::string& code)
{
    static const std::regex word("[A-Z]?[a-z]+|[A-Z]+(?![a-z])");
    std::set<std::string> out;
    for (std::sregex_iterator it(code.begin(), code.end(), word), end; it != end; ++it)
    {
        auto text = it->str();
        std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
        out.insert(std::move(text));
    }
    return out;
}

}

BOOST_AUTO_TEST_SUITE(include_order_test)

BOOST_AUTO_TEST_CASE(every_folder_includes_only_what_the_table_allows)
{
    for (const auto& file : sources())
    {
        const auto folder = folderOf(file);
        const auto rule = table().find(folder);
        for (const auto& header : includes(read(file), "\"", "\""))
        {
            const auto target = header.substr(0, header.find('/'));
            BOOST_TEST(fs::exists(root / header), shown(file) << " includes \"" << header << "\", which is not there");
            BOOST_TEST((folder == "app" || folder.empty() || target != "app"), shown(file) << " includes app/");
            if (rule != table().end())
                BOOST_TEST((target == folder || rule->second.count(target) > 0),
                           shown(file) << " includes \"" << header << "\", and " << folder << "/ must not");
        }
    }
}

BOOST_AUTO_TEST_CASE(every_folder_is_in_the_table_or_is_where_all_comes_together)
{
    for (const auto& entry : fs::directory_iterator(root))
        if (entry.is_directory())
        {
            const auto name = entry.path().filename().string();
            BOOST_TEST((name == "app" || table().count(name) > 0), name << "/ has no row");
        }
}

BOOST_AUTO_TEST_CASE(each_library_is_known_where_it_belongs_and_nowhere_else)
{
    checkOnlyWithin("yaml-cpp", "load");
    checkOnlyWithin("Poco/Data", "record/poco_data");
    checkOnlyWithin("simdjson", "docker");
    checkAtMostOneSource("valijson");
    checkAtMostOneSource("CLI");
}

BOOST_AUTO_TEST_CASE(only_the_backend_talks_http_to_an_engine)
{
    // The daemon's own HTTP side is app/'s; mcp/ reads answers of servers, over channels that it is given.
    for (const auto& file : filesThatInclude("Poco/Net"))
        BOOST_TEST((file.starts_with("docker/") || file.starts_with("app/") || file.starts_with("mcp/")),
                   file << " includes <Poco/Net...>");
}

BOOST_AUTO_TEST_CASE(the_pipeline_speaks_no_engines_words)
{
    for (const auto* folder : {"model", "diff", "apply"})
        for (const auto& file : sources(root / folder))
        {
            const auto words = wordsOf(codeOf(read(file)));
            for (const auto* word : {"docker", "container", "containers", "cgroup", "cgroups", "bridge"})
                BOOST_TEST(words.count(word) == 0U, shown(file) << " has the word `" << word << "`");
        }
}

BOOST_AUTO_TEST_CASE(the_check_of_words_sees_identifiers_and_nothing_else)
{
    const auto words =
        wordsOf(codeOf("int dockerPort = 1; // a container\nauto x = \"bridge\"; CGroup MCP_cgroup_v2;"));
    BOOST_TEST(words.count("docker") == 1U);
    BOOST_TEST(words.count("cgroup") == 1U);
    BOOST_TEST(words.count("container") == 0U);
    BOOST_TEST(words.count("bridge") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
