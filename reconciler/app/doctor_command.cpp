#include "app/commands.h"
#include "app/engine.h"
#include "app/json.h"
#include "app/lock.h"
#include "app/report.h"
#include "app/terminal.h"
#include "docker/doctor.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

using docker::Finding;
using Level = Finding::Level;

std::string_view word(Level level)
{
    switch (level)
    {
    case Level::good:
        return "ok";
    case Level::warning:
        return "warning";
    case Level::bad:
        return "problem";
    }
    return "";
}

Finding examineLock(const GlobalOptions& global)
{
    const auto folder = lockFolder();
    try
    {
        const Lock lock(folder, "doctor", global.project, "doctor");
        return {Level::good, "lock", fmt::format("{} can be used", folder.string()), ""};
    }
    catch (const std::exception& error)
    {
        return {Level::bad, "lock", error.what(), "set MCPCTL_LOCK_DIR to a folder that all users of mcpctl can write"};
    }
}

std::string asText(const std::vector<Finding>& findings, bool colour)
{
    std::string out;
    for (const auto& finding : findings)
    {
        const std::string_view ansi = finding.level == Level::good      ? "\033[32m"
                                      : finding.level == Level::warning ? "\033[33m"
                                                                        : "\033[31m";
        const std::string state = fmt::format("{:<8}", word(finding.level));
        out += fmt::format("{} {}: {}\n", colour ? fmt::format("{}{}\033[0m", ansi, state) : state, finding.subject,
                           finding.text);
        if (!finding.advice.empty())
            out += fmt::format("         what to do: {}\n", finding.advice);
    }
    return out;
}

std::string asJson(const std::vector<Finding>& findings)
{
    auto out = jsonObject();
    out->set("version", 1);
    Poco::JSON::Array::Ptr array = new Poco::JSON::Array;
    for (const auto& finding : findings)
    {
        auto each = jsonObject();
        each->set("level", std::string(word(finding.level)));
        each->set("subject", finding.subject);
        each->set("text", finding.text);
        each->set("advice", finding.advice);
        array->add(each);
    }
    out->set("findings", array);
    return jsonText(*out) + "\n";
}

}

ExitCode doctorCommand(const GlobalOptions& global)
{
    auto findings = examineEngine(global);
    findings.push_back(examineLock(global));
    print(global.output == OutputFormat::json ? asJson(findings) : asText(findings, wantsColour(STDOUT_FILENO)));
    const bool bad = std::any_of(findings.begin(), findings.end(),
                                 [](const Finding& finding) { return finding.level == Level::bad; });
    return bad ? ExitCode::failed : ExitCode::done;
}

}
