#pragma once

#include <Poco/JSON/Object.h>

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcpctl::docker
{

struct Request
{
    std::string path{};                                         ///< without version: "/containers/json"
    std::vector<std::pair<std::string, std::string>> query{};   ///< plain text; encoded here
    std::vector<std::pair<std::string, std::string>> headers{}; ///< besides Host, Content-*, User-Agent
    std::string what{};     ///< "create container mcpctl-a-b", opens every error text; default: method and path
    std::set<int> accept{}; ///< statuses from 400 on that are an answer here, not an error
    /// From the call to the last byte of the answer; for a stream: to its response header.
    std::chrono::milliseconds deadline = std::chrono::seconds(30);
};

/// What a request carries. No bytes: an empty body.
struct Body
{
    std::string bytes{};
    std::string contentType = "application/json";

    static Body json(const Poco::JSON::Object& object);
};

struct Response
{
    int status = 0;
    std::string body{};
    std::map<std::string, std::string> headers{}; ///< names in lower case
};

/// How a stream is cut before it reaches the sink.
enum class Framing
{
    lines, ///< whole lines without their end; empty ones are left out (events, pull progress)
    chunks ///< bytes as they arrive, cut anywhere (logs)
};

struct StreamOptions
{
    Framing framing = Framing::lines;

    /// Gets each piece, on the calling thread; false ends the stream. What it throws leaves the call.
    std::function<bool(std::string_view)> sink{};

    /// Called once, when the response header is in and its status is good, before the first piece.
    std::function<void(const Response&)> onOpen{};

    /// The longest silence that is no error; 0: any. Ends the stream with EngineError (timeout).
    std::chrono::milliseconds idle{0};
};

enum class StreamEnd
{
    finished, ///< the engine ended it, in good form
    stopped,  ///< the sink did
    cancelled ///< the stop token did
};

}
