#include "record/database.h"

#include "model/utf8.h"
#include "record/postgresql_library.h"
#include "record/private_file.h"

#include <Poco/Data/DataException.h>
#include <Poco/Data/RecordSet.h>
#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include <fmt/format.h>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

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

/// What a library said, on one line.
std::string words(const Poco::Exception& error)
{
    auto text = error.displayText();
    // libpq tells where it read the password; that is our own device.
    if (const auto at = text.find("password retrieved from file"); at != std::string::npos)
        text.erase(at);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
        text.pop_back();
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, ' ');
    return text;
}

std::string placeholders(std::size_t first, std::size_t count)
{
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out += fmt::format("{}${}", i == 0 ? "" : ",", first + i);
    return "(" + out + ")";
}

/// The password as a file that only this process can see: it is in no list of words that an error could
/// show, nor in an environment that a child would inherit.
class PasswordFile
{
public:
    explicit PasswordFile(const std::string& password)
    {
        if (password.empty())
            return;
        std::string line = "*:*:*:*:";
        for (const char c : password)
            line += c == ':' || c == '\\' ? std::string("\\") + c : std::string(1, c);
        line += '\n';
        fd_ = ::memfd_create("history", MFD_CLOEXEC);
        if (fd_ < 0 || ::fchmod(fd_, 0600) != 0 ||
            ::write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
            throw HistoryError(fmt::format("cannot pass on the password: {}", std::strerror(errno)));
    }
    ~PasswordFile()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    PasswordFile(const PasswordFile&) = delete;
    PasswordFile& operator=(const PasswordFile&) = delete;

    std::string word() const { return fd_ < 0 ? "" : fmt::format(" passfile=/proc/self/fd/{}", fd_); }

private:
    int fd_ = -1;
};

std::string connectionWords(const HistoryTarget& target)
{
    std::string words = "application_name=mcpctl";
    const auto add = [&words](const std::string& name, const std::string& value)
    {
        if (!value.empty())
            words += fmt::format(" {}={}", name, value);
    };
    add("host", target.host);
    add("port", target.port);
    add("dbname", target.database);
    add("user", target.user);
    // A database that does not answer must not hold up a run for long.
    for (const auto* timeout : {"connect_timeout=5", "tcp_user_timeout=10000"})
        words += std::string(" ") + timeout;
    for (const auto& [name, value] : target.parameters)
        add(name, value);
    return words;
}

}

struct Database::Session
{
    Poco::Data::Session session;
};

Database::Database(const HistoryTarget& target) : target_(target)
{
    try
    {
        if (isSqlite())
            useSqlite();
        else
            usePostgresql();
    }
    catch (const Poco::Exception& error)
    {
        throw HistoryError(fmt::format("cannot open the history {}: {}", target_.shown(), words(error)));
    }
}

Database::~Database() = default;

bool Database::isSqlite() const
{
    return target_.kind == HistoryTarget::Kind::sqlite;
}

void Database::useSqlite()
{
    Poco::Data::SQLite::Connector::registerConnector();
    makePrivateFile(target_.file); // SQLite gives its other files the same mode
    // Poco tries to open for this many seconds, by default 60, in which a run would stand still.
    constexpr std::size_t patience = 0;
    session_ = std::make_unique<Session>(Session{Poco::Data::Session("SQLite", target_.file.string(), patience)});
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

void Database::usePostgresql()
{
    const auto& library = PostgresqlLibrary::load();
    const PasswordFile password(target_.password);
    const auto words = connectionWords(target_) + password.word();
    // Poco forgets each connection that fails, 35 KB with its buffers, and a daemon tries for months: so it is only
    // let try what was seen to work.
    if (const auto error = library.tryToConnect(words); !error.empty())
        throw Poco::Data::DataException(error);
    session_ = std::make_unique<Session>(Session{Poco::Data::Session("PostgreSQL", words)});
    query("SET client_min_messages = warning"); // libpq prints the others on stderr
    query("SET statement_timeout = 15000");
    query("SET lock_timeout = 10000");
}

std::vector<SqlRow> Database::query(const std::string& sql, const std::vector<SqlValue>& values)
{
    try
    {
        // One statement, one execution: a second one that fails frees its result twice (Poco::Data PostgreSQL).
        Poco::Data::Statement statement(session_->session);
        statement << sql;
        for (const auto& value : values)
            if (const auto* text = std::get_if<std::string>(&value))
                statement.bind(storable(*text));
            else
                statement.bind(Poco::Int64(std::get<std::int64_t>(value)));
        statement.execute();
        std::vector<SqlRow> rows;
        if (statement.columnsExtracted() == 0)
            return rows;
        const Poco::Data::RecordSet records(statement);
        rows.reserve(records.rowCount());
        for (std::size_t row = 0; row < records.rowCount(); ++row)
        {
            SqlRow& out = rows.emplace_back();
            for (std::size_t column = 0; column < records.columnCount(); ++column)
            {
                const auto value = records.value(column, row);
                out.push_back(value.isEmpty() ? "" : value.convert<std::string>());
            }
        }
        return rows;
    }
    catch (const Poco::Exception& error)
    {
        throw HistoryError(fmt::format("history {}: {}", target_.shown(), words(error)));
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
        query(fmt::format("INSERT INTO {} ({}) VALUES {} ON CONFLICT DO NOTHING", table, columns, sql), values);
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
