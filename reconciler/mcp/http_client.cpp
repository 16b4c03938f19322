#include "mcp/http_client.h"

#include "mcp/findings.h"
#include "orchestrator/error.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPResponse.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>

namespace mcpctl::mcp
{

namespace
{

using Poco::Net::HTTPResponse;
using State = ProbeResult::State;

constexpr std::size_t longestHead = 64 * 1024;
constexpr std::size_t longestBody = 8 * 1024 * 1024;

ProbeFailure noHttp(const std::string& what)
{
    return {State::notMcp, "its answer is no HTTP: " + what};
}

/// A connection and how long it may be waited for.
struct Source
{
    Connection& connection;
    Channel::Clock::time_point deadline;

    std::string& buffer() const { return connection.buffer(); }

    /// More into the buffer; false at the end.
    bool fill() const
    {
        const auto what = connection.fill(deadline);
        if (what == Connection::What::late)
            throw ProbeFailure(State::notReady, "no answer in time");
        return what == Connection::What::bytes;
    }

    /// Without its end; empty at the end.
    std::string line() const
    {
        while (true)
        {
            if (auto line = connection.takeLine())
                return *line;
            if (buffer().size() > longestHead)
                throw noHttp("a line without end");
            if (!fill())
                return "";
        }
    }
};

/// The head of an answer; nothing when the connection ended before its first byte.
std::optional<HTTPResponse> readHead(const Source& from)
{
    auto& buffer = from.buffer();
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
    {
        if (buffer.size() > longestHead || (buffer.size() >= 5 && !buffer.starts_with("HTTP/")))
            throw noHttp("`" + oneLine(buffer, 60) + "`");
        if (from.fill())
            continue;
        if (buffer.empty())
            return std::nullopt;
        throw noHttp("it ends after `" + oneLine(buffer, 60) + "`");
    }
    std::istringstream head(buffer.substr(0, end + 4));
    buffer.erase(0, end + 4);
    try
    {
        HTTPResponse response;
        response.read(head);
        return response;
    }
    catch (const Poco::Exception& error)
    {
        throw noHttp(oneLine(error.displayText()));
    }
}

/// The bytes of a body, piece by piece, whichever way its end is told.
class Body
{
public:
    Body(const Source& from, const HTTPResponse& head) : from_(from), chunked_(head.getChunkedTransferEncoding())
    {
        if (chunked_ || head.getStatus() == HTTPResponse::HTTP_NO_CONTENT)
            left_ = 0;
        else if (head.hasContentLength())
            left_ = lengthOf(head);
        else
            endsWithConnection_ = true;
        ended_ = !chunked_ && left_ == 0;
    }

    /// Empty at the end.
    std::string next()
    {
        if (!ended_ && chunked_ && left_ == 0)
            nextChunk();
        if (ended_)
            return "";
        auto& buffer = from_.buffer();
        if (buffer.empty() && !from_.fill())
        {
            if (!endsWithConnection_)
                throw ProbeFailure(State::notReady, "its answer was cut off");
            ended_ = true;
            return "";
        }
        std::string piece = buffer.substr(0, left_);
        buffer.erase(0, piece.size());
        if (!endsWithConnection_)
            left_ -= piece.size();
        if (left_ == 0 && chunked_)
            from_.line(); // the end of the chunk
        ended_ = !chunked_ && left_ == 0;
        total_ += piece.size();
        if (total_ > longestBody)
            throw ProbeFailure(State::notMcp, fmt::format("its answer is longer than {} MiB", longestBody >> 20U));
        return piece;
    }

    /// Nothing of it is left in the connection, which may be used again.
    bool isRead() const { return ended_ && !endsWithConnection_; }

private:
    static std::size_t lengthOf(const HTTPResponse& head)
    {
        try
        {
            return static_cast<std::size_t>(std::max<Poco::Int64>(head.getContentLength64(), 0));
        }
        catch (const Poco::Exception&)
        {
            throw noHttp("its length is `" + oneLine(head.get("Content-Length"), 40) + "`");
        }
    }

    void nextChunk()
    {
        const auto line = from_.line();
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
        if (error != std::errc() || end == line.data())
            throw noHttp("a chunk begins with `" + oneLine(line, 20) + "`");
        if (left_ > 0)
            return;
        while (!from_.line().empty()) // trailers
            ;
        ended_ = true;
    }

    const Source from_;
    const bool chunked_;
    bool endsWithConnection_ = false;
    bool ended_ = false;
    std::size_t left_ = std::numeric_limits<std::size_t>::max(); ///< of the body, or of the chunk
    std::size_t total_ = 0;
};

/// The data of the first event that is wanted; empty when the stream ends without it.
std::string findEvent(Body& body, const HttpClient::Wanted& wanted)
{
    std::string text;
    std::string data;
    for (auto piece = body.next(); !piece.empty(); piece = body.next())
    {
        text += piece;
        std::size_t begin = 0;
        for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin))
        {
            auto line = text.substr(begin, end - begin);
            begin = end + 1;
            if (!line.empty() && line.back() == '\r')
                line.pop_back();
            if (line.empty())
            {
                if (!data.empty() && wanted(data))
                    return data;
                data.clear();
            }
            else if (line.starts_with("data:"))
                data += (data.empty() ? "" : "\n") + line.substr(line.starts_with("data: ") ? 6 : 5);
        }
        text.erase(0, begin);
    }
    return "";
}

std::string readAll(Body& body)
{
    std::string out;
    for (auto piece = body.next(); !piece.empty(); piece = body.next())
        out += piece;
    return out;
}

std::string mediaTypeOf(const HTTPResponse& head)
{
    auto type = head.getContentType();
    type = type.substr(0, type.find_first_of("; "));
    std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
    return type;
}

}

HttpClient::HttpClient(Open dial, HttpAddress address, ProbeOptions options)
    : dial_(std::move(dial)), address_(std::move(address)), options_(std::move(options)),
      deadline_(Channel::Clock::now() + options_.timeout)
{
}

HttpReply HttpClient::send(const std::string& method, const Fields& fields, const std::string& body,
                           const Wanted& wanted)
{
    std::string request = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", method, address_.path, address_.host);
    for (const auto& [name, value] : fields)
        request += fmt::format("{}: {}\r\n", name, value);
    request += fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);

    // A server may close a connection that it kept just when it is used again: that tells nothing.
    if (connection_)
        try
        {
            if (auto reply = exchange(request, wanted))
                return *reply;
        }
        catch (const OrchestratorError&)
        {
            if (options_.stop.stop_requested())
                throw;
        }
    connection_ = std::make_unique<Connection>(dial_, options_.stop);
    if (auto reply = exchange(request, wanted))
        return *reply;
    throw ProbeFailure(State::notReady, "it closed the connection without an answer");
}

std::optional<HttpReply> HttpClient::exchange(const std::string& request, const Wanted& wanted)
{
    const Source from{*connection_, deadline_};
    connection_->channel().write(request, deadline_);
    auto head = readHead(from);
    while (head && head->getStatus() < HTTPResponse::HTTP_OK && head->getStatus() >= HTTPResponse::HTTP_CONTINUE)
        head = readHead(from);
    if (!head)
        return std::nullopt;

    HttpReply reply{static_cast<int>(head->getStatus()), mediaTypeOf(*head), head->get("Mcp-Session-Id", ""),
                    head->get("Location", ""), ""};
    Body body(from, *head);
    if (wanted)
        reply.body = reply.contentType == "text/event-stream" ? findEvent(body, wanted) : readAll(body);
    if (!body.isRead() || !head->getKeepAlive())
        connection_.reset();
    return reply;
}

}
