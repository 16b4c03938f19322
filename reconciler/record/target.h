#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>

namespace mcpctl
{

/// History cannot be read or written. Its text says where and why, and never a password.
class HistoryError : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// History was read, and has no run by that id, or more than one.
class NoSuchRun : public HistoryError
{
public:
    using HistoryError::HistoryError;
};

/// Where history is kept.
struct HistoryTarget
{
    enum class Kind
    {
        none, ///< nowhere
        sqlite,
        postgresql,
    };

    Kind kind = Kind::none;
    std::filesystem::path file; ///< of SQLite; absolute

    std::string host; ///< of PostgreSQL, from here on; empty: libpq's default
    std::string port;
    std::string database;
    std::string user;
    std::string password;
    std::map<std::string, std::string> parameters; ///< `sslmode` and the like

    /// For people and for keys: the target without its password.
    std::string shown() const;
};

/// Reads `none`, a path, `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=...`
/// (also `postgres://`; parts may be percent-encoded). Throws HistoryError for anything else.
HistoryTarget parseHistoryTarget(const std::string& text);

}
