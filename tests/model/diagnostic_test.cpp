#include "model/diagnostic.h"
#include "model/document.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;

namespace
{

Diagnostic errorAt(int line, int column, const std::string& message = "broken")
{
    return {.pos = {"a.yaml", line, column}, .message = message, .rule = "rule"};
}

std::string render(const Diagnostic& diagnostic, const std::string& text)
{
    return renderDiagnostics({diagnostic}, {{"a.yaml", text}});
}

}

BOOST_AUTO_TEST_SUITE(diagnostic_test)

BOOST_AUTO_TEST_CASE(a_finding_shows_its_place_its_line_a_caret_its_hint_and_other_places)
{
    const Diagnostic d{.pos = {"servers.yaml", 4, 3},
                       .message = "unknown field `imgae`",
                       .rule = "unknown-field",
                       .hint = "did you mean `image`?",
                       .see = {{"other.yaml", 2, 9}, {"third.yaml"}}};
    BOOST_TEST(renderDiagnostics({d}, {{"servers.yaml", "a: 1\nb: 2\nspec:\n  imgae: node:20-alpine\n"}}) ==
               "servers.yaml:4:3: error: unknown field `imgae` [unknown-field]\n"
               "    imgae: node:20-alpine\n"
               "    ^\n"
               "  hint: did you mean `image`?\n"
               "  see: other.yaml:2:9\n"
               "  see: third.yaml\n");
}

BOOST_AUTO_TEST_CASE(no_findings_are_no_text)
{
    BOOST_TEST(renderDiagnostics({}, {}) == "");
}

BOOST_AUTO_TEST_CASE(a_place_without_a_known_line_is_shown_without_one)
{
    const Diagnostic noPlace{.severity = Diagnostic::Severity::warning, .message = "nothing to do"};
    BOOST_TEST(renderDiagnostics({noPlace}, {}) == "warning: nothing to do\n");
    BOOST_TEST(render(errorAt(0, 0), "x\n") == "a.yaml: error: broken [rule]\n");
    BOOST_TEST(render(errorAt(9, 4), "x\n") == "a.yaml:9:4: error: broken [rule]\n");
    BOOST_TEST(renderDiagnostics({errorAt(1, 1)}, {}) == "a.yaml:1:1: error: broken [rule]\n");
}

BOOST_AUTO_TEST_CASE(a_place_without_a_column_shows_the_line_without_a_caret)
{
    BOOST_TEST(render(errorAt(1, 0), "key: value\n") == "a.yaml:1: error: broken [rule]\n    key: value\n");
}

BOOST_AUTO_TEST_CASE(the_caret_counts_characters_not_bytes)
{
    BOOST_TEST(render(errorAt(1, 8), "\"üöä\": x\n") == "a.yaml:1:8: error: broken [rule]\n"
                                                        "    \"üöä\": x\n"
                                                        "           ^\n");
}

BOOST_AUTO_TEST_CASE(the_caret_allows_for_wide_and_combining_characters)
{
    BOOST_TEST(render(errorAt(1, 5), "日本: x\n") == "a.yaml:1:5: error: broken [rule]\n"
                                                     "    日本: x\n"
                                                     "          ^\n");
    BOOST_TEST(render(errorAt(1, 5), "u\xCC\x88: x\n") == "a.yaml:1:5: error: broken [rule]\n"
                                                          "    u\xCC\x88: x\n"
                                                          "       ^\n");
}

BOOST_AUTO_TEST_CASE(a_tab_is_one_space_so_the_caret_stays_in_place)
{
    BOOST_TEST(render(errorAt(1, 6), "a:\t1\tb\n") == "a.yaml:1:6: error: broken [rule]\n"
                                                      "    a: 1 b\n"
                                                      "         ^\n");
}

BOOST_AUTO_TEST_CASE(indentation_is_kept_from_the_caret_on)
{
    BOOST_TEST(render(errorAt(1, 3), "  \ta: 1\n") == "a.yaml:1:3: error: broken [rule]\n"
                                                      "     a: 1\n"
                                                      "    ^\n");
}

BOOST_AUTO_TEST_CASE(the_caret_may_stand_behind_the_end_of_the_line)
{
    BOOST_TEST(render(errorAt(1, 4), "a: \nb: 1\n") == "a.yaml:1:4: error: broken [rule]\n"
                                                       "    a:\n"
                                                       "       ^\n");
    BOOST_TEST(render(errorAt(1, 40), "a: 1\n") == "a.yaml:1:40: error: broken [rule]\n"
                                                   "    a: 1\n");
}

BOOST_AUTO_TEST_CASE(a_blank_line_is_not_shown)
{
    BOOST_TEST(render(errorAt(2, 1), "a: 1\n\nb: 2\n") == "a.yaml:2:1: error: broken [rule]\n");
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_and_carriage_returns_are_not_shown)
{
    BOOST_TEST(render(errorAt(1, 1), "\xEF\xBB\xBF"
                                     "a: 1\r\nb: 2\r\n") == "a.yaml:1:1: error: broken [rule]\n    a: 1\n    ^\n");
}

BOOST_AUTO_TEST_CASE(a_long_line_is_cut_around_the_caret)
{
    const std::string line = std::string(500, 'a') + "X" + std::string(500, 'b');
    BOOST_TEST(render(errorAt(1, 501), line) == "a.yaml:1:501: error: broken [rule]\n"
                                                "    ..." +
                                                    std::string(60, 'a') + "X" + std::string(79, 'b') +
                                                    "...\n"
                                                    "       " +
                                                    std::string(60, ' ') + "^\n");
    BOOST_TEST(render(errorAt(1, 1), line) ==
               "a.yaml:1:1: error: broken [rule]\n    " + std::string(80, 'a') + "...\n    ^\n");
}

