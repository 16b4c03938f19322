#pragma once

#include "app/daemon_state.h"
#include "app/engine.h"
#include "app/event_hub.h"
#include "app/metrics.h"
#include "model/run_record.h"
#include "record/history.h"
#include "record/recorder.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mcpctl
{

/// What the HTTP side tells of. All but `history` and `run` are called by its thread and must not wait; those two are
/// called by another one, one call at a time, and throw HistoryError.
struct HttpSources
{
    DaemonStateSource state;         ///< never null
    std::function<void()> reconcile; ///< a pass is wanted
    std::function<EngineStatistics()> engine;
    std::function<Recorder::Status()> recorder;
    std::function<std::vector<RunRecord>(const HistoryFilter&)> history; ///< null: history is switched off
    std::function<RunRecord(const std::string& id)> run;                 ///< likewise
    std::function<bool()> alive;                                         ///< does the loop still turn?
    Metrics& metrics;
    EventHub& events;
};

/// The HTTP side of the daemon: health, metrics and the API (docs/http-api.md, docs/openapi.json).
class HttpApi
{
public:
    /// Answers from here on, at `listen`: `HOST:PORT`, where port 0 is a free one. Throws UsageError for an address
    /// that makes no sense, and where HttpAccess does; std::system_error for one that cannot be had.
    HttpApi(const std::string& listen, const std::optional<std::filesystem::path>& tokenFile, HttpSources sources);
    ~HttpApi();
    HttpApi(const HttpApi&) = delete;
    HttpApi& operator=(const HttpApi&) = delete;

    std::uint16_t port() const;
    /// Where it really listens, as `127.0.0.1:3000`.
    std::string address() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}
