#pragma once

#include "docker/client.h"
#include "docker/json_view.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

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

inline Poco::Dynamic::Var recorded(const std::string& file)
{
    return docker::parseJson(recordedText(file), file);
}

inline docker::JsonView view(const std::string& json)
{
    return {docker::parseJson(json, "test"), "test"};
}

}
