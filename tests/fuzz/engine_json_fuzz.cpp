#include "app/instance_json.h"
#include "app/json.h"
#include "diff/diff.h"
#include "docker/client.h"
#include "docker/event_translator.h"
#include "docker/labels.h"
#include "docker/parse_image.h"
#include "docker/parse_instance.h"
#include "docker/parse_mounts.h"
#include "docker/parse_network.h"
#include "docker/parse_stats.h"
#include "fuzz/fuzz.h"
#include "model/fields.h"
#include "orchestrator/error.h"

#include <sstream>

using namespace mcpctl;
using namespace mcpctl::docker;
using mcpctl::fuzz::require;

namespace
{

/// Nonsense of an engine is told, in the one way there is.
template <typename Call>
void orNonsense(const Call& call)
{
    try
    {
        call();
    }
    catch (const OrchestratorError&)
    {
    }
}

/// What was read of an engine is compared, planned against, and shown.
void useInstance(const JsonView& json)
{
    ObservedState observed;
    auto& instance = observed.instances.emplace_back(parseInstance(json));
    instance.staleNetworks = findStaleNetworks(json, {"id"}, {"name"});
    instance.spec.resources.swapBytes = swapBeyondMemory(json, true);
    require(toMarks(toLabels(instance.marks)) == instance.marks, "marks read as they are written");
    require(specHash(instance.spec) == specHash(instance.spec), "a hash is the same twice");
    jsonText(*toJson(instance, nullptr));

    DesiredState desired;
    desired.project = ProjectName("mcpctl");
    DesiredInstance& wanted = desired.instances[InstanceName(instance.name)];
    wanted.name = InstanceName(instance.name);
    wanted.spec.image = "image:1";
    for (const auto& state : {DesiredState{desired.project, {}, {}, ""}, desired})
    {
        const auto plan = diff(state, observed, {});
        require(renderPlan(plan) == renderPlan(diff(state, observed, {})), "the same plan twice");
        jsonText(*planToJson(plan));
    }
}

void useNetwork(const JsonView& json)
{
    const auto network = parseNetwork(json);
    require(differences(network.spec, network.spec).empty(), "a network is as itself",
            differences(network.spec, network.spec));
    jsonText(networkBody(network.spec));
}

void use(const JsonView& json)
{
    orNonsense([&] { useInstance(json); });
    orNonsense([&] { useNetwork(json); });
    orNonsense([&] { parseImage(json); });
    orNonsense([&] { parseStats(json); });
    orNonsense([&] { parseMounts(json); });
    orNonsense([&] { parseTmpfs(json); });
}

/// A stream of events, one a line.
void useEvents(const std::string& text)
{
    EventTranslator translator(ProjectName("mcpctl"));
    translator.remember("id", "mcpctl-dev-memory");
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        orNonsense(
            [&]
            {
                try
                {
                    translator.translate(parseJson(line, "event"));
                }
                catch (const EngineError&)
                {
                }
            });
}

}

/// What the engine answers, handed to whoever reads an answer of it.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = fuzz::textOf(data, size);
    useEvents(text);
    try
    {
        const auto json = parseJson(text, "answer");
        use(json);
        orNonsense(
            [&]
            {
                for (const auto& item : json.items())
                    use(item);
            });
    }
    catch (const EngineError&)
    {
    }
    return 0;
}