BOOST_AUTO_TEST_CASE(control_characters_are_masked_wherever_they_come_from)
{
    Diagnostic d = errorAt(1, 4, "unknown field `\x1B[2J`");
    d.pos.file = "a\nb.yaml";
    d.hint = "did you mean `\x07`?";
    d.see = {{"c\x1B.yaml", 1, 1}};
    BOOST_TEST(renderDiagnostics({d}, {{"a\nb.yaml", "\x1B\x7F\xC2\x9B"
                                                     "x\n"}}) == "a?b.yaml:1:4: error: unknown field `?[2J` [rule]\n"
                                                                 "    ???x\n"
                                                                 "       ^\n"
                                                                 "  hint: did you mean `?`?\n"
                                                                 "  see: c?.yaml:1:1\n");
}

BOOST_AUTO_TEST_CASE(bidirectional_overrides_and_broken_utf8_are_masked)
{
    BOOST_TEST(render(errorAt(1, 1), "a\xE2\x80\xAE"
                                     "b\xFF"
                                     "c\xC3") == "a.yaml:1:1: error: broken [rule]\n    a?b?c?\n    ^\n");
}

BOOST_AUTO_TEST_CASE(findings_are_sorted_by_place_and_repetitions_dropped)
{
    Diagnostic elsewhere = errorAt(1, 1, "elsewhere");
    elsewhere.pos.file = "b.yaml";
    Diagnostic warning = errorAt(1, 1, "a warning");
    warning.severity = Diagnostic::Severity::warning;
    Diagnostics found{elsewhere,     errorAt(10, 1),     errorAt(2, 7),      errorAt(2, 3),     warning,
                      errorAt(2, 3), errorAt(1, 1, "z"), errorAt(1, 1, "a"), errorAt(1, 1, "a")};
    sortDiagnostics(found);
    const Diagnostics expected{errorAt(1, 1, "a"), errorAt(1, 1, "z"), warning,  errorAt(2, 3),
                               errorAt(2, 7),      errorAt(10, 1),     elsewhere};
    BOOST_TEST((found == expected));
}

BOOST_AUTO_TEST_CASE(only_errors_are_errors)
{
    Diagnostic warning = errorAt(1, 1);
    warning.severity = Diagnostic::Severity::warning;
    BOOST_TEST(!hasErrors({}));
    BOOST_TEST(!hasErrors({warning}));
    BOOST_TEST(hasErrors({warning, errorAt(1, 1)}));
}

BOOST_AUTO_TEST_CASE(a_mistyped_word_finds_its_nearest_candidate)
{
    const std::vector<std::string> fields{"image", "command", "envTemplate", "cpus", "readOnlyRootFilesystem"};
    BOOST_TEST(nearest("imgae", fields) == "image");
    BOOST_TEST(nearest("Image", fields) == "image");
    BOOST_TEST(nearest("cpu", fields) == "cpus");
    BOOST_TEST(nearest("comand", fields) == "command");
    BOOST_TEST(nearest("env_template", fields) == "envTemplate");
    BOOST_TEST(nearest("readonly_root_filesystem", fields) == "readOnlyRootFilesystem");
}

BOOST_AUTO_TEST_CASE(a_word_that_is_near_to_nothing_finds_nothing)
{
    BOOST_TEST(nearest("ports", {"image", "path"}) == "");
    BOOST_TEST(nearest("", {"a", ""}) == "");
    BOOST_TEST(nearest("no", {"on"}) == "");
    BOOST_TEST(nearest("image", {}) == "");
    BOOST_TEST(nearest(std::string(100'000, 'a'), {std::string(100'000, 'a')}) == "");
}

BOOST_AUTO_TEST_CASE(the_first_of_equally_near_candidates_wins)
{
    BOOST_TEST(nearest("cart", {"care", "card"}) == "care");
    BOOST_TEST(nearest("cart", {"card", "care"}) == "card");
}

BOOST_AUTO_TEST_CASE(the_short_form_of_a_place_names_file_and_line)
{
    BOOST_TEST(toString(SourcePos{"a.yaml", 3, 9}) == "a.yaml:3");
    BOOST_TEST(toString(SourcePos{"a.yaml"}) == "a.yaml");
    BOOST_TEST(toString(SourcePos{}) == "");
}

BOOST_AUTO_TEST_CASE(pointers_escape_their_steps)
{
    BOOST_TEST(childPointer("", "spec") == "/spec");
    BOOST_TEST(childPointer("/a", "x/y~z") == "/a/x~1y~0z");
    BOOST_TEST(childPointer("/a", std::size_t{3}) == "/a/3");
}

BOOST_AUTO_TEST_CASE(the_place_of_an_unknown_pointer_is_its_nearest_parents)
{
    Document document{.file = "a.yaml", .root = {}, .places = {{"", {"a.yaml", 1, 1}}, {"/spec", {"a.yaml", 2, 1}}}};
    BOOST_TEST((document.placeOf("/spec") == SourcePos{"a.yaml", 2, 1}));
    BOOST_TEST((document.placeOf("/spec/image/0") == SourcePos{"a.yaml", 2, 1}));
    BOOST_TEST((document.placeOf("/kind") == SourcePos{"a.yaml", 1, 1}));
    document.places.clear();
    BOOST_TEST((document.placeOf("/kind") == SourcePos{"a.yaml"}));
}

BOOST_AUTO_TEST_SUITE_END()
