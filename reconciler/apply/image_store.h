#pragma once

#include "model/plan.h"
#include "orchestrator/orchestrator.h"

#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>

namespace mcpctl
{

/// Images of one run: each is looked up once and pulled once, however many servers need it.
///
/// Thread-safety: get() may be called from several threads; those that ask for the same image wait for
/// the one that fetches it, and share its failure.
class ImageStore
{
public:
    using Progress = std::function<void(const std::string& reference, const PullProgress&)>;

    ImageStore(McpOrchestrator& orchestrator, Progress progress, std::stop_token stop);

    /// What `source` stands for. Throws OrchestratorError when it cannot be had.
    ImageInfo get(const action::ImageSource& source);

private:
    ImageInfo fetch(const action::ImageSource& source);

    McpOrchestrator& orchestrator_;
    Progress progress_;
    std::stop_token stop_;

    std::mutex mutex_;
    std::map<std::string, std::shared_future<ImageInfo>> images_; ///< by reference; guarded by mutex_
};

}
