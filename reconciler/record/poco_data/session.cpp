#include "record/poco_data/postgresql_library.h"
#include "record/sql_session.h"

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
#include <cstring>
#include <new>

namespace mcpctl
{

namespace
{

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

Poco::Data::Session openSqlite(const HistoryTarget& target)
{
    Poco::Data::SQLite::Connector::registerConnector();
    // Poco tries to open for this many seconds, by default 60, in which a run would stand still.
    constexpr std::size_t patience = 0;
    return {"SQLite", target.file.string(), patience};
}

Poco::Data::Session openPostgresql(const HistoryTarget& target)
{
    const auto& library = PostgresqlLibrary::load();
    const PasswordFile password(target.password);
    const auto words = connectionWords(target) + password.word();
    // Poco forgets each connection that fails, 35 KB with its buffers, and a daemon tries for months: so it is only
    // let try what was seen to work.
    if (const auto error = library.tryToConnect(words); !error.empty())
        throw Poco::Data::DataException(error);
    return {"PostgreSQL", words};
}

class PocoSession : public SqlSession
{
public:
    explicit PocoSession(const HistoryTarget& target)
    try : session_(target.kind == HistoryTarget::Kind::sqlite ? openSqlite(target) : openPostgresql(target))
    {
    }
    catch (const Poco::Exception& error)
    {
        throw HistoryError(words(error));
    }

    std::vector<SqlRow> query(const std::string& sql, const std::vector<SqlValue>& values) override
    {
        try
        {
            return execute(sql, values);
        }
        catch (const Poco::Exception& error)
        {
            throw HistoryError(words(error));
        }
    }

private:
    std::vector<SqlRow> execute(const std::string& sql, const std::vector<SqlValue>& values)
    {
        // One statement, one execution: a second one that fails frees its result twice (Poco::Data PostgreSQL).
        Poco::Data::Statement statement(session_);
        statement << sql;
        if (statement.toString() != sql) // its stream keeps to itself that memory was short
            throw std::bad_alloc();
        for (const auto& value : values)
            if (const auto* text = std::get_if<std::string>(&value))
                statement.bind(*text);
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

    Poco::Data::Session session_;
};

}

}

extern "C" mcpctl::SqlSession* mcpctlOpenSqlSession(const mcpctl::HistoryTarget& target)
{
    return new mcpctl::PocoSession(target); // NOLINT(cppcoreguidelines-owning-memory): openSqlSession() owns it
}
