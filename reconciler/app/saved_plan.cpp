#include "app/saved_plan.h"

#include "app/json.h"
#include "model/utf8.h"

#include <Poco/JSON/Parser.h>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mcpctl
{

namespace
{

constexpr int formatVersion = 1;
constexpr std::string_view marker = "mcpctlPlan";

Poco::JSON::Array::Ptr toArray(const std::vector<std::string>& items)
{
    Poco::JSON::Array::Ptr array = new Poco::JSON::Array;
    for (const auto& item : items)
        array->add(item);
    return array;
}

std::vector<std::string> strings(const Poco::JSON::Object& object, const std::string& key)
{
    std::vector<std::string> out;
    if (const auto array = object.getArray(key))
        for (const auto& item : *array)
            out.push_back(item.convert<std::string>());
    return out;
}

void writeAtomically(const std::string& file, const std::string& text)
{
    const std::string temporary = file + ".new";
    const auto refuse = [&](const char* what)
    {
        const std::string why = std::strerror(errno);
        ::unlink(temporary.c_str());
        throw SavedPlanError(fmt::format("cannot {} {}: {}", what, file, why));
    };
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        refuse("write");
    std::size_t done = 0;
    while (done < text.size())
    {
        const auto count = ::write(fd, text.data() + done, text.size() - done);
        if (count < 0)
        {
            ::close(fd);
            refuse("write");
        }
        done += static_cast<std::size_t>(count);
    }
    const bool synced = ::fsync(fd) == 0;
    if (::close(fd) != 0 || !synced)
        refuse("write");
    if (::rename(temporary.c_str(), file.c_str()) != 0)
        refuse("replace");
}

/// The steps of a plan's JSON as a parser gives them back, so that two plans can be compared as texts.
std::string stepsOf(const std::string& plan)
{
    return jsonText(*Poco::JSON::Parser().parse(plan).extract<Poco::JSON::Object::Ptr>()->getArray("steps"));
}

}

void savePlan(const std::string& file, const Plan& plan, const ReconcileOptions& options)
{
    auto root = jsonObject();
    root->set(std::string(marker), formatVersion);
    root->set("paths", toArray(options.paths));
    root->set("profiles", toArray(options.profiles));
    root->set("servers", toArray(options.servers));
    root->set("prune", options.prune);
    root->set("allowEmpty", options.allowEmpty);
    if (options.pruneMax)
        root->set("pruneMax", static_cast<std::uint64_t>(*options.pruneMax));
    root->set("plan", planToJson(plan));
    const auto text = jsonText(*root) + "\n";
    if (validUtf8(text) != text)
        throw SavedPlanError(fmt::format("cannot write {}: a plan is JSON, and a file name or path in this one is not "
                                         "UTF-8",
                                         file));
    writeAtomically(file, text);
}

bool isSavedPlan(const std::string& path)
{
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored))
        return false;
    std::ifstream in(path);
    std::string head(64, '\0');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    return head.find(marker) != std::string::npos;
}

SavedPlan readPlan(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    if (!in)
        throw SavedPlanError(fmt::format("cannot read {}", file));
    try
    {
        const auto root = Poco::JSON::Parser().parse(text.str()).extract<Poco::JSON::Object::Ptr>();
        if (root->getValue<int>(std::string(marker)) != formatVersion)
            throw SavedPlanError(fmt::format("{} was saved by another version of mcpctl; make the plan again", file));
        SavedPlan saved;
        saved.options.paths = strings(*root, "paths");
        saved.options.profiles = strings(*root, "profiles");
        saved.options.servers = strings(*root, "servers");
        saved.options.prune = root->getValue<bool>("prune");
        saved.options.allowEmpty = root->getValue<bool>("allowEmpty");
        if (root->has("pruneMax"))
            saved.options.pruneMax = root->getValue<std::uint64_t>("pruneMax");
        const auto plan = root->getObject("plan");
        if (plan.isNull() || saved.options.paths.empty())
            throw SavedPlanError(fmt::format("{} is not a complete plan; make it again", file));
        saved.project = plan->getValue<std::string>("project");
        saved.engine = plan->getValue<std::string>("engine");
        saved.desired = plan->getValue<std::string>("desired");
        saved.steps = stepsOf(jsonText(*plan));
        return saved;
    }
    catch (const Poco::Exception& error)
    {
        throw SavedPlanError(fmt::format("{} is not a saved plan, or is damaged: {}", file, error.displayText()));
    }
}

std::optional<std::string> staleness(const SavedPlan& saved, const Plan& now)
{
    if (saved.project != now.project.text)
        return fmt::format("it was made for project {}, not {}", saved.project, now.project.text);
    if (saved.engine != now.engineId)
        return "it was made for another engine";
    if (saved.desired != now.desiredDigest)
        return "the manifests have changed since it was made";
    if (saved.steps != stepsOf(jsonText(*planToJson(now))))
        return "the engine has changed since it was made";
    return std::nullopt;
}

}
