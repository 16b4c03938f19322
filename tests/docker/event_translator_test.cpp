#include "docker/event_translator.h"

#include "docker/client.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using mcpctl::docker::EventTranslator;
using Type = Event::Type;

namespace
{

std::optional<Event> translate(EventTranslator& translator, const std::string& json)
{
    return translator.translate(docker::parseJson(json, "test"));
}

std::string container(const std::string& action, const std::string& id = "c1", const std::string& project = "mcpctl")
{
    return R"({"status":")" + action + R"(","Type":"container","Action":")" + action + R"(","Actor":{"ID":")" + id +
           R"(","Attributes":{"exitCode":"137","mcpctl.project":")" + project +
           R"(","name":"mcpctl-p-a"}},"scope":"local","time":1795473537,"timeNano":1795473537262936503})";
}

std::string network(const std::string& action, const std::string& id = "c1")
{
    return R"({"Type":"network","Action":")" + action + R"(","Actor":{"ID":"n1","Attributes":{"container":")" + id +
           R"(","name":"net1","type":"bridge"}},"scope":"local","timeNano":1})";
}

}

BOOST_AUTO_TEST_SUITE(event_translator_test)

BOOST_AUTO_TEST_CASE(events_of_ours_are_translated)
{
    EventTranslator translator(ProjectName("mcpctl"));
    const auto died = translate(translator, container("die"));
    BOOST_TEST((died->type == Type::die));
    BOOST_TEST(died->exitCode == 137);
    BOOST_TEST(died->id == "c1");
    BOOST_TEST(died->name == "mcpctl-p-a");
    BOOST_TEST(died->timeNanos == 1795473537262936503);

    const auto health = translate(translator, container("health_status: unhealthy"));
    BOOST_TEST((health->type == Type::health));
    BOOST_TEST(health->health == "unhealthy");
    BOOST_TEST((translate(translator, container("rename"))->type == Type::rename));
    BOOST_TEST(!translate(translator, container("exec_create: true")).has_value());
}

BOOST_AUTO_TEST_CASE(those_of_others_are_left_out)
{
    EventTranslator translator(ProjectName("mcpctl"));
    BOOST_TEST(!translate(translator, container("start", "c2", "other")).has_value());
    BOOST_TEST(!translate(translator, network("connect", "c2")).has_value());
}

BOOST_AUTO_TEST_CASE(a_network_event_is_known_by_its_container)
{
    EventTranslator translator(ProjectName("mcpctl"));
    translator.remember("c0", "mcpctl-p-z");
    BOOST_TEST(translate(translator, network("connect", "c0"))->name == "mcpctl-p-z");
    BOOST_TEST((translate(translator, container("create"))->type == Type::create));
    BOOST_TEST((translate(translator, network("connect"))->type == Type::networkConnect));
    translate(translator, container("destroy"));
    BOOST_TEST(!translate(translator, network("disconnect")).has_value());
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused)
{
    EventTranslator translator(ProjectName("mcpctl"));
    for (const auto* json : {"[]", R"({"Type":1})", R"({"Actor":[]})", R"({"Actor":{"Attributes":{"name":1}}})"})
        BOOST_CHECK_THROW(translate(translator, json), OrchestratorError);
    BOOST_TEST(!translate(translator, "{}").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
