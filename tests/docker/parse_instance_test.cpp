#include "docker/parse_instance.h"

#include "docker/recorded.h"
#include "docker/sample_launch.h"
#include "model/fields.h"
#include "orchestrator/error.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>

using namespace mcpctl;
using namespace mcpctl::test;
using docker::parseInstance;
using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

namespace
{

const std::vector<std::string> engines{"20.10", "28.5"};

Object::Ptr inspection(const std::string& engine = "20.10")
{
    return recorded("inspect-" + engine + ".json");
}

ObservedInstance parse(const Object::Ptr& json)
{
    return parseInstance(view(json));
}

/// The instance when its HostConfig has `member` = `value`.
ObservedInstance withHost(const std::string& member, const std::string& json)
{
    auto all = inspection();
    all->getObject("HostConfig")
        ->set(member, Poco::JSON::Parser().parse("{\"v\":" + json + "}").extract<Object::Ptr>()->get("v"));
    return parse(all);
}

/// Calls `visit` once for each value inside of `node`, with a way to set it.
void eachPlace(const Var& node, const std::function<void(const std::function<void(const Var&)>&, const Var&)>& visit)
{
    if (node.type() == typeid(Object::Ptr))
    {
        auto object = node.extract<Object::Ptr>();
        for (const auto& name : object->getNames())
        {
            const Var old = object->get(name);
            visit([&object, &name](const Var& value) { object->set(name, value); }, old);
            eachPlace(old, visit);
        }
    }
    else if (node.type() == typeid(Array::Ptr))
    {
        auto array = node.extract<Array::Ptr>();
        for (unsigned i = 0; i < array->size(); ++i)
        {
            const Var old = array->get(i);
            visit([&](const Var& value) { array->set(i, value); }, old);
            eachPlace(old, visit);
        }
    }
}

}

BOOST_AUTO_TEST_SUITE(parse_instance_test)

BOOST_DATA_TEST_CASE(a_container_reads_back_as_the_spec_that_it_was_made_from, boost::unit_test::data::make(engines))
{
    const auto launch = sampleLaunch();
    const auto live = parse(inspection(sample));
    const auto expected = withImageDefaults(launch.spec, sampleImage());
    for (const auto& field : fields())
        BOOST_TEST((field.form(expected) == field.form(live.spec)), "field " << field.name);
    BOOST_TEST(live.spec.image == launch.image);
    BOOST_TEST((live.marks == launch.marks));
    BOOST_TEST(live.name == launch.name.text);
    BOOST_TEST((live.state == RunState::running));
    BOOST_TEST(live.health == "starting");
    BOOST_TEST(live.imageId.starts_with("sha256:"));
    BOOST_TEST(docker::swapBeyondMemory(view(inspection(sample)), true) == 0);
}

BOOST_DATA_TEST_CASE(whatever_the_engine_sends_is_understood_or_refused, boost::unit_test::data::make(engines))
{
    const auto root = inspection(sample);
    const std::vector<Var> nonsense{Var(),
                                    Var(42),
                                    Var(-1),
                                    Var(1.5),
                                    Var(std::string("x")),
                                    Var(std::string()),
                                    Var(true),
                                    Var(std::numeric_limits<std::uint64_t>::max()),
                                    Var(Object::Ptr(new Object)),
                                    Var(Array::Ptr(new Array))};
    int understood = 0;
    int refused = 0;
    eachPlace(root,
              [&](const auto& set, const Var& old)
              {
                  for (const auto& value : nonsense)
                  {
                      set(value);
                      try
                      {
                          const auto answer = view(root);
                          parseInstance(answer);
                          docker::findStaleNetworks(answer, {}, {});
                          docker::swapBeyondMemory(answer, true);
                          ++understood;
                      }
                      catch (const OrchestratorError&)
                      {
                          ++refused;
                      }
                  }
                  set(old);
              });
    BOOST_TEST(understood > 100);
    BOOST_TEST(refused > 100);
}

