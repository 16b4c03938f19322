/// `plan`, and `apply` where it must not change anything, as a shell sees them, against an engine of our own making.
#include "support/scripted_server.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <string>

using namespace mcpctl::test;

namespace
{

constexpr auto asDeclared = R"({"Id":"1","Name":"mcpctl-network","Internal":true,"Scope":"local","Driver":"bridge",
    "Options":{"com.docker.network.bridge.inhibit_ipv4":"true"}})";
constexpr auto withAWayOut = R"({"Id":"1","Name":"mcpctl-network","Internal":false,"Scope":"local","Driver":"bridge",
    "Options":{"com.docker.network.bridge.inhibit_ipv4":"true"}})";

/// An engine that has any image, the networks that it is told, and no container. It refuses and counts all changes.
class BareEngine
{
public:
    BareEngine()
    {
        server_.takeOver(
            [this](Peer& peer)
            {
                while (const auto request = peer.readRequest())
                    peer.send(answer(*request));
            });
    }

    std::string host() const { return server_.endpoint().text(); }
    int changes() const { return changes_; }

    void setNetworks(const std::string& json)
    {
        const std::lock_guard lock(mutex_);
        networks_ = json;
    }

private:
    std::string answer(const ReceivedRequest& request)
    {
        const auto is = [&](const char* part) { return request.target.find(part) != std::string::npos; };
        if (request.method != "GET" && request.method != "HEAD")
        {
            ++changes_;
            return httpAnswer(500, R"({"message":"nothing may change here"})");
        }
        if (is("/info"))
            return httpAnswer(200, R"({"ID":"bare","ServerVersion":"20.10","SwapLimit":true})");
        if (is("/images/"))
            return httpAnswer(200, R"({"Id":"sha256:1","Config":{}})");
        if (is("/networks") || is("/containers/json"))
        {
            const std::lock_guard lock(mutex_);
            return httpAnswer(200, "[" + (is("/networks") ? networks_ : "") + "]");
        }
        return httpAnswer(200, "OK", {"Api-Version: 1.41"});
    }

    std::mutex mutex_;
    std::string networks_; ///< guarded by mutex_
    std::atomic<int> changes_ = 0;
    ScriptedServer server_; ///< last: its threads use the rest
};

struct Fixture
{
    TemporaryFolder folder;
    BareEngine engine;
    std::string enabled = manifest("enabled", "true");
    std::string disabled = manifest("disabled", "false");

    std::string manifest(const std::string& name, const std::string& enabledText) const
    {
        return folder
            .write(name + ".yaml", "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: memory}\n"
                                   "spec: {image: 'acme/memory:1'}\n---\n"
                                   "apiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: dev}\n"
                                   "spec: {servers: [{server: memory, enabled: " +
                                       enabledText + "}]}\n")
            .string();
    }

    /// The exit code of `mcpctl ARGUMENTS`.
    int mcpctl(const std::string& arguments) const
    {
        const auto at = folder.path().string();
        const auto command = "HOME=" + at + " MCPCTL_LOCK_DIR=" + at + " " MCPCTL_BINARY " --history none --host " +
                             engine.host() + " " + arguments + " >" + at + "/out 2>&1";
        return WEXITSTATUS(std::system(command.c_str()));
    }
};

}

BOOST_FIXTURE_TEST_SUITE(plan_command_test, Fixture)

BOOST_AUTO_TEST_CASE(a_plan_is_0_with_nothing_to_do_2_with_something_pending_and_3_with_drift_alone)
{
    engine.setNetworks(asDeclared);
    BOOST_TEST(mcpctl("plan --detailed-exitcode " + disabled) == 0);
    BOOST_TEST(mcpctl("plan --detailed-exitcode " + enabled) == 2);
    engine.setNetworks(withAWayOut);
    BOOST_TEST(mcpctl("plan --detailed-exitcode " + disabled) == 3);
    BOOST_TEST(mcpctl("plan --detailed-exitcode " + enabled) == 2); // some of both
    BOOST_TEST(mcpctl("plan " + enabled) == 0);
}

BOOST_AUTO_TEST_CASE(a_plan_and_a_dry_run_change_nothing)
{
    BOOST_TEST(mcpctl("plan " + enabled) == 0);
    BOOST_TEST(mcpctl("apply --dry-run " + enabled) == 0);
    BOOST_TEST(engine.changes() == 0);
    BOOST_TEST(mcpctl("apply " + enabled) == 1);
    BOOST_TEST(engine.changes() > 0);
}

BOOST_AUTO_TEST_CASE(a_saved_plan_that_the_engine_has_overtaken_is_5_and_changes_nothing)
{
    const auto file = (folder.path() / "plan.json").string();
    BOOST_TEST(mcpctl("plan --out " + file + " " + enabled) == 0);
    engine.setNetworks(asDeclared);
    BOOST_TEST(mcpctl("apply " + file) == 5);
    BOOST_TEST(engine.changes() == 0);
}

BOOST_AUTO_TEST_CASE(while_a_manifest_has_an_error_nothing_is_changed_of_what_has_none)
{
    const auto broken = folder.write("broken.yaml", "kind: Nothing\n").string();
    BOOST_TEST(mcpctl("plan " + enabled + " " + broken) == 4);
    BOOST_TEST(mcpctl("apply " + enabled + " " + broken) == 4);
    BOOST_TEST(engine.changes() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
