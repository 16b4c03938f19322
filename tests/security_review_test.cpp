#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

// docs/DOCKER_SECURITY_REVIEW.md names the code and the test of each control, and the endpoints of the engine that the
// program uses, for whoever puts a proxy in front of its socket. Both are held against what is there.

namespace
{

namespace fs = std::filesystem;

const fs::path root = MCPCTL_SOURCE_DIR;

std::string read(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A path as a pattern: `"/containers/" + id + "/json"` is `/containers/*/json`.
std::string pattern(const std::string& expression)
{
    static const std::regex literal("\"([^\"]*)\"");
    std::string out;
    auto last = expression.begin();
    const auto joined = [&](auto end)
    { return std::string(last, end).find_first_not_of(" +\n()") != std::string::npos; };
    for (std::sregex_iterator it(expression.begin(), expression.end(), literal), end; it != end; ++it)
    {
        out += joined((*it)[0].first) ? "*" : "";
        out += (*it)[1];
        last = (*it)[0].second;
    }
    return out + (joined(expression.end()) ? "*" : "");
}

/// What the sources put together. A path is where a Request gets one, and what `ask` is called with.
std::set<std::string> used()
{
    static const std::regex path(R"((?:\.path = |ask\()("/[^,;}]*))");
    std::set<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(root / "reconciler/docker"))
    {
        if (!entry.is_regular_file())
            continue;
        const auto text = read(entry.path());
        for (std::sregex_iterator it(text.begin(), text.end(), path), end; it != end; ++it)
            out.insert(pattern((*it)[1]));
    }
    out.erase("/networks/mcpctl-network"); // one of /networks/*
    return out;
}

/// The rows `| GET | `/path` | ...` of the review.
std::set<std::string> documented()
{
    static const std::regex row(R"(\n\| [A-Z, ]+ \| `(/[^`]*)` \|)");
    const auto text = read(root / "docs/DOCKER_SECURITY_REVIEW.md");
    std::set<std::string> out;
    for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it)
        out.insert((*it)[1]);
    return out;
}

}

BOOST_AUTO_TEST_SUITE(security_review_test)

BOOST_AUTO_TEST_CASE(the_review_lists_the_endpoints_that_are_used_and_no_others)
{
    const auto code = used();
    BOOST_TEST(code.size() > 20U);
    const auto text = documented();
    for (const auto& each : code)
        BOOST_TEST(text.contains(each), each << " is used and not in the review");
    for (const auto& each : text)
        BOOST_TEST(code.contains(each), each << " is in the review and not used");
}

BOOST_AUTO_TEST_CASE(the_code_and_the_tests_that_the_review_names_are_there)
{
    static const std::regex name(R"(`((?:tests/)?[a-z_]+/[a-z_/]*[a-z_]+\.(?:cpp|h)|[a-z_]+\.bats)`)");
    const auto text = read(root / "docs/DOCKER_SECURITY_REVIEW.md");
    std::size_t count = 0;
    for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it, ++count)
    {
        const auto file = (*it)[1].str();
        const auto folder = file.ends_with(".bats")      ? "tests/integration"
                            : file.starts_with("tests/") ? ""
                                                         : "reconciler";
        BOOST_TEST(fs::exists(root / folder / file), file << " is not there");
    }
    BOOST_TEST(count > 20U);
}

BOOST_AUTO_TEST_CASE(paths_are_put_together_as_they_are_written)
{
    BOOST_TEST(pattern("\"/info\"") == "/info");
    BOOST_TEST(pattern("\"/containers/\" + id + \"/json\"") == "/containers/*/json");
    BOOST_TEST(pattern("\"/containers/\" + id") == "/containers/*");
}

BOOST_AUTO_TEST_SUITE_END()
