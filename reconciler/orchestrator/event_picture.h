#pragma once

#include "orchestrator/orchestrator.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mcpctl
{

/// How things stand by the events told so far; held against a look at the world, it says which events are missing.
class EventPicture
{
public:
    explicit EventPicture(const ProjectName& project) : prefix_(project.text + "-") {}

    /// Things stand as they do after `event`.
    void see(const Event& event);

    /// The events that lead from here to `look`, as far as can be told, marked synthesised; from now on things
    /// stand as in `look`. Sorted by instance, each one's in the order in which they must have happened. A start has
    /// its time; the others have none. Exit codes of ends that another start followed are not known.
    std::vector<Event> catchUp(const Listing& look);

private:
    struct Seen
    {
        std::string name;
        bool whole = false; ///< since a look or its creation; else nothing but its name is held against a look
        bool running = false;
        bool paused = false;
        std::int64_t startedNanos = 0;
        std::int64_t endedNanos = 0; ///< since the last look; 0: it did not end
        std::string health{};
        std::set<std::string> networks{};
        std::optional<std::pair<Resources, RestartPolicy>> limits{}; ///< nothing: changed since the last look
    };

    static Seen seenOf(const ObservedInstance& live);
    void compareGone(const Listing& listing, std::vector<Event>& out);
    void compareInstance(const ObservedInstance& live, std::vector<Event>& out);
    void compareStrangers(const std::vector<Foreign>& foreign, std::vector<Event>& out);
    void compareNetworks(const std::vector<ObservedNetwork>& networks, std::vector<Event>& out);

    const std::string prefix_;
    std::map<std::string, Seen> instances_;        ///< by id
    std::map<std::string, std::string> strangers_; ///< names `PROJECT-...` that are not ours, by id
    std::set<std::string> networks_;               ///< names of all networks
};

}
