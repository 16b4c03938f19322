#pragma once

#include "record/sql_session.h"

#include <memory>
#include <string>
#include <vector>

namespace mcpctl
{

/// One session with SQLite or PostgreSQL, which speak the same SQL here: parameters are `$1`, `$2` ... and
/// appear first in ascending order (SQLite numbers them by appearance), one statement a call.
///
/// One thread at a time. Whatever fails is a HistoryError. After a failure of PostgreSQL the session may be
/// dead: make a new one.
class Database
{
public:
    /// Connects. A SQLite file is made, readable by its owner alone, with the folders above it.
    explicit Database(const HistoryTarget& target);
    ~Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    std::vector<SqlRow> query(const std::string& sql, std::vector<SqlValue> values = {});
    /// Adds rows, and leaves out those whose key is there already.
    void insert(const std::string& table, const std::string& columns, const std::vector<std::vector<SqlValue>>& rows);
    bool hasTable(const std::string& name);

    /// From its making to commit(); rolled back at its end without one. Nobody else writes meanwhile
    /// (SQLite), or changes the same rows (PostgreSQL).
    class Transaction
    {
    public:
        explicit Transaction(Database& database);
        ~Transaction();
        Transaction(const Transaction&) = delete;
        Transaction& operator=(const Transaction&) = delete;
        void commit();

    private:
        Database& database_;
        bool open_ = true;
    };

    bool isSqlite() const;
    const HistoryTarget& target() const { return target_; }

private:
    void prepareSqlite();
    void preparePostgresql();

    HistoryTarget target_;
    std::unique_ptr<SqlSession> session_;
};

}
