#pragma once

#include "record/database.h"

namespace mcpctl
{

/// The version of the schema that this program writes.
int schemaVersion();

/// Brings `database` up to schemaVersion(), in one transaction; of several processes that start at once,
/// one does it. Only ever forward: throws HistoryError for a database that a newer program made.
void migrate(Database& database);

}
