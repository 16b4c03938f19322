#include "tools.h"

#include "inside.h"
#include "network.h"
#include "protocol.h"

#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace mcpecho
{
namespace
{
struct Tool
{
    const char* description;
    Json properties;
    Json required;
    std::function<Json(const Json&)> run;
};

Json environment(const Json&)
{
    Json all = Json::object();
    for (char** entry = environ; *entry; ++entry)
    {
        const std::string_view line = *entry;
        const size_t equals = line.find('=');
        if (equals != std::string_view::npos)
            all[std::string(line.substr(0, equals))] = line.substr(equals + 1);
    }
    return all;
}

/// Memory that is really used and never given back: a way to meet the limit.
Json allocate(const Json& arguments)
{
    const size_t bytes = arguments.at("mib").get<size_t>() << 20;
    void* memory = std::malloc(bytes);
    if (!memory)
        throw BadToolCall("no such amount of memory");
    std::memset(memory, 1, bytes);
    std::this_thread::sleep_for(std::chrono::milliseconds(arguments.value("holdMs", 0)));
    return {{"bytes", bytes}};
}

/// One core in full, or as much of it as the quota gives.
Json burn(const Json& arguments)
{
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(arguments.at("ms").get<int>());
    unsigned long long rounds = 0;
    while (std::chrono::steady_clock::now() < end)
        ++rounds;
    return {{"rounds", rounds}};
}

Json connect(const Json& arguments)
{
    std::optional<int> port;
    if (arguments.contains("port"))
        port = arguments["port"].get<int>();
    return tryConnect(arguments.at("host").get<std::string>(), port,
                      std::chrono::milliseconds(arguments.value("timeoutMs", 2000)));
}

const std::map<std::string, Tool>& tools()
{
    const Json text{{"type", "string"}};
    const Json number{{"type", "integer"}};
    static const std::map<std::string, Tool> all{
        {"allocate", {"use memory and keep it", {{"mib", number}, {"holdMs", number}}, {"mib"}, allocate}},
        {"burn", {"keep a processor busy", {{"ms", number}}, {"ms"}, burn}},
        {"connect",
         {"resolve a name and, given a port, connect to it over TCP",
          {{"host", text}, {"port", number}, {"timeoutMs", number}},
          {"host"},
          connect}},
        {"echo",
         {"say the same",
          {{"text", text}},
          {"text"},
          [](const Json& a) {
              return Json{{"text", a.at("text").get<std::string>()}};
          }}},
        {"env", {"the environment of this process", Json::object(), Json::array(), environment}},
        {"inside",
         {"what this process sees of its container", Json::object(), Json::array(),
          [](const Json&) { return insideView(); }}},
    };
    return all;
}
}

Json toolList()
{
    Json list = Json::array();
    for (const auto& [name, tool] : tools())
        list.push_back(
            {{"name", name},
             {"description", tool.description},
             {"inputSchema", {{"type", "object"}, {"properties", tool.properties}, {"required", tool.required}}}});
    return list;
}

Json runTool(const std::string& name, const Json& arguments)
try
{
    const auto tool = tools().find(name);
    if (tool == tools().end())
        throw BadToolCall("Unknown tool: " + name);
    return tool->second.run(arguments);
}
catch (const Json::exception& e)
{
    throw BadToolCall("Invalid arguments for " + name + ": " + e.what());
}

Json toolResult(const std::string& name, const Json& arguments)
{
    const Json value = runTool(name, arguments);
    const std::string text = name == "echo" ? value["text"].get<std::string>() : toLine(value);
    return {{"content", {{{"type", "text"}, {"text", text}}}}, {"structuredContent", value}, {"isError", false}};
}
}