BOOST_AUTO_TEST_CASE(an_error_names_the_place_and_no_value)
{
    auto json = inspection();
    json->getObject("Config")->set("Env", std::string("TOKEN=hunter2"));
    try
    {
        parse(json);
        BOOST_FAIL("understood");
    }
    catch (const OrchestratorError& error)
    {
        const std::string text = error.what();
        BOOST_TEST(text.find("Config.Env") != std::string::npos, text);
        BOOST_TEST(text.find("hunter2") == std::string::npos, text);
    }
}

BOOST_AUTO_TEST_CASE(ways_out_of_isolation_are_seen)
{
    const std::vector<std::tuple<std::string, std::string, std::string>> table{
        {"Privileged", "true", "privileged"},
        {"NetworkMode", R"("host")", "host-network"},
        {"NetworkMode", R"("container:abc")", "other-container-network"},
        {"PidMode", R"("host")", "host-pid"},
        {"IpcMode", R"("host")", "host-ipc"},
        {"IpcMode", R"("shareable")", "shareable-ipc"},
        {"UTSMode", R"("host")", "host-uts"},
        {"UsernsMode", R"("host")", "host-userns"},
        {"CgroupnsMode", R"("host")", "host-cgroupns"},
        {"SecurityOpt", R"(["no-new-privileges:true","seccomp=unconfined"])", "seccomp-unconfined"},
        {"SecurityOpt", R"(["seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}"])", "seccomp-custom"},
        {"SecurityOpt", R"(["apparmor:unconfined"])", "apparmor-unconfined"},
        {"SecurityOpt", R"(["label=disable"])", "label-disable"},
        {"MaskedPaths", "[]", "unmasked-paths"},
        {"ReadonlyPaths", "[]", "writable-system-paths"},
        {"Devices", R"([{"PathOnHost":"/dev/kvm"}])", "device /dev/kvm"},
        {"DeviceRequests", R"([{"Driver":"nvidia"}])", "device-requests"},
        {"VolumesFrom", R"(["other"])", "volumes-from"},
        {"GroupAdd", R"(["docker"])", "extra-groups"},
        {"Sysctls", R"({"net.ipv4.ip_forward":"0","net.ipv4.ip_unprivileged_port_start":"1"})", "sysctls"},
        {"Sysctls", "null", "forwards-between-networks"},
        {"OomKillDisable", "true", "oom-kill-disabled"},
        {"PublishAllPorts", "true", "all-ports-published"},
        {"PortBindings", R"({"53/udp":[{"HostIp":"","HostPort":"53"}]})", "published 53/udp"},
        {"Mounts", R"([{"Type":"bind","Source":"/a","Target":"/b","BindOptions":{"Propagation":"rshared"}}])",
         "mount-propagation /b"},
    };
    for (const auto& [member, json, escape] : table)
        BOOST_TEST((withHost(member, json).spec.escapes == std::set<std::string>{escape}), escape);
}

BOOST_AUTO_TEST_CASE(capabilities_are_those_that_are_left)
{
    BOOST_TEST((withHost("CapAdd", R"(["cap_net_admin","CHOWN"])").spec.capabilities ==
                std::set<std::string>{"CHOWN", "NET_ADMIN"}));
    const auto undropped = withHost("CapDrop", R"(["CAP_MKNOD"])").spec.capabilities;
    BOOST_TEST(undropped.size() == 13U);
    BOOST_TEST(!undropped.contains("MKNOD"));
}

BOOST_AUTO_TEST_CASE(binds_and_what_came_in_by_other_ways_are_mounts)
{
    const auto mounts = withHost("Binds", R"(["/srv:/srv:ro,z","named:/named"])").spec.mounts;
    BOOST_TEST((mounts.at("/srv") == Mount{Mount::Type::hostPath, "/srv", true}));
    BOOST_TEST((mounts.at("/named") == Mount{Mount::Type::volume, "named", false}));
    BOOST_TEST(!mounts.contains("/cache")); // the image's, without a name of its own

    const auto asFound = withHost("Mounts", "null").spec.mounts;
    BOOST_TEST((asFound.at("/data") == Mount{Mount::Type::volume, "mcpctl-data", false}));
    BOOST_TEST((asFound.at("/host") == Mount{Mount::Type::hostPath, "/etc", true}));
}

