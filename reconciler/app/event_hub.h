#pragma once

#include "app/daemon_state.h"
#include "model/outcome.h"
#include "orchestrator/live.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mcpctl
{

/// Something that the daemon tells of.
struct HubMessage
{
    std::string kind; ///< `instance` (an event of the engine), `pass` or `change`
    std::string json; ///< one line
};

/// Tells what happens to whoever listens. Publishing never waits for a listener: who is slow loses the oldest, and is
/// told how many. Any thread; subscriptions may outlive the hub.
class EventHub
{
public:
    /// What waits for one listener.
    class Subscription
    {
    public:
        struct Taken
        {
            std::vector<std::shared_ptr<const HubMessage>> messages; ///< in the order in which they were published
            std::uint64_t dropped = 0;                               ///< older ones that were lost before them
        };

        Subscription(std::size_t most, std::function<void()> wake) : most_(most), wake_(std::move(wake)) {}

        /// All that came since the last time.
        Taken take();

    private:
        friend class EventHub;
        void put(const std::shared_ptr<const HubMessage>& message);

        const std::size_t most_;
        const std::function<void()> wake_;
        std::mutex mutex_; // guards the rest
        std::deque<std::shared_ptr<const HubMessage>> waiting_;
        std::uint64_t dropped_ = 0;
    };

    /// At most `most` messages wait for a listener.
    explicit EventHub(std::size_t most = 256) : most_(most) {}

    void publish(const Event& event);
    void publish(const PassSummary& pass);
    void publish(const Outcome& outcome);

    /// Listens until the subscription is let go. `wake` is called by those who publish, when something came to where
    /// nothing waited: it must neither wait nor throw, and may be called once more after the end.
    std::shared_ptr<Subscription> subscribe(std::function<void()> wake);

private:
    void publish(HubMessage message);
    std::vector<std::shared_ptr<Subscription>> listeners();

    const std::size_t most_;
    std::mutex mutex_; // guards the rest
    std::vector<std::weak_ptr<Subscription>> listen_;
};

}
