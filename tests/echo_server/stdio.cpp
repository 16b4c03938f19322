#include "stdio.h"

#include "protocol.h"

#include <iostream>
#include <string>

namespace mcpecho
{
namespace
{
Json answerLine(const Options& options, const std::string& line)
{
    const Json message = Json::parse(line, nullptr, false);
    if (const Json error = malformed(message); !error.is_null())
        return error;
    return isModern(options, message, nullptr) ? answerModern(options, message, nullptr).message
                                               : answerLegacy(options, message).message;
}
}

void serveStdio(const Options& options)
{
    std::string line;
    while (std::cout && std::getline(std::cin, line))
    {
        if (line.find_first_not_of(" \t\r") == std::string::npos)
            continue;
        if (const Json answer = answerLine(options, line); !answer.is_null())
            std::cout << toLine(answer) << std::endl;
    }
}
}
