#pragma once

#include "record/target.h"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace mcpctl
{

/// A parameter of a statement. Texts are stored as valid UTF-8 without NUL.
using SqlValue = std::variant<std::int64_t, std::string>;
/// Every column as text. The schema has no NULL.
using SqlRow = std::vector<std::string>;

/// A connection to a database, by Poco::Data. That is a library of our own (poco_data/), which is loaded when the
/// first history is opened: what it brings is half of a start, and most commands open none.
///
/// One thread at a time.
class SqlSession
{
public:
    SqlSession() = default;
    virtual ~SqlSession() = default;
    SqlSession(const SqlSession&) = delete;
    SqlSession& operator=(const SqlSession&) = delete;

    /// Executes one statement. Throws HistoryError with what the database said.
    virtual std::vector<SqlRow> query(const std::string& sql, const std::vector<SqlValue>& values) = 0;
};

/// Connects. Any thread. Throws HistoryError with what the database said, or when the library cannot be loaded.
std::unique_ptr<SqlSession> openSqlSession(const HistoryTarget& target);

}
