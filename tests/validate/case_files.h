#pragma once

#include "load/load.h"
#include "validate/validate.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>

// Cases as text files: a manifest, and beside it what is expected of it, to the byte. With
// MCPCTL_UPDATE_EXPECTED=1 in the environment the expectations are written instead of compared; read
// them before they are committed.

namespace mcpctl::test
{

namespace fs = std::filesystem;

inline const fs::path dataFolder = fs::path(MCPCTL_SOURCE_DIR) / "tests/data";

inline std::string contentOf(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A day and a host for all cases: /srv/mcp/etc leads to /etc, /srv/mcp/engine to /run, and where
/// anything below /far leads cannot be told.
inline ValidateOptions caseOptions()
{
    ValidateOptions options;
    options.gateways.nameServers = {"192.0.2.53:53"};
    options.gateways.hostAddresses = [] { return std::vector<std::string>{"198.51.100.7"}; };
    options.policy.today = std::chrono::year(2026) / 6 / 1;
    options.policy.engineSocket = "/opt/engine/api.sock";
    options.policy.resolve = [](const std::string& path) -> std::optional<std::string>
    {
        static const std::map<std::string, std::string> links{{"/srv/mcp/etc", "/etc"}, {"/srv/mcp/engine", "/run"}};
        if (path.starts_with("/far"))
            return std::nullopt;
        const auto link = links.find(path);
        return link == links.end() ? path : link->second;
    };
    return options;
}

/// Loads `text` as if it stood in a file called `name`, so that places are the same on every machine.
inline Manifests loadText(const std::string& text, const std::string& name = "case.yaml")
{
    std::istringstream input(text);
    Manifests manifests = load({"-"}, input);
    for (Document& document : manifests.documents)
    {
        document.file = name;
        for (auto& [pointer, place] : document.places)
            place.file = name;
    }
    for (Diagnostic& diagnostic : manifests.diagnostics)
    {
        diagnostic.pos.file = name;
        for (SourcePos& other : diagnostic.see)
            other.file = name;
    }
    manifests.texts = {{name, text}};
    return manifests;
}

inline std::string findingsOf(const std::string& text, const std::string& name = "case.yaml")
{
    const Manifests manifests = loadText(text, name);
    return renderDiagnostics(validate(manifests, caseOptions()).diagnostics, manifests.texts);
}

/// The files of a folder whose names end in `ending`, sorted.
inline std::set<fs::path> casesIn(const fs::path& folder, const std::string& ending)
{
    std::set<fs::path> cases;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().filename().string().ends_with(ending))
            cases.insert(entry.path());
    return cases;
}

/// Holds `actual` against the file `expected`, or writes it there.
inline void compareWithFile(const std::string& actual, const fs::path& expected)
{
    if (std::getenv("MCPCTL_UPDATE_EXPECTED") != nullptr)
    {
        std::ofstream(expected, std::ios::binary) << actual;
        return;
    }
    BOOST_CHECK_MESSAGE(actual == contentOf(expected), expected.filename().string()
                                                           << " expects\n"
                                                           << contentOf(expected) << "but got\n"
                                                           << actual);
}

inline fs::path withEnding(fs::path path, const std::string& ending)
{
    return path.replace_extension(ending);
}

}
