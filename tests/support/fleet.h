#pragma once

#include "apply/apply.h"
#include "diff/diff.h"
#include "model/outcome.h"
#include "orchestrator/observe.h"
#include "support/memory_orchestrator.h"

#include <string>

namespace mcpctl::test
{

/// An image that every fleet's engine has.
inline constexpr auto appImage = "registry.example.com/app:1";

/// `mcpctl-network` as it exists without being declared.
NetworkSpec sharedNetwork();

/// Declared in a manifest, so it is the project's: `mcpctl-NAME`.
NetworkSpec declaredNetwork(const std::string& name);

/// Times in which a test does not wait: what an in-memory engine lets end has ended before a start returns.
ApplyOptions quickly();

/// A declared state and an engine: what most tests of the pipeline begin with.
struct Fleet
{
    Fleet();

    /// Declares `mcpctl-PROFILE-NAME` with mcpctl's defaults, on mcpctl-network, at `fleet.yaml:N` (N = 10, 20, ...).
    DesiredInstance& declare(const std::string& name, const std::string& profile = "dev");
    /// Declares a network of the project.
    void declareNetwork(const std::string& name);
    DesiredInstance& operator[](const std::string& name) { return desired.instances.at(InstanceName(name)); }

    Plan plan(const DiffOptions& options = {}) const;
    Outcomes run(const Plan& plan, const ApplyOptions& options = quickly());
    /// One pass.
    Outcomes apply(const ApplyOptions& options = quickly()) { return run(plan(), options); }

    /// The container of that name, which has to be there.
    MemoryContainer container(const std::string& name) const;
    void change(const std::string& name, const std::function<void(MemoryContainer&)>& change);
    /// A running container that is not ours.
    std::string addForeign(const std::string& name, std::optional<Marks> marks = {});
    /// The image that `reference` stands for becomes another one, here and in the registry.
    void moveTag(const std::string& reference, const std::string& content);
    /// Runs one pass and dies at moment `point` (Killer). False: the pass ended before it.
    bool applyAndDie(std::size_t point);

    DesiredState desired;
    mutable MemoryOrchestrator orchestrator;
    MemoryEngine& engine;
};

/// All outcomes of `result`, as `object: error` lines.
std::string describe(const Outcomes& outcomes);
bool allDone(const Outcomes& outcomes);

}
