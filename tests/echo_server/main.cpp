#include "http.h"
#include "options.h"
#include "stdio.h"
#include "tools.h"

#include <csignal>
#include <exception>
#include <iostream>
#include <thread>
#include <unistd.h>

namespace
{
void onTerm(int)
{
    _exit(0);
}

/// As the first process of a container this one would otherwise not hear SIGTERM at all.
void handleSignals(const mcpecho::Options& options)
{
    struct sigaction action = {};
    action.sa_handler = options.ignoreTerm ? SIG_IGN : onTerm;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

int run(const mcpecho::Options& options)
{
    if (options.help)
    {
        std::cout << mcpecho::usage;
        return 0;
    }
    if (!options.onceTool.empty())
    {
        const auto arguments = nlohmann::json::parse(options.onceArguments);
        const auto value = mcpecho::runTool(options.onceTool, arguments);
        std::cout << value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
        return 0;
    }
    for (const std::string& line : options.stderrLines)
        std::cerr << line << std::endl;
    if (options.failStart)
    {
        std::cerr << "mcp-echo: refusing to start, as asked" << std::endl;
        return 3;
    }
    handleSignals(options);
    if (options.crashAfter)
        std::thread(
            [&options]
            {
                std::this_thread::sleep_for(*options.crashAfter);
                std::cerr << "mcp-echo: crashing, as asked" << std::endl;
                _exit(options.exitCode);
            })
            .detach();
    if (options.httpPort)
        mcpecho::serveHttp(options);
    mcpecho::serveStdio(options);
    while (options.crashAfter) // its end is the crash, whatever becomes of stdin
        pause();
    return 0;
}
}

int main(int argc, char** argv)
try
{
    const int code = run(mcpecho::parseOptions({argv + 1, argv + argc}));
    std::cout.flush();
    _exit(code); // a crash timer may still be counting
}
catch (const std::invalid_argument& e)
{
    std::cerr << "mcp-echo: " << e.what() << " (see --help)\n";
    return 64;
}
catch (const std::exception& e)
{
    std::cerr << "mcp-echo: " << e.what() << "\n";
    return 1;
}
