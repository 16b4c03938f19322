#pragma once

#include "app/log.h"
#include "model/name.h"
#include "orchestrator/orchestrator.h"
#include "record/target.h"

#include <chrono>
#include <functional>
#include <string>
#include <thread>

// What the daemon does beside its passes. Each lives as long as its object, on a thread of its own.

namespace mcpctl
{

/// Follows the engine's events, whatever becomes of the engine.
class EngineEars
{
public:
    /// `sink` is called on this thread; all that is given must outlive the object.
    EngineEars(const OrchestratorView& view, const ProjectName& project, EventSink sink, const Log& log);

private:
    std::jthread thread_;
};

/// Tells the service manager that the loop lives, as often as it wants to hear it.
class Watchdog
{
public:
    explicit Watchdog(std::function<bool()> alive);

private:
    std::jthread thread_;
};

/// Forgets history older than `keep`, now and each hour.
class Retention
{
public:
    Retention(const HistoryTarget& target, const std::string& project, std::chrono::milliseconds keep, const Log& log);

private:
    std::jthread thread_;
};

}
