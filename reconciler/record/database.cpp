#include "record/database.h"

#include "model/utf8.h"
#include "record/private_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace mcpctl
{

namespace
{

/// Longer texts are cut: history is no log.
constexpr std::size_t longestText = 64UL * 1024;

std::string storable(const std::string& text)
{
    return text.size() <= longestText ? validUtf8(text) : validUtf8(text.substr(0, longestText)) + " (cut)";
}

std::string placeholders(std::size_t first, std::size_t count)
{
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out += fmt::format("{}${}", i == 0 ? "" : ",", first + i);
    return "(" + out + ")";
}

}

Database::Database(const HistoryTarget& target) : target_(target)
{
    if (isSqlite())
        makePrivateFile(target_.file); // SQLite gives its other files the same mode
    try
    {
        session_ = openSqlSession(target_);
    }
    catch (const HistoryError& error)
    {
        throw HistoryError(fmt::format("cannot open the history {}: {}", target_.shown(), error.what()));
    }
    if (isSqlite())
        prepareSqlite();
    else
        preparePostgresql();
}

bool Database::isSqlite() const
{
    return target_.kind == HistoryTarget::Kind::sqlite;
}

void Database::prepareSqlite()
{
    query("PRAGMA busy_timeout=5000");
    query("PRAGMA foreign_keys=ON");
    // A record that was accepted is there after a power cut, too.
    query("PRAGMA synchronous=FULL");
    // Two that change the mode of a new file at once do not wait for each other by themselves.
    for (int attempt = 0; query("PRAGMA journal_mode").front().front() != "wal"; ++attempt)
    {
        try
        {
            query("PRAGMA journal_mode=WAL");
            return; // a file system that cannot do it keeps its mode
        }
        catch (const HistoryError&)
        {
            if (attempt == 50)
                throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
}

void Database::preparePostgresql()
{
    query("SET client_min_messages = warning"); // libpq prints the others on stderr
    query("SET statement_timeout = 15000");
    query("SET lock_timeout = 10000");
}

std::vector<SqlRow> Database::query(const std::string& sql, std::vector<SqlValue> values)
{
    for (auto& value : values)
        if (auto* text = std::get_if<std::string>(&value))
            *text = storable(*text);
    try
    {
        return session_->query(sql, values);
    }
    catch (const HistoryError& error)
    {
        throw HistoryError(fmt::format("history {}: {}", target_.shown(), error.what()));
    }
}

void Database::insert(const std::string& table, const std::string& columns,
                      const std::vector<std::vector<SqlValue>>& rows)
{
    // Several rows a statement: each statement is three round trips with PostgreSQL.
    constexpr std::size_t most = 50;
    for (std::size_t first = 0; first < rows.size(); first += most)
    {
        std::string sql;
        std::vector<SqlValue> values;
        for (std::size_t i = first; i < std::min(first + most, rows.size()); ++i)
        {
            sql += (sql.empty() ? "" : ",") + placeholders(values.size() + 1, rows[i].size());
            values.insert(values.end(), rows[i].begin(), rows[i].end());
        }
        query(fmt::format("INSERT INTO {} ({}) VALUES {} ON CONFLICT DO NOTHING", table, columns, sql),
              std::move(values));
    }
}

bool Database::hasTable(const std::string& name)
{
    return !query(isSqlite() ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $1"
                             : "SELECT table_name FROM information_schema.tables"
                               " WHERE table_schema = current_schema() AND table_name = $1",
                  {name})
                .empty();
}

Database::Transaction::Transaction(Database& database) : database_(database)
{
    // Without IMMEDIATE, SQLite refuses one of two that read first and then write, however long it could wait.
    database_.query(database_.isSqlite() ? "BEGIN IMMEDIATE" : "BEGIN");
}

Database::Transaction::~Transaction()
{
    try
    {
        if (open_)
            database_.query("ROLLBACK");
    }
    catch (const std::exception&) // NOLINT(bugprone-empty-catch): the session died, and the transaction with it
    {
    }
}

void Database::Transaction::commit()
{
    database_.query("COMMIT");
    open_ = false;
}

}
