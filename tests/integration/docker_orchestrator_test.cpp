#define BOOST_TEST_MODULE docker_orchestrator
#include "integration/engine_fixture.h"

#include "docker/create_body.h"
#include "docker/dial.h"
#include "docker/labels.h"
#include "mcp/probe.h"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace mcpctl;
using mcpctl::test::EngineFixture;
using Kind = OrchestratorError::Kind;

namespace
{

/// The kind and the text of what `action` throws.
std::pair<Kind, std::string> errorOf(const std::function<void()>& action)
{
    try
    {
        action();
    }
    catch (const OrchestratorError& error)
    {
        return {error.kind(), error.what()};
    }
    BOOST_FAIL("nothing was thrown");
    return {};
}

const ReadyGate ready = [](const std::string&) { return Readiness{true, ""}; };
const ReadyGate neverReady = [](const std::string&) { return Readiness{false, "it coughs"}; };

}

namespace mcpctl
{
std::ostream& boost_test_print_type(std::ostream& out, OrchestratorError::Kind kind)
{
    return out << "kind " << static_cast<int>(kind);
}
std::ostream& boost_test_print_type(std::ostream& out, LiveStatus status)
{
    return out << "status " << static_cast<int>(status);
}
}

BOOST_FIXTURE_TEST_SUITE(servers, EngineFixture)

BOOST_AUTO_TEST_CASE(a_started_server_reads_back_as_what_was_asked_for_in_every_field)
{
    orchestrator.ensureNetworkExists(network("other"));
    auto wanted = launch("all");
    wanted.spec.networks[network("other").name] = {"elsewhere"};
    wanted.spec.mounts["/data"] = Mount{Mount::Type::volume, project.text + "-data", false};
    wanted.spec.mounts["/host"] = Mount{Mount::Type::hostPath, "/etc", true};
    wanted.spec.capabilities = {"CHOWN", "NET_BIND_SERVICE"};
    wanted.spec.resources.cpuShares = 512;
    wanted.spec.resources.memoryReservationBytes = 64 * 1024 * 1024;
    wanted.spec.publications = {{"127.0.0.1", 18931, 3001}};
    wanted.spec.logging.driver = "local";
    wanted.spec.health.type = HealthCheck::Type::command;
    wanted.spec.health.command = {"/bin/true", "a b"};
    wanted.spec.restart.when = RestartPolicy::When::onFailure;
    wanted = marked(wanted);

    const auto id = orchestrator.startServer(wanted);

    const auto live = observed(wanted.name.text);
    const auto expected = withImageDefaults(wanted.spec, *orchestrator.inspectImage(live.imageId));
    for (const auto& field : fields())
        BOOST_TEST((field.form(expected) == field.form(live.spec)), "field " << field.name);
    BOOST_TEST((live.marks == wanted.marks));
    BOOST_TEST(live.id == id);
    BOOST_TEST(live.staleNetworks.empty());
    BOOST_TEST(!live.startedAt.empty());
    client->post({.path = "/containers/" + id + "/kill", .accept = {409}});
    orchestrator.stopServer(id);
    client->del({.path = "/volumes/" + project.text + "-data", .accept = {404}});
}

BOOST_AUTO_TEST_CASE(a_started_server_is_hardened_whatever_the_code_that_reads_it_says)
{
    const auto json = raw(orchestrator.startServer(launch("hard")));
    const auto host = json["HostConfig"];
    BOOST_TEST(host["CapDrop"].texts().at(0) == "ALL");
    BOOST_TEST(host["SecurityOpt"].texts().at(0) == "no-new-privileges:true");
    BOOST_TEST(host["ReadonlyRootfs"].flag());
    BOOST_TEST(host["Init"].flag());
    BOOST_TEST(host["Memory"].number() == 536870912);
    BOOST_TEST(host["MemorySwap"].number() == 536870912);
    BOOST_TEST(host["NanoCpus"].number() == 1000000000);
    BOOST_TEST(host["PidsLimit"].number() == 128);
    BOOST_TEST(host["RestartPolicy"]["Name"].text() == "unless-stopped");
    BOOST_TEST(json["Config"]["OpenStdin"].flag());
    BOOST_TEST(json["Config"]["StdinOnce"].flag());
    BOOST_TEST(json["State"]["Running"].flag());
}

