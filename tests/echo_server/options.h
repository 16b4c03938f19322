#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace mcpecho
{
enum class Era
{
    modern,
    legacy,
    both
};

struct Options
{
    Era era = Era::both;
    std::optional<int> httpPort; ///< absent: stdio; 0: any free port, told on stderr
    std::string path = "/mcp";
    bool web = false;              ///< a plain web server, not an MCP server
    bool sse = false;              ///< answer over HTTP as text/event-stream
    std::string token;             ///< not empty: HTTP asks for it as a bearer token
    std::string requireCapability; ///< modern: a tools/call needs the client to have it
    std::optional<std::chrono::milliseconds> crashAfter;
    int exitCode = 1;
    bool failStart = false;
    bool ignoreTerm = false;
    std::vector<std::string> stderrLines;
    std::string onceTool;
    std::string onceArguments = "{}";
    bool help = false;
};

/// Throws std::invalid_argument with a message for people.
Options parseOptions(const std::vector<std::string>& arguments);

extern const char* const usage;
}
