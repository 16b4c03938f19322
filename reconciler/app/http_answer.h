#pragma once

#include <Poco/JSON/Object.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcpctl
{

/// What a request is answered with.
struct HttpAnswer
{
    int status = 200;
    std::string type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;

    /// Instead of a body, for an answer that ends when the client goes: what is to be sent now, empty for nothing.
    /// Asked at first and whenever HttpServer::waker() was called.
    std::function<std::string()> stream;
    /// Instead of all the rest: makes the answer, and may wait.
    std::function<HttpAnswer()> later;
};

HttpAnswer jsonAnswer(const Poco::JSON::Object::Ptr& document, int status = 200);

/// `{error: {code, message}}`; `code` is for programs, `message` for people.
HttpAnswer errorAnswer(int status, std::string_view code, std::string_view message);

/// As it goes over the wire: one answer a connection, kept by no cache and guessed at by no browser. Without its body
/// where `onlyHeader`.
std::string wireText(const HttpAnswer& answer, bool onlyHeader);

}
