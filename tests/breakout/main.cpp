#include "attempt.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <unistd.h>

// mcp-breakout [--tcp ADDRESS:PORT]... [--name NAME]... [--socket PATH]... [--memory MEGABYTES] [--processes N]
//   writes to stderr when it begins, a line about each attempt, and how many there were; then it waits, as a stdio
//   server does, until its stdin ends.
// mcp-breakout dns ADDRESS | accept ADDRESS:PORT
//   the other end of some attempts.

namespace
{

using namespace breakout;

Targets parse(int argc, char** argv)
{
    Targets targets;
    for (int i = 1; i + 1 < argc; i += 2)
    {
        const std::string option = argv[i];
        const std::string value = argv[i + 1];
        if (option == "--tcp")
            targets.tcp.push_back(value);
        else if (option == "--name")
            targets.names.push_back(value);
        else if (option == "--socket")
            targets.sockets.push_back(value);
        else if (option == "--memory")
            targets.memoryMegabytes = std::atol(value.c_str());
        else if (option == "--processes")
            targets.processes = std::atoi(value.c_str());
        else
            std::exit((std::fprintf(stderr, "what is %s?\n", option.c_str()), 64));
    }
    return targets;
}

/// As the engine writes times, to be compared with its own.
std::string now()
{
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    char text[64] = {};
    const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", std::gmtime(&time.tv_sec));
    std::snprintf(text + length, sizeof text - length, ".%09ldZ", time.tv_nsec);
    return text;
}

}

int main(int argc, char** argv)
{
    if (argc == 3 && std::strcmp(argv[1], "dns") == 0)
        return answerQuestions(argv[2]);
    if (argc == 3 && std::strcmp(argv[1], "accept") == 0)
        return acceptAll(argv[2]);
    // The setuid copy of this program, run by one of the attempts: who is it?
    if (argc == 2 && std::strcmp(argv[1], "whoami") == 0)
        return ::geteuid() == 0 ? 0 : 1;

    const auto targets = parse(argc, argv);
    std::fprintf(stderr, "%s\n", nlohmann::json({{"begins", now()}}).dump().c_str());
    std::size_t count = 0;
    for (auto* attempts : {&networkAttempts, &privilegeAttempts, &resourceAttempts})
        for (const auto& attempt : (*attempts)(targets))
        {
            make(attempt);
            ++count;
        }
    std::fprintf(stderr, "%s\n", nlohmann::json({{"attempts", count}}).dump().c_str());
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0)
    {
    }
    return 0;
}
