#include "validate/fetching.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace mcpctl
{

namespace
{

/// Programs that fetch a package before they run it.
constexpr std::array<std::string_view, 4> fetchingPrograms{"npx", "uvx", "bunx", "pnpx"};

struct FetchingCommand
{
    std::string_view program;
    std::string_view subcommand;
};

constexpr std::array<FetchingCommand, 10> fetchingCommands{{{"npm", "exec"},
                                                            {"npm", "x"},
                                                            {"npm", "install"},
                                                            {"npm", "i"},
                                                            {"pnpm", "dlx"},
                                                            {"yarn", "dlx"},
                                                            {"pip", "install"},
                                                            {"pip3", "install"},
                                                            {"pipx", "run"},
                                                            {"uv", "tool"}}};

}

bool fetchesPackage(const std::vector<std::string>& arguments)
{
    if (arguments.empty())
        return false;
    const std::string program = arguments.front().substr(arguments.front().rfind('/') + 1);
    const auto given = [&](const char* option)
    { return std::find(arguments.begin(), arguments.end(), option) != arguments.end(); };
    if (given("--offline") || given("--no-install") || given("--no"))
        return false;
    if (std::find(fetchingPrograms.begin(), fetchingPrograms.end(), program) != fetchingPrograms.end())
        return true;
    return std::any_of(fetchingCommands.begin(), fetchingCommands.end(),
                       [&](const FetchingCommand& command) {
                           return program == command.program && arguments.size() > 1 &&
                                  arguments[1] == command.subcommand;
                       });
}

}
