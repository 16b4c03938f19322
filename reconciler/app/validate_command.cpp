#include "app/commands.h"
#include "app/json.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "app/report_formats.h"
#include "model/gateways.h"

#include <fmt/format.h>

#include <iostream>
#include <set>

namespace mcpctl
{

namespace
{

std::string plural(std::size_t count, std::string_view what)
{
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string asText(const Declared& declared)
{
    std::string out = renderDiagnostics(declared.diagnostics, declared.texts);
    if (declared.valid())
    {
        std::set<ProfileName> profiles;
        std::size_t instances = 0;
        for (const auto& [name, instance] : declared.desired.instances)
            if (!isGateway(name.text, declared.desired.project))
            {
                profiles.insert(instance.profile);
                ++instances;
            }
        return out +
               fmt::format("valid: {} in {}\n", plural(instances, "instance"), plural(profiles.size(), "profile"));
    }
    std::size_t errors = 0;
    for (const auto& diagnostic : declared.diagnostics)
        errors += diagnostic.severity == Diagnostic::Severity::error;
    return out + fmt::format("invalid: {}\n", plural(errors, "error"));
}

std::string asJson(const Declared& declared)
{
    auto out = jsonObject();
    out->set("version", 1);
    out->set("valid", declared.valid());
    out->set("diagnostics", toJson(declared.diagnostics));
    Poco::JSON::Array::Ptr instances = new Poco::JSON::Array;
    if (declared.valid())
        for (const auto& [name, instance] : declared.desired.instances)
            instances->add(name.text);
    out->set("instances", instances);
    return jsonText(*out) + "\n";
}

}

ExitCode validateCommand(const GlobalOptions& global, const std::vector<std::string>& paths)
{
    const auto declared = declare(global, paths, std::cin);
    if (isReport(global.output))
        print(renderReport(global.output, reportOf("mcpctl validate", declared)));
    else
        print(global.output == OutputFormat::json ? asJson(declared) : asText(declared));
    return declared.valid() ? ExitCode::done : ExitCode::invalid;
}

}
