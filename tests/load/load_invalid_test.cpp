// Every tests/data/load/invalid/*.yaml is loaded, and what is found must be, to the byte, what the
// *.expected beside it says. A new case is two text files. With MCPCTL_UPDATE_EXPECTED=1 in the
// environment the expectations are written instead of compared; read them before they are committed.

#include "load/load.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

using namespace mcpctl;
namespace fs = std::filesystem;

namespace
{

std::string contentOf(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

SourcePos withoutFolder(SourcePos pos)
{
    pos.file = fs::path(pos.file.text()).filename().string();
    return pos;
}

std::string renderedFindings(const fs::path& path)
{
    std::istringstream none;
    Manifests manifests = load({path.string()}, none);
    for (Diagnostic& d : manifests.diagnostics)
    {
        d.pos = withoutFolder(d.pos);
        for (SourcePos& other : d.see)
            other = withoutFolder(other);
    }
    return renderDiagnostics(manifests.diagnostics, {{path.filename().string(), contentOf(path)}});
}

}

BOOST_AUTO_TEST_SUITE(load_invalid_test)

BOOST_AUTO_TEST_CASE(every_case_gives_exactly_the_expected_findings)
{
    std::set<fs::path> cases;
    for (const auto& entry : fs::directory_iterator(MCPCTL_SOURCE_DIR "/tests/data/load/invalid"))
        if (entry.path().extension() == ".yaml")
            cases.insert(entry.path());
    BOOST_TEST(cases.size() > 40);

    const bool update = std::getenv("MCPCTL_UPDATE_EXPECTED") != nullptr;
    for (const fs::path& path : cases)
    {
        const fs::path expected = fs::path(path).replace_extension(".expected");
        if (update)
            std::ofstream(expected, std::ios::binary) << renderedFindings(path);
        BOOST_TEST(fs::exists(expected), expected.filename() << " is missing");
        BOOST_TEST(renderedFindings(path) == contentOf(expected), path.filename() << " gave:\n"
                                                                                  << renderedFindings(path));
    }
}

BOOST_AUTO_TEST_SUITE_END()
