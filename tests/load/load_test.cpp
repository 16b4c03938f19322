#include "load/load.h"
#include "model/json_text.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <boost/test/unit_test.hpp>

#include <ctime>
#include <sstream>

using namespace mcpctl;

namespace
{

Manifests loadText(const std::string& text, const LoadLimits& limits = {})
{
    std::istringstream in(text);
    return load({"-"}, in, limits);
}

// One document without findings, as JSON.
std::string json(const std::string& text)
{
    const Manifests manifests = loadText(text);
    BOOST_TEST(renderDiagnostics(manifests.diagnostics, manifests.texts) == "");
    BOOST_REQUIRE(manifests.documents.size() == 1);
    return jsonText(*manifests.documents[0].root.extract<Poco::JSON::Object::Ptr>());
}

// `file:line:column` of a pointer in the first document.
std::string place(const Manifests& manifests, const std::string& pointer)
{
    const SourcePos pos = manifests.documents.at(0).places.at(pointer);
    return pos.file.text() + ":" + std::to_string(pos.line) + ":" + std::to_string(pos.column);
}

std::string rulesOf(const Manifests& manifests)
{
    std::string rules;
    for (const Diagnostic& d : manifests.diagnostics)
        rules += (rules.empty() ? "" : " ") + d.rule;
    return rules;
}

// Of the processor: how busy the machine is does not count.
double secondsToLoad(const std::string& text)
{
    const std::clock_t start = std::clock();
    loadText(text);
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

}

BOOST_AUTO_TEST_SUITE(load_test)

BOOST_AUTO_TEST_CASE(plain_values_are_typed_as_the_core_schema_of_yaml_1_2_says)
{
    BOOST_TEST(json("a: [true, True, TRUE, false, False, FALSE]\n") == R"({"a":[true,true,true,false,false,false]})");
    BOOST_TEST(json("a: [null, Null, NULL, ~]\nb:\n") == R"({"a":[null,null,null,null],"b":null})");
    BOOST_TEST(json("a: [0, -7, +7, 012, 0o14, 0x1F, 9223372036854775807]\n") ==
               R"({"a":[0,-7,7,12,12,31,9223372036854775807]})");
    BOOST_TEST(json("a: [1.5, -0.25, .5, 1e3, 5.]\n") == R"({"a":[1.5,-0.25,0.5,1000,5]})");
}

BOOST_AUTO_TEST_CASE(what_only_looks_like_a_boolean_a_number_or_a_date_is_a_string)
{
    BOOST_TEST(json("a: [no, on, off, yes, y, n, tRUE, nULL]\n") ==
               R"({"a":["no","on","off","yes","y","n","tRUE","nULL"]})");
    BOOST_TEST(json("a: [1:30, 2020-01-01, 1_000, 0b1, 1.2.3, 512Mi, 10s, -, '.', 0x, 1e, +]\n").find("null") ==
               std::string::npos);
    BOOST_TEST(json("a: [1:30, 2020-01-01, 1_000, 1.2.3, 512Mi, ., 0x, 1e]\n") ==
               R"({"a":["1:30","2020-01-01","1_000","1.2.3","512Mi",".","0x","1e"]})");
}

BOOST_AUTO_TEST_CASE(quoted_and_block_values_stay_strings)
{
    BOOST_TEST(json("a: [\"8080\", 'true', \"null\", '']\nb: |\n  42\nc: >-\n  1\n  2\n") ==
               R"({"a":["8080","true","null",""],"b":"42\n","c":"1 2"})");
}

BOOST_AUTO_TEST_CASE(standard_tags_decide_the_type)
{
    BOOST_TEST(json("a: [!!str 8080, !!str null, !!str, ! 12, !!int \"12\", !!float 1, !!bool 'true', !!null '']\n") ==
               R"({"a":["8080","null","","12",12,1,true,null]})");
    BOOST_TEST(json("a: !!map {b: !!seq [1]}\n") == R"({"a":{"b":[1]}})");
    BOOST_TEST(json("a: !<tag:yaml.org,2002:str> 8\n") == R"({"a":"8"})");
}

BOOST_AUTO_TEST_CASE(values_have_the_promised_c_plus_plus_types)
{
    const Manifests m = loadText("int: 1\nfloat: 1.5\nbool: true\ntext: x\nnull:\nmap: {}\nlist: []\n");
    const Manifests ok = loadText("int: 1\nfloat: 1.5\nbool: true\ntext: x\nnothing:\nmap: {}\nlist: []\n");
    BOOST_TEST(rulesOf(m) == "non-string-key");
    const auto root = ok.documents.at(0).root.extract<Poco::JSON::Object::Ptr>();
    BOOST_TEST((root->get("int").type() == typeid(std::int64_t)));
    BOOST_TEST((root->get("float").type() == typeid(double)));
    BOOST_TEST((root->get("bool").type() == typeid(bool)));
    BOOST_TEST((root->get("text").type() == typeid(std::string)));
    BOOST_TEST(root->get("nothing").isEmpty());
    BOOST_TEST((root->get("map").type() == typeid(Poco::JSON::Object::Ptr)));
    BOOST_TEST((root->get("list").type() == typeid(Poco::JSON::Array::Ptr)));
}

BOOST_AUTO_TEST_CASE(keys_keep_their_order)
{
    BOOST_TEST(json("z: 1\na: {y: 1, b: 2}\nm: 3\n") == R"({"z":1,"a":{"y":1,"b":2},"m":3})");
}

BOOST_AUTO_TEST_CASE(members_stand_at_their_keys_and_items_at_themselves)
{
    const Manifests m = loadText("# comment\n"
                                 "kind: Profile\n"
                                 "spec:\n"
                                 "  servers:\n"
                                 "    - server: a\n"
                                 "      name:\n"
                                 "    - {server: b}\n"
                                 "    -\n"
                                 "    # nothing\n"
                                 "    - null\n"
                                 "  command: [x, y]\n"
                                 "  a/b~c: 1\n");
    BOOST_TEST(place(m, "") == "<stdin>:2:1");
    BOOST_TEST(place(m, "/spec") == "<stdin>:3:1");
    BOOST_TEST(place(m, "/spec/servers") == "<stdin>:4:3");
    BOOST_TEST(place(m, "/spec/servers/0") == "<stdin>:5:7");
    BOOST_TEST(place(m, "/spec/servers/0/name") == "<stdin>:6:7");
    BOOST_TEST(place(m, "/spec/servers/1") == "<stdin>:7:7");
    BOOST_TEST(place(m, "/spec/servers/1/server") == "<stdin>:7:8");
    BOOST_TEST(place(m, "/spec/servers/2") == "<stdin>:8:5");
    BOOST_TEST(place(m, "/spec/servers/3") == "<stdin>:10:7");
    BOOST_TEST(place(m, "/spec/command/1") == "<stdin>:11:16");
    BOOST_TEST(place(m, "/spec/a~1b~0c") == "<stdin>:12:3");
    BOOST_TEST(m.documents[0].file == "<stdin>");
}

BOOST_AUTO_TEST_CASE(columns_count_characters_and_lines_count_through_all_documents)
{
    const Manifests m = loadText("\xEF\xBB\xBF# bom\r\n---\r\n\"üöä\": x\r\nb: {ü: 1, y: 2}\r\n---\r\nc: 1\r\n");
    BOOST_TEST(place(m, "/üöä") == "<stdin>:3:1");
    BOOST_TEST(place(m, "/b/y") == "<stdin>:4:11");
    BOOST_REQUIRE(m.documents.size() == 2);
    BOOST_TEST(m.documents[1].places.at("/c").line == 6);
    BOOST_TEST(m.diagnostics.empty());
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_and_windows_line_ends_change_nothing)
{
    BOOST_TEST(json("\xEF\xBB\xBF"
                    "a: |\r\n  x\r\n  y\r\nb: p\r\n  q\r\nc: \"r\r\n  s\"\r\n") ==
               R"({"a":"x\ny\n","b":"p q","c":"r s"})");
}

BOOST_AUTO_TEST_CASE(an_alias_stands_for_a_copy_of_what_it_names)
{
    const std::string text = "a: &x {k: [1]}\nb: *x\nc: [*x]\nd: &e\nf: *e\n";
    BOOST_TEST(json(text) == R"({"a":{"k":[1]},"b":{"k":[1]},"c":[{"k":[1]}],"d":null,"f":null})");
    const Manifests m = loadText(text);
    BOOST_TEST(place(m, "/b") == "<stdin>:2:1");
    BOOST_TEST(place(m, "/b/k") == "<stdin>:1:8");
    BOOST_TEST(place(m, "/c/0") == "<stdin>:3:5");
}

BOOST_AUTO_TEST_CASE(an_anchor_can_be_set_again_and_names_what_came_last)
{
    BOOST_TEST(json("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == R"({"a":1,"b":1,"c":2,"d":2})");
}

BOOST_AUTO_TEST_CASE(merge_keys_are_written_out_and_own_keys_win)
{
    BOOST_TEST(json("a: &a {x: 1, y: 1}\nb: {<<: *a, y: 2, z: 3}\n") ==
               R"({"a":{"x":1,"y":1},"b":{"y":2,"z":3,"x":1}})");
    BOOST_TEST(json("a: {y: 2, <<: {x: 1, y: 1}}\n") == R"({"a":{"y":2,"x":1}})");
}

BOOST_AUTO_TEST_CASE(of_several_merged_mappings_the_first_wins)
{
    BOOST_TEST(json("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b]}\n") ==
               R"({"a":{"x":1},"b":{"x":2,"y":2},"c":{"x":1,"y":2}})");
    BOOST_TEST(json("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b, z: 3}\n") ==
               R"({"a":{"x":1},"b":{"y":2,"x":1},"c":{"z":3,"y":2,"x":1}})");
    BOOST_TEST(json("l: &l [{x: 1}, {y: 2}]\nc: {<<: *l}\n") == R"({"l":[{"x":1},{"y":2}],"c":{"x":1,"y":2}})");
}

BOOST_AUTO_TEST_CASE(a_quoted_merge_key_is_a_key_like_any_other)
{
    BOOST_TEST(json("a: {\"<<\": 1}\n") == R"({"a":{"<<":1}})");
}

BOOST_AUTO_TEST_CASE(documents_are_read_in_order_and_those_without_content_skipped)
{
    const Manifests m = loadText("# only a comment\n---\na: 1\n--- # nothing\n---\n~\n...\n# between\n%YAML 1.2\n---\n"
                                 "b: |\n --- not a document\n...\n---\n{c: 1}\n");
    BOOST_TEST(renderDiagnostics(m.diagnostics, m.texts) == "");
    BOOST_REQUIRE(m.documents.size() == 3);
    BOOST_TEST(m.documents[0].places.contains("/a"));
    BOOST_TEST(m.documents[1].places.contains("/b"));
    BOOST_TEST(m.documents[2].places.contains("/c"));
}

BOOST_AUTO_TEST_CASE(text_after_an_end_of_document_is_the_next_document)
{
    BOOST_TEST(loadText("a: 1\n...\nb: 2\n").documents.size() == 2);
}

BOOST_AUTO_TEST_CASE(comments_alone_are_no_finding_but_an_empty_text_is_a_warning)
{
    BOOST_TEST(loadText("# nothing yet\n").diagnostics.empty());
    const Manifests empty = loadText("");
    BOOST_TEST(rulesOf(empty) == "empty-file");
    BOOST_TEST(!hasErrors(empty.diagnostics));
    BOOST_TEST(empty.documents.empty());
}

BOOST_AUTO_TEST_CASE(a_document_with_findings_is_kept_as_far_as_it_could_be_read)
{
    const Manifests m = loadText("a: 1\na: 2\nb: !x y\nc: 1e999\n8080: d\n---\n[broken\n---\ne: 1\n");
    BOOST_REQUIRE(m.documents.size() == 2);
    BOOST_TEST(jsonText(*m.documents[0].root.extract<Poco::JSON::Object::Ptr>()) ==
               R"({"a":1,"b":"y","c":"1e999","8080":"d"})");
    BOOST_TEST(m.documents[1].places.contains("/e"));
}

BOOST_AUTO_TEST_CASE(json_is_read_as_yaml)
{
    BOOST_TEST(json("{\"a\": [1, 2.5, \"x\\u00fc\\n\", null, true],\n\t\"b\": {}}") ==
               R"({"a":[1,2.5,"xü\n",null,true],"b":{}})");
}

BOOST_AUTO_TEST_CASE(each_limit_is_an_error)
{
    BOOST_TEST(rulesOf(loadText("a: 1\n", {.maxFileBytes = 4})) == "limit-exceeded");
    BOOST_TEST(rulesOf(loadText("a: 1\n---\nb: 1\n", {.maxDocuments = 1})) == "limit-exceeded");
    BOOST_TEST(rulesOf(loadText("a: [[1]]\n", {.maxDepth = 2})) == "limit-exceeded");
    BOOST_TEST(rulesOf(loadText("a: 1\nb: 2\n", {.maxMembers = 1})) == "limit-exceeded");
    BOOST_TEST(rulesOf(loadText("a: [1, 2]\n", {.maxNodes = 4})) == "limit-exceeded");
    BOOST_TEST(rulesOf(loadText("a: 1\n---\nb: 1\n", {.maxTotalNodes = 3})) == "limit-exceeded");
    BOOST_TEST(rulesOf(loadText("a: xyz\n", {.maxScalarBytes = 2})) == "limit-exceeded");
}

BOOST_AUTO_TEST_CASE(what_just_meets_the_limits_is_read)
{
    const LoadLimits exact{.maxFileBytes = 10,
                           .maxDocuments = 1,
                           .maxDepth = 2,
                           .maxMembers = 1,
                           .maxNodes = 5,
                           .maxTotalNodes = 5,
                           .maxScalarBytes = 1};
    const Manifests m = loadText("a: [1, 2]\n", exact);
    BOOST_TEST(renderDiagnostics(m.diagnostics, m.texts) == "");
    BOOST_TEST(m.documents.size() == 1);
}

BOOST_AUTO_TEST_CASE(hostile_texts_are_refused_quickly)
{
    const std::size_t many = 500'000;
    BOOST_TEST(secondsToLoad("a: " + std::string(many, '[')) < 5);
    BOOST_TEST(secondsToLoad("a: [" + std::string(many, ',')) < 5);
    std::string nested, braces, line = "a: ü\nb: [", dashes, documents, explicitKeys = "a: {";
    for (std::size_t i = 0; i < many / 4; ++i)
    {
        braces += "{a: ";
        dashes += "- ";
        line += "ü,";
        documents += "---\n";
        explicitKeys += "? a,";
    }
    for (const std::string& text : {braces, dashes, line + "]", documents, explicitKeys + "}"})
        BOOST_TEST(secondsToLoad(text) < 5);
}

BOOST_AUTO_TEST_CASE(ten_thousand_entries_load_in_linear_time)
{
    std::string text = "spec:\n  servers:\n";
    for (int i = 0; i < 10'000; ++i)
        text += "    - {server: s" + std::to_string(i) + ", name: n" + std::to_string(i) + "}\n";
    const Manifests m = loadText(text);
    BOOST_TEST(renderDiagnostics(m.diagnostics, m.texts) == "");
    BOOST_TEST(m.documents.at(0).places.contains("/spec/servers/9999/name"));
    BOOST_TEST(secondsToLoad(text) < 10); // 0.2 s when optimized; this only tells linear from quadratic
}

BOOST_AUTO_TEST_SUITE_END()
