#pragma once

#include "model/observed_state.h"

#include <map>
#include <string>
#include <string_view>

/// What mcpctl writes on the things it makes, and how it tells by that what is its own. Design: "What is on the
/// engine".
namespace mcpctl::docker
{

using Labels = std::map<std::string, std::string>;

namespace label
{

inline constexpr std::string_view managed = "mcpctl.managed"; ///< "true"
inline constexpr std::string_view project = "mcpctl.project";
inline constexpr std::string_view server = "mcpctl.server";
inline constexpr std::string_view profile = "mcpctl.profile";
inline constexpr std::string_view instance = "mcpctl.instance"; ///< the full name
inline constexpr std::string_view specHash = "mcpctl.spec-hash";
inline constexpr std::string_view fields = "mcpctl.fields";       ///< `name=hash,name=hash`
inline constexpr std::string_view transport = "mcpctl.transport"; ///< `stdio`, `none`, or port and path as `3001/mcp`
inline constexpr std::string_view config = "mcpctl.config";       ///< folder of configuration files, or absent
inline constexpr std::string_view prune = "mcpctl.prune";         ///< "disabled", or absent
inline constexpr std::string_view revision = "mcpctl.revision";
inline constexpr std::string_view version = "mcpctl.version";
inline constexpr std::string_view network = "mcpctl.network"; ///< on networks: the full name
inline constexpr std::string_view volume = "mcpctl.volume";   ///< on volumes: the full name

}

/// Empty marks are left out, so that an absent label and an empty one read the same.
Labels toLabels(const Marks& marks);

/// Total: labels that somebody mangled give what can be read of them.
Marks toMarks(const Labels& labels);

/// The label's text for a transport, and what such a text says; stdio where it says nothing.
std::string toLabel(const mcpctl::Transport& transport);
mcpctl::Transport toTransport(const std::string& text);

/// Does it say of itself that mcpctl manages it, whoever's it is?
bool saysManaged(const Labels& labels);

struct Ownership
{
    bool ours = false;
    std::string madeAs; ///< when it is not ours only for its name: the name that its labels say
    std::string why;    ///< when it is not ours and one could think so, else empty; as for another project's
};

/// Whose is the container `name`, by its labels, seen from `project`?
/// Ours are managed, of our project, and named as their label says, or as a replace under way names them.
Ownership judgeOwnership(std::string_view name, const Labels& labels, const ProjectName& project);

/// Labels of a network; the one that all projects share carries no project.
Labels networkLabels(const NetworkSpec& network);

/// Labels of a named volume.
Labels volumeLabels(const std::string& name, const std::string& project);

}
