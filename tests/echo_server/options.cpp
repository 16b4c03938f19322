#include "options.h"

#include <functional>
#include <map>
#include <stdexcept>

namespace mcpecho
{
const char* const usage = R"(mcp-echo: a small MCP server for tests

  mcp-echo                        speak MCP over stdin and stdout until end of file
  mcp-echo --http PORT            speak streamable HTTP on 0.0.0.0 and ::
  mcp-echo --once TOOL [JSON]     run one tool here, print its result, exit

  --era modern|legacy|both        protocol revisions to speak (both)
  --path PATH                     the HTTP endpoint (/mcp)
  --sse                           answer over HTTP as an event stream
  --token TOKEN                   answer 401 unless this bearer token is given
  --require-capability NAME       refuse tools/call from clients without it (modern)
  --web                           with --http: a plain web server instead
  --stderr-line TEXT              write TEXT to stderr at the start (repeatable)
  --fail-start                    exit 3 at once
  --crash-after MS                exit after so long, with --exit-code N (1)
  --ignore-term                   ignore SIGTERM

Tools: allocate, burn, connect, echo, env, inside
)";

namespace
{
int toInt(const std::string& option, const std::string& text)
try
{
    size_t used = 0;
    const int value = std::stoi(text, &used);
    if (used != text.size() || value < 0)
        throw std::invalid_argument(text);
    return value;
}
catch (const std::exception&)
{
    throw std::invalid_argument(option + " needs a number, not \"" + text + "\"");
}

Era toEra(const std::string& text)
{
    if (text == "modern")
        return Era::modern;
    if (text == "legacy")
        return Era::legacy;
    if (text == "both")
        return Era::both;
    throw std::invalid_argument("--era is modern, legacy or both, not \"" + text + "\"");
}
}

Options parseOptions(const std::vector<std::string>& arguments)
{
    Options o;
    const std::map<std::string, std::function<void()>> flags{
        {"--web", [&] { o.web = true; }},
        {"--sse", [&] { o.sse = true; }},
        {"--fail-start", [&] { o.failStart = true; }},
        {"--ignore-term", [&] { o.ignoreTerm = true; }},
        {"--help", [&] { o.help = true; }},
    };
    using Text = const std::string&;
    const std::map<std::string, std::function<void(Text)>> valued{
        {"--era", [&](Text v) { o.era = toEra(v); }},
        {"--http", [&](Text v) { o.httpPort = toInt("--http", v); }},
        {"--path", [&](Text v) { o.path = v; }},
        {"--token", [&](Text v) { o.token = v; }},
        {"--require-capability", [&](Text v) { o.requireCapability = v; }},
        {"--stderr-line", [&](Text v) { o.stderrLines.push_back(v); }},
        {"--crash-after", [&](Text v) { o.crashAfter = std::chrono::milliseconds(toInt("--crash-after", v)); }},
        {"--exit-code", [&](Text v) { o.exitCode = toInt("--exit-code", v); }},
        {"--once", [&](Text v) { o.onceTool = v; }},
    };
    for (size_t i = 0; i < arguments.size(); ++i)
    {
        const std::string& argument = arguments[i];
        if (const auto flag = flags.find(argument); flag != flags.end())
        {
            flag->second();
            continue;
        }
        const auto option = valued.find(argument);
        if (option == valued.end())
            throw std::invalid_argument("unknown option \"" + argument + "\"");
        if (++i == arguments.size())
            throw std::invalid_argument(argument + " needs a value");
        option->second(arguments[i]);
        if (argument == "--once" && i + 1 < arguments.size() && !arguments[i + 1].starts_with("--"))
            o.onceArguments = arguments[++i];
    }
    if (o.web && !o.httpPort)
        throw std::invalid_argument("--web needs --http PORT");
    return o;
}
}
