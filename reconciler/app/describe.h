#pragma once

#include "app/log_lines.h"
#include "model/mcp_status.h"
#include "model/observed_state.h"
#include "model/plan.h"
#include "orchestrator/orchestrator.h"

#include <Poco/JSON/Object.h>

#include <optional>
#include <string>
#include <vector>

namespace mcpctl
{

/// All that can be told of one instance.
struct Description
{
    ObservedInstance instance;
    std::optional<ImageInfo> image; ///< nothing: the engine has not got it any more
    Health health;
    std::optional<ProbeResult> mcp; ///< nothing: it was not asked, as it does not run or its health is `none`
    std::optional<Stats> use;       ///< nothing: it does not run
    std::vector<Event> events;      ///< the last ones, of the last hour
    std::vector<LogLine> log;       ///< the last lines; of a stdio server those of stderr, for stdout is its protocol
    std::string logError;           ///< why there is no log

    /// What the manifests say of it, where they were given and are valid.
    struct Declared
    {
        SourcePos place; ///< none: they do not declare it
        Plan plan;       ///< of the whole project, with the steps for this instance alone
    };
    std::optional<Declared> declared;
};

/// Looks at the engine; `mcp` and `declared` are left out. Values of the environment are masked in texts of the server.
/// Throws what the world throws, but for a log that cannot be read.
Description describe(const OrchestratorView& view, const ObservedInstance& instance);

/// For people, in sections. Environment values are not shown: nobody knows here which are secret.
std::string renderDescription(const Description& description, bool colour = false);

/// For machines (docs/json.md).
Poco::JSON::Object::Ptr toJson(const Description& description);

}
