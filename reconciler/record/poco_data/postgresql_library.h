#pragma once

#include <string>

namespace mcpctl
{

/// PostgreSQL's client library and Poco::Data's connector for it, loaded when the first history wants them: they
/// bring twenty others, which would be a third of every other run's start-up and memory.
class PostgresqlLibrary
{
public:
    /// Loads it once for the whole program and registers the connector. Any thread.
    /// Throws HistoryError when it is not on this machine.
    static const PostgresqlLibrary& load();

    /// One try to connect with libpq's `words`. Returns what the library said; empty: it worked.
    std::string tryToConnect(const std::string& words) const;

private:
    PostgresqlLibrary();

    void* library_; ///< never closed: the connector is registered for good
};

}