BOOST_AUTO_TEST_CASE(a_check_that_the_image_brought_is_not_taken_for_one_that_was_asked_for)
{
    ServerSpec asImage;
    asImage.health.type = HealthCheck::Type::mcp;
    auto json = inspection();
    json->getObject("Config")->getObject("Labels")->set("mcpctl.fields", "health=" + fieldHashes(asImage).at("health"));
    BOOST_TEST((parse(json).spec.health.type == HealthCheck::Type::image));

    json = inspection();
    json->getObject("Config")->remove("Healthcheck");
    BOOST_TEST((parse(json).spec.health.type == HealthCheck::Type::image));
    json->getObject("Config")->set("Healthcheck", Object::Ptr(new Object)->set("Test", Array().add("NONE")));
    BOOST_TEST((parse(json).spec.health.type == HealthCheck::Type::none));
}

BOOST_AUTO_TEST_CASE(swap_beyond_the_memory_is_told_where_it_can_be)
{
    auto json = inspection();
    const auto swap = [&](const Var& withSwap, bool limits)
    {
        json->getObject("HostConfig")->set("MemorySwap", withSwap);
        return docker::swapBeyondMemory(view(json), limits);
    };
    BOOST_TEST(swap(-1, true) == -1);
    BOOST_TEST(swap(1073741824, true) == 536870912);
    BOOST_TEST(swap(0, true) == 536870912);
    BOOST_TEST(swap(-1, false) == 0); // what an engine says whose kernel does not count it
}

BOOST_AUTO_TEST_CASE(addresses_are_told_by_network_while_there_are_some)
{
    auto json = inspection();
    const std::map<NetworkName, std::string> expected{{NetworkName("mcpctl-net1"), "172.31.0.2"},
                                                      {NetworkName("mcpctl-net2"), "192.168.0.2"}};
    BOOST_TEST((parse(json).addresses == expected));
    auto networks = json->getObject("NetworkSettings")->getObject("Networks");
    networks->getObject("mcpctl-net1")->set("IPAddress", "").set("GlobalIPv6Address", "fd00::2");
    networks->getObject("mcpctl-net2")->set("IPAddress", "");
    BOOST_TEST((parse(json).addresses == std::map<NetworkName, std::string>{{NetworkName("mcpctl-net1"), "fd00::2"}}));
}

BOOST_AUTO_TEST_CASE(networks_that_are_gone_are_stale)
{
    const auto json = inspection();
    const auto networks = json->getObject("NetworkSettings")->getObject("Networks");
    const auto id = networks->getObject("mcpctl-net1")->getValue<std::string>("NetworkID");
    BOOST_TEST((docker::findStaleNetworks(view(json), {id}, {"mcpctl-net1", "mcpctl-net2"}) ==
                std::set<NetworkName>{NetworkName("mcpctl-net2")}));
    networks->getObject("mcpctl-net2")->set("NetworkID", ""); // as before its first start
    BOOST_TEST(docker::findStaleNetworks(view(json), {id}, {"mcpctl-net2"}).empty());
}

BOOST_AUTO_TEST_CASE(a_stopped_one_has_the_ports_that_it_was_made_with)
{
    auto json = inspection();
    const auto running = parse(json).spec.publications;
    json->getObject("State")->set("Status", "exited");
    json->getObject("State")->set("Running", false);
    json->getObject("NetworkSettings")->set("Ports", Object::Ptr(new Object)); // as the engine shows it then
    BOOST_TEST(!running.empty());
    BOOST_TEST((parse(json).spec.publications == running));
}

BOOST_AUTO_TEST_CASE(log_options_that_the_engine_adds_by_itself_are_passed_over)
{
    const auto logging =
        withHost("LogConfig", R"({"Type":"json-file","Config":{"max-size":"1m","compress":"true","tag":"x"}})")
            .spec.logging;
    BOOST_TEST((logging.options == std::map<std::string, std::string>{{"max-size", "1m"}}));
}

BOOST_AUTO_TEST_SUITE_END()
