#include "app/probe_cache.h"

#include "app/mcp_json.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>

using namespace mcpctl;

namespace
{

namespace fs = std::filesystem;

ObservedInstance running()
{
    ObservedInstance instance;
    instance.id = "4c01db0b339c";
    instance.startedAt = "2026-11-25T20:00:00.5Z";
    instance.state = RunState::running;
    return instance;
}

ProbeResult ready()
{
    return {ProbeResult::State::ready, ProbeResult::Era::legacy, "memory", "1.0", "2025-11-25", 9, "fine"};
}

struct Fixture
{
    mcpctl::test::TemporaryFolder folder;
    fs::path probes = folder.path() / "a" / "probes";
    ProbeCache cache{probes, "engine"};

    fs::path onlyFile() const { return fs::directory_iterator(probes)->path(); }
};

}

BOOST_FIXTURE_TEST_SUITE(probe_cache_test, Fixture)

BOOST_AUTO_TEST_CASE(what_was_kept_is_found_as_it_was)
{
    BOOST_TEST(!cache.find(running()).has_value());
    cache.keep(running(), ready());
    BOOST_TEST((cache.find(running()) == ready()));
    auto bare = ready();
    bare.era.reset();
    bare.tools.reset();
    bare.state = ProbeResult::State::authorisationRequired;
    cache.keep(running(), bare);
    BOOST_TEST((cache.find(running()) == bare));
    BOOST_TEST(std::distance(fs::directory_iterator(probes), fs::directory_iterator()) == 1);
}

BOOST_AUTO_TEST_CASE(another_process_another_engine_and_what_does_not_run_are_not_it)
{
    cache.keep(running(), ready());
    auto other = running();
    other.startedAt = "2026-11-25T20:00:01Z";
    BOOST_TEST(!cache.find(other).has_value());
    other = running();
    other.state = RunState::exited;
    BOOST_TEST(!cache.find(other).has_value());
    BOOST_TEST(!ProbeCache(probes, "another").find(running()).has_value());
}

BOOST_AUTO_TEST_CASE(only_what_a_stdio_server_answered_is_kept)
{
    auto http = running();
    http.spec.transport = {Transport::Type::streamableHttp, 3001, "/mcp"};
    cache.keep(http, ready());
    BOOST_TEST(!cache.find(http).has_value());
    cache.keep(running(), {});
    BOOST_TEST(!cache.find(running()).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_broken_is_none)
{
    cache.keep(running(), ready());
    const auto whole = toJson(ready());
    for (const auto* text :
         {"", "{", "null", "[]", "42", R"({"process":7})",
          R"({"process":"engine 4c01db0b339c 2026-11-25T20:00:00.5Z"})",
          R"({"process":"engine 4c01db0b339c 2026-11-25T20:00:00.5Z","mcp":{"state":"ready","tools":"many"}})",
          R"({"process":"engine 4c01db0b339c 2026-11-25T20:00:00.5Z","mcp":{"state":7}})"})
    {
        std::ofstream(onlyFile()) << text;
        BOOST_TEST(!cache.find(running()).has_value(), text);
    }
    cache.keep(running(), ready());
    BOOST_TEST(cache.find(running()).has_value());
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_is_no_cache_and_no_failure)
{
    const ProbeCache nowhere("/proc/no/such", "engine");
    nowhere.keep(running(), ready());
    BOOST_TEST(!nowhere.find(running()).has_value());
    const ProbeCache none("", "engine");
    none.keep(running(), ready());
    BOOST_TEST(!none.find(running()).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_a_month_old_is_removed)
{
    cache.keep(running(), ready());
    const auto old = onlyFile();
    fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(24 * 31));
    auto other = running();
    other.id = "another";
    cache.keep(other, ready());
    BOOST_TEST(!fs::exists(old));
    BOOST_TEST(cache.find(other).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
