#include "apply/image_store.h"

namespace mcpctl
{

ImageStore::ImageStore(McpOrchestrator& orchestrator, Progress progress, std::stop_token stop)
    : orchestrator_(orchestrator), progress_(std::move(progress)), stop_(std::move(stop))
{
}

ImageInfo ImageStore::get(const action::ImageSource& source)
{
    std::promise<ImageInfo> promise;
    std::shared_future<ImageInfo> image;
    bool mine = false;
    {
        const std::lock_guard lock(mutex_);
        auto& entry = images_[source.reference];
        mine = !entry.valid();
        if (mine)
            entry = promise.get_future().share();
        image = entry;
    }
    if (mine)
    {
        try
        {
            promise.set_value(fetch(source));
        }
        catch (...)
        {
            promise.set_exception(std::current_exception());
        }
    }
    return image.get();
}

ImageInfo ImageStore::fetch(const action::ImageSource& source)
{
    if (source.pull)
        return orchestrator_.pullImage(
            source.reference, [&](const PullProgress& progress) { progress_(source.reference, progress); }, stop_);
    if (auto image = orchestrator_.inspectImage(source.reference))
        return *image;
    throw OrchestratorError(OrchestratorError::Kind::notFound,
                            "image " + source.reference + " was there when the plan was made, and is gone");
}

}
