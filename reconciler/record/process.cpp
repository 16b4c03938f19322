#include "record/process.h"

#include <fmt/format.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

namespace mcpctl
{

namespace
{

std::string bootId()
{
    std::ifstream in("/proc/sys/kernel/random/boot_id");
    std::string text;
    in >> text;
    return text;
}

/// `pid:[4026531836]`
std::string processNamespace()
{
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/ns/pid", ignored).string();
}

/// In clock ticks since boot; empty for a process that is gone, or dead and not collected.
std::string startOf(const std::string& pid)
{
    std::ifstream in("/proc/" + pid + "/stat");
    std::string text{std::istreambuf_iterator<char>(in), {}};
    text.erase(0, text.rfind(')') + 1); // the name before it may hold anything
    std::istringstream words(text);
    const std::vector<std::string> fields{std::istream_iterator<std::string>(words), {}};
    return fields.size() < 20 || fields[0] == "Z" || fields[0] == "X" ? "" : fields[19];
}

}

std::string thisProcess()
{
    const auto pid = std::to_string(::getpid());
    return fmt::format("{} {} {} {}", bootId(), processNamespace(), pid, startOf(pid));
}

bool isGone(const std::string& process)
{
    std::istringstream in(process);
    std::string boot, space, pid, start;
    if (!(in >> boot >> space >> pid >> start) || bootId().empty())
        return false;
    if (boot != bootId())
        return true;
    return space == processNamespace() && startOf(pid) != start;
}

}
