#include "load/load.h"
#include "support/fleet.h"
#include "support/slow_build.h"
#include "validate/validate.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <sstream>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

/// Random manifests, said twice: with documents, fields, keys and lists in another order each time.
class RandomManifests
{
public:
    explicit RandomManifests(std::uint64_t seed) : seed_(seed) {}

    std::string text(std::uint64_t order) const
    {
        std::mt19937_64 what(seed_);
        std::mt19937_64 how(order);
        const auto upTo = [&](int n) { return std::uniform_int_distribution<int>(0, n)(what); };
        const auto joined = [&](std::vector<std::string> parts, const char* between)
        {
            std::shuffle(parts.begin(), parts.end(), how);
            return fmt::format("{}", fmt::join(parts, between));
        };
        std::vector<std::string> documents;
        documents.reserve(9);
        const int networks = upTo(2);
        const int servers = 1 + upTo(3);
        const int profiles = 1 + upTo(2);
        for (int i = 0; i < networks; ++i)
            documents.push_back(document("Network", fmt::format("net{}", i), "  internal: true\n"));
        for (int i = 0; i < servers; ++i)
            documents.push_back(document(
                "McpServer", fmt::format("s{}", i),
                joined({fmt::format("  image: {}\n", appImage), "  health: {type: none}\n",
                        fmt::format("  resources: {{{}}}\n", joined({fmt::format("memory: {}Mi", 64 << upTo(2)),
                                                                     fmt::format("pidsLimit: {}", 64 + upTo(9))},
                                                                    ", ")),
                        fmt::format("  envTemplate: {{{}}}\n",
                                    joined({fmt::format("A: \"{}\"", upTo(9)), "B: \"${profile.name}\""}, ", "))},
                       "")));
        for (int i = 0; i < profiles; ++i)
        {
            std::vector<std::string> entries;
            for (int server = 0; server < servers; ++server)
                if (server == 0 || upTo(2) > 0)
                    entries.push_back(
                        "    - {" +
                        joined({fmt::format("server: s{}", server), fmt::format("enabled: {}", upTo(5) > 0),
                                fmt::format("env: {{C: \"{}\"}}", upTo(9))},
                               ", ") +
                        "}\n");
            std::vector<std::string> allowed{"mcpctl-network"};
            for (int network = 0; network < networks; ++network)
                if (upTo(1) > 0)
                    allowed.push_back(fmt::format("net{}", network));
            documents.push_back(document("Profile", fmt::format("p{}", i),
                                         joined({"  servers:\n" + joined(entries, ""),
                                                 fmt::format("  networks: {{allowed: [{}]}}\n", joined(allowed, ", "))},
                                                "")));
        }
        return joined(documents, "---\n");
    }

private:
    static std::string document(const char* kind, const std::string& name, const std::string& spec)
    {
        return fmt::format("apiVersion: mcpctl/v1\nkind: {}\nmetadata: {{name: {}}}\nspec:\n{}", kind, name, spec);
    }

    std::uint64_t seed_;
};

DesiredState declared(const std::string& text)
{
    std::istringstream in(text);
    const auto valid = validate(load({"-"}, in), {});
    BOOST_REQUIRE_MESSAGE(!hasErrors(valid.diagnostics), text);
    return valid.desired;
}

/// Where things stand is not what they are.
std::string withoutPlaces(Plan plan)
{
    for (auto& step : plan.steps)
    {
        step.place = {};
        for (auto& change : step.changes)
            change.place = {};
    }
    return plan.desiredDigest + "\n" + renderPlan(plan);
}

}

BOOST_AUTO_TEST_SUITE(manifest_order_test)

BOOST_AUTO_TEST_CASE(manifests_in_any_order_declare_the_same_and_what_one_order_made_the_other_leaves_alone)
{
    constexpr std::uint64_t seeds = slowBuild ? 100 : 2000;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    {
        const RandomManifests manifests(seed);
        Fleet fleet;
        fleet.desired = declared(manifests.text(seed));
        const auto first = fleet.plan();
        const auto other = declared(manifests.text(seed + seeds));
        BOOST_TEST(!first.steps.empty());
        BOOST_TEST(withoutPlaces(diff(other, observe(fleet.orchestrator, other), {})) == withoutPlaces(first),
                   "seed " << seed);
        BOOST_TEST(allDone(fleet.run(first)), "seed " << seed);
        fleet.desired = other;
        BOOST_TEST(fleet.plan().steps.empty(), "seed " << seed << ":\n" << renderPlan(fleet.plan()));
    }
}

BOOST_AUTO_TEST_SUITE_END()
