#include "model/quantity.h"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <random>
#include <vector>

using namespace mcpctl;
using namespace std::chrono_literals;

namespace
{

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

/// Numbers of every size, round ones and odd ones; the same at every run.
std::vector<std::int64_t> manyNumbers()
{
    std::mt19937_64 random(20260601);
    std::vector<std::int64_t> numbers{0, 1, 999, 1000, 1023, 1024, 1025, 1'000'000'000, 1'500'000'000, most};
    for (int i = 0; i < 2000; ++i)
    {
        const auto number = static_cast<std::int64_t>(random() >> (1 + random() % 62));
        numbers.push_back(number);
        numbers.push_back(number & ~std::int64_t{1023});
        numbers.push_back(number - number % 1'000'000);
    }
    return numbers;
}

}

BOOST_AUTO_TEST_SUITE(quantity_test)

BOOST_AUTO_TEST_CASE(bytes_are_read_exactly_in_every_unit)
{
    BOOST_TEST(parseBytes("512Mi").value() == 536870912);
    BOOST_TEST(parseBytes("4g").value() == 4294967296);
    BOOST_TEST(parseBytes("4gb").value() == 4294967296);
    BOOST_TEST(parseBytes("1G").value() == 1000000000);
    BOOST_TEST(parseBytes("1Ki").value() == 1024);
    BOOST_TEST(parseBytes("1k").value() == 1024);
    BOOST_TEST(parseBytes("1K").value() == 1000);
    BOOST_TEST(parseBytes("2Ti").value() == 2199023255552);
    BOOST_TEST(parseBytes("2t").value() == 2199023255552);
    BOOST_TEST(parseBytes("2T").value() == 2000000000000);
    BOOST_TEST(parseBytes("1048576").value() == 1048576);
    BOOST_TEST(parseBytes("0").value() == 0);
    BOOST_TEST(parseBytes("1.5Gi").value() == 1610612736);
    BOOST_TEST(parseBytes("0.5Ki").value() == 512);
    BOOST_TEST(parseBytes("1.50000000000000000000Ki").value() == 1536);
    BOOST_TEST(parseBytes("0007").value() == 7);
}

BOOST_AUTO_TEST_CASE(what_is_no_whole_number_of_bytes_is_nothing)
{
    for (const char* text :
         {"",     "Mi",     "1.5",     "1.1Ki", "-1",  "+1",   " 1", "1 ",    "1 Mi", "1mi", "1MI",           "1.Mi",
          ".5Mi", "1..5Mi", "1.5.5Mi", "0x10",  "1e3", "1Mib", "1B", "1,5Mi", "½Mi",  "inf", "1.0000000001Gi"})
        BOOST_TEST(!parseBytes(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_nothing)
{
    BOOST_TEST(parseBytes("9223372036854775807").value() == most);
    BOOST_TEST(!parseBytes("9223372036854775808"));
    BOOST_TEST(parseBytes("8388607Ti").value() == 8388607LL * 1024 * 1024 * 1024 * 1024);
    BOOST_TEST(!parseBytes("8388608Ti"));
    BOOST_TEST(!parseBytes("99999999999999999999999999"));
    BOOST_TEST(!parseBytes("8388607.9999999999999999999999999Ti"));
    BOOST_TEST(!parseNanoCpus("9223372037"));
    BOOST_TEST(!parseNanoCpus("9223372036854775807m"));
    BOOST_TEST(!parseDuration("106752d"));
    BOOST_TEST(!parseDuration("106751d999999999999h"));
}

BOOST_AUTO_TEST_CASE(cpus_are_read_exactly)
{
    BOOST_TEST(parseNanoCpus("1").value() == 1'000'000'000);
    BOOST_TEST(parseNanoCpus("1.5").value() == 1'500'000'000);
    BOOST_TEST(parseNanoCpus("0.1").value() == 100'000'000);
    BOOST_TEST(parseNanoCpus("0.000000001").value() == 1);
    BOOST_TEST(parseNanoCpus("500m").value() == 500'000'000);
    BOOST_TEST(parseNanoCpus("0").value() == 0);
    for (const char* text : {"", "m", "1.5m", "0.0000000001", "1,5", "-1", ".5", "1.", "1e3", "one"})
        BOOST_TEST(!parseNanoCpus(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(durations_are_read_exactly)
{
    BOOST_TEST((parseDuration("10s").value() == 10s));
    BOOST_TEST((parseDuration("1m30s").value() == 90s));
    BOOST_TEST((parseDuration("250ms").value() == 250ms));
    BOOST_TEST((parseDuration("1h").value() == 1h));
    BOOST_TEST((parseDuration("90d").value() == 90 * 24h));
    BOOST_TEST((parseDuration("0s").value() == 0s));
    BOOST_TEST((parseDuration("1h1ms").value() == 1h + 1ms));
    BOOST_TEST((parseDuration("7us3ns").value() == 7us + 3ns));
    for (const char* text : {"", "10", "s", "10 s", "-1s", "1.5s", "1s1m", "1s1s", "1S", "1min", "s10", "10s "})
        BOOST_TEST(!parseDuration(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(the_written_form_is_the_shortest_exact_one)
{
    BOOST_TEST(formatBytes(536870912) == "512Mi");
    BOOST_TEST(formatBytes(1610612736) == "1536Mi");
    BOOST_TEST(formatBytes(1500) == "1500");
    BOOST_TEST(formatBytes(0) == "0");
    BOOST_TEST(formatBytes(1LL << 50) == "1024Ti");
    BOOST_TEST(formatNanoCpus(1'000'000'000) == "1");
    BOOST_TEST(formatNanoCpus(500'000'000) == "0.5");
    BOOST_TEST(formatNanoCpus(1) == "0.000000001");
    BOOST_TEST(formatNanoCpus(-1'500'000'000) == "-1.5");
    BOOST_TEST(formatDuration(90s) == "1m30s");
    BOOST_TEST(formatDuration(250ms) == "250ms");
    BOOST_TEST(formatDuration(0s) == "0s");
    BOOST_TEST(formatDuration(-10s) == "-10s");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back_as_the_same)
{
    for (const std::int64_t number : manyNumbers())
    {
        BOOST_TEST(parseBytes(formatBytes(number)).value() == number);
        BOOST_TEST(parseNanoCpus(formatNanoCpus(number)).value() == number);
        BOOST_TEST((parseDuration(formatDuration(std::chrono::nanoseconds(number))).value().count() == number));
    }
}

BOOST_AUTO_TEST_SUITE_END()
