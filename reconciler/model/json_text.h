#pragma once

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <string>

namespace mcpctl
{

/// One line without spaces or, with an `indent` of so many, a line for each value. Throws std::bad_alloc where Poco's
/// stringify() by itself would leave the text cut: a stream keeps an exception to itself unless it is told otherwise.
/// Any thread.
std::string jsonText(const Poco::JSON::Object& json, unsigned indent = 0);
std::string jsonText(const Poco::JSON::Array& json);

}
