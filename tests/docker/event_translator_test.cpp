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

/// An event of `name`, which was made as `mcpctl-p-a` of `project`.
std::string container(const std::string& action, const std::string& id = "c1", const std::string& project = "mcpctl",
                      const std::string& name = "mcpctl-p-a", const std::string& oldName = "")
{
    return R"({"status":")" + action + R"(","Type":"container","Action":")" + action + R"(","Actor":{"ID":")" + id +
           R"(","Attributes":{"exitCode":"137","signal":"15","oldName":")" + oldName +
           R"(","mcpctl.managed":"true","mcpctl.instance":"mcpctl-p-a","mcpctl.project":")" + project +
           R"(","name":")" + name + R"("}},"scope":"local","time":1795473537,"timeNano":1795473537262936503})";
}

std::string network(const std::string& action, const std::string& id = "c1", const std::string& driver = "bridge")
{
    return R"({"Type":"network","Action":")" + action + R"(","Actor":{"ID":"n1","Attributes":{"container":")" + id +
           R"(","name":"net1","type":")" + driver + R"("}},"scope":"local","timeNano":1})";
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
    BOOST_TEST(translate(translator, container("kill"))->signal == 15);
    BOOST_TEST((translate(translator, container("oom"))->type == Type::oom));
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

BOOST_AUTO_TEST_CASE(networks_that_come_and_go_are_told_whoevers_they_are)
{
    EventTranslator translator(ProjectName("mcpctl"));
    const auto gone = translate(translator, network("destroy", ""));
    BOOST_TEST((gone->type == Type::networkDestroy));
    BOOST_TEST(gone->network == "net1");
    BOOST_TEST(gone->id.empty());
    BOOST_TEST((translate(translator, network("create", ""))->type == Type::networkCreate));
}

BOOST_AUTO_TEST_CASE(the_absence_of_a_network_is_none)
{
    EventTranslator translator(ProjectName("mcpctl"));
    translator.remember("c1", "mcpctl-p-a");
    BOOST_TEST(!translate(translator, network("connect", "c1", "null")).has_value());
}

BOOST_AUTO_TEST_CASE(a_rename_is_told_from_and_to)
{
    EventTranslator translator(ProjectName("mcpctl"));
    const auto away = translate(translator, container("rename", "c1", "mcpctl", "other", "/mcpctl-p-a"));
    BOOST_TEST((away->type == Type::rename));
    BOOST_TEST(away->name == "other");
    BOOST_TEST(away->oldName == "mcpctl-p-a");
    BOOST_TEST(!translate(translator, container("start", "c1", "mcpctl", "other")).has_value()); // not ours any more
    const auto back = translate(translator, container("rename", "c1", "mcpctl", "mcpctl-p-a", "/other"));
    BOOST_TEST((back->type == Type::rename));
    BOOST_TEST((translate(translator, container("start"))->type == Type::start));
}

BOOST_AUTO_TEST_CASE(names_that_could_be_ours_are_told_when_others_take_and_free_them)
{
    EventTranslator translator(ProjectName("mcpctl"));
    const auto type = [&](const std::string& action, const std::string& name, const std::string& oldName = "")
    { return translate(translator, container(action, "c2", "other", name, oldName)); };
    BOOST_TEST((type("create", "mcpctl-x")->type == Type::nameTaken));
    BOOST_TEST((type("rename", "mcpctl-x", "/elsewhere")->type == Type::nameTaken));
    BOOST_TEST((type("destroy", "mcpctl-x")->type == Type::nameFreed));
    const auto freed = type("rename", "elsewhere", "/mcpctl-x");
    BOOST_TEST((freed->type == Type::nameFreed));
    BOOST_TEST(freed->name == "mcpctl-x");
    BOOST_TEST(!type("create", "elsewhere").has_value());
    BOOST_TEST(!type("start", "mcpctl-x").has_value());
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused)
{
    EventTranslator translator(ProjectName("mcpctl"));
    for (const auto* json : {"[]", R"({"Type":1})", R"({"Actor":[]})", R"({"Actor":{"Attributes":{"name":1}}})"})
        BOOST_CHECK_THROW(translate(translator, json), OrchestratorError);
    BOOST_TEST(!translate(translator, "{}").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
