#pragma once

#include "model/desired_state.h"
#include "support/memory_world.h"

#include <set>
#include <string>
#include <vector>

/// Judges a world by what was asked for, without diff() and its table of fields: a diff that overlooks a
/// field overlooks it twice, in the plan and in the proof.
namespace mcpctl::test
{

struct Judgement
{
    /// Instances and networks that could not be had, and what is judged all the same: nothing of them.
    std::set<std::string> exempt;
    bool pruned = true; ///< what is no longer declared has to be gone
};

/// One line per complaint; none: `world` is what `desired` asks for.
std::vector<std::string> judge(const DesiredState& desired, const World& world, const Judgement& how = {});

/// Whether `live` is otherwise than `want` in something that cannot be changed while it lives.
bool needsReplace(const DesiredInstance& want, const MemoryContainer& live, const World& world);

/// Everything on `world` that is not `project`'s: containers and networks, byte for byte.
struct Unowned
{
    std::map<std::string, MemoryContainer> containers;
    std::vector<MemoryNetwork> networks;

    bool operator==(const Unowned&) const = default;
};

Unowned unownedOf(const World& world, const ProjectName& project);

}
