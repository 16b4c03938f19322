#include "app/log_printer.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;

namespace
{

constexpr auto out = LogStream::out;
constexpr auto err = LogStream::err;

/// What a printer has written.
struct Shown
{
    explicit Shown(const LogStyle& style)
        : printer(style, {{"mcpctl-dev-a", 0}, {"mcpctl-dev-long", 1}},
                  [this](const std::string& text) { return written += text, true; })
    {
    }

    std::string written;
    LogPrinter printer;
};

LogLine line(const std::string& text, LogStream stream = out)
{
    return {.stream = stream, .timeNanos = 1'500'000'000, .text = text};
}

LogLine part(const std::string& text, bool begins, bool ends = false, LogStream stream = out)
{
    return {.stream = stream, .timeNanos = 1, .text = text, .begins = begins, .ends = ends};
}

}

BOOST_AUTO_TEST_SUITE(log_printer_test)

BOOST_AUTO_TEST_CASE(bytes_of_one_instance_pass_as_they_are)
{
    Shown shown({});
    shown.printer.show(0, line("\x1b[2J\xff\r"));
    shown.printer.show(0, part("tail", true));
    shown.printer.show(0, part("next", true)); // of the next process
    shown.printer.finish();
    BOOST_TEST(shown.written == "\x1b[2J\xff\r\ntailnext");
}

BOOST_AUTO_TEST_CASE(lines_are_never_mixed_up_between_streams_or_instances)
{
    Shown one({});
    one.printer.show(0, part("out", true));
    one.printer.show(0, line("err", err));
    one.printer.show(0, part(" rest", false, true));
    BOOST_TEST(one.written == "out\nerr\n rest\n");

    Shown two({.prefixes = true});
    two.printer.show(0, part("long ", true));
    two.printer.show(0, part("line ", false));
    two.printer.show(1, line("other"));
    two.printer.show(0, part("goes on", false, true));
    two.printer.show(1, part("tail", true));
    two.printer.show(1, part("next", true));
    two.printer.finish();
    BOOST_TEST(two.written == "mcpctl-dev-a     | long line \n"
                              "mcpctl-dev-long  | other\n"
                              "mcpctl-dev-a     | goes on\n"
                              "mcpctl-dev-long  | tail\n"
                              "mcpctl-dev-long  | next\n");
}

BOOST_AUTO_TEST_CASE(prefixes_have_the_colour_of_their_instance_and_lines_their_time)
{
    Shown shown({.timestamps = true, .prefixes = true, .colour = true});
    shown.printer.show(0, line("x"));
    shown.printer.show(1, line("y"));
    BOOST_TEST(shown.written == "\x1b[36mmcpctl-dev-a     | \x1b[0m1970-01-01T00:00:01.500000000Z x\n"
                                "\x1b[33mmcpctl-dev-long  | \x1b[0m1970-01-01T00:00:01.500000000Z y\n");
}

BOOST_AUTO_TEST_CASE(nothing_steers_a_terminal)
{
    BOOST_TEST(harmlessLine("plain\ttext é 🟢\r") == "plain\ttext é 🟢");
    BOOST_TEST(harmlessLine("\x1b[1;32mgreen\x1b[0m \x1b[mnone") == "green none");
    BOOST_TEST(harmlessLine("\x1b[2J\x1b]0;title\x07") == "?[2J?]0;title?");
    BOOST_TEST(harmlessLine("a\rb\x7f\xc2\x9b\xff") == "a?b???");
    BOOST_TEST(harmlessLine("\xe2\x80\xaetxt") == "?txt");
    BOOST_TEST(harmlessLine("\x1b[12") == "?[12");
    Shown shown({.terminal = true});
    shown.printer.show(0, line("\x1b[2J"));
    BOOST_TEST(shown.written == "?[2J\n");
}

BOOST_AUTO_TEST_CASE(json_is_one_object_for_each_line_and_valid_whatever_was_logged)
{
    Shown shown({.format = OutputFormat::json});
    shown.printer.show(0, line("say \"hi\"\x1b\xff", err));
    shown.printer.show(1, part("tail", true));
    BOOST_TEST(shown.written ==
               "{\"version\":1,\"instance\":\"mcpctl-dev-a\",\"stream\":\"stderr\","
               "\"time\":\"1970-01-01T00:00:01.500000000Z\",\"text\":\"say \\\"hi\\\"\\u001B\xEF\xBF\xBD\"}\n"
               "{\"version\":1,\"instance\":\"mcpctl-dev-long\",\"stream\":\"stdout\","
               "\"time\":\"1970-01-01T00:00:00.000000001Z\",\"text\":\"tail\",\"partial\":true}\n");
}

BOOST_AUTO_TEST_CASE(a_reader_that_went_away_is_told)
{
    LogPrinter printer({}, {{"a", 0}}, [](const std::string&) { return false; });
    BOOST_TEST(!printer.show(0, line("x")));
}

BOOST_AUTO_TEST_SUITE_END()
