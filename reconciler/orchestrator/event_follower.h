#pragma once

#include "orchestrator/event_picture.h"

#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <tuple>

namespace mcpctl
{

/// An unbroken story of a project out of streams that break.
///
/// subscribeEvents() ends with each restart of the engine, and what happens until the next stream is open is on none of
/// them. The engine remembers some of that, but not for long, and nothing over a restart. So after each break: open the
/// next stream, ask for what the engine remembers, look at the world, and tell what is still not explained as
/// synthesised events. Where the memory does not reach back to the last event that was seen, a `gap` is told before
/// anything else, with the time of that event. Nothing is told twice.
class EventFollower
{
public:
    struct Options
    {
        /// Begin with what the engine remembers from then on; else with what happens from the call of run() on.
        std::optional<std::int64_t> sinceNanos = {};
        std::chrono::milliseconds firstPause{100}; ///< before connecting again; doubled each time
        std::chrono::milliseconds longestPause{5000};
        std::function<void(const std::string& why)> onBroken = {}; ///< each time that a connection fails
        std::function<void()> onMended = {}; ///< a broken stream goes on, and what was missed is told
    };

    EventFollower(const OrchestratorView& view, ProjectName project, Options options);

    /// Calls `sink` from this thread until stopped; `subscribed` comes once, first. Once, for one call.
    /// Throws what the first connection throws, and what the sink throws. After that, breaks are mended for ever.
    void run(const EventSink& sink, const std::stop_token& stop);

private:
    /// What makes two tellings one event.
    using Key = std::tuple<std::int64_t, Event::Type, std::string, std::string>;

    /// A synthesised event; the engine's own word for the same may still be on its way.
    struct Owed
    {
        Event event;
        std::int64_t untilNanos = 0; ///< an event from later on is another one
    };

    static Key keyOf(const Event& event);
    std::vector<Event> newlyRemembered();
    bool note(const Event& event);
    void catchUp(const EventSink& sink);
    void pass(const Event& event, const EventSink& sink);
    bool settles(const Event& event);
    void owe(const std::vector<Event>& events);
    void tellAll(const std::vector<Event>& events, const EventSink& sink);
    void tell(const Event& event, const EventSink& sink);

    const OrchestratorView& view_;
    const ProjectName project_;
    const Options options_;

    EventPicture picture_;
    bool connected_ = false; ///< it was, once
    bool gapTold_ = false;   ///< in the catching up under way
    std::exception_ptr sinkFailed_;

    std::set<Key> told_; ///< the latest
    std::deque<Key> toldInOrder_;
    std::optional<Key> last_;          ///< of all that was seen, the last one
    bool lastIsRemembered_ = false;    ///< by the engine, when it was asked last
    std::int64_t rememberedUntil_ = 0; ///< the engine's time when it was asked last
    std::vector<Owed> owed_;
};

}
