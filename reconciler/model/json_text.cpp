#include "model/json_text.h"

#include <sstream>

namespace mcpctl
{

namespace
{

template <typename Json>
std::string text(const Json& json, unsigned indent)
{
    std::ostringstream out;
    out.exceptions(std::ios::badbit);
    json.stringify(out, indent);
    return out.str();
}

}

std::string jsonText(const Poco::JSON::Object& json, unsigned indent)
{
    return text(json, indent);
}

std::string jsonText(const Poco::JSON::Array& json)
{
    return text(json, 0);
}

}
