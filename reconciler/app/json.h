#pragma once

#include "model/diagnostic.h"
#include "model/json_text.h"
#include "model/outcome.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

/// The JSON that commands print (docs/json.md). Keys keep their order; a change of shape changes the
/// `version` of the document.
namespace mcpctl
{

/// An empty object that keeps the order of its keys.
Poco::JSON::Object::Ptr jsonObject();

Poco::JSON::Array::Ptr toJson(const Diagnostics& diagnostics);
Poco::JSON::Array::Ptr toJson(const Outcomes& outcomes);

}
