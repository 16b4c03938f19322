#pragma once

#include "validate/catalog.h"

#include <vector>

namespace mcpctl
{

/// The networks of a profile, as they are on the engine.
struct ProfileNetworks
{
    struct One
    {
        NetworkName name;
        bool declared = false; ///< by a manifest, so that the short name is an alias too
    };

    std::vector<One> all;
    bool wayOut = false; ///< at least one leads outside
    bool egress = false; ///< through the gateway
};

/// What the instances of one profile have in common. All of it has to outlive the instances' making.
struct ProfileFrame
{
    const ProjectName& project;
    const ProfileManifest& profile;
    ProfileNetworks networks;
};

/// Makes one instance: `entry` merged over `server`. Looks at no other instance.
Found<DesiredInstance> buildInstance(const ServerManifest& server, const ProfileEntry& entry,
                                     const ProfileFrame& frame);

}