BOOST_AUTO_TEST_CASE(both_ways_into_its_network_reach_what_a_server_listens_on_and_leave_nothing_behind)
{
    auto wanted = launch("web");
    wanted.spec.command = {"--http", "3001"};
    wanted.spec.transport = {Transport::Type::streamableHttp, 3001, "/mcp"};
    const auto id = orchestrator.startServer(marked(wanted));
    const docker::EngineReader reader(client);
    const std::vector<mcp::Open> ways{[&] { return docker::dialInto(client, reader, id, 3001); },
                                      [&] { return docker::dialByRelay(client, reader, id, 3001); }};
    const auto containers = [&] {
        return client->getJson({.path = "/containers/json", .query = {{"all", "1"}}}).items().size();
    };
    const auto before = containers();
    for (const auto& way : ways)
    {
        const auto found = mcp::probeHttp(way, {"127.0.0.1:3001", "/mcp"}, {});
        BOOST_TEST((found.state == ProbeResult::State::ready), found.detail);
        BOOST_TEST(found.serverName == "mcp-echo");
    }
    BOOST_TEST(
        (errorOf([&]
                 { docker::dialByRelay(client, reader, id, 9)->read(Channel::Clock::now() + std::chrono::seconds(5)); })
             .first == Kind::unreachable));
    // The engine removes a relay when its process has ended, a moment after its connection.
    for (int i = 0; i < 100 && containers() > before; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    BOOST_TEST(containers() == before);
}

BOOST_AUTO_TEST_CASE(a_server_without_networks_has_none)
{
    auto wanted = launch("alone");
    wanted.spec.networks.clear();
    orchestrator.startServer(marked(wanted));
    BOOST_TEST(observed(wanted.name.text).spec.networks.empty());
    BOOST_TEST(observed(wanted.name.text).spec.escapes.empty());
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_start_leaves_nothing_behind_and_the_engines_words)
{
    auto wanted = launch("broken");
    wanted.spec.entrypoint = {"/no/such/program"};
    wanted.spec.initProcess = false; // which would start, and then fail to start the program
    wanted.spec.command.emplace();
    const auto [kind, text] = errorOf([&] { orchestrator.startServer(marked(wanted)); });
    BOOST_TEST(kind == Kind::failed);
    BOOST_TEST(text.find("no such file") != std::string::npos, text);
    BOOST_TEST(names().empty());
}

BOOST_AUTO_TEST_CASE(a_secret_that_the_engine_repeats_is_not_in_the_error)
{
    auto wanted = launch("secret");
    wanted.spec.env["TOKEN"] = {"/no/hunter2", "token", true};
    wanted.spec.entrypoint = {"/no/hunter2"};
    wanted.spec.initProcess = false;
    wanted.spec.command.emplace();
    const auto [kind, text] = errorOf([&] { orchestrator.startServer(marked(wanted)); });
    BOOST_TEST(text.find("hunter2") == std::string::npos, text);
    BOOST_TEST(text.find("(secret)") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_stranger_that_holds_the_name_is_left_alone)
{
    const auto wanted = launch("taken");
    const auto other = stranger(wanted.name.text);
    const auto [kind, text] = errorOf([&] { orchestrator.startServer(wanted); });
    BOOST_TEST(kind == Kind::conflict);
    BOOST_TEST(raw(other).present());
}

BOOST_AUTO_TEST_CASE(a_creation_whose_answer_was_lost_is_found_again)
{
    const auto wanted = launch("lost");
    const auto body = docker::Body::json(docker::createBody(wanted, client->apiVersion()));
    const auto json = client->postJson({.path = "/containers/create", .query = {{"name", wanted.name.text}}}, body);
    const auto id = json.required("Id").text();

    BOOST_TEST(orchestrator.startServer(wanted) == id);
    BOOST_TEST(running(id));
}

BOOST_AUTO_TEST_CASE(one_that_was_made_with_another_secret_is_not_taken_for_ours)
{
    auto wanted = launch("rotated");
    wanted.spec.env["TOKEN"] = {"old", "token", true};
    wanted = marked(wanted);
    const auto body = docker::Body::json(docker::createBody(wanted, client->apiVersion()));
    client->postJson({.path = "/containers/create", .query = {{"name", wanted.name.text}}}, body);
    wanted.spec.env["TOKEN"].text = "new";
    BOOST_TEST(errorOf([&] { orchestrator.startServer(marked(wanted)); }).first == Kind::conflict);
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_a_conflict)
{
    NetworkSpec open = network("open");
    open.internal = false;
    open.hostAddress = true;
    orchestrator.ensureNetworkExists(open);
    auto first = launch("first");
    first.spec.networks = {{open.name, {}}};
    first.spec.publications = {{"127.0.0.1", 18932, 3001}};
    auto second = launch("second");
    second.spec.networks = first.spec.networks;
    second.spec.publications = first.spec.publications;
    orchestrator.startServer(marked(first));
    BOOST_TEST(errorOf([&] { orchestrator.startServer(marked(second)); }).first == Kind::conflict);
    BOOST_TEST(names() == std::set<std::string>{first.name.text}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_stopped_server_is_gone_and_stopping_it_again_succeeds)
{
    auto wanted = launch("stopped");
    wanted.spec.restart.when = RestartPolicy::When::always;
    const auto id = orchestrator.startServer(marked(wanted));
    orchestrator.stopServer(id);
    BOOST_TEST(names().empty());
    orchestrator.stopServer(id);
    BOOST_TEST(orchestrator.getStatus(id) == LiveStatus::error);
}

BOOST_AUTO_TEST_CASE(a_suspended_server_stays_and_can_be_resumed)
{
    const auto id = orchestrator.startServer(launch("paused"));
    orchestrator.suspendServer(id);
    orchestrator.suspendServer(id);
    BOOST_TEST(!running(id));
    BOOST_TEST(orchestrator.getStatus(id) == LiveStatus::stopped);
    orchestrator.resumeServer(id);
    orchestrator.resumeServer(id);
    BOOST_TEST(orchestrator.getStatus(id) == LiveStatus::running);
    client->post({.path = "/containers/" + id + "/pause"});
    orchestrator.resumeServer(id);
    BOOST_TEST(orchestrator.getStatus(id) == LiveStatus::running);
}

BOOST_AUTO_TEST_CASE(limits_change_in_place)
{
    const auto wanted = launch("limits");
    const auto id = orchestrator.startServer(wanted);
    const auto before = raw(id)["State"]["StartedAt"].text();
    Resources more;
    more.memoryBytes = 256LL * 1024 * 1024;
    more.nanoCpus = 500'000'000;
    more.pidsLimit = 64;
    more.cpuShares = 256;
    orchestrator.setResourceLimits(id, more, RestartPolicy{RestartPolicy::When::always});
    BOOST_TEST((observed(wanted.name.text).spec.resources == more));
    BOOST_TEST((observed(wanted.name.text).spec.restart.when == RestartPolicy::When::always));
    more.memoryBytes = 1024LL * 1024 * 1024;
    orchestrator.setResourceLimits(id, more, RestartPolicy{});
    BOOST_TEST(raw(id)["HostConfig"]["MemorySwap"].number() == more.memoryBytes);
    BOOST_TEST(raw(id)["State"]["StartedAt"].text() == before);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(replacing, EngineFixture)

BOOST_AUTO_TEST_CASE(the_new_one_takes_the_name_and_the_old_one_goes)
{
    auto wanted = launch("swap");
    const auto old = orchestrator.startServer(wanted);
    wanted.spec.env["GREETING"].text = "good day";
    const auto id = orchestrator.replaceServer(marked(wanted), old, ready);
    BOOST_TEST(id != old);
    BOOST_TEST(running(wanted.name.text));
    BOOST_TEST(observed(wanted.name.text).id == id);
    BOOST_TEST(!raw(old).present());
    BOOST_TEST(names().size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_that_does_not_become_ready_gives_way_to_the_old_one)
{
    auto wanted = launch("back");
    const auto old = orchestrator.startServer(wanted);
    wanted.spec.env["GREETING"].text = "cough";
    const auto [kind, text] = errorOf([&] { orchestrator.replaceServer(marked(wanted), old, neverReady); });
    BOOST_TEST(kind == Kind::rolledBack);
    BOOST_TEST(text.find("it coughs") != std::string::npos, text);
    BOOST_TEST(observed(wanted.name.text).id == old);
    BOOST_TEST((observed(wanted.name.text).spec.restart == wanted.spec.restart));
    BOOST_TEST(running(old));
    BOOST_TEST(names().size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_that_cannot_start_gives_way_to_the_old_one_and_to_its_port)
{
    NetworkSpec open = network("open");
    open.internal = false;
    open.hostAddress = true;
    orchestrator.ensureNetworkExists(open);
    auto wanted = launch("port");
    wanted.spec.networks = {{open.name, {}}};
    wanted.spec.publications = {{"127.0.0.1", 18933, 3001}};
    const auto old = orchestrator.startServer(marked(wanted));
    auto broken = wanted;
    broken.spec.entrypoint = {"/no/such/program"};
    broken.spec.initProcess = false;
    BOOST_TEST(errorOf([&] { orchestrator.replaceServer(marked(broken), old, ready); }).first == Kind::rolledBack);
    BOOST_TEST(running(old));
    // And the same port goes over to one that can.
    wanted.spec.env["GREETING"].text = "good day";
    const auto id = orchestrator.replaceServer(marked(wanted), old, ready);
    BOOST_TEST(running(id));
}

BOOST_AUTO_TEST_CASE(a_gate_that_throws_rolls_back)
{
    const auto wanted = launch("throws");
    const auto old = orchestrator.startServer(wanted);
    const ReadyGate gate = [](const std::string&) -> Readiness { throw OrchestratorError(Kind::cancelled, "enough"); };
    BOOST_TEST(errorOf([&] { orchestrator.replaceServer(wanted, old, gate); }).first == Kind::rolledBack);
    BOOST_TEST(running(old));
}

BOOST_AUTO_TEST_CASE(while_a_replace_is_under_way_both_are_known_as_ours)
{
    auto wanted = launch("midway");
    const auto old = orchestrator.startServer(wanted);
    wanted.spec.env["GREETING"].text = "good day";
    std::vector<std::string> seen;
    const ReadyGate look = [&](const std::string&)
    {
        for (const auto& each : orchestrator.listInstances(project).ours)
            seen.push_back(each.name);
        return Readiness{true, ""};
    };
    orchestrator.replaceServer(marked(wanted), old, look);
    const std::vector<std::string> expected{wanted.name.text, wanted.name.text + ".old-" + old.substr(0, 12)};
    BOOST_TEST(seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_interrupted_one_is_restored)
{
    const auto wanted = launch("restore");
    const auto id = orchestrator.startServer(wanted);
    orchestrator.suspendServer(id);
    client->post(
        {.path = "/containers/" + id + "/rename", .query = {{"name", wanted.name.text + ".old-0123456789ab"}}});
    orchestrator.restoreServer(id, wanted.name, wanted.spec.restart);
    orchestrator.restoreServer(id, wanted.name, wanted.spec.restart);
    BOOST_TEST((observed(wanted.name.text).spec.restart == wanted.spec.restart));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(networks, EngineFixture)

BOOST_AUTO_TEST_CASE(a_network_is_made_once_and_isolated)
{
    auto wanted = network("iso");
    wanted.subnet = "10.123.45.0/24";
    orchestrator.ensureNetworkExists(wanted);
    orchestrator.ensureNetworkExists(wanted);
    int count = 0;
    for (const auto& each : orchestrator.getNetworkInfo())
        if (each.spec.name == wanted.name)
        {
            ++count;
            BOOST_TEST((each.spec == wanted));
            BOOST_TEST(each.ours);
        }
    BOOST_TEST(count == 1);
    wanted.subnet = "10.123.46.0/24";
    const auto [kind, text] = errorOf([&] { orchestrator.ensureNetworkExists(wanted); });
    BOOST_TEST(kind == Kind::conflict);
    BOOST_TEST(text.find("10.123.45.0/24") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(many_that_make_the_same_network_at_once_make_one)
{
    const auto wanted = network("race");
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] { orchestrator.ensureNetworkExists(wanted); });
    threads.clear();
    const auto all = orchestrator.getNetworkInfo();
    BOOST_TEST(std::count_if(all.begin(), all.end(), [&](const auto& each) { return each.spec.name == wanted.name; }) ==
               1);
}

BOOST_AUTO_TEST_CASE(a_network_in_use_is_not_removed_and_one_that_is_gone_is)
{
    const auto id = orchestrator.startServer(launch("user"));
    std::string net;
    for (const auto& each : orchestrator.getNetworkInfo())
        if (each.spec.name == network("net").name)
            net = each.id;
    BOOST_TEST(errorOf([&] { orchestrator.removeNetwork(net); }).second.find("active endpoints") != std::string::npos);
    orchestrator.stopServer(id);
    orchestrator.removeNetwork(net);
    orchestrator.removeNetwork(net);
}

BOOST_AUTO_TEST_CASE(connecting_and_disconnecting_can_be_repeated)
{
    const auto wanted = launch("hopper");
    const auto id = orchestrator.startServer(wanted);
    const auto other = network("other");
    orchestrator.ensureNetworkExists(other);
    orchestrator.connectNetwork(id, other.name, {"hop"}, "");
    orchestrator.connectNetwork(id, other.name, {"hop"}, "");
    BOOST_TEST((observed(wanted.name.text).spec.networks.at(other.name) == std::set<std::string>{"hop"}));
    orchestrator.disconnectNetwork(id, other.name);
    orchestrator.disconnectNetwork(id, other.name);
    BOOST_TEST(observed(wanted.name.text).spec.networks.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_network_that_was_made_anew_is_stale_to_those_on_the_old_one)
{
    const auto wanted = launch("stale");
    const auto id = orchestrator.startServer(wanted);
    orchestrator.suspendServer(id);
    for (const auto& each : orchestrator.getNetworkInfo())
        if (each.spec.name == network("net").name)
            orchestrator.removeNetwork(each.id);
    orchestrator.ensureNetworkExists(network("net"));
    BOOST_TEST((observed(wanted.name.text).staleNetworks == std::set<NetworkName>{network("net").name}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(reading, EngineFixture)

BOOST_AUTO_TEST_CASE(what_is_not_ours_is_known_by_name_and_by_why)
{
    const auto wanted = launch("mine");
    orchestrator.startServer(wanted);
    stranger(project.text + "-stranger");
    stranger(project.text + "-copy", docker::toLabels(wanted.marks));
    auto other = wanted.marks;
    other.instance = project.text + "-p-was";
    stranger(project.text + "-renamed", docker::toLabels(other));
    std::map<std::string, std::string> why;
    for (const auto& each : orchestrator.listInstances(project).foreign)
        if (each.name.starts_with(project.text))
            why.emplace(each.name.substr(project.text.size()), each.why);
    BOOST_TEST(why.at("-stranger").empty());
    BOOST_TEST(why.at("-copy") == "it carries the labels of " + wanted.name.text);
    BOOST_TEST(why.at("-renamed") == "renamed: it was made as " + other.instance);
    BOOST_TEST(orchestrator.listInstances(project).ours.size() == 1U);
}

BOOST_AUTO_TEST_CASE(looking_costs_one_call_for_each_instance_and_five)
{
    for (const auto* name : {"a", "b", "c"})
        orchestrator.startServer(launch(name));
    auto fresh = std::make_shared<docker::ReadClient>(client->endpoint());
    const docker::DockerView view(fresh, {});
    view.getEngineInfo();
    view.listInstances(project);
    view.getNetworkInfo();
    view.inspectImage(image);
    BOOST_TEST(fresh->statistics().calls <= 3U + 1U + 5U);
}

BOOST_AUTO_TEST_CASE(an_image_that_is_not_there_is_nothing)
{
    BOOST_TEST(!orchestrator.inspectImage("mcpctl-test/no-such-image:1").has_value());
    BOOST_TEST(orchestrator.inspectImage(image)->id.starts_with("sha256:"));
}

BOOST_AUTO_TEST_CASE(two_clients_know_the_engine_by_one_id)
{
    const docker::DockerView other(std::make_shared<docker::ReadClient>(client->endpoint()), {});
    BOOST_TEST(other.getEngineInfo().id == orchestrator.getEngineInfo().id);
    BOOST_TEST(!other.getEngineInfo().id.empty());
}

BOOST_AUTO_TEST_CASE(the_log_of_one_that_is_gone_is_an_error)
{
    const LogSink sink = [](const LogPiece&) { return true; };
    BOOST_TEST(errorOf([&] { orchestrator.getLogs("0123456789abcdef", {}, sink, {}); }).first == Kind::notFound);
}

BOOST_AUTO_TEST_CASE(events_tell_what_happens_to_ours_and_only_to_ours)
{
    const auto wanted = launch("events");
    orchestrator.ensureNetworkExists(network("other"));
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Event> events;
    const auto waitFor = [&](Event::Type type)
    {
        std::unique_lock lock(mutex);
        const auto seen = [&]
        { return std::any_of(events.begin(), events.end(), [&](const auto& each) { return each.type == type; }); };
        BOOST_TEST(changed.wait_for(lock, std::chrono::seconds(10), seen), "event " << static_cast<int>(type));
    };
    std::jthread follower(
        [&](const std::stop_token& stop)
        {
            orchestrator.subscribeEvents(
                project,
                [&](const Event& event)
                {
                    const std::lock_guard lock(mutex);
                    events.push_back(event);
                    changed.notify_all();
                },
                stop);
        });
    waitFor(Event::Type::subscribed);
    const auto foreign = stranger(project.text + "-noise");
    client->post({.path = "/containers/" + foreign + "/start"});
    const auto id = orchestrator.startServer(wanted);
    waitFor(Event::Type::start);
    orchestrator.connectNetwork(id, network("other").name, {}, "");
    waitFor(Event::Type::networkConnect);
    orchestrator.setResourceLimits(id, wanted.spec.resources, RestartPolicy{RestartPolicy::When::no});
    waitFor(Event::Type::update);
    orchestrator.stopServer(id);
    waitFor(Event::Type::die);
    waitFor(Event::Type::destroy);
    follower.request_stop();
    follower.join();
    for (const auto& event : events)
    {
        // Of a stranger's, no more than that it has a name that could be one of ours.
        const bool name = event.type == Event::Type::nameTaken && event.id == foreign;
        const bool ours = event.id == id && event.name == wanted.name.text;
        BOOST_TEST((event.type == Event::Type::subscribed || name || ours), toString(event.type));
    }
}

BOOST_AUTO_TEST_SUITE_END()

/// An engine that accepts limits and does not put them in force.
BOOST_AUTO_TEST_SUITE(weak_engine, *boost::unit_test::precondition(
                                       [](boost::unit_test::test_unit_id)
                                       { return !mcpctl::test::fromEnvironment("WEAK_DOCKER_HOST", "").empty(); }))

BOOST_AUTO_TEST_CASE(a_limit_that_is_not_in_force_keeps_the_server_from_running)
{
    EngineFixture weak("WEAK_DOCKER_HOST");
    auto wanted = weak.launch("weak");
    wanted.spec.resources.nanoCpus = 0; // which it refuses
    wanted = weak.marked(wanted);
    const auto [kind, text] = errorOf([&] { weak.orchestrator.startServer(wanted); });
    BOOST_TEST(kind == Kind::notEnforced);
    BOOST_TEST(text.find("memory: asked 512Mi, got none") != std::string::npos, text);
    BOOST_TEST(text.find("the engine says: ") != std::string::npos, text);
    BOOST_TEST(weak.names().empty());
}

BOOST_AUTO_TEST_SUITE_END()
