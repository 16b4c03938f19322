#include "app/revision.h"

#include <Poco/Exception.h>
#include <Poco/Pipe.h>
#include <Poco/PipeStream.h>
#include <Poco/Process.h>
#include <Poco/StreamCopier.h>

#include <filesystem>
#include <optional>

namespace mcpctl
{

namespace
{

/// What `git ARGUMENTS` prints, or nothing when it fails.
std::optional<std::string> git(const std::string& folder, const std::vector<std::string>& arguments)
{
    // A repository of somebody else must not run its hooks or file system monitor here.
    std::vector<std::string> all{"-C", folder, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    try
    {
        Poco::Pipe output;
        Poco::Pipe errors;
        auto process = Poco::Process::launch("git", all, nullptr, &output, &errors);
        errors.close(Poco::Pipe::CLOSE_READ);
        Poco::PipeInputStream stream(output);
        std::string text;
        Poco::StreamCopier::copyToString(stream, text);
        if (process.wait() != 0)
            return std::nullopt;
        while (!text.empty() && text.back() == '\n')
            text.pop_back();
        return text;
    }
    catch (const Poco::Exception&)
    {
        return std::nullopt;
    }
}

}

std::string gitRevision(const std::vector<std::string>& paths)
{
    if (paths.empty() || paths.front() == "-")
        return "";
    std::error_code ignored;
    const std::filesystem::path path(paths.front());
    const auto folder =
        std::filesystem::is_directory(path, ignored) ? path : std::filesystem::absolute(path, ignored).parent_path();
    const auto commit = git(folder.string(), {"rev-parse", "HEAD"});
    if (!commit)
        return "";
    const auto changes = git(folder.string(), {"status", "--porcelain", "--", "."});
    return changes && changes->empty() ? *commit : *commit + "-dirty";
}

}
