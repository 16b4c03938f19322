#include "docker/json_view.h"

#include "docker/engine_error.h"
#include "docker/recorded.h"
#include "orchestrator/error.h"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace mcpctl;
using namespace mcpctl::test;
using mcpctl::docker::EngineError;
using mcpctl::docker::memberText;
using mcpctl::docker::parseJson;

namespace
{

std::string deep(std::size_t levels)
{
    return std::string(levels, '[') + std::string(levels, ']');
}

/// What is wrong with it, behind the place.
template <typename Read>
std::string complaint(const Read& read)
{
    try
    {
        read();
    }
    catch (const OrchestratorError& error)
    {
        BOOST_TEST((error.kind() == OrchestratorError::Kind::failed));
        const std::string text = error.what();
        const std::string opening = "the engine's answer makes no sense: ";
        BOOST_TEST(text.starts_with(opening));
        return text.substr(opening.size());
    }
    return "";
}

}

BOOST_AUTO_TEST_SUITE(json_view_test)

BOOST_AUTO_TEST_CASE(what_is_missing_or_null_reads_as_empty)
{
    const auto json = view(R"({"null":null,"list":[],"names":["a",null],"map":{"a":"1","b":null}})");
    for (const auto* name : {"null", "absent"})
    {
        const auto member = json[name];
        BOOST_TEST(!member.present());
        BOOST_TEST(member["deeper"]["still"].text() == "");
        BOOST_TEST(member.number(7) == 7);
        BOOST_TEST(member.count() == 0U);
        BOOST_TEST(member.flag(true));
        BOOST_TEST(member.items().empty());
        BOOST_TEST(member.textMap().empty());
        BOOST_TEST(!member.isEmptyList());
    }
    BOOST_TEST(json["list"].isEmptyList());
    BOOST_TEST(!json["names"].isEmptyList());
    BOOST_TEST((json["names"].texts() == std::vector<std::string>{"a", ""}));
    BOOST_TEST((json["map"].textMap() == std::map<std::string, std::string>{{"a", "1"}, {"b", ""}}));
    BOOST_TEST(complaint([&] { json.required("null"); }) == "test.null: missing");
}

BOOST_AUTO_TEST_CASE(what_has_another_type_is_an_error_that_names_the_place_and_never_the_value)
{
    const auto json = view(R"({"a":[{"b":"secret"}],"texts":["x",1],"map":{"k":1},"half":1.5,"minus":-1})");
    const auto item = json["a"].items().at(0);
    BOOST_TEST(complaint([&] { item["b"].number(); }) == "test.a[0].b: not a whole number");
    BOOST_TEST(complaint([&] { item["b"].flag(); }) == "test.a[0].b: not true or false");
    BOOST_TEST(complaint([&] { item["b"]["c"].text(); }) == "test.a[0].b: not an object");
    BOOST_TEST(complaint([&] { item["b"].items(); }) == "test.a[0].b: not a list");
    BOOST_TEST(complaint([&] { json["a"].text(); }) == "test.a: not a string");
    BOOST_TEST(complaint([&] { json["texts"].texts(); }) == "test.texts[1]: not a string");
    BOOST_TEST(complaint([&] { json["map"].textMap(); }) == "test.map.k: not a string");
    BOOST_TEST(complaint([&] { json["half"].number(); }) == "test.half: not a whole number");
    BOOST_TEST(complaint([&] { json["half"].count(); }) == "test.half: not a whole number");
    BOOST_TEST(complaint([&] { json["minus"].count(); }) == "test.minus: negative");
}

BOOST_AUTO_TEST_CASE(whole_numbers_are_exact_over_all_64_bits)
{
    const auto json = view(R"({"least":-9223372036854775808,"most":9223372036854775807,"all":18446744073709551615})");
    BOOST_TEST(json["least"].number() == std::numeric_limits<std::int64_t>::min());
    BOOST_TEST(json["most"].number() == std::numeric_limits<std::int64_t>::max());
    BOOST_TEST(json["all"].count() == std::numeric_limits<std::uint64_t>::max());
    BOOST_TEST(complaint([&] { json["all"].number(); }) == "test.all: too large");
}

BOOST_AUTO_TEST_CASE(a_view_keeps_the_answer_that_it_looks_into)
{
    std::vector<docker::JsonView> items;
    {
        std::string text = R"([{"name":"one that is too long for a short string"},{"name":"two"}])";
        items = parseJson(text, "test").items();
        text.assign(text.size(), 'x');
    }
    BOOST_TEST(items.at(0)["name"].text() == "one that is too long for a short string");
    BOOST_TEST(items.at(1)["name"].text() == "two");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_or_too_deep_or_no_utf8_is_refused_and_nothing_is_nothing)
{
    for (const auto& text : {std::string("{"), std::string("{} {}"), std::string("\"\xff\""), std::string("[1,]"),
                             std::string("1e999999"), deep(200), deep(1'000'000)})
        BOOST_CHECK_THROW(parseJson(text, "test"), EngineError);
    BOOST_TEST(parseJson(deep(100), "test").present());
    for (const auto* text : {"", " \n", "null", " null\r\n"})
        BOOST_TEST(!parseJson(text, "test").present());
}

BOOST_AUTO_TEST_CASE(a_members_text_is_found_where_there_is_one)
{
    BOOST_TEST(memberText(R"({"message":"no"})", "message").value() == "no");
    BOOST_TEST(memberText(R"({"message":""})", "message").value() == "");
    for (const auto* text : {R"({"message":1})", R"({"message":null})", "{}", "[1]", "7", "", "<html>"})
        BOOST_TEST(!memberText(text, "message"));
}

BOOST_AUTO_TEST_SUITE_END()
