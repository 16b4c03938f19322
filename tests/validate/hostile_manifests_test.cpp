// Manifests of somebody who means harm: each is refused with the rule, and at the place, that its first line tells, or
// loads harmlessly. tests/data/hostile/make.py writes them.

#include "case_files.h"

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

/// The words behind `# expect:`.
std::set<std::string> expectationOf(const std::string& text)
{
    static const std::string marker = "# expect: ";
    const auto begin = text.find(marker);
    BOOST_REQUIRE(begin != std::string::npos);
    std::istringstream words(text.substr(begin + marker.size(), text.find('\n') - begin - marker.size()));
    std::set<std::string> expected;
    for (std::string word; words >> word;)
        if (word != "nothing")
            expected.insert(word);
    return expected;
}

/// The errors as `rule@line:column`; as `rule@*` where the expectation leaves the place open.
std::set<std::string> errorsOf(const Validated& validated, const std::set<std::string>& expected)
{
    std::set<std::string> found;
    for (const Diagnostic& each : validated.diagnostics)
        if (each.severity == Diagnostic::Severity::error)
        {
            BOOST_TEST(each.pos.line > 0, each.message);
            const bool anywhere = expected.contains(each.rule + "@*");
            found.insert(each.rule + "@" +
                         (anywhere ? "*" : std::to_string(each.pos.line) + ":" + std::to_string(each.pos.column)));
        }
    return found;
}

std::string joined(const std::set<std::string>& words)
{
    std::string out;
    for (const auto& word : words)
        out += " " + word;
    return out.empty() ? " nothing" : out;
}

}

BOOST_AUTO_TEST_SUITE(hostile_manifests_test)

BOOST_AUTO_TEST_CASE(each_is_refused_where_it_is_wrong_or_loads_harmlessly)
{
    const auto cases = casesIn(dataFolder / "hostile", ".yaml");
    BOOST_TEST(cases.size() >= 200);
    for (const auto& path : cases)
    {
        const std::string text = contentOf(path);
        const Manifests manifests = loadText(text, path.filename().string());
        const Validated validated = validate(manifests, caseOptions());
        const auto expected = expectationOf(text);
        const auto found = errorsOf(validated, expected);
        BOOST_CHECK_MESSAGE(found == expected, path.filename().string()
                                                   << " expects" << joined(expected) << " but got" << joined(found));
        for (const char c : renderDiagnostics(validated.diagnostics, manifests.texts))
            BOOST_REQUIRE_MESSAGE(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F),
                                  path.filename().string() << " could steer a terminal");
    }
}

BOOST_AUTO_TEST_CASE(no_finding_shows_a_secret_that_is_written_out)
{
    for (const auto& path : casesIn(dataFolder / "hostile", ".yaml"))
    {
        if (!path.filename().string().starts_with("secret-"))
            continue;
        const std::string shown = findingsOf(contentOf(path), path.filename().string());
        for (const char* part : {"00000000", "EXAMPLE0", "pencil", "OPENSSH"})
            BOOST_TEST(shown.find(part) == std::string::npos, shown);
    }
}

BOOST_AUTO_TEST_SUITE_END()
