#include "docker/tar.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl::docker;

BOOST_AUTO_TEST_SUITE(tar_test)

BOOST_AUTO_TEST_CASE(what_is_put_into_an_archive_comes_out_of_it)
{
    const std::map<std::string, std::string> files{
        {"empty", ""}, {"a.cfg", "one\ntwo\n"}, {"block", std::string(512, 'x')}, {"more", std::string(1025, '\0')}};
    std::vector<TarFile> list;
    list.reserve(files.size());
    for (const auto& [name, bytes] : files)
        list.push_back({name, bytes});
    const auto archive = tarOf(list);
    BOOST_TEST(archive.size() % 512 == 0U);
    BOOST_TEST((filesOf(archive) == files));
}

BOOST_AUTO_TEST_CASE(folders_and_headers_of_other_kinds_are_passed_over)
{
    auto folder = tarOf({{"config/", ""}});
    folder[156] = '5';
    auto extended = tarOf({{"PaxHeaders.0/a", "30 mtime=1700000000.123456789\n"}});
    extended[156] = 'x';
    const auto archive = folder.substr(0, 512) + extended.substr(0, 1024) + tarOf({{"config/a", "text"}});
    BOOST_TEST((filesOf(archive) == std::map<std::string, std::string>{{"config/a", "text"}}));
}

BOOST_AUTO_TEST_CASE(a_damaged_archive_gives_what_came_before_the_damage)
{
    const auto archive = tarOf({{"a", "text"}, {"b", "more"}});
    BOOST_TEST((filesOf(archive.substr(0, 1024 + 513)) == std::map<std::string, std::string>{{"a", "text"}}));
    auto nonsense = archive;
    nonsense.replace(1024 + 124, 11, "not a number");
    BOOST_TEST((filesOf(nonsense) == std::map<std::string, std::string>{{"a", "text"}}));
    auto huge = archive;
    huge.replace(1024 + 124, 11, "77777777777");
    BOOST_TEST((filesOf(huge) == std::map<std::string, std::string>{{"a", "text"}}));
    BOOST_TEST(filesOf("").empty());
    BOOST_TEST(filesOf("short").empty());
}

BOOST_AUTO_TEST_SUITE_END()
