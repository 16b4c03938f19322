#include "record/migrations.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <span>

namespace mcpctl
{

namespace
{

// Never change one that was released: add another. One command a text, in words that SQLite and PostgreSQL
// share. Times are microseconds since the epoch, 0 where there is none; nothing is NULL.

constexpr std::array first{
    "CREATE TABLE runs (id TEXT PRIMARY KEY, project TEXT NOT NULL, engine TEXT NOT NULL, \"trigger\" TEXT NOT NULL,"
    " who TEXT NOT NULL, host TEXT NOT NULL, process TEXT NOT NULL, paths TEXT NOT NULL, revision TEXT NOT NULL,"
    " desired TEXT NOT NULL, begun BIGINT NOT NULL, ended BIGINT NOT NULL, outcome TEXT NOT NULL, error TEXT NOT NULL,"
    " done INTEGER NOT NULL, failed INTEGER NOT NULL, rolled_back INTEGER NOT NULL, skipped INTEGER NOT NULL)",
    "CREATE INDEX runs_by_project ON runs (project, begun)",
    "CREATE TABLE steps (run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, position INTEGER NOT NULL,"
    " object TEXT NOT NULL, verb TEXT NOT NULL, because TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,"
    " col INTEGER NOT NULL, result TEXT NOT NULL, error TEXT NOT NULL, took_ms BIGINT NOT NULL,"
    " PRIMARY KEY (run, position))",
    "CREATE INDEX steps_by_object ON steps (object, run)",
    "CREATE TABLE changes (run TEXT NOT NULL, step INTEGER NOT NULL, position INTEGER NOT NULL, field TEXT NOT NULL,"
    " before TEXT NOT NULL, after TEXT NOT NULL, verdict TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,"
    " col INTEGER NOT NULL, PRIMARY KEY (run, step, position),"
    " FOREIGN KEY (run, step) REFERENCES steps (run, position) ON DELETE CASCADE)",
};

constexpr std::array second{
    "CREATE TABLE events (id TEXT PRIMARY KEY, project TEXT NOT NULL, engine TEXT NOT NULL, time BIGINT NOT NULL,"
    " instance TEXT NOT NULL, type TEXT NOT NULL, details TEXT NOT NULL)",
    "CREATE INDEX events_by_instance ON events (project, instance, time)",
};

using Migration = std::span<const char* const>;
constexpr std::array<Migration, 2> migrations{Migration(first), Migration(second)};

/// 0 for a database without a schema.
int versionOf(Database& database)
{
    if (!database.hasTable("schema_version"))
        return 0;
    const auto rows = database.query("SELECT max(version) FROM schema_version");
    const auto& text = rows.front().front();
    int version = 0;
    std::from_chars(text.data(), text.data() + text.size(), version);
    return version;
}

bool isCurrent(Database& database, int version)
{
    if (version > schemaVersion())
        throw HistoryError(fmt::format("the history {} has schema {}, made by a newer mcpctl; this one knows {}",
                                       database.target().shown(), version, schemaVersion()));
    return version == schemaVersion();
}

}

int schemaVersion()
{
    return static_cast<int>(migrations.size());
}

void migrate(Database& database)
{
    if (isCurrent(database, versionOf(database)))
        return;
    Database::Transaction transaction(database);
    if (!database.isSqlite())
        database.query("SELECT CAST(pg_advisory_xact_lock(7235421077) AS TEXT)");
    // From here on nobody else migrates; whoever was first may have done it.
    const int version = versionOf(database);
    if (isCurrent(database, version))
        return;
    if (version == 0)
        database.query("CREATE TABLE schema_version (version INTEGER PRIMARY KEY)");
    for (auto next = static_cast<std::size_t>(version); next < migrations.size(); ++next)
    {
        for (const auto* command : migrations[next])
            database.query(command);
        database.query("INSERT INTO schema_version (version) VALUES ($1)", {static_cast<std::int64_t>(next + 1)});
    }
    transaction.commit();
}

}
