#include "app/json.h"
#include "diff/addresses.h"
#include "diff/diff.h"
#include "docker/create_body.h"
#include "fuzz/fuzz.h"
#include "load/load.h"
#include "model/fields.h"
#include "validate/validate.h"

#include <algorithm>
#include <sstream>

using namespace mcpctl;
using mcpctl::fuzz::require;

namespace
{

/// Far below what a load may cost, for with the sanitizers all takes ten times as long.
constexpr LoadLimits limits{.maxDocuments = 20, .maxNodes = 3'000, .maxTotalNodes = 3'000};

const ValidateOptions& options()
{
    static const ValidateOptions all = []
    {
        ValidateOptions out;
        out.policy.today =
            std::chrono::year_month_day(std::chrono::year(2026), std::chrono::January, std::chrono::day(1));
        out.policy.engineSocket = "/var/run/docker.sock";
        out.policy.resolve = [](const std::string& path) { return std::optional(path); };
        out.gateways.nameServers = {"192.0.2.53:53"};
        return out;
    }();
    return all;
}

/// Findings have a place and a line of text, are sorted, and can be shown.
void show(const Diagnostics& diagnostics, const SourceTexts& texts)
{
    for (const auto& each : diagnostics)
    {
        require(each.pos.file == "<stdin>" && each.pos.line >= 0 && each.pos.column >= 0, "a finding has a place",
                each.message);
        require(!each.message.empty() && !each.rule.empty(), "a finding says what and by which rule", each.message);
    }
    auto sorted = diagnostics;
    sortDiagnostics(sorted);
    require(sorted == diagnostics, "findings are sorted, and none comes twice");
    const auto text = renderDiagnostics(diagnostics, texts);
    require(std::none_of(text.begin(), text.end(),
                         [](char c) { return c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f); }),
            "no control character reaches a terminal", text);
    jsonText(*toJson(diagnostics));
}

/// What was accepted can be planned, always in the same way, and said to an engine.
void plan(const DesiredState& desired)
{
    const auto complete = withAddresses(desired, {});
    const auto plan = diff(complete, {}, {});
    require(plan == diff(complete, {}, {}), "the same plan twice");
    require(renderPlan(plan) == renderPlan(plan) && digestOf(desired) == digestOf(desired), "the same text twice");
    jsonText(*planToJson(plan));
    for (const auto& [name, instance] : complete.instances)
    {
        jsonText(docker::createBody({name, instance.spec, instance.spec.image, {}}, docker::newestApiVersion));
        require(fieldHashes(instance.spec) == fieldHashes(instance.spec), "the same hashes twice");
    }
}

}

/// A manifest from somebody's pull request.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::istringstream in(fuzz::textOf(data, size));
    const auto manifests = load({"-"}, in, limits);
    const auto validated = validate(manifests, options());
    show(validated.diagnostics, manifests.texts);
    if (!hasErrors(validated.diagnostics))
        plan(validated.desired);
    return 0;
}
