#pragma once

#include "model/run_record.h"

#include <Poco/JSON/Object.h>

#include <string>
#include <vector>

/// History as `history`, `history show` and the daemon tell it (docs/json.md).
namespace mcpctl
{

/// A list of runs. Their steps were not read, so nothing is said of them.
Poco::JSON::Object::Ptr historyJson(const std::string& project, const std::vector<RunRecord>& runs);

/// One run, with its steps.
Poco::JSON::Object::Ptr historyJson(const RunRecord& run);

}
