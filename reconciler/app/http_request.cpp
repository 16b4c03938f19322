#include "app/http_request.h"

#include <Poco/Exception.h>
#include <fmt/format.h>

#include <sstream>

namespace mcpctl
{

namespace
{

using Poco::Net::HTTPMessage;
using Poco::Net::HTTPRequest;

/// Throws Poco::Exception for what is no header.
std::shared_ptr<HTTPRequest> parsed(const std::string& header)
{
    auto out = std::make_shared<HTTPRequest>();
    std::istringstream in(header);
    out->read(in);
    if (out->getVersion() != HTTPMessage::HTTP_1_1 && out->getVersion() != HTTPMessage::HTTP_1_0)
        throw Poco::DataFormatException("neither HTTP/1.1 nor HTTP/1.0");
    if (out->hasContentLength() && out->getContentLength64() < 0)
        throw Poco::DataFormatException("a length below nothing");
    return out;
}

}

HttpReading readRequest(const std::string& received, std::size_t most)
{
    const auto tooLong = [most]
    { return errorAnswer(413, "too_long", fmt::format("a request of more than {} bytes", most)); };
    const auto end = received.find("\r\n\r\n");
    if (end == std::string::npos || end + 4 > most)
        return received.size() < most ? HttpReading{} : HttpReading{nullptr, tooLong()};
    try
    {
        auto request = parsed(received.substr(0, end + 4));
        if (request->has(HTTPMessage::TRANSFER_ENCODING))
            return {nullptr, errorAnswer(411, "length_required", "a body needs a Content-Length")};
        const auto body = request->hasContentLength() ? static_cast<std::uint64_t>(request->getContentLength64()) : 0;
        if (body > most - end - 4)
            return {nullptr, tooLong()};
        if (received.size() < end + 4 + body)
            return {};
        return {std::move(request), {}};
    }
    catch (const Poco::Exception&)
    {
        return {nullptr, errorAnswer(400, "bad_request", "this is no HTTP request")};
    }
}

}
