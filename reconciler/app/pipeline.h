#pragma once

#include "app/options.h"
#include "diff/prune_guard.h"
#include "model/desired_state.h"
#include "model/document.h"
#include "model/plan.h"
#include "orchestrator/observe.h"

#include <istream>
#include <optional>
#include <set>
#include <string>

/// One pass:  load -> validate -> observe -> diff -> apply
///
/// A pass reads the whole desired state and the whole observed state and remembers nothing of the pass
/// before. A lost event, a crash half-way, a container changed by hand: each is simply what the next
/// pass observes.
namespace mcpctl
{

/// What the manifests say.
struct Declared
{
    DesiredState desired; ///< only meaningful when there is no error
    Diagnostics diagnostics;
    SourceTexts texts;
    bool wholeFolders = false; ///< nothing but folders was read, so what is missing is not wanted

    Manifests manifests;            ///< what was read, without its texts and findings
    std::set<InstanceName> stopped; ///< denied, under a policy that says `enforce: stop`
    bool policyKnown = true;        ///< every policy could be read

    bool valid() const { return !hasErrors(diagnostics); }
};

/// Loads and validates. Touches files only.
Declared declare(const GlobalOptions& global, const std::vector<std::string>& paths, std::istream& standardInput);

/// Those instances of `good` that the policies of now deny and stop: of `--policy`, and of `newest`, which may
/// have mistakes elsewhere.
std::set<InstanceName> stoppedNow(const Declared& good, const Declared& newest, const GlobalOptions& global);

/// What a pass decided, and what it decided it from.
struct Decision
{
    DesiredState desired; ///< narrowed to what was asked for, secrets resolved
    ObservedState observed;
    Plan plan;
    std::optional<std::string> guard; ///< why the plan must not run as it is
};

/// Observes and decides. `declared` must be valid: to diff(), a manifest that cannot be read looks like
/// one that was deleted, and a deleted manifest removes its server.
/// `known`: what registries answered before and need not be asked for again; what they are asked is added.
/// Throws UsageError for a `--profile` or `--server` that nothing declares.
Decision decide(const Declared& declared, const GlobalOptions& global, const ReconcileOptions& options,
                const OrchestratorView& view, RegistryAnswers& known);
Decision decide(const Declared& declared, const GlobalOptions& global, const ReconcileOptions& options,
                const OrchestratorView& view);

/// The command line asks for something that is not there.
class UsageError : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

}
