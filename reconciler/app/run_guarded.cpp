#include "app/run_guarded.h"

#include "app/lock.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "orchestrator/error.h"

#include <fmt/format.h>

namespace mcpctl
{

int runGuarded(const std::function<ExitCode()>& run)
{
    const auto fail = [](const std::exception& error, ExitCode code)
    {
        say(fmt::format("mcpctl: {}\n", error.what()));
        return static_cast<int>(code);
    };
    try
    {
        return static_cast<int>(run());
    }
    catch (const UsageError& error)
    {
        return fail(error, ExitCode::usage);
    }
    catch (const LockHeld& error)
    {
        return fail(error, ExitCode::locked);
    }
    catch (const OrchestratorError& error)
    {
        const bool away = error.kind() == OrchestratorError::Kind::unreachable;
        return fail(error, away ? ExitCode::noEngine : ExitCode::failed);
    }
    catch (const std::exception& error)
    {
        return fail(error, ExitCode::failed);
    }
}

}
