#pragma once

#include "support/fleet.h"
#include "support/world_judge.h"

#include <memory>
#include <random>

namespace mcpctl::test
{

/// A declared state and an engine on which anything may have happened: the same for the same seed.
///
/// It begins with a fleet that mcpctl made for other manifests. Then somebody stops, kills, renames and
/// changes things, runs die half-way, networks go, tags move, strangers come; then the manifests move.
class RandomFleet
{
public:
    explicit RandomFleet(std::uint64_t seed);

    Fleet fleet;
    Judgement judgement; ///< what mcpctl cannot put right, for somebody else is in the way

private:
    std::size_t upTo(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n)(random_); }
    bool chance(int percent) { return upTo(99) < static_cast<std::size_t>(percent); }
    template <typename T>
    const T& pick(const std::vector<T>& from)
    {
        return from[upTo(from.size() - 1)];
    }

    void declareSome();
    void vary(DesiredInstance& instance);
    void varyLimits(Resources& resources);
    void moveManifests();
    void declareNetworks();

    void happen();
    void touch(const std::string& id);
    void drift(MemoryContainer& container);
    void rewire(const std::string& id);
    void loseNetwork();
    void dieHalfWay();
    void strangersCome();
    void stepInTheWay();
    void findTheUnmendable();
    std::vector<std::string> ourIds();

    std::mt19937_64 random_;
    int strangers_ = 0;
};

}
