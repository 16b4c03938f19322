#include "record/history.h"
#include "record/target.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;

BOOST_AUTO_TEST_SUITE(target_test)

BOOST_AUTO_TEST_CASE(a_path_and_a_url_name_a_file_and_none_names_nothing)
{
    BOOST_TEST((parseHistoryTarget("none").kind == HistoryTarget::Kind::none));
    BOOST_TEST(parseHistoryTarget("/var/h.db").file == "/var/h.db");
    BOOST_TEST(parseHistoryTarget("sqlite:///var/a%20b.db").file == "/var/a b.db");
    BOOST_TEST(parseHistoryTarget("h.db").file == std::filesystem::current_path() / "h.db");
}

BOOST_AUTO_TEST_CASE(a_postgresql_url_is_taken_apart)
{
    const auto target = parseHistoryTarget("postgresql://al:p%40:ss@db.example:5433/hist?sslmode=require");
    BOOST_TEST((target.kind == HistoryTarget::Kind::postgresql));
    BOOST_TEST(target.host == "db.example");
    BOOST_TEST(target.port == "5433");
    BOOST_TEST(target.database == "hist");
    BOOST_TEST(target.user == "al");
    BOOST_TEST(target.password == "p@:ss");
    BOOST_TEST(target.parameters.at("sslmode") == "require");
    BOOST_TEST(target.shown() == "postgresql://al@db.example:5433/hist");

    BOOST_TEST(parseHistoryTarget("postgres://a:b@c@host/x").password == "b@c");
    BOOST_TEST(parseHistoryTarget("postgresql://[::1]:5432/x").host == "::1");
    BOOST_TEST(parseHistoryTarget("postgresql:///x?host=/run/postgresql").host == "/run/postgresql");
}

BOOST_AUTO_TEST_CASE(what_is_no_target_is_refused_and_the_password_is_not_in_the_message)
{
    for (const auto* text :
         {"", "mysql://u:geheim@h/d", "sqlite://relative", "sqlite:///", "postgresql://u:geheim%zz@h/d",
          "postgresql://u:geheim@h:port/d", "postgresql://u:geheim@h/d?slmode=x", "postgresql://u:geheim@h/d%20e",
          "postgresql://u:geheim%0A@h/d", "postgresql://u:geheim@h/d?sslmode=a%20passfile%3Dx"})
        BOOST_CHECK_EXCEPTION(parseHistoryTarget(text), HistoryError,
                              [](const HistoryError& error)
                              { return std::string(error.what()).find("geheim") == std::string::npos; });
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_an_error_without_the_password)
{
    BOOST_CHECK_EXCEPTION(History(parseHistoryTarget("postgresql://u:geheim@127.0.0.1:1/d")), HistoryError,
                          [](const HistoryError& error)
                          {
                              const std::string text = error.what();
                              return text.find("geheim") == std::string::npos &&
                                     text.find("postgresql://u@127.0.0.1:1/d") != std::string::npos &&
                                     text.find("refused") != std::string::npos;
                          });
}

BOOST_AUTO_TEST_SUITE_END()
