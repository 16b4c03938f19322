#pragma once

#include "model/desired_state.h"
#include "model/observed_state.h"

#include <Poco/JSON/Object.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace mcpctl
{

/// Who moved: the manifest, the live object, or both.
enum class Verdict
{
    pending,
    drift,
    both,
};

std::string_view toString(Verdict verdict);
/// The verdict that `text` names; `both` for one that nobody knows.
Verdict verdictOf(std::string_view text);

/// One difference between what is declared and what is there.
struct Change
{
    std::string field;  ///< as in fields.h, with its member: `memory`, `env.LOG_LEVEL`
    std::string before; ///< live; `(hidden)` where it may be secret, empty where there is none
    std::string after;  ///< declared; `(secret)` for one, empty where it is to go
    Verdict verdict = Verdict::pending;
    SourcePos place;

    bool operator==(const Change&) const = default;
};

namespace action
{

/// Where the image of a new instance comes from.
struct ImageSource
{
    std::string reference; ///< to create from: as written, or pinned as `name@sha256:...`
    bool pull = false;     ///< it has to be fetched first

    bool operator==(const ImageSource&) const = default;
};

struct EnsureNetwork
{
    NetworkSpec network;
    bool operator==(const EnsureNetwork&) const = default;
};
struct RemoveNetwork
{
    std::string id;
    bool operator==(const RemoveNetwork&) const = default;
};
struct Create
{
    ImageSource image;
    bool operator==(const Create&) const = default;
};
/// The old one stays restorable until the new one is ready.
struct Replace
{
    std::string oldId;
    ImageSource image;
    bool operator==(const Replace&) const = default;
};
/// Limits and restart policy, in place.
struct Update
{
    std::string id;
    Resources resources;
    RestartPolicy restart;
    bool operator==(const Update&) const = default;
};
struct Connect
{
    std::string id;
    NetworkName network;
    std::set<std::string> aliases;
    std::string address{}; ///< a fixed one; empty: the engine's choice
    bool operator==(const Connect&) const = default;
};
struct Disconnect
{
    std::string id;
    NetworkName network;
    bool operator==(const Disconnect&) const = default;
};
/// Its configuration files are written, and its process loads them where it runs.
struct Configure
{
    std::string id;
    bool operator==(const Configure&) const = default;
};
struct Start
{
    std::string id;
    bool operator==(const Start&) const = default;
};
/// Stopped, not removed: a disabled instance.
struct Suspend
{
    std::string id;
    bool operator==(const Suspend&) const = default;
};
/// Stopped and removed.
struct Remove
{
    std::string id;
    std::string name; ///< the name it has now: a leftover of a replace has its own
    bool operator==(const Remove&) const = default;
};
/// An interrupted replace is undone: `id` gets the instance's name back.
struct Restore
{
    std::string id;
    std::string from; ///< the name it has now
    bool operator==(const Restore&) const = default;
};
/// An interrupted replace is finished: when `newId` is ready, `oldId` goes, else it comes back.
struct FinishReplace
{
    std::string newId;
    std::string oldId;
    bool operator==(const FinishReplace&) const = default;
};
/// Cannot be done; the step says why. Whoever runs the plan counts it as failed.
struct Blocked
{
    bool operator==(const Blocked&) const = default;
};

}

using Action = std::variant<action::EnsureNetwork, action::RemoveNetwork, action::Create, action::Replace,
                            action::Update, action::Connect, action::Disconnect, action::Configure, action::Start,
                            action::Suspend, action::Remove, action::Restore, action::FinishReplace, action::Blocked>;

/// All that is to be done to one object, in this order, and why.
struct Step
{
    enum class Phase
    {
        networks, ///< first
        servers,  ///< then, in parallel
        prune,    ///< last
    };

    Phase phase = Phase::servers;
    std::string object; ///< instance or network, as it is called on the engine
    std::vector<Action> actions;
    std::vector<Change> changes;
    std::string because; ///< a reason for people; code never reads it
    SourcePos place;     ///< of the declaration; none for what is no longer declared

    bool operator==(const Step&) const = default;
};

/// Does `step` do this, among other things?
template <typename Wanted>
bool has(const Step& step)
{
    return std::any_of(step.actions.begin(), step.actions.end(),
                       [](const Action& each) { return std::holds_alternative<Wanted>(each); });
}

/// What diff() decided: a value that is shown, saved and run as it is.
struct Plan
{
    ProjectName project;
    std::string engineId;
    std::string desiredDigest;
    std::size_t ownedInstances = 0; ///< instances of the project on the engine, leftovers not counted
    std::vector<Step> steps;        ///< by phase, then by object
    std::vector<std::string> notes; ///< what people should know and no step mends

    bool operator==(const Plan&) const = default;
};

struct PlanSummary
{
    int create = 0, replace = 0, update = 0, start = 0, stop = 0, remove = 0, recover = 0, networks = 0, blocked = 0;
    int driftOnly = 0; ///< steps all of whose changes are drift
};

PlanSummary summarize(const Plan& plan);

/// The strongest thing a step does, as a verb: `create`, `replace`, `update`, `start`, `stop`, `remove`,
/// `recover`, `create network`, `replace network`, `remove network`, `blocked`.
std::string_view verbOf(const Step& step);

/// The one text form, for plans, logs and tests alike. `colour` only adds ANSI colours.
std::string renderPlan(const Plan& plan, bool colour = false);

/// The one JSON form; its `version` changes when its shape does (docs/json.md).
Poco::JSON::Object::Ptr planToJson(const Plan& plan);

}
