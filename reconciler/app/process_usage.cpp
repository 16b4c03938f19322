#include "app/process_usage.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace mcpctl
{

namespace
{

/// The fields of /proc/self/stat behind the program's name, which may hold anything: the first is number 3.
std::istringstream statFields()
{
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    const auto end = line.rfind(')');
    return std::istringstream(end == std::string::npos ? "" : line.substr(end + 1));
}

double bootSeconds()
{
    std::ifstream file("/proc/stat");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("btime "))
            return std::stod(line.substr(6));
    return 0;
}

std::uint64_t openFiles()
{
    std::error_code error;
    std::uint64_t count = 0;
    for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end; it.increment(error))
        ++count;
    return count == 0 ? 0 : count - 1; // not the one that looks
}

}

ProcessUsage processUsage()
{
    ProcessUsage out;
    const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    auto fields = statFields();
    std::string field;
    for (int number = 3; number <= 24 && fields >> field; ++number)
        if (number == 14 || number == 15)
            out.cpuSeconds += std::stod(field) / ticks;
        else if (number == 20)
            out.threads = std::stoull(field);
        else if (number == 22)
            out.startSeconds = bootSeconds() + std::stod(field) / ticks;
        else if (number == 24)
            out.residentBytes = std::stoull(field) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    out.openFiles = openFiles();
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        out.openFilesLimit = limit.rlim_cur;
    return out;
}

}
