#pragma once

#include "docker/json_view.h"
#include "model/json_text.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace mcpctl::test
{

/// An answer that a real engine gave: a file in tests/data/docker.
inline std::string recordedText(const std::string& file)
{
    std::ifstream in(std::string(MCPCTL_SOURCE_DIR) + "/tests/data/docker/" + file);
    if (!in)
        throw std::runtime_error("no recorded answer " + file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The same, as something that a test can change.
inline Poco::JSON::Object::Ptr recorded(const std::string& file)
{
    return Poco::JSON::Parser().parse(recordedText(file)).extract<Poco::JSON::Object::Ptr>();
}

inline docker::JsonView view(const std::string& json)
{
    return docker::parseJson(json, "test");
}

inline docker::JsonView view(const Poco::JSON::Object::Ptr& json)
{
    return view(jsonText(*json));
}

}
